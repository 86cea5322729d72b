import type { Migration } from "../migrations/migration.ts";
import type { LedgerState } from "../migrations/recorded.ts";

/** A directory whose migrations a command of the project applies: the tool that they were written for. */
export interface Program {
  readonly applyCommand: string;
  /** Null where there is no way back. */
  readonly rollbackCommand: string | null;
  /** Prints what is pending; null: the files of the directory are the SQL. */
  readonly sqlCommand: string | null;
  /** Prints what going back would do; null: nobody knows before it is done. */
  readonly rollbackSqlCommand: string | null;
  /** Where a migration of the directory stands in the ledger. */
  recordedAs(migration: Migration): string;
  /** Asks sql-command, or for the way back rollback-sql-command, what it would do with these applied. Throws UserError. */
  print(asked: PrintRequest): Promise<PrintedSql>;
}

export interface PrintRequest {
  readonly direction: "up" | "down";
  readonly applied: LedgerState["applied"];
  /** Null: as far as there is. */
  readonly targetVersion: string | null;
  /** How many are taken back; null: to the target version, or forward. */
  readonly steps: number | null;
}

/** SQL that a command has printed. */
export interface PrintedSql {
  /** What stands for a file's path. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Whether it has nothing but transactions without anything in them. */
  readonly isEmpty: boolean;
}

/** The versions that a ledger has, as commands get them and as they are shown. */
export function versionsIn({ applied }: Pick<LedgerState, "applied">): readonly string[] {
  return applied.map(({ version }) => version);
}

/** How a command is told: LOCKKEEPER_APPLIED has one version a line. */
export function variablesFor(
  { applied, targetVersion, steps }: Omit<PrintRequest, "direction">,
  environment: string | null,
): Readonly<Record<string, string>> {
  return {
    LOCKKEEPER_APPLIED: applied.map(({ version }) => version).join("\n"),
    LOCKKEEPER_TARGET_VERSION: targetVersion ?? "",
    LOCKKEEPER_STEPS: steps === null ? "" : String(steps),
    LOCKKEEPER_ENVIRONMENT: environment ?? "",
  };
}
