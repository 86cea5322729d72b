import { noOrder, shown } from "./cells.ts";
import { coloured, plain } from "./paint.ts";
import type { PlanReport, ReportProblem, ReportVersion } from "./plan-report.ts";
import { deployWords, ledgerWords, pendingWords, tableWords, waitWords, whereWords } from "./plan-words.ts";
import { printedLines } from "./printed-sql.ts";
import { wrap } from "./prose.ts";
import type { Report } from "./report.ts";
import { renderTerminal, type TerminalOptions } from "./terminal.ts";

/** The plan or the status as text for people. Ends with a line end. */
export function renderPlanTerminal(report: PlanReport, check: Report | null, options: TerminalOptions): string {
  const paint = options.color ? coloured : plain;
  const width = Math.max(20, options.width);
  const say = (text: string, indent = 0): readonly string[] =>
    wrap(shown(text), { width, indent, hanging: indent + 2 });
  const refused = report.problems.filter(({ allowed }) => !allowed);
  const { plan } = report;
  const lines = [
    ...say(`${whereWords(report)}: ${pendingWords(report)}`),
    ...report.ledgers.flatMap((ledger) => say(ledgerWords(ledger), 2)),
    "",
    ...report.problems.flatMap((problem) => [...problemLines(problem, say), ""]),
    ...(plan === null ? versionLines(report.versions, say) : []),
  ];
  if (plan === null) {
    const verdict = refused.length === 0 ? [] : [paint("blocked", "A deploy would be refused.")];
    return finish([...lines, ...verdict]);
  }
  const context = plan.migrations.flatMap((migration) => {
    const wait = waitWords(migration);
    const facts = [...(wait === null ? [] : [wait]), ...migration.tables.map(tableWords)];
    return facts.length === 0
      ? []
      : [...say(`${migration.path}: ${facts[0]}`), ...facts.slice(1).flatMap((fact) => say(fact, 2))];
  });
  const printed = plan.migrations.flatMap(({ path, sql }) => (sql === null ? [] : printedLines(path, sql).map(shown)));
  return finish([
    ...lines,
    ...printed,
    ...(check === null || plan.migrations.length === 0 ? [] : [renderTerminal(check, options).trimEnd(), ""]),
    ...(context.length === 0 ? [] : [...context, ""]),
    ...(report.refused
      ? [paint("blocked", "A deploy of this would be refused.")]
      : plan.migrations.length === 0
        ? ["No pending migrations."]
        : [`Deploy: ${paint("strong", deployWords(plan))}.`]),
    `Digest: ${plan.digest}`,
  ]);
}

function finish(lines: readonly string[]): string {
  return `${lines
    .map(noOrder)
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trimEnd()}\n`;
}

function problemLines(
  { code, message, hint, allow, allowed }: ReportProblem,
  say: (text: string, indent?: number) => readonly string[],
): readonly string[] {
  if (allowed) return say(`${message} Gone over with --${allow}.`);
  return [...say(message), ...say(`What to do: ${hint}`, 2), ...say(`Code: ${code}`, 2)];
}

const mostVersions = 200;

/** What is not applied, and the newest that is. */
function versionLines(
  versions: readonly ReportVersion[],
  say: (text: string, indent?: number) => readonly string[],
): readonly string[] {
  const kept = versions.slice(-mostVersions);
  const width = Math.max(0, ...kept.map(({ standing }) => standing.length));
  const more = versions.length - kept.length;
  return [
    ...(more > 0 ? [`and ${more} more before these`] : []),
    ...kept.flatMap(({ standing, path, version, appliedAt }) => {
      const when = appliedAt === null ? "" : `  ${appliedAt.slice(0, 16).replace("T", " ")} UTC`;
      return say(
        `${standing.padEnd(width)}  ${path ?? `version ${version}${standing === "missing" ? ", without a file" : ""}`}${when}`,
      );
    }),
    "",
  ];
}
