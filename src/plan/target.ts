import type { StatementFacts } from "../facts/facts.ts";
import type { Attempt } from "./attempt.ts";
import type { CommandJob } from "./command.ts";
import type { LedgerChoice, PlanDatabase } from "./database.ts";
import type { Evidence } from "./evidence.ts";
import type { Losable, Loss } from "./losses.ts";
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
  /** The backup that was made for it; left out: the one that was named for the whole run. */
  readonly backupId?: string | null;
  /** An earlier attempt that stopped inside the script; null: none. */
  readonly resume: Attempt | null;
}

/** What is done at once: a script, or all that a command does. */
export type Task = Job | CommandJob;

/** What a person has decided about a migration that is in the database in part. */
export type Decision = Readonly<
  | { kind: "applied" }
  /** Nothing of it is there, or nothing any more. */
  | { kind: "not-applied" }
  /** The first `done` statements are there; the next run goes on after them. */
  | { kind: "resume"; done: number }
>;

/** A database that nobody else migrates meanwhile: connected, locked, watched. */
export interface Target {
  readonly database: PlanDatabase;
  /** Every attempt that the journal has, the oldest first. */
  attempts(): Promise<readonly Attempt[]>;
  /** Makes the journal where it is not there: the first thing that is written. Throws UserError. */
  begin(): Promise<void>;
  apply(job: Job): Promise<Outcome>;
  /** Runs a command while nobody else migrates, looks after what it does, and says what is in the database afterwards: one outcome a task. */
  run(job: CommandJob): Promise<readonly Outcome[]>;
  /** Writes down a decision: the ledger as it says, and what is known of the attempt. */
  decide(job: Job, decision: Decision): Promise<void>;
  /** Says of an attempt that somebody has settled it otherwise. */
  settle(attempt: Attempt, how: string): Promise<void>;
  /** What the catalog shows of the work of each statement. */
  evidence(statements: readonly StatementFacts[]): Promise<readonly Evidence[]>;
  /** How much there is of what a script going back would lose. */
  losses(losable: readonly Losable[]): Promise<readonly Loss[]>;
  /** Names of INVALID indexes that nobody builds at this moment. */
  brokenIndexes(): Promise<readonly string[]>;
  /** Gives the locks back and disconnects. */
  close(): Promise<void>;
}
