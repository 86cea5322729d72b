import type { Dialect } from "../../../sql/dialects/dialect.ts";
import type { DialectScript, DialectStatement } from "../../../sql/dialects/script.ts";
import type { Relation } from "../../../sql/names.ts";
import type { ActionBody } from "../../actions.ts";
import type { Catalog } from "../../catalog.ts";
import type { Place } from "../../facts.ts";
import { opaque } from "../../opaque.ts";
import { rest, type Words } from "../words.ts";

/** How ALTER TABLE is told to work (https://dev.mysql.com/doc/refman/8.4/en/alter-table.html, ALGORITHM; NOCOPY is MariaDB's). */
export type Algorithm = "copy" | "inplace" | "nocopy" | "instant" | "default";

/** What the effects of an action depend on in these databases, and PostgreSQL's actions have no word for. */
export interface Notes {
  /** The table of an index, trigger or view, where the statement names it. */
  readonly on?: Relation;
  readonly algorithm?: Algorithm;
  /** FULLTEXT and SPATIAL. */
  readonly index?: "fulltext" | "spatial";
  /** Why the whole table is written anew, and whether it can be written to meanwhile. */
  readonly rebuilds?: { readonly why: string; readonly blocks: boolean };
  /** REPLACE and OR REPLACE: rows, or a table, that are there make way. */
  readonly replaces?: boolean;
  /** A new column is not the last of its table. */
  readonly moved?: boolean;
  /** The default of a new column is a call or an expression. */
  readonly computed?: boolean;
  /** The type changes without touching a row. */
  readonly widens?: boolean;
  /** What only the database's own client understands. */
  readonly clientCommand?: string;
}

/** An action with its notes, and with its place where it is a part of its statement. */
export type Reading = ActionBody & Partial<Place> & { readonly notes?: Notes };

export interface ReadContext {
  readonly dialect: Dialect;
  readonly catalog: Catalog;
  readonly script: DialectScript;
  readonly statement: DialectStatement;
}

/** The readings of a statement, or null where its words are not known. What the words are not gone past at the end is opaque. */
export type Reader = (words: Words, context: ReadContext) => readonly Reading[] | null;

/** What stands at this place and is not understood: nothing is known of what it does. */
export function notRead(words: Words): Reading {
  return opaque("unrecognised", `“${rest(words)}”`);
}
