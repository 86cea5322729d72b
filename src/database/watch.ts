import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { type Holder, holder, holderColumns } from "./lock.ts";
import { type LongStatement, progressOf, progressReader } from "./long.ts";
import { flag, number, text } from "./rows.ts";
import type { ApplySession, QueryResult } from "./session.ts";

/** What a part may take of others and of time. Nothing in the SQL can change it: it is held from another connection. */
export interface Limits {
  /** How long anybody may wait for a lock that we hold, or for one that we wait for before them. */
  readonly maxBlockingMs: number;
  /** How long the part may run; null for as long as it needs. */
  readonly maxDurationMs: number | null;
}

/** Why a part was stopped from outside. */
export type Cut = Readonly<
  | { kind: "blocked-others"; waiters: readonly Waiter[] }
  | { kind: "too-long"; afterMs: number }
  | { kind: "interrupted" }
  /** The server had answered, or had never been asked: the network has lost something. */
  | { kind: "silent" }
>;

export interface Waiter extends Holder {
  readonly waitedMs: number;
}

/** What sees from outside what the connection that applies does to others. */
export interface Watch {
  /** From the first lock of a part on. */
  begin(limits: Limits): void;
  /** The COMMIT is on its way: from here on nothing is cancelled, because it may have been done. */
  committing(): void;
  /** The part is over; why it was stopped, if it was. No cancel comes after this. */
  end(): Promise<Cut | null>;
  /** Who held what the part waited for when it was last looked at. */
  blockers(): readonly Holder[];
  stop(): Promise<void>;
}

export interface WatchOptions {
  /** The connection that applies; another one after it was lost. */
  readonly watched: () => ApplySession;
  readonly session: ApplySession;
  /** A new connection where the watch has lost its own. */
  readonly reconnect: () => Promise<ApplySession>;
  readonly signal: AbortSignal;
  readonly onWaiting: (blockers: readonly Holder[]) => void;
  readonly onLong: (long: LongStatement) => void;
  readonly progressEveryMs: number;
}

const pollMs = 150;
/** A cancel can be swallowed by EXCEPTION WHEN query_canceled; the end of the connection cannot. */
const graceMs = 1_500;
/** How long the server may have been done without our having its answer. */
const silenceMs = 4_000;
/** How long the server may take to say who waits. */
const deafMs = 8_000;

interface Active {
  readonly limits: Limits;
  readonly since: number;
  isCommitting: boolean;
  cut: Cut | null;
  cutting: Promise<unknown> | null;
  /** Since when the server has been seen waiting for us at each look. */
  silentSince: number | null;
  toldWaiting: boolean;
  toldAt: number;
  readonly progress: ReturnType<typeof progressReader>;
}

