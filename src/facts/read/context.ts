import type { Node } from "../../sql/nodes.ts";
import type { LazyBody } from "../../sql/script.ts";
import type { ActionBody } from "../actions.ts";
import type { Catalog } from "../catalog.ts";
import type { Place } from "../facts.ts";

/** What a reader knows besides the node: the catalog before the statement, and the places inside the statement. */
export interface ReadContext {
  readonly catalog: Catalog;
  /** The major version whose grammar made the tree: older ones leave out what they do not know. */
  readonly grammar: number;
  /** The body of the statement, where it is a DO block or a routine. */
  readonly body: LazyBody | null;
  /** How many routines are open above this one: a routine may call itself. */
  readonly depth: number;
  /** Reads a statement inside another one. */
  readonly readNode: (node: Node, context: ReadContext) => Read;
  /** The places of the subcommands of ALTER TABLE, in order; null where they cannot be told apart. */
  subcommands(count: number): readonly Place[] | null;
}

/** What a reader answers: actions that stand for the whole statement, or that have a place of their own inside it. */
export type Read = readonly (ActionBody & Partial<Place>)[];
