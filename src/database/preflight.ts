import { conflictsOf, type LockMode } from "../facts/locks.ts";
import type {
  InTheWay,
  LastTime,
  NeededRights,
  PreflightDatabase,
  ServerState,
  WantedLock,
} from "../plan/preflight.ts";
import { relation } from "../sql/names.ts";
import { freeDiskOf } from "./disk.ts";
import { identityOf } from "./reader.ts";
import { replicasOf } from "./replicas.ts";
import { missingRights } from "./rights.ts";
import { flag, number, type Row, text, textOrNull } from "./rows.ts";
import type { Session } from "./session.ts";

/** What is asked of the database before anything runs, over a connection of its own. */
export function preflightOver(
  session: Session,
  { other, isLocal }: { readonly other: () => Promise<Session>; readonly isLocal: boolean },
): PreflightDatabase {
  return {
    state: () => stateOf(session, other, isLocal),
    missingRights: (needed: NeededRights) => missingRights(session, needed),
    inTheWay: (wanted, limits) => inTheWay(session, wanted, limits),
  };
}

async function stateOf(session: Session, other: () => Promise<Session>, isLocal: boolean): Promise<ServerState> {
  const pooled = await pooledIn(session, other());
  const { rows } = await session.query(
    `SELECT pg_catalog.pg_is_in_recovery() AS standby,
            pg_catalog.current_setting('default_transaction_read_only')::boolean AS read_only,
            (SELECT pg_catalog.count(*)::int FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend') AS used,
            pg_catalog.current_setting('max_connections')::int AS most`,
  );
  const [row = {}] = rows;
  return {
    identity: await identityOf(session),
    readOnly: flag(row, "standby")
      ? "it is a standby"
      : flag(row, "read_only")
        ? "default_transaction_read_only is on"
        : null,
    connections: { used: number(row, "used"), most: number(row, "most") },
    replicas: await replicasOf(session),
    pooled,
    freeDiskBytes: isLocal ? await freeDiskOf(session) : null,
    lastTime: await lastTimeIn(session),
  };
}

/**
 * A pooler in transaction mode gives the server's process to whoever comes next: two connections that are both open then have the same
 * one, or one of them gets another from one query to the next.
 */
async function pooledIn(session: Session, opening: Promise<Session>): Promise<string | null> {
  const pidOf = async (of: Session): Promise<number> => {
    const { rows } = await of.query("SELECT pg_catalog.pg_backend_pid() AS pid");
    return number(rows[0] ?? {}, "pid");
  };
  opening.catch(() => undefined);
  try {
    const own = await pidOf(session);
    // One that takes its processes in turn shows it on the way; one that takes the last that was free, when somebody else asks for it.
    for (let i = 0; i < 3; i++)
      if ((await pidOf(session)) !== own) return "one connection has reached two processes of the server";
    const second = await opening;
    const refused = await second.query("BEGIN").then(
      () => null,
      () => "it lets no transaction begin",
    );
    if (refused !== null) return refused;
    if ((await pidOf(second)) === own) return "two connections have reached the same process of the server";
    return (await pidOf(session)) === own ? null : "one connection has reached two processes of the server";
  } finally {
    const second = await opening.catch(() => null);
    await second?.close();
  }
}

/** The last row of the journal, as far as it says where it was written. */
async function lastTimeIn(session: Session): Promise<LastTime | null> {
  const there = await session.query("SELECT pg_catalog.to_regclass('lockkeeper.journal') IS NOT NULL AS found");
  if (!flag(there.rows[0] ?? {}, "found")) return null;
  const { rows } = await session.query(
    `SELECT j ->> 'environment' AS environment, j ->> 'system_identifier' AS system_identifier, j ->> 'database' AS database
     FROM (SELECT pg_catalog.to_jsonb(journal) AS j FROM lockkeeper.journal ORDER BY number DESC LIMIT 1) AS last`,
  );
  const [row] = rows;
  if (row === undefined) return null;
  return {
    environment: textOrNull(row, "environment"),
    systemIdentifier: textOrNull(row, "system_identifier"),
    database: textOrNull(row, "database"),
  };
}

