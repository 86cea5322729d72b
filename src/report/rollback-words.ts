import { list } from "../text.ts";
import type { RollbackReport } from "./rollback-report.ts";

/** From where to where, in one line. */
export function wayWords({ before, after, environment, database, reason, automatic, dryRun }: RollbackReport): string {
  const where = environment ?? database ?? "the database";
  const way = `${versionWords(before)} → ${versionWords(after)}`;
  return `${where}: ${way}, reason ${reason}${automatic ? ", agreed to by the config" : ""}${dryRun ? " (dry run)" : ""}`;
}

function versionWords(version: string | null): string {
  return version === null ? "before the first" : `version ${version}`;
}

/** How it ended, in one sentence. */
export function rollbackVerdict(report: RollbackReport): string {
  const { refusal, outcomes, exitStatus, amiss, dryRun } = report;
  if (refusal !== null) return "Nothing was taken back: the database is as it was.";
  if (dryRun) return "This is what going back would do. Nothing was done.";
  const back = outcomes.filter(({ status }) => status === "applied").length;
  const many = `${back} ${back === 1 ? "migration" : "migrations"}`;
  if (exitStatus === 0) return `Done: ${many} taken back.`;
  const before = back === 0 ? "" : ` ${many} before it ${back === 1 ? "was" : "were"} taken back.`;
  if (outcomes.some(({ status }) => status === "partial"))
    return `Stopped with a migration that is taken back in part.${before} The same command goes on from there.`;
  if (outcomes.some(({ status }) => status === "unknown"))
    return `Stopped without knowing how far it came.${before} Run it again: the database knows.`;
  if (outcomes.every(({ status }) => status === "applied") && amiss.length > 0)
    return "Taken back, but not everything is as it was planned to be.";
  return `Stopped: nothing of the migration that failed is taken back.${before}`;
}

/** What a dry run says is still wanted; null where nothing is. */
export function wantedWords({ losses, deploy, digest, backup, backupId }: RollbackReport): string | null {
  const lost = losses.filter(({ rows }) => rows !== 0);
  const wanted = [
    ...lost.map(({ name }) => `--confirm-loss ${name}`),
    ...(deploy === "automatic" ? [] : [`--expect-digest ${digest}`]),
    ...((backup === "required" || lost.length > 0) && backupId === null
      ? ["a backup (in the store, or --backup-id ID)"]
      : []),
  ];
  return wanted.length === 0 ? null : `It needs ${list(wanted)}.`;
}
