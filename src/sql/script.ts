import type { Node } from "@pgsql/types";
import type { Lines, Span } from "./spans.ts";

/** One thing that a routine's body does, with its place in the file. */
export interface BodyStep {
  readonly kind: "statement" | "dynamic" | "commit" | "rollback" | "unread";
  readonly span: Span;
  readonly sql: string;
  /** The tree of a statement; null for everything else. */
  readonly node: Node | null;
  /** Runs only if something holds: inside IF, CASE, or an exception handler. */
  readonly conditional: boolean;
  readonly inLoop: boolean;
}

export type RoutineBody =
  | { readonly kind: "read"; readonly steps: readonly BodyStep[] }
  | { readonly kind: "unread"; readonly why: string };

/** A body that is read when somebody needs it: most functions of a chain are never called by it. */
export interface LazyBody {
  /** Null until it was read. */
  readonly known: RoutineBody | null;
  read(): Promise<RoutineBody>;
}

/** One SQL statement, with the parser's tree; offsets in the tree are UTF-16 units of the whole file's text. */
export interface Statement {
  readonly kind: "statement";
  readonly span: Span;
  readonly sql: string;
  readonly node: Node;
  /** Where the statement stands in the text of its file, in UTF-16 units. */
  readonly start: number;
  /** What a DO block or a routine does; null for every other statement. */
  readonly body: LazyBody | null;
}

/** A stretch of a file that could not be read as SQL. */
export interface Unread {
  readonly kind: "unread";
  readonly span: Span;
  readonly sql: string;
  readonly why: "syntax-error" | "psql-command" | "copy-data" | "placeholder" | "gave-up";
  /** PostgreSQL's own words for a syntax error, ours for the rest. */
  readonly message: string;
  /** The version of PostgreSQL from which on a syntax error is none; null where it is one in every version. */
  readonly worksFrom: number | null;
  /** Where exactly: the token of a syntax error, otherwise the whole stretch. */
  readonly at: Span;
}

/** An SQL file as it was read, in order. */
export interface Script {
  readonly text: string;
  /** The major version of the grammar that read it. */
  readonly grammar: number;
  readonly lines: Lines;
  readonly pieces: readonly (Statement | Unread)[];
}
