import type { BackupReport } from "./backup-report.ts";
import { contentsWords, positionWords, proofWords, sizeOf } from "./backup-words.ts";
import { code, prose } from "./markdown-text.ts";

/** More rows than these nobody reads; what is left out is counted. */
const mostRows = 50;

/** What a backup command did, as Markdown for the summary of a step. */
export function renderBackupMarkdown(report: BackupReport): string {
  if (report.command === "backup list") {
    const rows = report.backups.slice(0, mostRows).map((backup) => {
      const of = prose(backup.environment ?? backup.database);
      return `| ${code(backup.id)} | ${of} | ${sizeOf(backup)} | ${contentsWords(backup)} | ${prose(proofWords(backup))} |`;
    });
    const more = report.backups.length - rows.length;
    const table = ["| Backup | Of | Size | Holds | Proof |", "| --- | --- | --- | --- | --- |", ...rows].join("\n");
    const unreadable = report.unreadable.map(({ id, why }) => `- ${code(id)} cannot be used: ${prose(why)}`);
    return `${[
      "## Lockkeeper backups",
      report.backups.length === 0 ? "No backups." : table,
      ...(more > 0 ? [`and ${more} more`] : []),
      ...(unreadable.length === 0 ? [] : [unreadable.join("\n")]),
    ].join("\n\n")}\n`;
  }
  const { backup, failure, warnings, removed, command } = report;
  const title = failure !== null ? "failed" : command === "backup" ? "made" : "whole";
  const facts =
    backup === null
      ? []
      : [
          `- Backup: ${code(backup.id)}`,
          `- Database: ${prose(backup.database)}, PostgreSQL ${prose(backup.versions.server)}`,
          `- Snapshot: ${prose(positionWords(backup))}`,
          `- Holds: ${contentsWords(backup)} (${sizeOf(backup)})`,
          `- Proof: ${prose(proofWords(backup))}`,
        ];
  return `${[
    `## Lockkeeper ${command}: ${title}`,
    ...(failure === null
      ? []
      : [
          `**${prose(failure.message)}**`,
          ...(failure.details.length === 0 ? [] : [failure.details.map((detail) => `- ${prose(detail)}`).join("\n")]),
          ...(failure.hint === null ? [] : [`What to do: ${prose(failure.hint)}`]),
        ]),
    ...(facts.length === 0 ? [] : [facts.join("\n")]),
    ...warnings.map((warning) => `Note: ${prose(warning)}`),
    ...(removed.length === 0 ? [] : [`Removed because of backup.keep: ${removed.map(code).join(", ")}`]),
  ].join("\n\n")}\n`;
}
