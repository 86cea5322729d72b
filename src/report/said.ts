import { atLeast, riskOfClass } from "../gate/classify.ts";
import { sameOrInside } from "../sql/spans.ts";
import type { Report, ReportClass, ReportFinding, ReportMigration, ReportRisk, ReportStatement } from "./report.ts";
import { classWords, statementWords } from "./words.ts";

/** One thing that a report says about a place: a rule's finding, or a statement that asks for approval and that no rule has explained. */
export interface Said {
  readonly finding: ReportFinding;
  /** The class of a statement without a rule; null for a rule's finding. */
  readonly unexplained: ReportClass | null;
}

/** What is said of each migration, in the order of its lines; of statements without a rule only what is worth it. */
export function saidOf(
  report: Report,
  isWorth: (statement: ReportStatement) => boolean = () => true,
): (migration: ReportMigration) => readonly Said[] {
  // A file can have a million statements and as many reasons: each list is gone through once.
  const asking = new Map<string, Set<string>>();
  for (const reason of report.verdict.because) {
    if (reason.kind !== "statement") continue;
    const places = asking.get(reason.path) ?? new Set();
    asking.set(reason.path, places.add(placeOf(reason)));
  }
  return (migration) => {
    const places = new Set(asking.get(migration.path));
    const unexplained =
      places.size === 0 ? [] : migration.statements.filter((each) => places.delete(placeOf(each)) && isWorth(each));
    return [
      ...migration.findings.map((finding): Said => ({ finding, unexplained: null })),
      ...unexplained.map(
        (statement): Said => ({ finding: inWords(migration, statement), unexplained: statement.class }),
      ),
    ].sort((a, b) => a.finding.line - b.finding.line);
  };
}

function placeOf(of: { readonly line: number; readonly class: ReportClass; readonly risk: ReportRisk }): string {
  return `${of.line} ${of.class} ${of.risk}`;
}

function inWords({ path, dialect }: ReportMigration, statement: ReportStatement): ReportFinding {
  const { line, column, endLine, endColumn, risk } = statement;
  const about = { rule: classWords[statement.class], risk, certainty: "certain", blocks: false } as const;
  const place = { path, line, column, endLine, endColumn };
  return { ...about, ...place, message: statementWords(statement, dialect), safer: null, allowed: null };
}

/** Whether an allowance would lower the risk of what is said: it falls to the row of its statement's class, and no further. */
export function acceptableIn({ migrations }: Report): (said: Said) => boolean {
  const byPath = new Map(migrations.map((migration) => [migration.path, migration]));
  return ({ finding, unexplained }) => {
    if (unexplained !== null || finding.blocks || finding.allowed !== null || isAboutTheFile(finding)) return false;
    const statement = lastBefore(byPath.get(finding.path)?.statements ?? [], finding);
    if (statement === undefined || !sameOrInside(statement, finding)) return false;
    return !atLeast(riskOfClass[statement.class], finding.risk);
  };
}

/** The last statement that starts at or before a place; statements stand in the order of the file, and can be a million. */
function lastBefore(
  statements: readonly ReportStatement[],
  { line, column }: ReportFinding,
): ReportStatement | undefined {
  let from = 0;
  let to = statements.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    const at = statements[middle];
    if (at !== undefined && (at.line < line || (at.line === line && at.column <= column))) from = middle + 1;
    else to = middle;
  }
  return statements[from - 1];
}

const ranks = ["low", "medium", "high", "critical", "blocked"] as const;

/** What comes first where not everything is shown: the higher, the worse. */
export function severity({ risk, blocks }: Pick<ReportFinding, "risk" | "blocks">): number {
  return ranks.indexOf(blocks ? "blocked" : risk);
}

/** The risk of a finding as people read it: "blocked", "high", "high (possible)". */
export function riskWords({ risk, blocks, certainty }: ReportFinding): string {
  if (blocks) return "blocked";
  return certainty === "possible" ? `${risk} (possible)` : risk;
}

/** An empty stretch at the first character stands for the whole file: there is no line to show. */
export function isAboutTheFile({ line, column, endLine, endColumn }: ReportFinding): boolean {
  return line === 1 && column === 1 && endLine === 1 && endColumn === 1;
}

/** The lines of safer SQL, without the end of the last. */
export function saferLines(safer: string): readonly string[] {
  return safer.trimEnd().split(/\r?\n/);
}

/** Prose as one line: its line ends are no more than spaces. */
export function oneLine(text: string): string {
  return text.replace(/[ \t\r\n]+/g, " ").trim();
}

const mostOfOne = 5;

/** How many findings of one kind are only counted. */
export interface Counted {
  readonly rule: string;
  readonly risk: ReportRisk;
  readonly more: number;
}

/** Of what holds nothing up, and of statements that say the same of one class, the first few; the rest is counted. */
export function shortened(all: readonly Said[]): { readonly kept: readonly Said[]; readonly more: readonly Counted[] } {
  const counts = new Map<string, { readonly rule: string; readonly risk: ReportRisk; found: number }>();
  const kept = all.filter(({ finding: { rule, risk, blocks }, unexplained }) => {
    if (blocks || risk === "high" || risk === "critical" || (risk === "medium" && unexplained === null)) return true;
    const known = counts.get(`${rule} ${risk}`) ?? { rule, risk, found: 0 };
    known.found++;
    counts.set(`${rule} ${risk}`, known);
    return known.found <= mostOfOne;
  });
  const more = [...counts.values()].filter(({ found }) => found > mostOfOne);
  return { kept, more: more.map(({ rule, risk, found }) => ({ rule, risk, more: found - mostOfOne })) };
}

const longestName = 80;

/** A name that could be of any length, where it is one of many words. */
export function cutShort(name: string): string {
  if (name.length <= longestName) return name;
  return `${name.slice(0, longestName).replace(/[\ud800-\udbff]$/, "")}…`;
}
