import type { ConstraintType, TypeName } from "../facts/actions.ts";
import type { MutableCatalog, Table } from "../facts/catalog.ts";
import { addIndex, blank, hang } from "../facts/catalog-tables.ts";
import { key as keyOf, type Relation, relation } from "../sql/names.ts";
import { flag, type Row, text, textOrNull, texts } from "./rows.ts";
import type { Session } from "./session.ts";

/** Schemas that are not the server's own; n is pg_namespace. */
export const usersSchemas = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

/** Tables, views and what hangs on what. */
export async function readRelations(session: Session, catalog: MutableCatalog): Promise<void> {
  const { rows } = await session.query(
    `SELECT n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind, c.relispartition AS is_partition,
            COALESCE(pg_catalog.pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT', false) AS is_default,
            ARRAY(SELECT pn.nspname::text FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
                  JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace WHERE i.inhrelid = c.oid ORDER BY i.inhseqno) AS parent_schemas,
            ARRAY(SELECT p.relname::text FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
                  WHERE i.inhrelid = c.oid ORDER BY i.inhseqno) AS parents
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${usersSchemas} ORDER BY c.oid`,
  );
  for (const row of rows) {
    const of = nameIn(row);
    const table = blank(of, kindOf(text(row, "kind")));
    const schemas = texts(row, "parent_schemas");
    const parents = texts(row, "parents").map((name, i) => relation(schemas[i], name));
    if (flag(row, "is_partition")) table.partitionOf = parents[0] ?? null;
    else table.inherits = parents;
    table.isDefaultPartition = flag(row, "is_default");
    hang(catalog, parents);
    catalog.byName.set(keyOf(of), table);
  }
  await readViews(session, catalog);
}

/** What views read, by the rules that they are made of. */
async function readViews(session: Session, catalog: MutableCatalog): Promise<void> {
  const { rows } = await session.query(
    `SELECT DISTINCT n.nspname::text AS schema, v.relname::text AS name, rn.nspname::text AS read_schema, r.relname::text AS read_name
     FROM pg_catalog.pg_class v
     JOIN pg_catalog.pg_namespace n ON n.oid = v.relnamespace
     JOIN pg_catalog.pg_rewrite w ON w.ev_class = v.oid
     JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = w.oid
          AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> v.oid
     JOIN pg_catalog.pg_class r ON r.oid = d.refobjid AND r.relkind IN ('r', 'p', 'v', 'm', 'f')
     JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
     WHERE v.relkind IN ('v', 'm') AND ${usersSchemas} ORDER BY 1, 2, 3, 4`,
  );
  for (const row of rows) {
    const view = tableOf(catalog, row);
    if (view === null) continue;
    const read = relation(text(row, "read_schema"), text(row, "read_name"));
    view.reads = [...view.reads, read];
    hang(catalog, [read]);
  }
}

export async function readColumns(session: Session, catalog: MutableCatalog): Promise<void> {
  const { rows } = await session.query(
    `SELECT n.nspname::text AS schema, c.relname::text AS name, a.attname::text AS column, a.attnotnull AS not_null,
            tn.nspname::text AS type_schema, COALESCE(e.typname, t.typname)::text AS type, e.oid IS NOT NULL AS is_array,
            pg_catalog.format_type(a.atttypid, a.atttypmod) AS written, co.collname::text AS collation
     FROM pg_catalog.pg_attribute a
     JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_catalog.pg_type e ON t.typlen = -1 AND t.typelem <> 0 AND e.oid = t.typelem AND e.typarray = t.oid
     JOIN pg_catalog.pg_namespace tn ON tn.oid = COALESCE(e.typnamespace, t.typnamespace)
     LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation AND a.attcollation <> t.typcollation
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped AND ${usersSchemas}
     ORDER BY a.attrelid, a.attnum`,
  );
  for (const row of rows) {
    tableOf(catalog, row)?.columns.set(text(row, "column"), {
      type: typeOf(row),
      notNull: flag(row, "not_null"),
      collation: textOrNull(row, "collation"),
    });
  }
}

/** The type as it is written in SQL: PostgreSQL's own have no schema, and the modifiers stand in brackets. */
export function typeOf(row: Row): TypeName {
  const schema = text(row, "type_schema");
  const modifiers = /\(([-\d, ]+)\)/.exec(text(row, "written"))?.[1];
  return {
    schema: schema === "pg_catalog" || schema === "public" ? null : schema,
    name: text(row, "type"),
    modifiers: modifiers === undefined ? [] : modifiers.split(",").map(Number),
    array: flag(row, "is_array"),
  };
}

