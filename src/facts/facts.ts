import type { Runs } from "../migrations/layouts/layout.ts";
import type { Relation } from "../sql/names.ts";
import type { Statement, Unread } from "../sql/parse.ts";
import type { Span } from "../sql/spans.ts";
import type { ActionBody } from "./actions.ts";
import type { Served } from "./keys.ts";
import type { LockMode } from "./locks.ts";

/** Certain: PostgreSQL does this every time. Possible: it depends on the catalog, the data, or code that was not read. */
export type Certainty = "certain" | "possible";

/** What the author wrote: one per statement, or one per subcommand of ALTER TABLE. */
export type Action = Place & ActionBody;

/** Where an action stands in its file, and its text as it is written. */
export interface Place {
  readonly span: Span;
  readonly sql: string;
  /** Inside a routine, where it may not be reached: its effects are only possible. */
  readonly conditional?: boolean;
  /** Inside a loop of a routine. */
  readonly inLoop?: boolean;
}

/** An action with what PostgreSQL does about it. */
export type ActionWithEffects = Action & {
  readonly effects: readonly Effect[];
  /** Whether all it works on was made in this set of migrations: nobody waits for it. */
  readonly onlyNew: boolean;
  /** What IF NOT EXISTS passes over although it is not what is there; left out where there is nothing. */
  readonly differs?: { readonly certainty: Certainty; readonly what: readonly Difference[] };
  /** Of another database: the statement over a part of its rows, to be run until none is left; left out where that is not the same. */
  readonly inBatches?: string;
  /** Foreign keys that have no other index than the one that DROP INDEX drops. */
  readonly serves?: readonly Served[];
};

/** Something that IF NOT EXISTS asks for and that is otherwise, or not at all, in what has the name already. */
export type Difference = Readonly<
  | { kind: "no-column"; column: string }
  | { kind: "other-type"; column: string; is: string; wanted: string }
  | { kind: "allows-null"; column: string }
  | { kind: "no-constraint"; constraint: string }
  | { kind: "other-index"; is: string }
>;

/** How long a lock is needed for by the statement itself; in a transaction it is held until the end of that. */
export type Lasts = "instant" | "scan" | "index-build" | "rewrite";

/** What PostgreSQL does about an action, at the configured server version. The relation is null where none is named. */
export type Effect = { readonly certainty: Certainty; readonly relation: Relation | null } & Readonly<
  | { kind: "lock"; mode: LockMode; lasts: Lasts }
  | { kind: "rewrite" | "scan" | "index-rebuild"; why: string }
  /** The column is the one that it is about, where it is about one. */
  | { kind: "fails"; sqlstate: string; why: string; column?: string }
  | { kind: "no-transaction-block" }
  | { kind: "data-loss"; what: "table" | "column" | "rows" | "precision" }
  | { kind: "breaks-clients"; what: "renamed" | "removed" | "stricter" }
>;

/** A lock that the transaction already has when a statement starts. */
export interface Lock {
  readonly relation: Relation;
  readonly mode: LockMode;
}

/** A relation that this set of migrations has made. */
export interface CreatedRelation extends Relation {
  /** False after IF NOT EXISTS: it may have been there before, with rows. */
  readonly certain: boolean;
  /** Whether the set has put rows into it. */
  readonly filled: boolean;
}

/** Relations that the set has made, as they were at one moment. */
export interface CreatedRelations {
  readonly size: number;
  find(relation: Relation): CreatedRelation | null;
  list(): readonly CreatedRelation[];
}

/** What holds just before a statement runs. */
export interface Session {
  /** explicit: the file's own BEGIN; implicit: the one that PostgreSQL or the runner puts around the file. */
  readonly transaction: "none" | "explicit" | "implicit";
  readonly inTransaction: boolean;
  /** Null where the file has not set it. 0 is PostgreSQL's word for no limit. */
  readonly lockTimeoutMs: number | null;
  readonly statementTimeoutMs: number | null;
  /** Null where the file has not set it: the conversion between timestamp and timestamptz depends on it. */
  readonly timeZone: string | null;
  /** Relations of this set that nobody else uses yet. */
  readonly createdHere: CreatedRelations;
  readonly held: readonly Lock[];
  /** Values that this transaction has added to enums: PostgreSQL lets nobody use them before it commits. */
  readonly newEnumValues: readonly NewEnumValue[];
}

/** A value that ALTER TYPE … ADD VALUE has added in the transaction that is open. */
export interface NewEnumValue {
  readonly type: Relation;
  readonly value: string;
  /** IF NOT EXISTS: it may have been there before. */
  readonly ifNotExists: boolean;
  /** Whether the transaction has made the enum too: from 17 on the value can be used then. */
  readonly ownType: boolean;
}

export interface StatementFacts {
  readonly statement: Statement | Unread;
  readonly before: Session;
  readonly actions: readonly ActionWithEffects[];
  /** Those of all actions together: for each relation the strongest lock, for as long as the longest of them. */
  readonly effects: readonly Effect[];
}

/** How a file's SQL reaches the server, which decides what may run beside what. */
export type TransactionModel = Runs;
