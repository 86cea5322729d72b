import type { Attempt } from "./attempt.ts";
import type { LedgerChoice, PlanDatabase } from "./database.ts";
import type { Outcome } from "./outcome.ts";
import type { Script } from "./script.ts";

/** One script to apply, with what the ledger of its directory has to be told. */
export interface Job {
  readonly script: Script;
  readonly ledger: LedgerChoice;
  /** The file of the up script, and its path from the directory of the migrations. */
  readonly file: { readonly path: string; readonly bytes: Uint8Array };
  /** The migration that is the newest applied one when this one is not; null where there is none. */
  readonly below: { readonly version: string; readonly name: string } | null;
  /** Of the plan that it is part of; null where there is none. */
  readonly planDigest: string | null;
  /** An earlier attempt that stopped inside the script; null: none. */
  readonly resume: Attempt | null;
}

/** What a person has decided about a migration that is in the database in part. */
export type Decision = "applied" | "not-applied";

/** A database that nobody else migrates meanwhile: connected, locked, watched. */
export interface Target {
  readonly database: PlanDatabase;
  /** Every attempt that the journal has, the oldest first. */
  attempts(): Promise<readonly Attempt[]>;
  apply(job: Job): Promise<Outcome>;
  /** Writes down a decision: the ledger as it says, and the attempt as resolved. */
  decide(job: Job, decision: Decision): Promise<void>;
  /** Names of INVALID indexes that nobody builds at this moment. */
  brokenIndexes(): Promise<readonly string[]>;
  /** Gives the locks back and disconnects. */
  close(): Promise<void>;
}
