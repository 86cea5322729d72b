import { setTimeout as sleep } from "node:timers/promises";
import { type Holder, holder, holderColumns } from "./lock.ts";
import type { LongStatement } from "./long.ts";
import { flag, number, text } from "./rows.ts";
import type { Session } from "./session.ts";
import type { Cut, Limits, Waiter } from "./watch.ts";

/** What is needed to look after a command that has connections of its own. */
export interface Supervision {
  /** Asks over the connection that holds the runner's lock: as long as it answers, nobody else migrates. */
  ask<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** What the command's connections are called. */
  readonly applicationName: string;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  readonly onWaiting: (blockers: readonly Holder[]) => void;
  readonly onLong: (long: LongStatement) => void;
}

/** How the command was looked after. */
export interface Supervised<T> {
  readonly result: T;
  /** Why it was stopped from outside; null where it was not. */
  readonly cut: Cut | null;
  /** By what its connections were told from others: their name, where they come from, or nothing as there were none. */
  readonly seen: "by-name" | "by-place" | "never";
  /** Who was in its way last. */
  readonly blockers: readonly Holder[];
  /** Connections that may be its own and are still at work: what comes of that is not known yet. */
  readonly left: readonly Holder[] | "unseen";
}

const pollMs = 200;
/** After a cancel, for the command to give way. */
const graceMs = 1_500;
const leaveMs = 5_000;
const progressEveryMs = 10_000;

/** Does the work, and ends it where it makes others wait for too long, takes too long, or is not wanted any more. */
export async function supervise<T>(on: Supervision, work: (signal: AbortSignal) => Promise<T>): Promise<Supervised<T>> {
  const { ask, limits, signal, onWaiting, onLong } = on;
  const own = new AbortController();
  const state: { cut: Cut | null; seen: Supervised<T>["seen"]; blockers: readonly Holder[] } = {
    ...{ cut: null, seen: "never", blockers: [] },
  };
  const cut = (why: Cut): void => {
    state.cut ??= why;
  };
  const interrupt = (): void => {
    cut({ kind: "interrupted" });
    own.abort();
  };
  if (signal.aborted) interrupt();
  else signal.addEventListener("abort", interrupt, { once: true });
  const since = await ask(startedAt);
  const begun = performance.now();
  let isOver = false;
  const wake = new AbortController();
  const result = work(own.signal).finally(() => {
    isOver = true;
    wake.abort();
  });
  // Its failure is thrown below, and must not be called unhandled before.
  result.catch(() => undefined);
  let toldWaiting = false;
  let toldAt = 0;
  let blockedSince: number | null = null;
  while (!isOver) {
    await sleep(pollMs, undefined, { signal: wake.signal }).catch(() => undefined);
    if (isOver) break;
    const elapsedMs = performance.now() - begun;
    const look = await ask((session) => lookAt(session, on.applicationName, since)).catch(() => null);
    if (look === null) {
      // Without the lock, or without eyes, nothing may go on.
      cut({ kind: "silent" });
      own.abort();
      break;
    }
    if (look.own.length > 0 && state.seen !== "by-name") state.seen = look.named ? "by-name" : "by-place";
    // A program takes its time to end after it has given up on a lock.
    if (look.blockers.length > 0) state.blockers = look.blockers;
    if (look.blockers.length > 0 && !toldWaiting) onWaiting(look.blockers);
    toldWaiting ||= look.blockers.length > 0;
    const waiters = look.waiters.map((each) => ({ ...each, waitedMs: Math.min(each.waitedMs, elapsedMs) }));
    if (waiters.some(({ waitedMs }) => waitedMs >= limits.maxBlockingMs)) {
      cut({ kind: "blocked-others", waiters });
      // Others of this role and place may be no connections of the command: only the command itself is ended for them.
      if (!look.named) own.abort();
      else if (blockedSince === null)
        await ask((session) => signalAll(session, "pg_cancel_backend", look.own)).catch(() => null);
      else if (performance.now() - blockedSince > graceMs) own.abort();
      blockedSince ??= performance.now();
    } else blockedSince = null;
    if (limits.maxDurationMs !== null && elapsedMs > limits.maxDurationMs) {
      cut({ kind: "too-long", afterMs: limits.maxDurationMs });
      own.abort();
    }
    if (elapsedMs - toldAt > progressEveryMs) {
      toldAt = elapsedMs;
      onLong({ phase: "the command is running", percent: null, elapsedMs, leftMs: null });
    }
  }
  const ended = await result.finally(() => signal.removeEventListener("abort", interrupt));
  const left = await leaving(on, since, { atOnce: own.signal.aborted });
  return { result: ended, cut: state.cut, seen: state.seen, blockers: state.blockers, left };
}

