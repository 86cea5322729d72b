import type { Client } from "pg";
import type { MutableCatalog } from "../../src/facts/catalog.ts";
import { display } from "../../src/sql/names.ts";

/** The tables of a database: columns, constraints and indexes, one line each: "t.a int4 not null", "t constraint t_pkey", "t index t_pkey". */
export type Picture = readonly string[];

/** What the server has. */
export async function pictureOf(client: Client): Promise<Picture> {
  const { rows } = await client.query<{ line: string }>(`
    WITH tables AS (
      SELECT c.oid, CASE nspname WHEN 'public' THEN relname ELSE nspname || '.' || relname END AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
      WHERE relkind IN ('r', 'p') AND nspname !~ '^pg_|^information_schema$'
    )
    SELECT name || '.' || attname || ' ' || typname || CASE WHEN attnotnull THEN ' not null' ELSE '' END AS line
    FROM tables JOIN pg_attribute ON attrelid = tables.oid JOIN pg_type t ON t.oid = atttypid
    WHERE attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT name || ' constraint ' || conname FROM tables JOIN pg_constraint ON conrelid = tables.oid WHERE contype <> 'n'
    UNION ALL
    SELECT name || ' index ' || c.relname
    FROM tables JOIN pg_index ON indrelid = tables.oid JOIN pg_class c ON c.oid = indexrelid`);
  return rows.map(({ line }) => line).sort();
}

/** What the catalog says the server has. */
export function pictureFrom(catalog: MutableCatalog): Picture {
  return [...catalog.tables()]
    .filter(({ kind }) => kind === "table" || kind === "partitioned")
    .flatMap(({ relation, columns, constraints, indexes }) => {
      const name = display(relation);
      return [
        ...[...columns].map(([column, { type, notNull }]) => {
          return `${name}.${column} ${type.array ? "_" : ""}${type.name}${notNull ? " not null" : ""}`;
        }),
        ...[...constraints.values()]
          .filter(({ type }) => type !== "not-null")
          .map((each) => `${name} constraint ${each.name}`),
        ...[...indexes.keys()].map((index) => `${name} index ${index}`),
      ];
    })
    .sort();
}
