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

export async function footprintOf(session: Session): Promise<Footprint> {
  const { rows } = await session.query(
    `WITH usual AS (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_' AND nspname <> 'lockkeeper'),
     seen AS (
       ${catalogs.map(({ name, id, namespace }) => `SELECT '${name}' || ${id} || ':' || c.xmin::text AS it FROM pg_catalog.${name} c ${namespace}`).join(" UNION ALL ")}
     )
     SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text AS next,
            pg_catalog.md5(pg_catalog.string_agg(it, ',' ORDER BY it COLLATE "C")) AS catalog FROM seen`,
  );
  const [row = {}] = rows;
  return { next: text(row, "next"), catalog: text(row, "catalog") };
}

const ofRelation = (column: string): string =>
  `JOIN pg_catalog.pg_class r ON r.oid = c.${column} JOIN usual ON usual.oid = r.relnamespace`;

/** VACUUM and ANALYZE change rows of pg_class in place, without a transaction's mark; everybody's temporary objects are left out. */
const catalogs = [
  { name: "pg_namespace", id: "c.oid", namespace: "JOIN usual ON usual.oid = c.oid" },
  { name: "pg_class", id: "c.oid", namespace: "JOIN usual ON usual.oid = c.relnamespace" },
  { name: "pg_attribute", id: "c.attrelid || '.' || c.attnum", namespace: ofRelation("attrelid") },
  { name: "pg_attrdef", id: "c.oid", namespace: ofRelation("adrelid") },
  { name: "pg_constraint", id: "c.oid", namespace: "JOIN usual ON usual.oid = c.connamespace" },
  { name: "pg_index", id: "c.indexrelid", namespace: ofRelation("indrelid") },
  { name: "pg_trigger", id: "c.oid", namespace: ofRelation("tgrelid") },
  { name: "pg_policy", id: "c.oid", namespace: ofRelation("polrelid") },
  { name: "pg_rewrite", id: "c.oid", namespace: ofRelation("ev_class") },
  { name: "pg_proc", id: "c.oid", namespace: "JOIN usual ON usual.oid = c.pronamespace" },
  { name: "pg_type", id: "c.oid", namespace: "JOIN usual ON usual.oid = c.typnamespace" },
  { name: "pg_enum", id: "c.oid", namespace: "" },
  { name: "pg_extension", id: "c.oid", namespace: "" },
  { name: "pg_description", id: "c.objoid || '.' || c.objsubid", namespace: "" },
] as const;

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