/** The server goes on with a statement whose client is gone: waits for the command's connections, and ends them. */
async function leaving(
  { ask, applicationName }: Pick<Supervision, "ask" | "applicationName">,
  since: string,
  { atOnce }: { readonly atOnce: boolean },
): Promise<Supervised<unknown>["left"]> {
  const start = performance.now();
  for (;;) {
    const look = await ask((session) => lookAt(session, applicationName, since)).catch(() => null);
    if (look === null) return "unseen";
    if (look.own.length === 0) return [];
    const waitedMs = performance.now() - start;
    // Only by their name they are certainly the command's.
    if (look.named && (atOnce || waitedMs > graceMs))
      await ask((session) => signalAll(session, "pg_terminate_backend", look.own)).catch(() => null);
    if (waitedMs > leaveMs || (!look.named && waitedMs > graceMs)) return look.own.filter(({ isBusy }) => isBusy);
    await sleep(100);
  }
}

interface Look {
  /** Whether they are told by their name. */
  readonly named: boolean;
  readonly own: readonly (Holder & { readonly isBusy: boolean })[];
  readonly waiters: readonly Waiter[];
  readonly blockers: readonly Holder[];
}

async function startedAt(session: Session): Promise<string> {
  const { rows } = await session.query("SELECT pg_catalog.clock_timestamp()::text AS now");
  return text(rows[0] ?? {}, "now");
}

/**
 * The command's connections, who waits for them and for whom they wait. A driver that does not read PGAPPNAME is found by what it cannot help:
 * its connections are new, and come from where ours do, as the same role.
 */
async function lookAt(session: Session, applicationName: string, since: string): Promise<Look> {
  const waitStart =
    session.serverVersion >= 140000
      ? "(SELECT min(l.waitstart) FROM pg_catalog.pg_locks l WHERE l.pid = a.pid AND NOT l.granted)"
      : "NULL";
  const { rows } = await session.query(
    `WITH me AS (SELECT usesysid, client_addr, datid FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid()),
     named AS (SELECT a.pid FROM pg_catalog.pg_stat_activity a WHERE a.application_name = $1),
     near AS (SELECT a.pid FROM pg_catalog.pg_stat_activity a, me
              WHERE a.usesysid = me.usesysid AND a.datid = me.datid AND a.client_addr IS NOT DISTINCT FROM me.client_addr
                AND a.backend_start >= $2::timestamptz AND a.application_name NOT LIKE 'lockkeeper%' AND a.backend_type = 'client backend'
                AND NOT EXISTS (SELECT FROM named)),
     own AS MATERIALIZED (SELECT pid FROM named UNION SELECT pid FROM near)
     SELECT 'own' AS role, ${holderColumns}, 0::float8 AS ms, EXISTS (SELECT FROM named) AS named, a.state IS DISTINCT FROM 'idle' AS busy
     FROM pg_catalog.pg_stat_activity a JOIN own USING (pid)
     UNION ALL
     SELECT 'waiter', ${holderColumns},
            COALESCE(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - COALESCE(${waitStart}, a.query_start)) * 1000, 0)::float8, false, false
     FROM pg_catalog.pg_stat_activity a
     WHERE a.wait_event_type = 'Lock' AND a.backend_type <> 'autovacuum worker' AND a.pid NOT IN (SELECT pid FROM named)
       AND pg_catalog.pg_blocking_pids(a.pid) && ARRAY(SELECT pid FROM own)
     UNION ALL
     SELECT 'blocker', ${holderColumns}, 0, false, false
     FROM pg_catalog.pg_stat_activity a
     WHERE a.pid NOT IN (SELECT pid FROM own) AND a.pid IN
       (SELECT pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) FROM pg_catalog.pg_stat_activity w JOIN own USING (pid)
        WHERE w.wait_event_type = 'Lock')`,
    [applicationName, since],
  );
  const of = (role: string) => rows.filter((row) => text(row, "role") === role);
  return {
    named: of("own").some((row) => flag(row, "named")),
    own: of("own").map((row) => ({ ...holder(row), isBusy: flag(row, "busy") })),
    waiters: of("waiter").map((row) => ({ ...holder(row), waitedMs: number(row, "ms") })),
    blockers: of("blocker").map(holder),
  };
}

async function signalAll(
  session: Session,
  how: "pg_cancel_backend" | "pg_terminate_backend",
  own: Look["own"],
): Promise<void> {
  await session.query(`SELECT pg_catalog.${how}(pid) FROM pg_catalog.unnest($1::int[]) AS each (pid)`, [
    own.map(({ pid }) => pid),
  ]);
}
