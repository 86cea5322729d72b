import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { number, textOrNull } from "./rows.ts";
import type { ApplySession, Session } from "./session.ts";

/**
 * The key of "one runner at a time" in a database: 0x6c6f636b ("lock") and a number for each connection of a runner. The first is held
 * by the connection that migrations run on, so that a statement whose runner has died still holds it; the second by the one that
 * watches, because a file can give the first away (DISCARD ALL, pg_advisory_unlock_all).
 */
export const lockClass = 0x6c6f636b;
export const lockOf = { apply: 1, watch: 2 } as const;

/** Who has the lock that we wait for, or one on a table. */
export interface Holder {
  readonly pid: number;
  readonly user: string | null;
  readonly application: string | null;
  readonly client: string | null;
  readonly state: string | null;
  /** When its transaction, or its query where it has none, began. */
  readonly since: string | null;
  /** What it runs, or ran last; null where this user may not see it. */
  readonly query: string | null;
}

export type LockAnswer = { readonly kind: "taken" } | { readonly kind: "held"; readonly by: Holder | null };

export interface LockOptions {
  readonly which: keyof typeof lockOf;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** Called once when it has to wait. */
  readonly onWait: (by: Holder | null) => void;
}

/**
 * Tries until it has the lock or the time is over. Never waits inside the server: a waiting pg_advisory_lock is a transaction that
 * CREATE INDEX CONCURRENTLY of the holder would wait for, a deadlock.
 */
export async function takeLock(session: Session, { which, waitMs, signal, onWait }: LockOptions): Promise<LockAnswer> {
  const deadline = performance.now() + waitMs;
  for (let attempt = 0; ; attempt++) {
    const { rows } = await session.query(
      `SELECT pg_catalog.pg_try_advisory_lock(${lockClass}, ${lockOf[which]}) AS taken`,
    );
    if (rows[0]?.taken === true) return { kind: "taken" };
    const by = await holderOf(session, which);
    if (attempt === 0) onWait(by);
    if (signal.aborted || performance.now() > deadline) return { kind: "held", by };
    await sleep(Math.min(1_000, 50 * 2 ** Math.min(attempt, 5)), undefined, { signal }).catch(() => undefined);
  }
}

/** Gives the lock back, with whatever a file has locked besides; only what this connection holds. */
export async function releaseLock(session: ApplySession): Promise<void> {
  await session.query("SELECT pg_catalog.pg_advisory_unlock_all()");
}

/**
 * Ends the backend of a connection that we have lost, where it still has the lock: the server may believe for hours that we are there.
 * What it has committed is committed; what it has not is rolled back.
 */
export async function endBackend(session: Session, pid: number): Promise<void> {
  await session.query(
    `SELECT pg_catalog.pg_terminate_backend(l.pid) FROM pg_catalog.pg_locks l
     WHERE l.pid = ${pid} AND l.locktype = 'advisory' AND l.granted AND l.classid = ${lockClass} AND l.objid = ${lockOf.apply}`,
  );
}

async function holderOf(session: Session, which: keyof typeof lockOf): Promise<Holder | null> {
  const { rows } = await session.query(
    `SELECT ${holderColumns} FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.granted AND l.classid = ${lockClass} AND l.objid = ${lockOf[which]} AND l.objsubid = 2
       AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`,
  );
  return rows[0] === undefined ? null : holder(rows[0]);
}

/** The columns of pg_stat_activity, as `a`, that make a holder. */
export const holderColumns = `a.pid, a.usename::text AS "user", a.application_name AS application,
  COALESCE(a.client_hostname, pg_catalog.host(a.client_addr)) AS client,
  CASE a.backend_type WHEN 'client backend' THEN a.state ELSE a.backend_type END AS state,
  pg_catalog.to_char(COALESCE(a.xact_start, a.query_start) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') AS since,
  pg_catalog.left(a.query, 200) AS query`;

export function holder(row: Readonly<Record<string, unknown>>): Holder {
  return {
    pid: number(row, "pid"),
    user: textOrNull(row, "user"),
    application: textOrNull(row, "application"),
    client: textOrNull(row, "client"),
    state: textOrNull(row, "state"),
    since: textOrNull(row, "since"),
    query: textOrNull(row, "query"),
  };
}

/** In one line: pid 4711, user app, application "worker" from 10.0.0.7, idle in transaction since 12:00:00 UTC: UPDATE … */
export function describeHolder({ pid, user, application, client, state, since, query }: Holder): string {
  const parts = [`pid ${pid}`];
  if (user !== null) parts.push(`user ${user}`);
  if (application !== null && application !== "") parts.push(`application "${application}"`);
  const from = client === null ? "" : ` from ${client}`;
  const doing = `${state ?? "state unknown"}${since === null ? "" : ` since ${since}`}`;
  const sql = query === null || query === "" ? "" : `: ${withoutPassword(query.replace(/\s+/g, " ").trim())}`;
  return `${parts.join(", ")}${from}, ${doing}${sql}`;
}

/** Other people's queries are shown to name them; what stands behind the word PASSWORD is not. */
function withoutPassword(sql: string): string {
  return sql.replace(/\bpassword\b[\s\S]*/i, "PASSWORD …");
}
