import type { Database } from "../config/config.ts";
import type { Layout } from "../migrations/layouts/layout.ts";
import type { FileProblem, Migration } from "../migrations/migration.ts";
import type { Directive } from "../sql/comments.ts";
import type { StatementFacts, TransactionModel } from "./facts.ts";

/** Everything that is known of one script of a migration: what rules are given. */
export interface FileFacts {
  readonly path: string;
  readonly migration: Migration;
  readonly direction: "up" | "down";
  /** Of a down script, what is known of its up script; null for every other script. */
  readonly up: FileFacts | null;
  readonly layout: Layout;
  /** The database whose SQL it is. */
  readonly dialect: Database;
  readonly model: TransactionModel;
  /** Who sends the SQL: the tool by its name, or lockkeeper. */
  readonly appliedBy: string;
  /** Why nothing of the file could be read; null when it was read. */
  readonly unreadable: string | null;
  readonly byteOrderMark: boolean;
  /** What is wrong with the file itself. */
  readonly problems: readonly FileProblem[];
  readonly statements: readonly StatementFacts[];
  /** What its author tells Lockkeeper in comments. */
  readonly directives: readonly Directive[];
  /** The major version of the PostgreSQL server. */
  readonly major: number;
}
