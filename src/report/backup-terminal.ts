import type { BackupFailure, BackupList, BackupMade, BackupReport } from "./backup-report.ts";
import { contentsWords, positionWords, proofWords, sizeOf } from "./backup-words.ts";
import { cellsOf, noOrder, shown } from "./cells.ts";
import type { Manifest } from "./manifest.ts";
import { coloured, type Paint, plain } from "./paint.ts";

/** What a backup command did, as text for people. Ends with a line end. */
export function renderBackupTerminal(report: BackupReport, { color }: { readonly color: boolean }): string {
  const paint = color ? coloured : plain;
  const lines = report.command === "backup list" ? listLines(report, paint) : madeLines(report, paint);
  return `${lines.map(noOrder).join("\n")}\n`;
}

function madeLines(
  { command, backup, failure, warnings, removed, store }: BackupMade,
  paint: Paint,
): readonly string[] {
  const facts = backup === null ? [] : factsOf(backup, store);
  const said = warnings.map((warning) => `Note: ${shown(warning)}`);
  const gone = removed.length === 0 ? [] : [`Removed because of backup.keep: ${shown(removed.join(", "))}`];
  if (failure !== null) return [...failureLines(failure, paint), ...facts, ...said];
  const done = command === "backup" ? "made and proved" : "whole";
  const id = shown(backup?.id ?? "");
  // One that nothing proves is not called proved.
  const word = backup?.proof.reached === "none" ? "made, and not proved" : done;
  return [`Backup ${paint("strong", id)}: ${paint("good", word)}.`, ...facts, ...said, ...gone];
}

function failureLines({ code, message, details, hint }: BackupFailure, paint: Paint): readonly string[] {
  return [
    paint("blocked", shown(message)),
    ...details.map((detail) => `  ${shown(detail)}`),
    ...(hint === null ? [] : [`  What to do: ${shown(hint)}`]),
    `  Code: ${code}`,
  ];
}

function factsOf(backup: Manifest, store: string): readonly string[] {
  const ledgers = backup.ledgers.map(({ table, version }) => `${table} at ${version ?? "nothing"}`);
  const rows: readonly (readonly [string, string])[] = [
    ["Database", `${backup.database}, PostgreSQL ${backup.versions.server}`],
    ["Snapshot", positionWords(backup)],
    ["Holds", contentsWords(backup)],
    ...(ledgers.length === 0 ? [] : [["Ledgers", ledgers.join(", ")] as const]),
    ...(backup.files.length === 0 ? [] : [["Files", `${backup.files.length}, ${sizeOf(backup)}`] as const]),
    ["Proof", proofWords(backup)],
    ["Store", store],
  ];
  return rows.map(([name, value]) => `  ${name.padEnd(9)} ${shown(value)}`);
}

function listLines({ backups, unreadable, store }: BackupList, paint: Paint): readonly string[] {
  if (backups.length + unreadable.length === 0) return [`No backups in ${shown(store)}.`];
  const rows = backups.map((backup) => [
    shown(backup.id),
    shown(backup.environment ?? backup.database),
    sizeOf(backup),
    contentsWords(backup),
    backup.proof.failed === null
      ? paint("good", shown(proofWords(backup)))
      : paint("blocked", shown(proofWords(backup))),
  ]);
  return [
    ...columns([["Backup", "Of", "Size", "Holds", "Proof"], ...rows]),
    ...unreadable.map(({ id, why }) => paint("blocked", `${shown(id)} cannot be used: ${shown(why)}.`)),
  ];
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => cellsOf(row[i] ?? ""))));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell + " ".repeat((widths[i] ?? 0) - cellsOf(cell) + 2)))
      .join(""),
  );
}
