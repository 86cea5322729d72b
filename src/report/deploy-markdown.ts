import type { DeployReport, ReportOutcome } from "./deploy-report.ts";
import { movedWords, verdictWords } from "./deploy-terminal.ts";
import { backupMarkdown, failuresMarkdown, paragraphs, refusalMarkdown } from "./deploy-words.ts";
import { code, prose } from "./markdown-text.ts";
import type { RollbackReport } from "./rollback-report.ts";
import { lookedWords } from "./verify-terminal.ts";

/** What a deploy did, as the summary of a step. */
export function renderDeployMarkdown(report: DeployReport): string {
  const where = report.environment ?? report.database ?? "the database";
  const lines = [`## Lockkeeper: ${prose(where)}`, "", `**${prose(verdictWords(report))}**`, ""];
  lines.push(...refusalMarkdown(report.refusal));
  if (report.outcomes.length > 0) {
    lines.push("| Migration | In the database | Time | Rows | Retries |", "| --- | --- | ---: | ---: | ---: |");
    lines.push(...report.outcomes.map((each) => row(each, report.rollback)), "");
  }
  lines.push(...failuresMarkdown(report.outcomes));
  for (const each of [...report.amiss, ...report.warnings]) lines.push(`- ${prose(each)}`);
  if (report.verification !== null) lines.push("", `Verified: ${prose(lookedWords(report.verification))}.`);
  lines.push(...backupMarkdown(report));
  if (report.digest !== null) lines.push("", `Plan ${code(report.digest)}`);
  return paragraphs(lines);
}

function row(outcome: ReportOutcome, back: RollbackReport | null): string {
  const { version, path, status, ms, rows, retries, done, ledger } = outcome;
  const isBack = back?.outcomes.some((each) => each.version === version && each.status === "applied") ?? false;
  const what = {
    applied: "all",
    undone: "nothing",
    partial: done === null ? "a part of it" : `${done} statements`,
    unknown: "not known",
    "not-run": "nothing",
  };
  const here = isBack ? "taken back" : `${what[status]}${prose(movedWords(ledger))}`;
  // What a command has done to rows nobody has counted.
  const cells = [code(path), here, ms === null ? "" : `${ms} ms`, ledger === null ? (rows ?? "") : "", retries ?? ""];
  return `| ${cells.join(" | ")} |`;
}