export async function readConstraints(session: Session, catalog: MutableCatalog): Promise<void> {
  const enforced = session.serverVersion >= 180_000 ? "k.conenforced" : "true";
  const columns = (of: string, keys: string): string =>
    `ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(${keys}) WITH ORDINALITY AS u (num, i)
           JOIN pg_catalog.pg_attribute a ON a.attrelid = ${of} AND a.attnum = u.num ORDER BY u.i)`;
  const { rows } = await session.query(
    `SELECT n.nspname::text AS schema, c.relname::text AS name, k.conname::text AS constraint, k.contype::text AS type,
            k.convalidated AS validated, ${enforced} AS enforced, k.confdeltype::text AS on_delete,
            ${columns("k.conrelid", "k.conkey")} AS columns, ${columns("k.confrelid", "k.confkey")} AS referenced,
            rn.nspname::text AS reference_schema, r.relname::text AS reference_name,
            CASE WHEN k.contype = 'c' AND pg_catalog.cardinality(k.conkey) = 1 THEN pg_catalog.pg_get_constraintdef(k.oid) END AS definition
     FROM pg_catalog.pg_constraint k
     JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
     LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
     WHERE k.contype IN ('c', 'f', 'u', 'p', 'x', 'n') AND ${usersSchemas} ORDER BY k.oid`,
  );
  for (const row of rows) {
    const name = text(row, "constraint");
    const type = constraintTypes.get(text(row, "type"));
    if (type === undefined) continue;
    const columns = texts(row, "columns");
    const to = textOrNull(row, "reference_name");
    const references =
      to === null ? null : { table: relation(text(row, "reference_schema"), to), columns: texts(row, "referenced") };
    if (references !== null) hang(catalog, [references.table]);
    const provesNotNull = / IS NOT NULL\)+( NOT VALID| NO INHERIT)*$/.test(textOrNull(row, "definition") ?? "")
      ? provenBy(text(row, "definition"), columns)
      : null;
    tableOf(catalog, row)?.constraints.set(name, {
      name,
      type,
      columns,
      references,
      notValid: !flag(row, "validated"),
      notEnforced: !flag(row, "enforced"),
      usingIndex: null,
      provesNotNull,
      onDelete: type === "foreign-key" ? (/[ar]/.test(text(row, "on_delete")) ? "refuse" : "change") : null,
    });
  }
}

/** The column of CHECK ((column IS NOT NULL)) and nothing more. */
function provenBy(definition: string, columns: readonly string[]): string | null {
  const [column] = columns;
  if (column === undefined) return null;
  const written = [column, `"${column.replaceAll('"', '""')}"`];
  return written.some((name) => definition.startsWith(`CHECK ((${name} IS NOT NULL))`)) ? column : null;
}

export async function readIndexes(session: Session, catalog: MutableCatalog): Promise<void> {
  const { rows } = await session.query(
    `SELECT n.nspname::text AS schema, c.relname::text AS name, x.relname::text AS index, i.indisunique AS is_unique,
            i.indexprs IS NOT NULL AS expressions,
            ARRAY(SELECT a.attname::text FROM pg_catalog.generate_series(0, i.indnatts - 1) AS p
                  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[p] ORDER BY p) AS columns,
            ARRAY(SELECT DISTINCT a.attname::text FROM pg_catalog.pg_attribute a
                  WHERE a.attrelid = c.oid AND (a.attnum = ANY (i.indkey::int2[]) OR EXISTS (
                    SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = x.oid
                    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum))) AS reads
     FROM pg_catalog.pg_index i
     JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
     JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE ${usersSchemas} ORDER BY x.oid`,
  );
  for (const row of rows) {
    const table = tableOf(catalog, row);
    if (table === null) continue;
    addIndex(catalog, table, text(row, "index"), {
      columns: texts(row, "columns"),
      expressions: flag(row, "expressions"),
      reads: texts(row, "reads"),
      unique: flag(row, "is_unique"),
    });
  }
}

const constraintTypes: ReadonlyMap<string, ConstraintType> = new Map([
  ["c", "check"],
  ["f", "foreign-key"],
  ["u", "unique"],
  ["p", "primary-key"],
  ["x", "exclude"],
  ["n", "not-null"],
]);

function kindOf(relkind: string): Table["kind"] {
  switch (relkind) {
    case "p":
      return "partitioned";
    case "v":
      return "view";
    case "m":
      return "materialized-view";
    case "f":
      return "foreign";
    default:
      return "table";
  }
}

/** The relation that a row names in its columns schema and name. */
export function nameIn(row: Row): Relation {
  return relation(text(row, "schema"), text(row, "name"));
}

/** The table that a row names; null where it came into being since. */
export function tableOf(catalog: MutableCatalog, row: Row): Table | null {
  return catalog.byName.get(keyOf(nameIn(row))) ?? null;
}
