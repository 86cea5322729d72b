import { code, prose } from "./markdown-text.ts";
import type { RollbackReport } from "./rollback-report.ts";
import { rollbackVerdict, wantedWords, wayWords } from "./rollback-words.ts";

const states = {
  applied: "taken back",
  undone: "still applied: nothing was taken back",
  partial: "taken back in part",
  unknown: "not known",
  "not-run": "still applied",
} as const;

/** What going back did, as the summary of a step. */
export function renderRollbackMarkdown(report: RollbackReport): string {
  const { refusal, outcomes, losses, dryRun, digest, backupId } = report;
  const lines = ["## Lockkeeper: rollback", "", `**${prose(rollbackVerdict(report))}**`, ""];
  if (digest !== null) lines.push(prose(wayWords(report)), "");
  if (refusal !== null) {
    lines.push(prose(refusal.message), "", ...refusal.details.map((detail) => `- ${prose(detail)}`), "");
    if (refusal.hint !== null) lines.push(`What to do: ${prose(refusal.hint)}`, "");
  }
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
  const lost = losses.filter(({ rows: many }) => many !== 0);
  if (lost.length > 0) {
    lines.push(dryRun || refusal !== null ? "Would be lost:" : "Lost:", "");
    lines.push(...lost.map(({ message }) => `- ${prose(message)}`), "");
  }
  for (const { path, failure } of outcomes) {
    if (failure === null) continue;
    const line = failure.line === null ? "" : `:${failure.line}`;
    lines.push(`${code(`${path}${line}`)} ${prose(failure.message)}`, "");
    lines.push(...failure.details.map((detail) => `- ${prose(detail)}`));
    if (failure.hint !== null) lines.push("", `What to do: ${prose(failure.hint)}`, "");
  }
  for (const each of [...report.amiss, ...report.warnings]) lines.push(`- ${prose(each)}`);
  const wanted = dryRun ? wantedWords(report) : null;
  if (wanted !== null) lines.push("", prose(wanted));
  if (backupId !== null) lines.push("", `Backup ${code(backupId)}`);
  if (digest !== null) lines.push("", `Plan ${code(digest)}`);
  return `${lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trimEnd()}\n`;
}
