import { count } from "../text.ts";
import { lockWords } from "./lock-words.ts";
import { type Section, withinBytes } from "./markdown-fit.ts";
import { code, prose, sqlBlock } from "./markdown-text.ts";
import type { Report, ReportCoverage, ReportFinding, ReportMigration } from "./report.ts";
import {
  type Counted,
  isAboutTheFile,
  oneLine,
  riskWords,
  type Said,
  saferLines,
  saidOf,
  severity,
  shortened,
} from "./said.ts";
import { coverageSentence, judgedForSentence, policySentence, someNames, verdictSentence } from "./sentences.ts";
import { directed, listedOf, riskWord } from "./table.ts";
import { policyWords } from "./words.ts";

export interface MarkdownOptions {
  /** The most bytes of UTF-8 that the text may have: a step summary takes 1 MiB, a comment 65,536 characters. */
  readonly maxBytes: number;
}

/**
 * The report as GitHub's Markdown: the verdict, a row for each migration, the findings folded by migration, and what was checked.
 * Where that is longer than it may be, whole findings are left out and then whole rows, the least severe first, and counted. The
 * verdict is never cut. Ends with a line end.
 */
export function renderMarkdown(report: Report, { maxBytes }: MarkdownOptions): string {
  const { listed, others } = listedOf(report.migrations);
  const said = report.migrations.map(saidOf(report));
  const { kept, more } = shortened(said.flat());
  const keep = new Set(kept);
  const { words, more: also } = verdictSentence(report);
  const reasons = report.verdict.because.length;
  const parts = {
    verdict: `## Lockkeeper: ${words}${reasons === 0 ? "" : `, ${count(reasons, "reason")}`}`,
    policy: prose([also, policySentence(report) ?? ""].filter((sentence) => sentence !== "").join(" ")),
    tableHead: "| Migration | Risk | Does | Lock | Policy asks |\n| --- | --- | --- | --- | --- |",
    rows: listed.map((migration) => ({ severity: severityOf(migration), text: () => rowOf(migration) })),
    others: others === null ? "" : prose(others),
    sections: report.migrations.map((migration, i) => sectionOf(migration, said[i] ?? [], keep)),
    counted: more.map(countedWords),
    coverage: prose(coverageSentence(report.coverage)),
    names: namesOf(report.coverage),
    judgedFor: report.migrations.length === 0 && report.base === null ? "" : prose(judgedForSentence(report)),
  };
  return withinBytes(parts, maxBytes);
}

function severityOf({ risk, verdict }: ReportMigration): number {
  return severity({ risk, blocks: verdict === "blocked" });
}

function rowOf(migration: ReportMigration): string {
  const cells = [
    code(migration.path),
    weighty(riskWord(migration)),
    prose(directed(migration)),
    prose(lockWords(migration) ?? ""),
    prose(policyWords(migration.policy)),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** What nobody should read over is bold. */
function weighty(word: string): string {
  return word === "low" || word === "medium" ? word : `**${prose(word)}**`;
}

/** What is said of one migration; of what is only counted, the count. */
function sectionOf(migration: ReportMigration, said: readonly Said[], keep: ReadonlySet<Said>): Section {
  const worst = said.reduce<Said | null>(
    (most, each) => (most === null || severity(each.finding) > severity(most.finding) ? each : most),
    null,
  );
  const risk = worst === null ? "" : riskWords(worst.finding);
  const about = said.length === 1 ? risk : `the worst ${risk}`;
  return {
    start: `<details>\n<summary>${prose(migration.path)}: ${count(said.length, "finding")}, ${about}</summary>`,
    end: "</details>",
    findings: said
      .filter((each) => keep.has(each))
      .map((each) => ({ severity: severity(each.finding), text: () => findingText(each, migration) })),
  };
}

/** Begins with our own words, so that nothing of the SQL stands where Markdown looks for headings and lists. */
function findingText({ finding, unexplained }: Said, { path }: ReportMigration): string {
  const { rule, safer, allowed } = finding;
  const name = unexplained === null ? code(rule) : prose(rule);
  const file = finding.path === path ? "" : ` in ${code(finding.path)}`;
  const sentences = [
    `**${prose(riskWords(finding))}** ${name}, ${placeOf(finding)}${file}: ${prose(oneLine(finding.message))}`,
    ...(allowed === null ? [] : [`Allowed: ${prose(oneLine(allowed))}`]),
  ];
  return [sentences.join("  \n"), ...(safer === null ? [] : [`Safer:\n\n${sqlBlock(saferLines(safer))}`])].join("\n\n");
}

function placeOf(finding: ReportFinding): string {
  const { line, endLine } = finding;
  if (isAboutTheFile(finding)) return "the file";
  return line === endLine ? `line ${line}` : `lines ${line} to ${endLine}`;
}

function countedWords({ rule, risk, more }: Counted): string {
  return `and ${count(more, "more finding")} of ${prose(rule)} (${risk})`;
}

function namesOf({ unreadable, ignored }: ReportCoverage): readonly string[] {
  const named = (label: string, paths: readonly string[]): readonly string[] => {
    const { names, more } = someNames(paths);
    return names.length === 0 ? [] : [`${label} ${[...names.map(code), ...(more === null ? [] : [more])].join(", ")}`];
  };
  return [...named("Could not be read:", unreadable), ...named("Not migrations:", ignored)];
}
