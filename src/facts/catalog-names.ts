import { longestIdentifierBytes, type Relation, relation } from "../sql/names.ts";
import type { ConstraintDefinition } from "./actions.ts";
import type { Catalog, Table } from "./catalog.ts";

const suffixes: Readonly<Record<ConstraintDefinition["type"], string>> = {
  check: "check",
  "foreign-key": "fkey",
  unique: "key",
  "primary-key": "pkey",
  exclude: "excl",
  "not-null": "not_null",
};

/** The name that PostgreSQL chooses for a constraint (ChooseConstraintName): table, columns, suffix, then a number where that is taken. */
export function constraintName(catalog: Catalog, table: Table, constraint: ConstraintDefinition): string {
  const unnamed = constraint.type === "primary-key" || (constraint.type === "check" && constraint.columns.length !== 1);
  const columns = unnamed ? [] : constraint.columns;
  return freeName(catalog, table.relation, columns, suffixes[constraint.type], table.constraints);
}

/** The name that PostgreSQL chooses for an index; an expression counts with the name of its function, or as expr. */
export function indexName(catalog: Catalog, table: Relation, parts: readonly string[]): string {
  const seen = new Map<string, number>();
  const distinct = parts.map((part) => {
    const before = seen.get(part) ?? 0;
    seen.set(part, before + 1);
    return before === 0 ? part : `${part}${before}`;
  });
  return freeName(catalog, table, distinct, "idx", new Map());
}

function freeName(
  catalog: Catalog,
  table: Relation,
  columns: readonly string[],
  suffix: string,
  taken: ReadonlyMap<string, unknown>,
): string {
  for (let number = 0; ; number++) {
    const name = objectName(table.name, columns.join("_"), number === 0 ? suffix : `${suffix}${number}`);
    if (!taken.has(name) && !catalog.nameInUse(relation(table.schema, name))) return name;
  }
}

/** PostgreSQL's makeObjectName: the longer of the two names is cut until the whole is short enough, at whole characters. */
function objectName(first: string, second: string, label: string): string {
  const available = longestIdentifierBytes - bytes(label) - 1 - (second === "" ? 0 : 1);
  let firstBytes = bytes(first);
  let secondBytes = bytes(second);
  while (firstBytes + secondBytes > available) {
    if (firstBytes > secondBytes) firstBytes--;
    else secondBytes--;
  }
  const parts = [cut(first, firstBytes), ...(second === "" ? [] : [cut(second, secondBytes)]), label];
  return parts.join("_");
}

const encoder = new TextEncoder();

function bytes(text: string): number {
  return encoder.encode(text).length;
}

/** The longest beginning of whole characters within so many bytes of UTF-8. */
function cut(text: string, limit: number): string {
  let kept = "";
  let used = 0;
  for (const character of text) {
    used += bytes(character);
    if (used > limit) break;
    kept += character;
  }
  return kept;
}
