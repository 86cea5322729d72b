import type { Report } from "../src/report/report.ts";
import { hazardWords } from "../src/report/rule-card.ts";
import { renderTerminal } from "../src/report/terminal.ts";
import { canBeTurnedOff, type Rule } from "../src/rules/rule.ts";
import { databaseName } from "../src/sql/databases.ts";
import { list } from "../src/text.ts";
import type { Case, CaseFile } from "../test/rules/cases.ts";
import { directory, judge, pathOf } from "../test/rules/judge.ts";

/** Columns of the terminal that the findings are shown on. */
const width = 100;

/** The pages of docs/rules by their file names: one for each rule, and the list of them all. */
export async function rulePages(
  rules: readonly Rule[],
  casesOf: (id: string) => readonly Case[],
): Promise<ReadonlyMap<string, string>> {
  const pages = new Map([["README.md", listOf(rules)]]);
  for (const rule of rules) pages.set(`${rule.id}.md`, await pageOf(rule, casesOf(rule.id)));
  return pages;
}

const generated = "<!-- Written by `npm run docs`. Change the rule or its cases, not this page. -->";

function listOf(rules: readonly Rule[]): string {
  const rows = rules.map(
    ({ id, meta }) => `| [\`${id}\`](${id}.md) | ${meta.risk} | ${meta.hazard} | ${cell(meta.title)} |`,
  );
  return joined([
    generated,
    "# Rules",
    ["| rule | risk | hazard | what to do |", "| --- | --- | --- | --- |", ...rows].join("\n"),
    "The **hazard** says what goes wrong when a rule is right:",
    Object.entries(hazardWords)
      .map(([hazard, words]) => `- *${hazard}*: ${words}.`)
      .join("\n"),
    "A finding is *certain* where the database does this every time. It is *possible*, and says so beside its risk, where that depends on what the SQL does not show: the catalog, the rows, or code that was not read.",
    "A finding of the hazard *fails* that is certain makes its migration **blocked**: no approval opens the gate, because the file would be refused all the same. Such a rule cannot be turned off or given another risk. The others can, in [the config](../configuration.md).",
    `Rules hold for PostgreSQL, and for other databases where their pages say so. They look at the up scripts. ${listed(rules.filter(({ scripts }) => scripts === "both"))} look at down scripts as well.`,
  ]);
}

function listed(rules: readonly Rule[]): string {
  return list(rules.map(({ id }) => `\`${id}\``));
}

async function pageOf(rule: Rule, cases: readonly Case[]): Promise<string> {
  const { id, meta } = rule;
  const bad = cases.find(({ kind }) => kind === "bad");
  const good = cases.find(({ kind }) => kind === "good");
  return joined([
    generated,
    `# ${meta.title}`,
    [
      "| | |",
      "| --- | --- |",
      `| rule | \`${id}\` |`,
      `| risk | ${meta.risk} |`,
      `| hazard | ${meta.hazard}: ${hazardWords[meta.hazard]} |`,
      ...(rule.dialects.join() === "postgresql" ? [] : [`| holds for | ${list(rule.dialects.map(databaseName))} |`]),
      `| looks at | ${rule.scripts === "both" ? "up and down scripts" : "up scripts"} |`,
    ].join("\n"),
    "## Why",
    meta.why,
    ...(meta.elsewhere === undefined ? [] : [meta.elsewhere]),
    "## What to do",
    meta.fix,
    ...(bad === undefined
      ? []
      : ["## Reported", sentence(bad.why), ...shown(bad), "Lockkeeper says:", fence("text", await said(rule, bad))]),
    ...(good === undefined ? [] : ["## Not reported", sentence(good.why), ...shown(good)]),
    "## Settings",
    ...settings(rule),
    "## See also",
    meta.links.map((link) => `- <${link}>`).join("\n"),
  ]);
}

/** The files of a case: SQL, or a directory where the rule is about that. */
function shown(one: Case): readonly string[] {
  const now = one.files.filter(({ role }) => role === "file");
  const base = one.files.filter(({ role }) => role === "base");
  if (now.length + base.length === one.files.length) {
    const listing = fence("text", [`${directory}/`, ...now.map(entry)].join("\n"));
    if (base.length === 0) return [listing];
    const before = ["On the base branch:", fence("text", [`${directory}/`, ...base.map(entry)].join("\n"))];
    return [...before, "In the pull request:", listing, ...changedFiles(base, now)];
  }
  const options = [
    one.layout === "golang-migrate" ? null : `\`layout: ${one.layout}\``,
    one.appliedBy === "tool" ? null : `\`applied-by: ${one.appliedBy}\``,
    one.dialect === "postgresql" ? null : `\`dialect: ${one.dialect}\``,
    one.postgres === 18 ? null : `\`postgres: ${one.postgres}\``,
  ].filter((option) => option !== null);
  return [
    ...(options.length === 0 ? [] : [`With ${options.join(" and ")} in the config.`]),
    ...one.files.flatMap((file) => [heading(file), fence("sql", file.text.trimEnd())]),
  ];
}

/** The text of files that stand on both sides and differ. */
function changedFiles(base: readonly CaseFile[], now: readonly CaseFile[]): readonly string[] {
  return now.flatMap((file) => {
    const before = base.find(({ name }) => name === file.name);
    if (before === undefined || before.text === file.text) return [];
    return [`\`${file.name}\` was and is now:`, fence("sql", before.text.trimEnd()), fence("sql", file.text.trimEnd())];
  });
}

function heading(file: CaseFile): string {
  const form = file.form === "UTF-8" ? "" : ` (${file.form})`;
  return file.role === "history" ? "After these statements of earlier migrations:" : `\`${pathOf(file)}\`${form}:`;
}

function entry({ name, form }: CaseFile): string {
  return form === "UTF-8" ? `  ${name}` : `  ${name}   (${form})`;
}

/** The findings of the rule as the terminal shows them, without the table and the verdict behind them. */
async function said({ id }: Rule, one: Case): Promise<string> {
  const report = await judge(one);
  const source = (path: string): string | null => one.files.find((file) => pathOf(file) === path)?.text ?? null;
  const render = (keep: (rule: string) => boolean): string => {
    const migrations = report.migrations.map((migration) => ({
      ...migration,
      findings: migration.findings.filter(({ rule }) => keep(rule)),
    }));
    const rest: Report = { ...report, migrations, verdict: { outcome: "pass", because: [] } };
    return renderTerminal(rest, { color: false, width, source });
  };
  const behind = render(() => false);
  return render((rule) => rule === id)
    .slice(0, -behind.length)
    .trimEnd();
}

function settings(rule: Rule): readonly string[] {
  if (!canBeTurnedOff(rule)) {
    return [
      "This rule cannot be turned off or given another risk: the file is refused all the same when it is applied, so no approval would help.",
    ];
  }
  const risk = rule.meta.risk === "low" ? "medium" : "low";
  return [
    "In `.github/lockkeeper.yml` the findings of this rule can be given another risk, or turned off with `off`:",
    fence("yaml", `version: 1\nrules:\n  ${rule.id}: { risk: ${risk} }`),
    "That is about the findings alone: what a statement does is still weighed by its class and its effects.",
  ];
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}${/[.?!]$/.test(words) ? "" : "."}`;
}

function cell(words: string): string {
  return words.replaceAll("|", "\\|");
}

/** A code block that its own text cannot end. */
function fence(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}${language}\n${text}\n${ticks}`;
}

function joined(blocks: readonly string[]): string {
  return `${blocks.join("\n\n")}\n`;
}
