import type { MutableCatalog, Table } from "../catalog.ts";
import type { Reading } from "./read/reading.ts";

/**
 * Takes a key out of the catalog that MySQL drops by a name which the catalog does not know: PRIMARY, or the name of an index,
 * which a key without a name has from its first column. A key that is still believed in would make one row of many.
 */
export function forgetKey(action: Reading, catalog: MutableCatalog): void {
  if (action.kind === "drop-constraint") forget(catalog.table(action.table), action.name);
  else if (action.kind === "drop-index" && action.notes?.on !== undefined)
    forget(catalog.table(action.notes.on), action.index.name);
}

function forget(table: Table | null, dropped: string): void {
  const name = dropped.toLowerCase();
  for (const [own, { type, columns }] of table?.constraints ?? []) {
    const isPrimary = type === "primary-key" && name === "primary";
    const isNamed = own.toLowerCase() === name;
    const isFromColumn = type === "unique" && name.replace(/_\d+$/, "") === columns[0]?.toLowerCase();
    if (isPrimary || isNamed || isFromColumn) table?.constraints.delete(own);
  }
}
