import { flag, text } from "./rows.ts";
import type { Session } from "./session.ts";

/** What tells afterwards whether somebody has written anything. */
export interface Footprint {
  /** The next transaction that would write. */
  readonly next: string;
  /** A digest over which rows of the catalog there are, and which transaction has written each. */
  readonly catalog: string;
}

/** More transactions are not asked for: somebody else was busy, and they prove nothing. */
const mostTransactions = 10_000;

/** @param ledger the tool's own table, as SQL names it: making or writing it is no change of the project's. */
export async function footprintOf(session: Session, ledger: string): Promise<Footprint> {
  const { rows } = await session.query(
    `WITH RECURSIVE usual AS (
       SELECT oid FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_' AND nspname <> 'lockkeeper'
     ), own AS (
       SELECT pg_catalog.to_regclass($1)::oid AS oid
       UNION
       SELECT related.oid FROM own JOIN (
         SELECT indrelid AS of, indexrelid AS oid FROM pg_catalog.pg_index
         UNION ALL SELECT oid, reltoastrelid FROM pg_catalog.pg_class WHERE reltoastrelid <> 0
         UNION ALL SELECT refobjid, objid FROM pg_catalog.pg_depend
           WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND refclassid = classid AND deptype IN ('a', 'i')
       ) AS related ON related.of = own.oid
     ), seen AS (
       ${catalogs.map(seenIn).join(" UNION ALL ")}
     )
     SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text AS next,
            pg_catalog.md5(pg_catalog.string_agg(it, ',' ORDER BY it COLLATE "C")) AS catalog FROM seen`,
    [ledger],
  );
  const [row = {}] = rows;
  return { next: text(row, "next"), catalog: text(row, "catalog") };
}

interface Catalog {
  readonly name: string;
  /** What tells its rows from each other, in SQL. */
  readonly id: string;
  /** The relation that a row is about, in SQL; null where it is about none. */
  readonly of: string | null;
  /** The schema of a row that is about no relation; null where it has none. */
  readonly schema: string | null;
}

function seenIn({ name, id, of, schema }: Catalog): string {
  const join = schema === null ? "" : `JOIN usual ON usual.oid = ${schema}`;
  const relation =
    of === null
      ? ""
      : `JOIN pg_catalog.pg_class r ON r.oid = ${of} JOIN usual ON usual.oid = r.relnamespace WHERE r.oid NOT IN (SELECT oid FROM own WHERE oid IS NOT NULL)`;
  return `SELECT '${name}' || ${id} || ':' || c.xmin::text AS it FROM pg_catalog.${name} c ${join} ${relation}`;
}

/** VACUUM and ANALYZE change rows of pg_class in place, without a transaction's mark; everybody's temporary objects are left out. */
const catalogs: readonly Catalog[] = [
  { name: "pg_class", id: "c.oid", of: "c.oid", schema: null },
  { name: "pg_attribute", id: "c.attrelid || '.' || c.attnum", of: "c.attrelid", schema: null },
  { name: "pg_attrdef", id: "c.oid", of: "c.adrelid", schema: null },
  { name: "pg_constraint", id: "c.oid", of: "c.conrelid", schema: null },
  { name: "pg_index", id: "c.indexrelid", of: "c.indrelid", schema: null },
  { name: "pg_trigger", id: "c.oid", of: "c.tgrelid", schema: null },
  { name: "pg_policy", id: "c.oid", of: "c.polrelid", schema: null },
  { name: "pg_rewrite", id: "c.oid", of: "c.ev_class", schema: null },
  { name: "pg_namespace", id: "c.oid", of: null, schema: "c.oid" },
  { name: "pg_proc", id: "c.oid", of: null, schema: "c.pronamespace" },
  // The type of a table's rows, and of arrays of them, comes and goes with the table.
  { name: "pg_type", id: "c.oid", of: null, schema: "c.typnamespace AND c.typrelid = 0 AND c.typelem = 0" },
  { name: "pg_enum", id: "c.oid", of: null, schema: null },
  { name: "pg_extension", id: "c.oid", of: null, schema: null },
  { name: "pg_description", id: "c.objoid || '.' || c.objsubid", of: null, schema: null },
];

/**
 * Whether it is proved that nobody has written anything since: every transaction that could has been rolled back. On a server where others
 * write there is no such proof, as nobody can tell whose transactions they were.
 */
export async function nothingWrittenSince({ next }: Footprint, session: Session): Promise<boolean> {
  const { rows } = await session.query(
    `WITH range AS (SELECT $1::bigint AS low, pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint AS high)
     SELECT high - low <= ${mostTransactions} AND NOT EXISTS (
       SELECT FROM pg_catalog.generate_series(low, LEAST(high - 1, low + ${mostTransactions})) AS id
       WHERE pg_catalog.pg_xact_status(id::text::xid8) IS DISTINCT FROM 'aborted') AS proved
     FROM range`,
    [next],
  );
  return flag(rows[0] ?? {}, "proved");
}
