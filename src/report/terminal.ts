import { count } from "../text.ts";
import { cellsOf, shown } from "./cells.ts";
import { frame, linesOfSource } from "./frame.ts";
import { coloured, type Paint, plain, type Style } from "./paint.ts";
import { fill, wrap } from "./prose.ts";
import type { Report, ReportCoverage, ReportFinding, ReportMigration, ReportReason } from "./report.ts";
import { migrationTable } from "./table.ts";
import { classWords, outcomeWords, policyWords, statementWords, strictest } from "./words.ts";

export interface TerminalOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** The text of a file, decoded as its spans were counted; null where it cannot be had. */
  source(path: string): string | null;
}

const narrowest = 20;

/** The report as text for people: findings, a table of the migrations, the verdict, and what was checked. Ends with a line end. */
export function renderTerminal(report: Report, { color, width: columns, source }: TerminalOptions): string {
  const paint = color ? coloured : plain;
  const width = Math.max(narrowest, columns);
  const lines = sourceLines(source);
  const findings = shortened(report.migrations.flatMap((migration) => said(migration, report))).flatMap((item) =>
    typeof item === "string" ? [item, ""] : [...findingLines(item, lines(item.path), { width, paint }), ""],
  );
  const table = migrationTable(report.migrations, { width, paint });
  const parts = [
    ...findings,
    ...(table.lines.length === 0 ? [] : [...table.lines, ""]),
    ...verdictLines(report, { width, paint, policy: !table.saysPolicy }),
    ...coverageLines(report.coverage, { width, paint }),
    ...(report.migrations.length === 0 ? [] : judgedFor(report, width)),
  ];
  return `${parts.map(noOrder).join("\n")}\n`;
}

/** What is said of a migration: its findings, and each statement that asks for approval without a rule having explained it. */
function said(migration: ReportMigration, { verdict }: Report): readonly ReportFinding[] {
  const unexplained = verdict.because.flatMap((reason): ReportFinding[] => {
    if (reason.kind !== "statement" || reason.path !== migration.path) return [];
    // What is only medium says enough for itself in the verdict's reasons.
    if (reason.risk === "low" || reason.risk === "medium") return [];
    const statement = migration.statements.find(({ line, risk }) => line === reason.line && risk === reason.risk);
    if (statement === undefined) return [];
    const { line, column, endLine, endColumn, risk } = statement;
    const place = { path: migration.path, line, column, endLine, endColumn };
    const about = { rule: classWords[statement.class], risk, certainty: "certain", blocks: false } as const;
    return [{ ...about, ...place, message: statementWords(statement), safer: null, allowed: null }];
  });
  return [...migration.findings, ...unexplained].sort((a, b) => a.line - b.line);
}

const mostOfOne = 5;

/** Of a rule that holds nothing up, the first few findings; the rest is counted. */
function shortened(findings: readonly ReportFinding[]): readonly (ReportFinding | string)[] {
  const counts = new Map<string, number>();
  const shown = findings.filter(({ rule, risk, blocks }) => {
    const before = counts.get(rule) ?? 0;
    if (risk === "low" && !blocks) counts.set(rule, before + 1);
    return before < mostOfOne;
  });
  const more = [...counts].filter(([, all]) => all > mostOfOne);
  return [...shown, ...more.map(([rule, all]) => `and ${count(all - mostOfOne, "more finding")} of ${rule} (low)`)];
}

/** A line that begins with :: is an order to the GitHub runner that prints it (::error::, ::add-mask::), whoever wrote it. */
function noOrder(line: string): string {
  return line.replace(/^(\s*):(?=:)/, "$1\\u003a");
}

interface Look {
  readonly width: number;
  readonly paint: Paint;
}

/** The lines of each file, split once however many findings it has. */
function sourceLines(source: (path: string) => string | null): (path: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (path) => {
    const split = known.get(path);
    if (split !== undefined) return split;
    const text = source(path);
    const lines = text === null ? [] : linesOfSource(text);
    known.set(path, lines);
    return lines;
  };
}

function findingLines(finding: ReportFinding, source: readonly string[], { width, paint }: Look): readonly string[] {
  const style: Style = finding.blocks ? "blocked" : finding.risk;
  const place = `${shown(finding.path)}:${finding.line}:${finding.column}`;
  const word = finding.blocks
    ? "blocked"
    : finding.certainty === "possible"
      ? `${finding.risk} (possible)`
      : finding.risk;
  const what = `${paint(style, word)}  ${shown(finding.rule)}`;
  const fits = cellsOf(`${place}  ${word}  ${shown(finding.rule)}`) <= width;
  return [
    ...(fits ? [`${paint("strong", place)}  ${what}`] : [paint("strong", place), `  ${what}`]),
    ...(isAboutTheFile(finding) ? [] : frame(source, finding, { width, paint, style })),
    ...wrap(oneLine(finding.message), { width, indent: 2 }),
    ...saferLines(finding.safer, paint),
    ...(finding.allowed === null ? [] : wrap(`Allowed: ${oneLine(finding.allowed)}`, { width, indent: 2 })),
  ];
}

