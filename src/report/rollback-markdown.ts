import { backupMarkdown, failuresMarkdown, paragraphs, refusalMarkdown } from "./deploy-words.ts";
import { code, prose } from "./markdown-text.ts";
import { printedMarkdown } from "./printed-sql.ts";
import type { RollbackReport } from "./rollback-report.ts";
import { rollbackVerdict, wantedWords, wayWords } from "./rollback-words.ts";
import { lookedWords } from "./verify-terminal.ts";

const states = {
  applied: "taken back",
  undone: "still applied: nothing was taken back",
  partial: "taken back in part",
  unknown: "not known",
  "not-run": "still applied",
} as const;

/** What going back did, as the summary of a step. */
export function renderRollbackMarkdown(report: RollbackReport): string {
  const { refusal, outcomes, losses, dryRun, digest } = report;
  const lines = ["## Lockkeeper: rollback", "", `**${prose(rollbackVerdict(report))}**`, ""];
  if (digest !== null) lines.push(prose(wayWords(report)), "");
  lines.push(...refusalMarkdown(refusal));
  const rows = outcomes.length > 0 ? outcomes : report.migrations;
  if (rows.length > 0) {
    lines.push("| Script | State |", "| --- | --- |");
    lines.push(
      ...rows.map(
        (each) => `| ${code(each.path)} | ${"status" in each ? states[each.status] : "would be taken back"} |`,
      ),
      "",
    );
  }
  for (const { path, sql } of dryRun || refusal !== null ? report.migrations : []) {
    if (sql !== null) lines.push(printedMarkdown(`${code(path)} prints:`, sql), "");
  }
  const lost = losses.filter(({ rows: many }) => many !== 0);
  if (lost.length > 0) {
    lines.push(dryRun || refusal !== null ? "Would be lost:" : "Lost:", "");
    lines.push(...lost.map(({ message }) => `- ${prose(message)}`), "");
  }
  lines.push(...failuresMarkdown(outcomes));
  for (const each of [...report.amiss, ...report.warnings]) lines.push(`- ${prose(each)}`);
  const wanted = dryRun ? wantedWords(report) : null;
  if (wanted !== null) lines.push("", prose(wanted));
  if (report.verification !== null) lines.push("", `Verified: ${prose(lookedWords(report.verification))}.`);
  if (report.otherWay.length > 0) lines.push("", ...report.otherWay.map((each) => `- ${prose(each.trim())}`));
  lines.push(...backupMarkdown(report));
  if (digest !== null) lines.push("", `Plan ${code(digest)}`);
  return paragraphs(lines);
}