/** What somebody without rights on statistics sees of it is that it is nobody's. */
const isVacuum =
  "(a.backend_type = 'autovacuum worker' OR (a.backend_type IS NULL AND a.pid IS NOT NULL AND a.usesysid IS NULL))";

/** From pg_locks alone, which asks for no lock on a table. Autovacuum gives way, but not when it works against wraparound. */
async function inTheWay(
  session: Session,
  wanted: readonly WantedLock[],
  { olderThanMs, anySnapshot }: { readonly olderThanMs: number; readonly anySnapshot: boolean },
): Promise<readonly InTheWay[]> {
  const asked = wanted.flatMap(({ table, mode }) => conflictsOf(mode).map((held) => ({ table, held: nameOf(held) })));
  const { rows } = await session.query(
    `WITH wanted AS (
       SELECT c.oid, w.schema, w.name, w.held, pg_catalog.age(c.relfrozenxid) AS age
       FROM unnest($1::text[], $2::text[], $3::text[]) AS w (schema, name, held)
       JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
     )
     SELECT DISTINCT w.schema, w.name, l.pid, a.usename::text AS user, a.application_name AS application,
            (extract(epoch FROM pg_catalog.clock_timestamp() - COALESCE(a.xact_start, p.prepared)) * 1000)::bigint AS age,
            CASE WHEN l.pid IS NULL THEN 'prepared-transaction'
                 WHEN ${isVacuum} THEN 'vacuum-against-wraparound' ELSE 'transaction' END AS what
     FROM wanted w
     JOIN pg_catalog.pg_locks l ON l.locktype = 'relation' AND l.granted AND l.mode = w.held AND l.relation = w.oid
          AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
     LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
     LEFT JOIN pg_catalog.pg_locks x ON l.pid IS NULL AND x.pid IS NULL AND x.locktype = 'transactionid'
          AND x.virtualtransaction = l.virtualtransaction
     LEFT JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = x.transactionid
     WHERE l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid() AND COALESCE(a.application_name, '') NOT LIKE 'lockkeeper%'
       AND (NOT COALESCE(${isVacuum}, false) OR a.query LIKE '%(to prevent wraparound)'
            OR (a.backend_type IS NULL AND w.age > pg_catalog.current_setting('autovacuum_freeze_max_age')::int))
     UNION ALL
     SELECT NULL, NULL, a.pid, a.usename::text, a.application_name,
            (extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000)::bigint, 'transaction'
     FROM pg_catalog.pg_stat_activity a
     WHERE $4 AND a.backend_xmin IS NOT NULL AND a.datname = pg_catalog.current_database() AND a.backend_type = 'client backend'
       AND a.pid <> pg_catalog.pg_backend_pid() AND a.application_name NOT LIKE 'lockkeeper%'`,
    [
      asked.map(({ table }) => table.schema ?? "public"),
      asked.map(({ table }) => table.name),
      asked.map(({ held }) => held),
      anySnapshot,
    ],
  );
  return rows.map(otherOf).filter(({ forMs }) => forMs === null || forMs > olderThanMs);
}

function otherOf(row: Row): InTheWay {
  const what = text(row, "what");
  const age = textOrNull(row, "age");
  return {
    table: textOrNull(row, "name") === null ? null : relation(text(row, "schema"), text(row, "name")),
    pid: textOrNull(row, "pid") === null ? 0 : number(row, "pid"),
    user: textOrNull(row, "user"),
    application: textOrNull(row, "application"),
    forMs: age === null ? null : Number(age),
    what: what === "prepared-transaction" || what === "vacuum-against-wraparound" ? what : "transaction",
  };
}

/** ACCESS SHARE → AccessShareLock, as pg_locks writes it. */
function nameOf(mode: LockMode): string {
  const words = mode.split(" ").map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  return `${words.join("")}Lock`;
}
