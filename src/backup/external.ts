import type { ExternalBackup } from "../config/backup.ts";
import { follow } from "../process/follow.ts";
import { isDone, linesOf, programFailed, type Surroundings } from "./dump.ts";
import { BackupFailed } from "./failure.ts";

const commandLimitMs = 6 * 3_600_000;

/** What a provider calls its backup, and when it is of. */
export interface ExternalMark {
  readonly id: string;
  readonly time: string;
}

/** Asks the provider for a backup. The command prints its id, or an object with id and time. Throws BackupFailed. */
export async function makeExternal({ backupCommand }: ExternalBackup, around: Surroundings): Promise<ExternalMark> {
  const started = new Date();
  const ended = await shell(backupCommand, around);
  if (ended.kind !== "ended" || !isDone(ended)) {
    throw programFailed("backup-command-failed", "backup.external.backup-command", ended, around.mask);
  }
  const mark = markOf(ended.answer, started);
  if (mark === null) {
    throw new BackupFailed("backup-command-failed", "backup.external.backup-command has printed no id.", {
      details: linesOf(ended, around.mask),
      hint: 'it has to print the id of the backup on one line, or {"id": "…", "time": "…"} with a time in ISO 8601.',
    });
  }
  return mark;
}

/** Whether the provider says that it is whole. Throws BackupFailed. */
export async function proveExternal(command: string, id: string, around: Surroundings): Promise<void> {
  const ended = await shell(command, { ...around, env: { ...around.env, LOCKKEEPER_BACKUP_ID: id } });
  if (isDone(ended)) return;
  if (ended.kind !== "ended") {
    throw programFailed("backup-not-proved", "backup.external.verify-command", ended, around.mask);
  }
  throw new BackupFailed(
    "backup-not-proved",
    `The provider does not say that the backup ${around.mask(id)} is whole.`,
    {
      details: [
        `backup.external.verify-command has ended with ${ended.status ?? ended.signal}.`,
        ...linesOf(ended, around.mask),
      ],
      hint: "do not count on it: make another one.",
    },
  );
}

function shell(command: string, around: Surroundings) {
  return follow("sh", ["-c", command], { ...around, stdout: { kind: "answer" }, timeoutMs: commandLimitMs });
}

function markOf(answer: string, started: Date): ExternalMark | null {
  const text = answer.trim();
  if (!text.startsWith("{")) {
    // One line: more than that is no id but something that went wrong.
    return /^[^\s\p{Cc}]\P{Cc}{0,499}$/u.test(text) ? { id: text, time: started.toISOString() } : null;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("id" in value) || typeof value.id !== "string") return null;
    const time = "time" in value ? value.time : started.toISOString();
    if (value.id === "" || typeof time !== "string" || Number.isNaN(Date.parse(time))) return null;
    return { id: value.id, time: new Date(time).toISOString() };
  } catch {
    return null;
  }
}
