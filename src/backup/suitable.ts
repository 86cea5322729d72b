import { inWords } from "../config/quantities.ts";
import { isGood, type LedgerVersion, type Manifest } from "../report/manifest.ts";

/** What a backup has to be good for. */
export interface BackupNeed {
  readonly database: string;
  /** Null where it cannot be told. */
  readonly systemIdentifier: string | null;
  /** What the ledgers count as applied now; the tables that are not named are not compared. */
  readonly ledgers: readonly LedgerVersion[];
  readonly now: Date;
  /** How old it may be. */
  readonly maxAgeMs: number;
}

/** Why a backup is none to count on before these migrations; null where it is. */
export function unsuitable(
  backup: Manifest,
  { database, systemIdentifier, ledgers, now, maxAgeMs }: BackupNeed,
): string | null {
  if (backup.proof.failed !== null) return `it is damaged: ${backup.proof.failed}`;
  if (backup.external !== null && !backup.external.satisfiesRequired) {
    return "it is a provider's, and the config does not say that such a backup satisfies the policy";
  }
  if (!isGood(backup)) return "nothing has proved it";
  if (backup.contents !== "all") return `it holds the ${backup.contents} alone`;
  if (backup.database !== database) return `it is of the database ${backup.database}, and this is ${database}`;
  if (backup.systemIdentifier !== null && systemIdentifier !== null && backup.systemIdentifier !== systemIdentifier) {
    return "it is of another server (its system identifier is another one)";
  }
  const ageMs = now.getTime() - Date.parse(backup.time);
  if (!(ageMs <= maxAgeMs)) return `it is ${inWords(ageMs)} old, and may be ${inWords(maxAgeMs)} old`;
  for (const { table, version } of ledgers) {
    const then = backup.ledgers.find((each) => each.table === table);
    if (then !== undefined && then.version !== version) {
      return `${table} was at ${then.version ?? "nothing"} then, and is at ${version ?? "nothing"} now`;
    }
  }
  return null;
}
