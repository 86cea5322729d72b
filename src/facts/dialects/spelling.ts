import type { Dialect } from "../../sql/dialects/dialect.ts";
import { key, type Relation } from "../../sql/names.ts";
import type { MutableCatalog } from "../catalog.ts";
import type { Reading } from "./read/reading.ts";

/**
 * SQLite finds a table by its name in any case: what a migration calls Users may be users. The reading gets the name under which
 * the catalog knows it. MySQL does so only on some systems, and there the names are taken as they stand.
 */
export function spelledAs(reading: Reading, catalog: MutableCatalog, dialect: Dialect): Reading {
  if (dialect !== "sqlite" || !("table" in reading) || reading.table === null) return reading;
  const known = knownAs(reading.table, catalog);
  return known === null ? reading : { ...reading, table: known };
}

function knownAs(table: Relation, catalog: MutableCatalog): Relation | null {
  if (catalog.byName.has(key(table))) return null;
  const wanted = key(table).toLowerCase();
  for (const [name, { relation }] of catalog.byName) if (name.toLowerCase() === wanted) return relation;
  return null;
}
