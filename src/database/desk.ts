import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "../errors.ts";
import type { RunContext } from "../plan/attempt.ts";
import type { ApplySettings, Said } from "../plan/progress.ts";
import { quoteIdentifier } from "../sql/names.ts";
import { asDatabaseError, DatabaseError } from "./errors.ts";
import { describeHolder, lockClass, lockOf, takeLock } from "./lock.ts";
import type { ApplySession, Sent } from "./session.ts";
import type { Watch } from "./watch.ts";

/** What applying needs beside the connection. */
export interface Desk {
  /** The connection that applies; another one after `reopen`. */
  session(): ApplySession;
  /** Connects again and takes the lock, which proves that the connection before is gone. Throws DatabaseError. */
  reopen(): Promise<void>;
  readonly watch: Watch;
  readonly settings: ApplySettings;
  readonly run: RunContext;
  /** The version of Lockkeeper, for the journal. */
  readonly runner: string;
  readonly signal: AbortSignal;
  say(said: Said): void;
}

/** Waits before another try: twice as long each time, and not at the same moment as others. False when it was interrupted. */
export async function pause({ settings, signal, say }: Desk, attempt: number, why: string): Promise<boolean> {
  const longest = Math.min(settings.maxPauseMs, settings.pauseMs * 2 ** (attempt - 1));
  const inMs = Math.round(longest * (0.5 + Math.random() / 2));
  say({ kind: "retry", attempt, of: settings.retries, inMs, why });
  await sleep(inMs, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

/** Takes what earlier files have left in the session away, and sets what must be the same for each. */
export async function cleanSession(session: ApplySession, settings: ApplySettings): Promise<void> {
  const limit = settings.maxDurationMs === null ? 0 : settings.maxDurationMs + 10_000;
  await session.query(
    [
      "RESET SESSION AUTHORIZATION",
      "RESET ALL",
      "CLOSE ALL",
      "DEALLOCATE ALL",
      "UNLISTEN *",
      "DISCARD TEMP",
      "SET client_encoding TO 'UTF8'",
      // What text means as timestamptz, and whether a change to it rewrites a table, depends on it.
      "SET TIME ZONE 'UTC'",
      `SET lock_timeout = ${settings.lockTimeoutMs}`,
      "SET statement_timeout = 0",
      "SET idle_in_transaction_session_timeout = 0",
      ...(session.serverVersion >= 140000 ? ["SET idle_session_timeout = 0"] : []),
      ...(session.serverVersion >= 170000 ? [`SET transaction_timeout = ${limit}`] : []),
      ...(settings.role === null ? [] : [`SET ROLE ${quoteIdentifier(settings.role)}`]),
    ].join("; "),
  );
  await noticeOurEnd(session);
}

/** Lets the server notice soon that we are gone, and stop: a connection that is closed (14 and later), and one that is silent. */
export async function noticeOurEnd(session: ApplySession): Promise<void> {
  const silent = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";
  const closed = session.serverVersion >= 140000 ? "; SET client_connection_check_interval = '1s'" : "";
  try {
    await session.query(silent + closed);
  } catch (thrown) {
    // Not every system can tell; then the server finds out when it next writes.
    if (asDatabaseError(thrown).lost) throw thrown;
  }
}

/** Sets, for what we write ourselves, the rights and the search path that a file may have changed. */
export function ownRights({ lockTimeoutMs, role }: ApplySettings): readonly Sent[] {
  return [
    { sql: "SET LOCAL SESSION AUTHORIZATION DEFAULT" },
    ...(role === null ? [] : [{ sql: `SET LOCAL ROLE ${quoteIdentifier(role)}` }]),
    { sql: "SET LOCAL search_path TO pg_catalog, pg_temp" },
    { sql: `SET LOCAL lock_timeout TO ${lockTimeoutMs}` },
  ];
}

/**
 * The last statement before COMMIT: the transaction's id, with which a lost answer can be asked for again; the backend, which a pooler
 * may have changed; and the lock, which a file may have given away and somebody else taken.
 */
export const guard: Sent = {
  sql: `SELECT pg_catalog.pg_current_xact_id()::text, pg_catalog.pg_backend_pid()::text,
    pg_catalog.pg_try_advisory_lock(${lockClass}, ${lockOf.apply})::text`,
};

/** Takes the runner's lock on a connection; throws UserError where another runner keeps it. */
export async function lockOrSay(
  session: ApplySession,
  options: Pick<Desk, "say" | "signal"> & { readonly which: keyof typeof lockOf; readonly waitMs: number },
): Promise<void> {
  const { which, waitMs, signal, say } = options;
  const answer = await takeLock(session, {
    which,
    waitMs,
    signal,
    onWait: (by) => say({ kind: "waiting-for-runner", by: by === null ? null : describeHolder(by) }),
  });
  if (answer.kind === "taken") return;
  throw new Refusal("runner-busy", "Another run is applying migrations to this database.", {
    details: [answer.by === null ? "Who it is cannot be seen." : `It is ${describeHolder(answer.by)}.`],
    hint: "wait for it, or end that connection when its runner is gone: the server may still be at work on its last statement.",
  });
}

/** Refuses a server that takes no writes, as a connection finds it after a failover. */
export async function refuseReadOnly(session: ApplySession): Promise<void> {
  const { rows } = await session.query(
    "SELECT pg_catalog.pg_is_in_recovery() AS standby, pg_catalog.current_setting('transaction_read_only') AS read_only",
  );
  const standby = rows[0]?.standby === true;
  if (!standby && rows[0]?.read_only !== "on") return;
  const what = standby ? "The server is a standby" : "The database is read-only";
  throw new DatabaseError(`${what}: it takes no writes.`, { sqlstate: "25006" });
}
