import type { Environment } from "../config/environments.ts";
import type { Plan, PlannedMigration } from "../plan/plan.ts";
import type { PreflightDatabase } from "../plan/preflight.ts";

/** What is about to be done, on or back, as far as it is looked at before. */
export interface Work extends Pick<Plan, "server" | "directories"> {
  readonly migrations: readonly Pick<PlannedMigration, "directory" | "digest" | "migration" | "script">[];
}

/** Where a deploy goes to; without a name where no environment was named. */
export type Surroundings = Omit<Environment, "name"> & { readonly name: string | null };

/** With what is looked at what speaks against beginning. */
export interface PreflightPorts {
  readonly database: PreflightDatabase;
  /** Runs a command of the config: null when it ended with 0, otherwise what became of it. */
  run(command: string): Promise<string | null>;
  /** Digests of the migrations that succeeded in the environment that has to come first; null where nobody can tell. */
  succeededBefore(): Promise<ReadonlySet<string> | null>;
  /** Whether a database that is not the one of last time is meant. */
  readonly otherDatabase: boolean;
  now(): Date;
  sleep(ms: number): Promise<void>;
}
