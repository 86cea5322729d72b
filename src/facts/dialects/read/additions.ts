import type { Relation } from "../../../sql/names.ts";
import type { ReadColumn } from "./columns.ts";
import type { Reading } from "./reading.ts";

/** ADD COLUMN, in all databases. */
export function addColumn(
  table: Relation,
  { definition, constraints, moved, computed }: ReadColumn,
  { ifNotExists }: { readonly ifNotExists: boolean },
): Reading {
  const { name: column, type, notNull, fill } = definition;
  return {
    kind: "add-column",
    table,
    column,
    type,
    notNull,
    fill,
    definition,
    constraints,
    ifNotExists,
    notes: { moved, computed },
  };
}

/** CREATE INDEX and ADD INDEX, in all databases. */
export function createIndex(
  table: Relation,
  index: string | null,
  names: readonly (string | null)[],
  {
    unique,
    ifNotExists,
    special,
  }: { readonly unique: boolean; readonly ifNotExists: boolean; readonly special: "fulltext" | "spatial" | null },
): Reading {
  const columns = names.flatMap((each) => each ?? []);
  const expressions = names.includes(null);
  return {
    kind: "create-index",
    table,
    index,
    concurrently: false,
    unique,
    only: false,
    ifNotExists,
    columns,
    expressions,
    reads: columns,
    nameParts: names.map((each) => each ?? "expr"),
    notes: { on: table, ...(special === null ? {} : { index: special }) },
  };
}
