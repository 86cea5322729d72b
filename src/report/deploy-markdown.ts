import type { DeployReport, ReportOutcome } from "./deploy-report.ts";
import { verdictWords } from "./deploy-terminal.ts";
import { code, prose } from "./markdown-text.ts";

/** What a deploy did, as the summary of a step. */
export function renderDeployMarkdown(report: DeployReport): string {
  const where = report.environment ?? report.database ?? "the database";
  const lines = [`## Lockkeeper: ${prose(where)}`, "", `**${prose(verdictWords(report))}**`, ""];
  const { refusal } = report;
  if (refusal !== null) {
    lines.push(prose(refusal.message), "", ...refusal.details.map((detail) => `- ${prose(detail)}`), "");
    if (refusal.hint !== null) lines.push(`What to do: ${prose(refusal.hint)}`, "");
  }
  if (report.outcomes.length > 0) {
    lines.push("| Migration | In the database | Time | Rows | Retries |", "| --- | --- | ---: | ---: | ---: |");
    lines.push(...report.outcomes.map(row), "");
  }
  for (const { path, failure } of report.outcomes) {
    if (failure === null) continue;
    const line = failure.line === null ? "" : `:${failure.line}`;
    lines.push(`${code(`${path}${line}`)} ${prose(failure.message)}`, "");
    lines.push(...failure.details.map((detail) => `- ${prose(detail)}`));
    if (failure.hint !== null) lines.push("", `What to do: ${prose(failure.hint)}`, "");
  }
  for (const each of [...report.amiss, ...report.warnings]) lines.push(`- ${prose(each)}`);
  if (report.digest !== null) lines.push("", `Plan ${code(report.digest)}`);
  return `${lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trimEnd()}\n`;
}

function row({ path, status, ms, rows, retries, done }: ReportOutcome): string {
  const what = {
    applied: "all",
    undone: "nothing",
    partial: `${done ?? 0} statements`,
    unknown: "not known",
    "not-run": "nothing",
  };
  const cells = [code(path), what[status], ms === null ? "" : `${ms} ms`, rows ?? "", retries ?? ""];
  return `| ${cells.join(" | ")} |`;
}
