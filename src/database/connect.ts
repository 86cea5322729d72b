import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Refusal, UserError } from "../errors.ts";
import { type Address, display, type Host } from "./address.ts";
import { hintFor } from "./connection-hints.ts";
import { type DialOptions, dial } from "./dial.ts";
import { asDatabaseError, DatabaseError, isTransient } from "./errors.ts";
import type { ApplySession } from "./session.ts";

export interface ConnectOptions extends DialOptions {
  /** How long a server that starts, or is full, is waited for. */
  readonly waitMs?: number;
  /** How long a port is waited for at which nobody listens: a server that starts anew, or the wrong address. As long when left out. */
  readonly refusedMs?: number;
  readonly signal?: AbortSignal;
}

/** Connects; waits only for what passes by itself. Throws DatabaseError. */
export async function connect(address: Address, options: ConnectOptions): Promise<ApplySession> {
  const start = performance.now();
  const waitMs = options.waitMs ?? 30_000;
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
    try {
      return await connectToAny(address, options);
    } catch (thrown) {
      if (thrown instanceof UserError) throw thrown;
      const error = asDatabaseError(thrown);
      const limitMs = error.sqlstate === null ? (options.refusedMs ?? waitMs) : waitMs;
      const isLate = performance.now() + pauseMs > start + limitMs;
      if (!isTransient(error) || isLate || options.signal?.aborted === true) throw error;
      await sleep(pauseMs, undefined, options.signal === undefined ? {} : { signal: options.signal }).catch(() => {
        throw error;
      });
    }
  }
}

/** The same, for the first connection: what cannot be reached is the request's mistake, and is told so. */
export async function connectOrSay(address: Address, options: ConnectOptions): Promise<ApplySession> {
  try {
    return await connect(address, { refusedMs: 3_000, ...options });
  } catch (thrown) {
    if (!(thrown instanceof DatabaseError)) throw thrown;
    throw new Refusal("database-unreachable", `The database ${display(address)} cannot be reached.`, {
      details: [`${thrown.message}${thrown.sqlstate === null ? "" : ` (${thrown.sqlstate})`}`],
      hint: hintFor(thrown, address),
    });
  }
}

/** The first of the servers that lets us in and is what the address wants. As libpq: where the log-in is refused no other is asked. */
async function connectToAny(address: Address, options: ConnectOptions): Promise<ApplySession> {
  const failures: Failed[] = [];
  for (const at of address.hosts) {
    try {
      return await connectTo(address, at, options);
    } catch (thrown) {
      if (thrown instanceof UserError) throw thrown;
      const error = asDatabaseError(thrown);
      if (address.hosts.length === 1 || error.sqlstate?.startsWith("28") === true) throw error;
      failures.push({ at, error });
    }
  }
  throw together(failures);
}

async function connectTo(address: Address, at: Host, options: ConnectOptions): Promise<ApplySession> {
  const session = await dial(address, at, options);
  if (address.wants === "any") return session;
  try {
    const { rows } = await session.query(
      "SELECT pg_catalog.pg_is_in_recovery() AS standby, pg_catalog.current_setting('transaction_read_only') AS read_only",
    );
    const standby = rows[0]?.standby === true;
    if (!standby && (address.wants === "primary" || rows[0]?.read_only !== "on")) return session;
    const what = standby ? "It is a standby" : "It is read-only";
    throw new DatabaseError(`${what}, and the URL wants target_session_attrs=${address.wants}.`, { sqlstate: "25006" });
  } catch (thrown) {
    await session.close();
    throw thrown;
  }
}

interface Failed {
  readonly at: Host;
  readonly error: DatabaseError;
}

/** What each of several servers has said; worth waiting for where one of them is. */
function together(failures: readonly Failed[]): DatabaseError {
  const worth = failures.find(({ error }) => isTransient(error)) ?? failures.at(-1);
  const message = failures.map(({ at, error }) => `${at.host}:${at.port}: ${error.message}`).join(" ");
  return new DatabaseError(message, { sqlstate: worth?.error.sqlstate ?? null, lost: worth?.error.lost ?? true });
}
