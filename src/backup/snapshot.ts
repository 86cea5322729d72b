import { DatabaseError } from "../database/errors.ts";
import { number, text, textOrNull } from "../database/rows.ts";
import type { Session } from "../database/session.ts";
import type { Manifest } from "../report/manifest.ts";
import { BackupFailed } from "./failure.ts";

/** One moment of a database, which pg_dump and the counts share. */
export interface Snapshot {
  /** As `pg_dump --snapshot` takes it; good for as long as the transaction is open. */
  readonly id: string;
  readonly time: string;
  readonly position: Manifest["position"];
  /** Of the tables without their indexes, in bytes. */
  readonly bytes: number;
  readonly server: string;
  readonly encoding: string;
  readonly systemIdentifier: string | null;
}

/**
 * Opens a transaction that only reads and exports its snapshot. Limits of time that roles and databases have are for their clients; a
 * backup takes as long as it takes, but for locks.
 */
export async function openSnapshot(
  session: Session,
  { lockWaitMs }: { readonly lockWaitMs: number },
): Promise<Snapshot> {
  const isNew = session.serverVersion >= 170_000;
  await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  // LOCAL, for a pooler that hands the connection on. And as pg_dump does it: where row security would hide rows, an error is better
  // than fewer of them.
  await session.query(
    `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; ${isNew ? "SET LOCAL transaction_timeout = 0;" : ""}
     SET LOCAL lock_timeout = ${Math.round(lockWaitMs)}; SET LOCAL TimeZone = 'UTC'; SET LOCAL row_security = off`,
  );
  // An exporter whose client is gone must not go on counting. Servers on some systems cannot look, and refuse it.
  await attempt(session, () => session.query("SET LOCAL client_connection_check_interval = '2s'"));
  const { rows } = await session.query(
    `SELECT pg_catalog.pg_export_snapshot() AS id, pg_catalog.to_char(pg_catalog.now(), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS time,
            pg_catalog.current_setting('server_version') AS server, pg_catalog.current_setting('server_encoding') AS encoding`,
  );
  const row = rows[0] ?? {};
  const position = await attempt(session, async () => {
    const found = await session.query(
      `SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
                   ELSE pg_catalog.pg_current_wal_lsn() END::text AS lsn`,
    );
    return textOrNull(found.rows[0] ?? {}, "lsn");
  });
  const control = await attempt(session, async () => {
    const found = await session.query(
      `SELECT s.system_identifier::text AS identifier, c.timeline_id AS timeline
       FROM pg_catalog.pg_control_system() s, pg_catalog.pg_control_checkpoint() c`,
    );
    const first = found.rows[0] ?? {};
    return { identifier: text(first, "identifier"), timeline: number(first, "timeline") };
  });
  return {
    id: text(row, "id"),
    time: text(row, "time"),
    position: position === null ? null : { lsn: position, timeline: control?.timeline ?? null },
    bytes: await bytesOf(session),
    // "15.18 (Debian 15.18-0+deb12u1)": who has packed it is no part of the version.
    server: text(row, "server").replace(/ .*/, ""),
    encoding: text(row, "encoding"),
    systemIdentifier: control?.identifier ?? null,
  };
}

/** The tables that pg_dump dumps the rows of: not those of extensions, whose scripts make them again. */
export const dumpedTables = `c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_depend d
  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')`;

async function bytesOf(session: Session): Promise<number> {
  try {
    const { rows } = await session.query(
      `SELECT COALESCE(pg_catalog.sum(pg_catalog.pg_table_size(c.oid)), 0)::text AS bytes
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${dumpedTables}`,
    );
    return number(rows[0] ?? {}, "bytes");
  } catch (thrown) {
    if (thrown instanceof DatabaseError && thrown.sqlstate === "55P03") throw await lockHeld(session);
    throw thrown;
  }
}

/** Names who holds what a dump waits for. */
export async function lockHeld(session: Session): Promise<BackupFailed> {
  const details = await holders(session).catch(() => []);
  return new BackupFailed("backup-lock-held", "A table is held with ACCESS EXCLUSIVE, and a dump cannot read it.", {
    details,
    hint: "wait until that session is done, or end it; backup.lock-wait in the config says how long a dump waits.",
  });
}

async function holders(session: Session): Promise<readonly string[]> {
  await session.query("ROLLBACK");
  const { rows } = await session.query(
    `SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation, l.pid,
            COALESCE(NULLIF(a.application_name, ''), a.usename, 'a session')::text AS who,
            pg_catalog.date_trunc('second', pg_catalog.now() - a.xact_start)::text AS since
     FROM pg_catalog.pg_locks l
     JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
     WHERE l.mode = 'AccessExclusiveLock' AND l.granted AND c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_'
       AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
     ORDER BY 1, 2 LIMIT 10`,
  );
  return rows.map((row) => {
    const since = textOrNull(row, "since");
    const who = textOrNull(row, "who") ?? "a session";
    return `${text(row, "relation")} is held by ${who} (pid ${text(row, "pid")})${since === null ? "" : `, whose transaction is ${since} old`}.`;
  });
}

/** What the role may not ask, or the server does not know, is null; the transaction goes on. */
export async function attempt<T>(session: Session, work: () => Promise<T>): Promise<T | null> {
  await session.query("SAVEPOINT attempt");
  try {
    const found = await work();
    await session.query("RELEASE SAVEPOINT attempt");
    return found;
  } catch (thrown) {
    if (!(thrown instanceof DatabaseError) || thrown.lost) throw thrown;
    await session.query("ROLLBACK TO SAVEPOINT attempt");
    return null;
  }
}
