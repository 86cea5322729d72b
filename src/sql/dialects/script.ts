import type { CommentPlace } from "../comments.ts";
import type { Script, Statement, Unread } from "../script.ts";
import type { Dialect } from "./dialect.ts";
import type { Query } from "./query.ts";

/** What the parser said of the queries in a statement. */
export type QueryAnswer =
  /** The statement holds no query: its words say all. */
  | { readonly kind: "none" }
  | { readonly kind: "read"; readonly query: Query }
  | { readonly kind: "refused"; readonly why: string };

/**
 * A statement of another database. Its `node` is a tree without a node, in which PostgreSQL's readers find nothing; what it does
 * is read from its words, and from what the parser says of its queries.
 */
export interface DialectStatement extends Statement {
  readonly query: QueryAnswer;
  /** A line that only the database's own client understands: DELIMITER, .mode, \. file. */
  readonly clientCommand: boolean;
}

/** A file of another database as it was read: a Script whose statements say more. */
export interface DialectScript extends Script {
  readonly dialect: Dialect;
  /** Its comments, in order; none where no comment says anything to Lockkeeper. */
  readonly comments: readonly CommentPlace[];
  readonly pieces: readonly (DialectStatement | Unread)[];
}
