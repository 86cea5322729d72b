import type { Manifest, TableContents } from "../report/manifest.ts";
import { count, list } from "../text.ts";

/** What is in a database that was restored. */
export interface Found {
  readonly tables: readonly TableContents[];
  readonly sequences: ReadonlyMap<string, string | null>;
  readonly largeObjects: number;
}

/** Where a restored database is not what the manifest says, one sentence each. */
export function differences(manifest: Manifest, found: Found): readonly string[] {
  const said: string[] = [];
  const restored = new Map(found.tables.map((table) => [table.name, table]));
  for (const table of manifest.tables) {
    const other = restored.get(table.name);
    restored.delete(table.name);
    if (other === undefined) said.push(`The table ${table.name} is missing.`);
    else said.push(...differencesOf(table, other, { rows: manifest.contents !== "schema" }));
  }
  for (const name of restored.keys()) said.push(`The table ${name} is not in the manifest.`);
  if (manifest.contents === "schema") return said;
  for (const { name, atStart, atEnd } of manifest.sequences) {
    const value = found.sequences.get(name);
    if (value === undefined) said.push(`The sequence ${name} is missing.`);
    else if (!between(value, atStart, atEnd)) {
      const range = atStart === atEnd ? `${atStart}` : `between ${atStart} and ${atEnd}`;
      said.push(`The sequence ${name} is at ${value}; it was ${range}.`);
    }
  }
  if (manifest.largeObjects !== null && manifest.largeObjects !== found.largeObjects) {
    const were = count(manifest.largeObjects, "large object");
    said.push(`There are ${count(found.largeObjects, "large object")}; there were ${were}.`);
  }
  return said;
}

function differencesOf(was: TableContents, is: TableContents, { rows }: { readonly rows: boolean }): readonly string[] {
  const said: string[] = [];
  if (rows && was.counted === "exact" && was.rows !== is.rows) {
    said.push(`${was.name} has ${count(is.rows ?? 0, "row")}; the snapshot had ${was.rows}.`);
  }
  const lost = (what: string, before: readonly string[], after: readonly string[]): void => {
    const gone = before.filter((name) => !after.includes(name));
    if (gone.length > 0) said.push(`${was.name} lacks the ${gone.length === 1 ? what : plural(what)} ${list(gone)}.`);
  };
  lost("constraint", was.constraints, is.constraints);
  lost("index", was.indexes, is.indexes);
  return said;
}

function plural(what: string): string {
  return what === "index" ? "indexes" : `${what}s`;
}

/** Sequences go up or down; null is one that was never called. */
function between(value: string | null, atStart: string | null, atEnd: string | null): boolean {
  if (value === atStart || value === atEnd) return true;
  if (value === null || atEnd === null) return false;
  // From its first value on, where it was never called at the start.
  if (atStart === null) return true;
  const [one, other, is] = [BigInt(atStart), BigInt(atEnd), BigInt(value)];
  return one <= other ? one <= is && is <= other : other <= is && is <= one;
}
