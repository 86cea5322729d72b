import { oneOf } from "../commands/option-values.ts";
import type { Settings } from "../commands/settings.ts";
import { type Backups, noStore } from "../deploy/backups.ts";
import { Refusal, UserError } from "../errors.ts";
import type { DiskWorkspace } from "../workspace/workspace.ts";
import { type BackupOptions, ledgerVersions, makeBackup, storeOf } from "./backup.ts";

/** The options of a deploy that are about its backup. */
export interface DeployBackupOptions extends Pick<BackupOptions, "config" | "environment" | "database-url" | "store"> {
  readonly backup?: string | undefined;
}

export const backupChoices = ["policy", "always"] as const;

interface On {
  readonly settings: Settings;
  readonly workspace: DiskWorkspace;
  readonly values: DeployBackupOptions;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Where a deploy makes and finds its backup. Throws UserError where the options are wrong. */
export function backupsOf({ settings, workspace, values, signal, say }: On): Backups {
  const always = oneOf("--backup", values.backup ?? "policy", backupChoices) === "always";
  const config = settings.environment.backup;
  if ((values.store ?? config.store) === null) {
    if (!always) return noStore;
    throw new UserError("store-missing", "--backup always needs a store for the backups.", {
      hint: "name a directory with --store DIR, or as backup.store in the config.",
    });
  }
  return {
    always,
    counts: config.external?.satisfiesRequired ?? true,
    async make({ directories }) {
      const store = await storeOf(values, settings, true);
      say(`Making a backup in ${store.place}`);
      const { backup, failure, warnings } = await makeBackup({
        ...{ settings, workspace, values, store, signal, say },
        // Under our lock nobody else migrates.
        ledgers: ledgerVersions(directories),
      });
      if (backup === null) {
        const { code, message, details, hint } = failure ?? unknownFailure;
        throw new Refusal(code, message, { details, ...(hint === null ? {} : { hint }) });
      }
      const { id, proof } = backup;
      for (const warning of warnings) say(warning);
      say(`Backup ${id}, proved: ${proof.reached}`);
      return { id, made: true, proof: proof.reached };
    },
    async find(id, { server, directories }) {
      const [store, { findBackup }] = await Promise.all([
        storeOf(values, settings, false),
        import("../backup/stored.ts"),
      ]);
      const { database, systemIdentifier } = server;
      const need = { database, systemIdentifier, ledgers: ledgerVersions(directories), maxAgeMs: config.maxAgeMs };
      const { proof } = await findBackup(store, id, { ...need, now: new Date() });
      return { id, made: false, proof: proof.reached };
    },
  };
}

const unknownFailure = { code: "backup-failed", message: "No backup was made.", details: [], hint: null };
