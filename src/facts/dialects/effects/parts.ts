import type { Dialect } from "../../../sql/dialects/dialect.ts";
import type { Relation } from "../../../sql/names.ts";
import type { Catalog } from "../../catalog.ts";
import type { Certainty, Effect, Session } from "../../facts.ts";

/** What the effects of an action depend on besides the action. */
export interface EffectContext {
  readonly dialect: Dialect;
  readonly catalog: Catalog;
  readonly session: Session;
  /** Whether the file has turned the checks of foreign keys off; null where it says nothing of them. */
  readonly checksForeignKeys: boolean | null;
}

/** Everything here is only possible: no server of these databases has been measured, and none says its version. */
const certainty = "possible" as const;

/** The table is written anew: writers wait for it, or it would have to be said by a scan. */
export function rewrite(relation: Relation | null, why: string): Effect {
  return { kind: "rewrite", relation, why, certainty };
}

export function scan(relation: Relation, why: string): Effect {
  return { kind: "scan", relation, why, certainty };
}

export function fails(relation: Relation | null, sqlstate: string, why: string): Effect {
  return { kind: "fails", relation, sqlstate, why, certainty };
}

export function lost(
  relation: Relation | null,
  what: "table" | "column" | "rows" | "precision",
  sure: Certainty,
): Effect {
  return { kind: "data-loss", relation, what, certainty: sure };
}

/** What is gone, or has another name, is so in every database. */
export function broken(relation: Relation | null, what: "renamed" | "removed"): Effect {
  return { kind: "breaks-clients", relation, what, certainty: "certain" };
}

/** A table that may not be there: IF EXISTS, of one that no migration made although others did. */
export function mayBeMissing(table: Relation, ifExists: boolean, catalog: Catalog): boolean {
  if (!ifExists || !catalog.exact || catalog.table(table) !== null) return false;
  return catalog.tables()[Symbol.iterator]().next().done !== true;
}
