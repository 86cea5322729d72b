import type { Risk } from "../config/config.ts";
import { UserError } from "../errors.ts";
import type { ServerIdentity } from "../plan/database.ts";
import type { SurveyedDirectory } from "../plan/directory.ts";
import type { TakenBackup } from "../plan/taken-backup.ts";

/** Backups, as a deploy needs them. */
export interface Backups {
  /** Whether one is made although the policy requires none. */
  readonly always: boolean;
  /** Whether the policy counts those that are made, where it requires one. */
  readonly counts: boolean;
  /** Makes and proves one. Throws UserError. Null: there is nowhere to put it. */
  readonly make: ((before: BackedUp) => Promise<TakenBackup>) | null;
  /** The one that was named. Throws UserError where it is none to count on before this is done. */
  find(id: string, before: BackedUp): Promise<TakenBackup>;
}

/** What a backup has to be of. */
export interface BackedUp {
  readonly server: ServerIdentity;
  readonly directories: readonly SurveyedDirectory[];
}

/** There is no store: a backup that is named is taken at its word. */
export const noStore: Backups = {
  always: false,
  counts: false,
  make: null,
  find: async (id) => ({ id, made: false, proof: null }),
};

/** What is asked about the backup of one run. */
export interface Wanted extends BackedUp {
  /** As it was named; null: it was not. */
  readonly id: string | null;
  readonly isRequired: boolean;
}

/** The backup of a run: the one that was named, or a new one where one is wanted; null where none is. Throws UserError. */
export async function backupFor(wanted: Wanted, { always, counts, make, find }: Backups): Promise<TakenBackup | null> {
  const { id, isRequired } = wanted;
  if (id !== null) return find(id, wanted);
  if (!isRequired && !always) return null;
  if (make !== null && (counts || !isRequired)) return make(wanted);
  throw new UserError("backup-required", "A backup is wanted, and none can be made from here.", { hint: howToName });
}

const howToName =
  "name a store (--store DIR, or backup.store in the config), or a backup that was made elsewhere: --backup-id TEXT. It is written into the journal.";

/** Why nothing is begun where the policy requires a backup and there is no way to one. */
export function backupRefusal(risk: Risk) {
  return {
    code: "backup-required",
    message: `The policy requires a backup before a plan of risk ${risk}.`,
    details: [],
    hint: howToName,
  };
}
