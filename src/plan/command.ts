import type { StatementFacts } from "../facts/facts.ts";
import type { LedgerState } from "../migrations/recorded.ts";
import type { Direction } from "./attempt.ts";
import type { LedgerChoice } from "./database.ts";

/** Migrations that one run of a command is to apply or to take back, with what is known of them. */
export interface CommandJob {
  /** As it stands in the config. */
  readonly command: string;
  readonly direction: Direction;
  readonly ledger: LedgerChoice;
  /** In the order in which the tool comes to them. */
  readonly tasks: readonly CommandTask[];
  /** What it is told, beside what it would do with: the versions that are applied are added when it begins. */
  readonly targetVersion: string | null;
  readonly steps: number | null;
  /** For how long it may make others wait, where a script says so; null: as long as every other. */
  readonly maxBlockingMs: number | null;
  readonly planDigest: string | null;
  /** The backup that was made for it; left out: the one that was named for the whole run. */
  readonly backupId?: string | null;
}

/** One migration that a command is to apply or to take back. */
export interface CommandTask {
  readonly version: string;
  readonly name: string;
  readonly path: string;
  /** SHA-256 over its scripts, or over what was printed. */
  readonly digest: string;
  /** What it is believed to run; none where nobody knows. */
  readonly statements: readonly StatementFacts[];
  /** Whether a ledger has it as applied; null where only the tool knows which versions it leads to. */
  readonly isIn: ((ledger: LedgerState) => boolean) | null;
}

/** Whether this is the work of a command. */
export function isCommand<T>(job: T | CommandJob): job is CommandJob {
  return typeof job === "object" && job !== null && "command" in job;
}
