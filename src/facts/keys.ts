import { type Relation, same } from "../sql/names.ts";
import type { Catalog, Constraint, Table } from "./catalog.ts";

/** A foreign key that leans on a key, and on whose table. */
export interface Leaning {
  readonly table: Table;
  readonly name: string;
}

/**
 * The foreign keys that lean on a primary key or unique constraint: their columns at the other end are its own, in any order, or
 * none are named and it is the primary key.
 */
export function leaningOn(catalog: Catalog, table: Table, key: Constraint): readonly Leaning[] {
  const columns = new Set(key.columns);
  return catalog.referencing(table.relation).flatMap((other) =>
    [...other.constraints.values()].flatMap(({ references, name }): Leaning[] => {
      if (references === null || !same(references.table, table.relation)) return [];
      const named = references.columns;
      const leans =
        named.length === 0
          ? key.type === "primary-key"
          : named.length === columns.size && named.every((column) => columns.has(column));
      return leans ? [{ table: other, name }] : [];
    }),
  );
}

/** Whether another key or unique index of the table is made of the same columns: then which of them a foreign key leans on is not seen. */
export function hasTwin(table: Table, key: Constraint): boolean {
  const columns = new Set(key.columns);
  return [...table.indexes.values()].some((index) => {
    if (index.name === key.name || !index.unique || index.expressions) return false;
    return index.columns.length === columns.size && index.columns.every((column) => columns.has(column));
  });
}

/** A foreign key that only one index serves: without it each delete at the other end reads the whole table. */
export interface Served {
  readonly table: Relation;
  readonly columns: readonly string[];
  readonly references: Relation;
}

/** The foreign keys whose columns an index begins with, and no other index of its table does. */
export function servedBy(catalog: Catalog, name: Relation): readonly Served[] {
  const found = catalog.tableOfIndex(name);
  if (found === null) return [];
  const { table, index } = found;
  const begins = (columns: readonly string[], of: readonly string[]): boolean => {
    const first = new Set(columns.slice(0, of.length));
    return of.length > 0 && of.every((column) => first.has(column));
  };
  return [...table.constraints.values()].flatMap(({ references, columns }): Served[] => {
    if (references === null || index.expressions || !begins(index.columns, columns)) return [];
    const others = [...table.indexes.values()].filter((each) => each.name !== index.name && !each.expressions);
    if (others.some((other) => begins(other.columns, columns))) return [];
    return [{ table: table.relation, columns, references: references.table }];
  });
}
