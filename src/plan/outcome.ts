import type { Span } from "../sql/spans.ts";

/** What a run did to one migration: says what is in the database afterwards, not how the attempt felt. */
export type Outcome = {
  readonly version: string;
  readonly name: string;
  readonly path: string;
  /** Of what a command has done: the versions that its ledger had before and has now. Left out where Lockkeeper applied. */
  readonly ledger?: { readonly before: readonly string[]; readonly after: readonly string[] };
} & Readonly<
  | { status: "applied"; ms: number; rows: number; retries: number; statements: number }
  /** Nothing of it is in the database. */
  | { status: "undone"; failure: Failure }
  /** The first `done` of its statements are in the database; null: some of them, and which is not known. */
  | { status: "partial"; failure: Failure; done: number | null }
  /** The connection was lost and the server could not be asked. */
  | { status: "unknown"; failure: Failure }
  | { status: "not-run" }
>;

/** Why a migration was not applied. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  /** Facts, one line each. */
  readonly details: readonly string[];
  /** What to do; null where the message says it. */
  readonly hint: string | null;
  readonly sqlstate: string | null;
  /** The statement that it failed at; null where it was none. */
  readonly at: { readonly span: Span; readonly number: number } | null;
}

export type FailureCode =
  | "statement-failed"
  | "lock-timeout"
  | "blocks-others"
  | "too-long"
  | "interrupted"
  | "connection-lost"
  | "commit-refused"
  | "index-invalid"
  | "lock-lost"
  | "read-only"
  | "replica-lag"
  | "undecided"
  /** A command has not ended well. */
  | "command-failed"
  /** A command has ended well, and the ledger does not have what it was to do. */
  | "command-without-effect";

/** 0 done, 1 the database is as it was, 3 a migration is in it in part or it is not known. */
export function exitStatusOf(outcomes: readonly Outcome[]): 0 | 1 | 3 {
  if (outcomes.some(({ status }) => status === "partial" || status === "unknown")) return 3;
  return outcomes.some(({ status }) => status === "undone" || status === "not-run") ? 1 : 0;
}
