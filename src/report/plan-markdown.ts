import { renderMarkdown } from "./markdown.ts";
import { code, prose } from "./markdown-text.ts";
import type { PlanReport, ReportProblem } from "./plan-report.ts";
import { deployWords, ledgerWords, pendingWords, tableWords, waitWords, whereWords } from "./plan-words.ts";
import { printedMarkdown } from "./printed-sql.ts";
import type { Report } from "./report.ts";

/** The plan as Markdown, for the summary of a step, within so many bytes of UTF-8: the head in full, the rest as the report of check does it. */
export function renderPlanMarkdown(
  report: PlanReport,
  check: Report | null,
  { maxBytes }: { readonly maxBytes: number },
): string {
  const { plan } = report;
  const head = [
    `## Lockkeeper ${report.command}: ${report.refused ? "refused" : prose(pendingWords(report))}`,
    prose(whereWords(report)),
    report.ledgers.map((ledger) => `- ${prose(ledgerWords(ledger))}`).join("\n"),
    ...listOf("Against a deploy:", report.problems.slice(0, 50).map(problemText), report.problems.length),
    ...(plan === null || plan.migrations.length === 0 || report.refused
      ? []
      : [`**Deploy: ${prose(deployWords(plan))}**`]),
    ...(plan === null ? [] : [`Digest: ${code(plan.digest)}`]),
    ...listOf(
      "In the database:",
      (plan?.migrations ?? []).slice(0, 50).flatMap(contextOf),
      plan?.migrations.length ?? 0,
    ),
    ...(plan?.migrations ?? []).flatMap(({ path, sql }) => {
      return sql === null ? [] : [printedMarkdown(`${code(path)} prints:`, sql)];
    }),
  ].join("\n\n");
  if (check === null || plan === null || plan.migrations.length === 0) return `${head}\n`;
  const left = maxBytes - new TextEncoder().encode(head).length - 2;
  return `${head}\n\n${renderMarkdown(check, { maxBytes: Math.max(left, 2000) }).replace(/^## Lockkeeper: /, "### ")}`;
}

function listOf(title: string, items: readonly string[], all: number): readonly string[] {
  if (items.length === 0) return [];
  const more = all > 50 ? [`- and ${all - 50} more`] : [];
  return [title, [...items, ...more].join("\n")];
}

function problemText({ code: name, message, hint, allow, allowed }: ReportProblem): string {
  const what = allowed ? `Gone over with ${code(`--${allow}`)}.` : `What to do: ${prose(hint)}`;
  return `- ${code(name)}: ${prose(message)} ${what}`;
}

function contextOf(migration: NonNullable<PlanReport["plan"]>["migrations"][number]): readonly string[] {
  const wait = waitWords(migration);
  const facts = [...(wait === null ? [] : [wait]), ...migration.tables.map(tableWords)];
  return facts.length === 0 ? [] : [`- ${code(migration.path)}: ${facts.map(prose).join("; ")}`];
}
