import type { Migration } from "../migrations/migration.ts";
import type { ServerIdentity } from "./database.ts";
import type { SurveyedDirectory } from "./directory.ts";
import type { PlanProblem } from "./problems.ts";
import type { PrintedSql } from "./program.ts";

/** A migration that would run, and where it comes from. */
export interface PendingMigration {
  readonly directory: string;
  readonly migration: Migration;
  /** Sorts before something that is applied. */
  readonly outOfOrder: boolean;
  /** A repeatable migration that was applied and has changed. */
  readonly again: boolean;
  /** SHA-256 over its scripts; null where one could not be read. */
  readonly digest: string | null;
}

/** Files against ledgers: what is applied, what would run, and what speaks against it. */
export interface Survey {
  readonly environment: string | null;
  /** The config file that was used; null where there was none. */
  readonly config: string | null;
  readonly server: ServerIdentity;
  readonly directories: readonly SurveyedDirectory[];
  /** What commands have printed of what is pending. */
  readonly printed: readonly PrintedSql[];
  /** Up to which version was asked for; null: all. */
  readonly targetVersion: string | null;
  /** In the order in which they run. */
  readonly pending: readonly PendingMigration[];
  /** Pending migrations after the target version: they are left for later. */
  readonly later: number;
  readonly problems: readonly PlanProblem[];
}