/** An empty stretch at the first character stands for the whole file: there is no line to show. */
function isAboutTheFile({ line, column, endLine, endColumn }: ReportFinding): boolean {
  return line === 1 && column === 1 && endLine === 1 && endColumn === 1;
}

/** Never broken or cut, so that it can be copied. A tab would make psql offer completions when it is pasted. */
function saferLines(safer: string | null, paint: Paint): readonly string[] {
  if (safer === null) return [];
  const lines = safer.trimEnd().split(/\r?\n/);
  const printed = lines.map((line) => shown(line.replace(/\t/g, "    ")).trimEnd());
  const label = paint("good", "Safer:");
  if (printed.length === 1) return [`  ${label} ${printed.join("")}`];
  return [`  ${label}`, ...printed.map((line) => (line === "" ? "" : `    ${line}`))];
}

const mostReasons = 5;

function verdictLines(
  report: Report,
  { width, paint, policy }: Look & { readonly policy: boolean },
): readonly string[] {
  const { outcome, because } = report.verdict;
  // Nothing was looked at, so nothing here may read as good news.
  if (outcome === "pass" && report.migrations.length === 0) return [`Verdict: ${paint("strong", "nothing to check.")}`];

  const style: Style = outcome === "pass" ? "good" : outcome === "blocked" ? "blocked" : report.risk;
  const more = because.length - mostReasons;
  const asking = report.migrations.filter((migration) => migration.verdict === "needs-approval");
  return [
    `Verdict: ${paint(style, `${outcomeWords[outcome]} (${report.risk}).`)}${
      outcome === "pass" && (report.risk === "high" || report.risk === "critical")
        ? " The policy asks for no approval."
        : ""
    }`,
    ...because.slice(0, mostReasons).flatMap((reason) => reasonLines(reason, report, width)),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(policy && outcome === "needs-approval" && asking.length > 0
      ? wrap(`The policy asks: ${policyWords(strictest(asking.map((migration) => migration.policy)))}.`, {
          width,
          indent: 0,
          hanging: 2,
        })
      : []),
  ];
}

function reasonLines(reason: ReportReason, report: Report, width: number): readonly string[] {
  const name = reason.kind === "finding" ? shown(reason.rule) : classWords[reason.class];
  const risk = blocks(reason, report) ? "blocked" : reason.risk;
  const pieces = [...name.split(" "), "at", `${shown(reason.path)}:${reason.line}`, `(${risk})`];
  return fill(pieces, { width, indent: 2, hanging: 4 });
}

function blocks(reason: ReportReason, report: Report): boolean {
  if (reason.kind !== "finding") return false;
  return report.migrations.some((migration) =>
    migration.findings.some(
      ({ blocks, rule, path, line }) => blocks && rule === reason.rule && path === reason.path && line === reason.line,
    ),
  );
}

function coverageLines(coverage: ReportCoverage, { width, paint }: Look): readonly string[] {
  const { files, statements, read, opaque, rehearsed } = coverage;
  const each = [
    count(read, "read", "read"),
    count(statements - read, "unread", "unread"),
    count(opaque, "opaque", "opaque"),
  ];
  const checked =
    files === 0
      ? "Checked: 0 files"
      : `Checked: ${count(files, "file")}, ${count(statements, "statement")} (${each.join(", ")}), ${rehearsed ? "rehearsed" : "not rehearsed"}.`;
  return [
    ...wrap(checked, { width, indent: 0, hanging: 2 }),
    ...named("Could not be read:", coverage.unreadable, width).map((line) => paint("blocked", line)),
    ...named("Not migrations:", coverage.ignored, width).map((line) => paint("dim", line)),
  ];
}

/** Which server and which config the verdict holds for. */
function judgedFor({ postgres, config }: Report, width: number): readonly string[] {
  const by = config === null ? "without a config file" : `by ${shown(config)}`;
  return wrap(`Judged for PostgreSQL ${postgres}, ${by}.`, { width, indent: 0, hanging: 2 });
}

const mostNames = 10;

function named(label: string, paths: readonly string[], width: number): readonly string[] {
  if (paths.length === 0) return [];
  const more = paths.length - mostNames;
  const names = paths.slice(0, mostNames).map(shown);
  const listed = names.map((name, i) => (i < names.length - 1 || more > 0 ? `${name},` : name));
  const end = more > 0 ? [`and ${more} more`] : [];
  return fill([label, ...listed, ...end], { width, indent: 0, hanging: 2 });
}

/** A message is prose: its line ends are no more than spaces. */
function oneLine(text: string): string {
  return shown(text.replace(/[ \t\r\n]+/g, " ").trim());
}
