import { canBeTurnedOff, type Rule } from "../rules/rule.ts";
import { count } from "../text.ts";
import { riskMarks } from "./comment-rows.ts";
import { linked, linkedFile, linkedLines, type Source } from "./links.ts";
import type { Section } from "./markdown-fit.ts";
import { code, prose, sqlBlock } from "./markdown-text.ts";
import type { ReportMigration } from "./report.ts";
import { cutShort, isAboutTheFile, oneLine, riskWords, type Said, saferLines, severity } from "./said.ts";

/** What a finding's words are made of besides itself. */
export interface FindingWords {
  readonly source: Source;
  readonly rules: readonly Rule[];
  readonly rulesUrl: string | null;
  /** Whether an allowance would lower the risk. */
  isAcceptable(said: Said): boolean;
}

/** The findings of one migration, folded under its name: each with its place, why it matters and what to write instead. */
export function findingSection(migration: ReportMigration, said: readonly Said[], words: FindingWords): Section {
  const worst = said.toSorted((a, b) => severity(b.finding) - severity(a.finding))[0]?.finding ?? null;
  const mark = worst === null ? "" : (riskMarks[worst.blocks ? "blocked" : worst.risk] ?? "");
  const told = new Set<string>();
  return {
    start: `<details>\n<summary>${mark} ${prose(cutShort(migration.path))}: ${count(said.length, "finding")}</summary>`,
    end: "</details>",
    findings: said.map((each) => {
      const { rule, risk } = each.finding;
      // Why is said of a rule once in a section, and of what is no danger its message says enough.
      const why =
        told.has(rule) || risk === "low" ? null : (words.rules.find(({ id }) => id === rule)?.meta.why ?? null);
      told.add(rule);
      return { severity: severity(each.finding), text: () => findingText(each, { migration, why, ...words }) };
    }),
  };
}

interface Around extends FindingWords {
  readonly migration: ReportMigration;
  readonly why: string | null;
}

/** Begins with our own words, so that nothing of the SQL stands where Markdown looks for headings and lists. */
function findingText(said: Said, { migration, why, source, rules, rulesUrl, isAcceptable }: Around): string {
  const { finding, unexplained } = said;
  const { rule, safer, allowed, line, endLine, path } = finding;
  const known = rules.find(({ id }) => id === rule);
  const page = known === undefined || rulesUrl === null ? null : `${rulesUrl}/${known.id}.md`;
  const name = unexplained === null ? linked(code(cutShort(rule)), page) : prose(rule);
  const where = isAboutTheFile(finding)
    ? "the file"
    : linkedLines(line === endLine ? `line ${line}` : `lines ${line} to ${endLine}`, finding, source);
  const file = path === migration.path ? "" : ` in ${linkedFile(cutShort(path), path, source)}`;
  const mark = riskMarks[finding.blocks ? "blocked" : finding.risk] ?? "";
  const accept = known !== undefined && canBeTurnedOff(known) && isAcceptable(said);
  const blocks = [
    `${mark} **${prose(riskWords(finding))}** ${name}, ${where}${file}: ${prose(oneLine(finding.message))}`,
    ...(why === null ? [] : [`Why: ${prose(why)}`]),
    ...(allowed === null ? [] : [`Allowed: ${prose(oneLine(allowed))}`]),
    ...(safer === null ? [] : [`Safer:\n\n${sqlBlock(saferLines(safer))}`]),
    ...(accept ? [`To accept it, write above the statement: ${code(`-- lockkeeper:allow ${rule}: reason`)}`] : []),
  ];
  return blocks.join("\n\n");
}
