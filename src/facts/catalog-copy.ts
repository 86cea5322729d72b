import { emptyCatalog, type MutableCatalog } from "./catalog.ts";

/** A catalog of its own with the same content: for a script that is judged but not applied, such as the way back. */
export function copyCatalog(catalog: MutableCatalog): MutableCatalog {
  const copy = emptyCatalog();
  copy.exact = catalog.exact;
  for (const [name, table] of catalog.byName) {
    copy.byName.set(name, {
      ...table,
      columns: new Map(table.columns),
      constraints: new Map(table.constraints),
      indexes: new Map(table.indexes),
      triggers: new Map(table.triggers),
    });
  }
  for (const [name, table] of catalog.indexes) copy.indexes.set(name, table);
  for (const [name, facts] of catalog.functions) copy.functions.set(name, facts);
  for (const [name, facts] of catalog.types) copy.types.set(name, facts);
  for (const [name, on] of catalog.statistics) copy.statistics.set(name, on);
  for (const [name, each] of catalog.temporary) copy.temporary.set(name, each);
  for (const name of catalog.sequences) copy.sequences.add(name);
  for (const name of catalog.hungOn) copy.hungOn.add(name);
  return copy;
}

/** Puts a catalog back to what a copy of it holds: what ROLLBACK does. */
export function restoreCatalog(catalog: MutableCatalog, kept: MutableCatalog): void {
  const from = copyCatalog(kept);
  catalog.exact = from.exact;
  refill(catalog.byName, from.byName);
  refill(catalog.indexes, from.indexes);
  refill(catalog.functions, from.functions);
  refill(catalog.types, from.types);
  refill(catalog.statistics, from.statistics);
  refill(catalog.temporary, from.temporary);
  catalog.sequences.clear();
  for (const name of from.sequences) catalog.sequences.add(name);
}

function refill<T>(map: Map<string, T>, from: ReadonlyMap<string, T>): void {
  map.clear();
  for (const [name, value] of from) map.set(name, value);
}

/** A catalog of which nothing is known: whatever is said with it, is only possible. */
export function unknownCatalog(): MutableCatalog {
  const catalog = emptyCatalog();
  catalog.exact = false;
  return catalog;
}
