import type { BackupReport } from "./backup-report.ts";
import { escapeUnseen } from "./json.ts";

/** What a backup command did, as JSON (schema 1); a backup in it is its manifest (docs/backup-manifest.schema.json). */
export function renderBackupJson(report: BackupReport): string {
  const { schema, command, store } = report;
  const value =
    report.command === "backup list"
      ? { schema, command, store, backups: report.backups, unreadable: report.unreadable }
      : {
          schema,
          command,
          outcome: report.outcome,
          store,
          backup: report.backup,
          failure: report.failure,
          warnings: report.warnings,
          removed: report.removed,
        };
  return `${escapeUnseen(JSON.stringify(value, null, 2))}\n`;
}