export function watch(options: WatchOptions): Watch {
  const { watched, signal } = options;
  let own = options.session;
  const state: { active: Active | null; blockers: readonly Holder[]; stopped: boolean } = {
    active: null,
    blockers: [],
    stopped: false,
  };
  const wake = new AbortController();

  let reconnecting: Promise<void> | null = null;
  const ask = async (sql: string): Promise<QueryResult | null> => {
    const asked = own;
    try {
      const late = sleep(deafMs, null, { ref: false });
      const answer = await Promise.race([asked.query(sql), late]);
      if (answer !== null) return answer;
    } catch {
      if (state.stopped) return null;
    }
    // Without eyes nothing may go on: a new connection, or the one that applies is given up.
    if (own === asked) {
      asked.abandon();
      reconnecting ??= options
        .reconnect()
        .then((session) => {
          own = session;
        })
        .catch(() => watched().abandon())
        .finally(() => {
          reconnecting = null;
        });
    }
    await reconnecting;
    return null;
  };

  const cut = (of: Active, why: Cut): void => {
    if (of.cut !== null || of.isCommitting) return;
    of.cut = why;
    of.cutting = ask(`SELECT pg_catalog.pg_cancel_backend(${watched().pid})`);
    const harder = (step: () => void): void => {
      setTimeout(() => state.active === of && step(), graceMs).unref();
    };
    harder(() => {
      of.cutting = ask(`SELECT pg_catalog.pg_terminate_backend(${watched().pid})`);
      harder(() => watched().abandon());
    });
  };

  const look = async (of: Active): Promise<void> => {
    const answer = await ask(lookAt(watched().pid, own.serverVersion));
    if (answer === null || state.active !== of) return;
    const seen = answer.rows.map((row) => ({
      ...{ role: text(row, "role"), ms: number(row, "ms"), waits: flag(row, "waits") },
      ...holder(row),
    }));
    const elapsedMs = performance.now() - of.since;
    const waiters = seen
      // Autovacuum waits for anybody, and nobody for it.
      .filter(({ role, state: doing }) => role === "waiter" && doing !== "autovacuum worker")
      .map((waiter) => ({ ...waiter, waitedMs: Math.min(waiter.ms, elapsedMs) }));
    state.blockers = seen.filter(({ role }) => role === "blocker");
    if (state.blockers.length > 0 && !of.toldWaiting) {
      of.toldWaiting = true;
      options.onWaiting(state.blockers);
    }
    if (isSilent(of, seen.find(({ role }) => role === "self") ?? null)) {
      of.cut ??= { kind: "silent" };
      watched().abandon();
      return;
    }
    if (waiters.some(({ waitedMs }) => waitedMs >= of.limits.maxBlockingMs))
      cut(of, { kind: "blocked-others", waiters });
    const { maxDurationMs } = of.limits;
    if (maxDurationMs !== null && elapsedMs > maxDurationMs) cut(of, { kind: "too-long", afterMs: maxDurationMs });
    if (elapsedMs - of.toldAt > options.progressEveryMs) {
      of.toldAt = elapsedMs;
      const progress = await ask(progressOf(watched().pid, own.serverVersion));
      const row = progress?.rows[0];
      if (row !== undefined && state.active === of) options.onLong(of.progress(row, elapsedMs));
    }
  };

  /** Whether the server has been waiting for us while we wait for it, or has ended the connection without our noticing. */
  const isSilent = (of: Active, self: { readonly waits: boolean } | null): boolean => {
    const since = watched().waitingSince;
    const deaf = since !== null && (self === null || self.waits);
    if (!deaf) of.silentSince = null;
    else of.silentSince ??= performance.now();
    return of.silentSince !== null && performance.now() - Math.max(of.silentSince, since ?? 0) > silenceMs;
  };

  const interrupt = (): void => {
    if (state.active !== null) cut(state.active, { kind: "interrupted" });
  };
  signal.addEventListener("abort", interrupt);
  const loop = (async () => {
    while (!state.stopped) {
      await sleep(pollMs, undefined, { signal: wake.signal }).catch(() => undefined);
      const of = state.active;
      if (of !== null && !state.stopped && performance.now() - of.since >= pollMs) await look(of);
    }
  })();

  return {
    begin(limits) {
      watched().isWatched = true;
      state.blockers = [];
      state.active = {
        limits,
        since: performance.now(),
        isCommitting: false,
        cut: null,
        cutting: null,
        silentSince: null,
        toldWaiting: false,
        toldAt: 0,
        progress: progressReader(),
      };
      if (signal.aborted) interrupt();
    },
    committing() {
      if (state.active !== null) state.active.isCommitting = true;
    },
    async end() {
      const of = state.active;
      state.active = null;
      watched().isWatched = false;
      await of?.cutting;
      return of?.cut ?? null;
    },
    blockers: () => state.blockers,
    async stop() {
      state.stopped = true;
      signal.removeEventListener("abort", interrupt);
      wake.abort();
      await loop;
      await own.close();
    },
  };
}

/** Ourselves, who waits for us, and for whom we wait; from 14 on the server says since when somebody waits. */
function lookAt(pid: number, serverVersion: number): string {
  const since =
    serverVersion >= 140000
      ? "COALESCE((SELECT min(l.waitstart) FROM pg_catalog.pg_locks l WHERE l.pid = a.pid AND NOT l.granted), a.query_start)"
      : "a.query_start";
  const ms = (from: string) =>
    `COALESCE(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - ${from}) * 1000, 0)::float8 AS ms`;
  // Between the messages of one request the state stays active, and the server waits for the client to go on.
  const waits = "(a.state IS DISTINCT FROM 'active' OR COALESCE(a.wait_event = 'ClientRead', false)) AS waits";
  return `SELECT 'self' AS role, ${holderColumns}, ${ms("a.state_change")}, ${waits} FROM pg_catalog.pg_stat_activity a WHERE a.pid = ${pid}
    UNION ALL SELECT 'waiter', ${holderColumns}, ${ms(since)}, false FROM pg_catalog.pg_stat_activity a
      WHERE a.wait_event_type = 'Lock' AND a.pid <> ${pid} AND ${pid} = ANY (pg_catalog.pg_blocking_pids(a.pid))
    UNION ALL SELECT 'blocker', ${holderColumns}, 0, false FROM pg_catalog.pg_stat_activity a
      WHERE a.pid = ANY (pg_catalog.pg_blocking_pids(${pid}))`;
}
