import type { PlanDatabase, ServerIdentity, TableSize } from "../plan/database.ts";
import { key } from "../sql/names.ts";
import { readCatalog } from "./catalog.ts";
import { nameIn, usersSchemas } from "./catalog-tables.ts";
import { readJournal } from "./journal.ts";
import { openLedger, readLedger } from "./ledgers/index.ts";
import { flag, type Row, text, textOrNull } from "./rows.ts";
import type { Session } from "./session.ts";

/** Does the work in one transaction that sees one moment and that PostgreSQL lets write nothing. */
export async function reading<T>(session: Session, work: (database: PlanDatabase) => Promise<T>): Promise<T> {
  try {
    // A table that somebody holds is not waited for: nobody is to wait behind a plan either.
    await session.query(
      "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL lock_timeout = '2s'; SET LOCAL idle_in_transaction_session_timeout = 0",
    );
    return await work(readerOf(session));
  } finally {
    await session.query("ROLLBACK").catch(() => undefined);
  }
}

/** What a plan asks of a database, over this session. */
export function readerOf(session: Session): PlanDatabase {
  return {
    identity: () => identityOf(session),
    async ledger(choice) {
      const open = await openLedger(session, choice);
      return {
        id: open.ledger.id,
        table: open.ledger.table,
        writable: open.ledger.writable,
        besides: open.besides?.table ?? null,
        state: await readLedger(session, open),
        elsewhere: open.elsewhere,
        checksum: (script) => open.ledger.checksum(script),
        recognises: (script, recorded) => {
          const { ledger } = open;
          return [ledger.checksum(script), ...(ledger.otherChecksums?.(script) ?? [])].includes(recorded);
        },
      };
    },
    journal: async (table) => (await readJournal(session)).filter(({ ledger }) => ledger === table),
    isEmpty: () => isEmpty(session),
    catalog: (grammar) => readCatalog(session, grammar),
    sizes: () => sizesOf(session),
  };
}

/** Which server and database this is. */
export async function identityOf(session: Session): Promise<ServerIdentity> {
  const { rows } = await session.query(
    `SELECT pg_catalog.current_database()::text AS database, session_user::text AS "user",
            pg_catalog.current_setting('server_version') AS version,
            pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS tells`,
  );
  const [row = {}] = rows;
  // Some providers take the right away; asking without it would end the transaction.
  const number = flag(row, "tells")
    ? await session.query("SELECT system_identifier::text AS number FROM pg_catalog.pg_control_system()")
    : null;
  return {
    database: text(row, "database"),
    user: text(row, "user"),
    systemIdentifier: textOrNull(number?.rows[0] ?? {}, "number"),
    major: Math.floor(session.serverVersion / 10_000),
    version: text(row, "version").replace(/\s.*$/s, ""),
  };
}

/** What belongs to an extension, and Lockkeeper's own, does not count. */
async function isEmpty(session: Session): Promise<boolean> {
  const { rows } = await session.query(
    `SELECT NOT EXISTS (
       SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND ${usersSchemas} AND n.nspname <> 'lockkeeper'
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                         WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')) AS is_empty`,
  );
  return flag(rows[0] ?? {}, "is_empty");
}

/** From the statistics alone: pg_relation_size() would wait for whoever holds the table. */
async function sizesOf(session: Session): Promise<ReadonlyMap<string, TableSize>> {
  const { rows } = await session.query(
    `WITH RECURSIVE below (root, oid) AS (
       SELECT c.oid, c.oid FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'p', 'm')
       UNION ALL
       SELECT below.root, i.inhrelid FROM below JOIN pg_catalog.pg_inherits i ON i.inhparent = below.oid
     ), each AS (
       SELECT below.root, c.relkind,
              CASE WHEN c.reltuples >= 0 THEN c.reltuples ELSE NULLIF(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END AS rows,
              c.relpages + COALESCE(t.relpages, 0) AS pages,
              (SELECT COALESCE(sum(x.relpages), 0) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
               WHERE i.indrelid = c.oid) AS index_pages,
              pg_catalog.pg_stat_get_tuples_inserted(c.oid) + pg_catalog.pg_stat_get_tuples_updated(c.oid)
                + pg_catalog.pg_stat_get_tuples_deleted(c.oid) AS writes
       FROM below JOIN pg_catalog.pg_class c ON c.oid = below.oid AND c.relkind IN ('r', 'm')
       LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
     )
     SELECT n.nspname::text AS schema, c.relname::text AS name,
            CASE WHEN bool_and(each.rows IS NOT NULL) THEN round(sum(each.rows)) END::text AS rows,
            (sum(each.pages) * pg_catalog.current_setting('block_size')::int)::text AS bytes,
            (sum(each.pages + each.index_pages) * pg_catalog.current_setting('block_size')::int)::text AS total_bytes,
            sum(each.writes)::text AS writes
     FROM each JOIN pg_catalog.pg_class c ON c.oid = each.root JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE ${usersSchemas} GROUP BY 1, 2`,
  );
  return new Map(rows.map((row) => [key(nameIn(row)), sizeOf(row)]));
}

function sizeOf(row: Row): TableSize {
  const number = (column: string): number | null => {
    const value = textOrNull(row, column);
    return value === null ? null : Number(value);
  };
  const rows = number("rows");
  const bytes = number("bytes");
  // Pages are counted by VACUUM and ANALYZE: none for a table with rows, or for one that nobody has counted, is no size.
  const isCounted = bytes !== null && (bytes > 0 || rows === 0);
  return {
    rows,
    bytes: isCounted ? bytes : null,
    totalBytes: isCounted ? number("total_bytes") : null,
    writes: number("writes"),
  };
}
