import type { Failure } from "../plan/outcome.ts";
import type { Desk } from "./desk.ts";
import { asDatabaseError, DatabaseError } from "./errors.ts";
import { number, text, textOrNull } from "./rows.ts";
import type { ApplySession } from "./session.ts";
import type { Ended, Transaction } from "./work.ts";

/** A COMMIT whose answer was lost. */
export interface LostCommit {
  readonly transactionId: string | null;
  readonly attempt: Transaction["attempt"];
  readonly rows: number;
  readonly why: DatabaseError;
}

/**
 * Asks the database whether a COMMIT was done: connects again, waits for the lock, which the old connection keeps for as long as it
 * lives, and looks for the transaction's id and for the journal's row that was in it. Both must say the same.
 */
export async function settleCommit({ transactionId, attempt, rows, why }: LostCommit, desk: Desk): Promise<Ended> {
  desk.say({ kind: "reconnecting", why: why.message });
  try {
    await desk.reopen();
    const session = desk.session();
    await refuseStandby(session);
    const status = await statusOf(session, transactionId);
    const recorded = await isRecorded(session, attempt);
    if (recorded && (status === "committed" || status === null)) return { kind: "committed", rows };
    if (!recorded && (status === "aborted" || status === null)) {
      const message = `The connection was lost at COMMIT (${why.message}), and the server has rolled back.`;
      return { kind: "rolled-back", again: false, failure: failure(message) };
    }
    const message = `The connection was lost at COMMIT. Transaction ${transactionId ?? ""} is ${status ?? "unknown"}, but the journal ${recorded ? "has" : "has not"} its row.`;
    return { kind: "unknown", failure: failure(message) };
  } catch (thrown) {
    const error = asDatabaseError(thrown);
    const message = `The connection was lost at COMMIT, and the server cannot be asked whether it was done: ${error.message}`;
    return { kind: "unknown", failure: failure(message) };
  }
}

/** What a standby has replayed says nothing of what the primary has committed. */
export async function refuseStandby(session: ApplySession): Promise<void> {
  const { rows } = await session.query("SELECT pg_catalog.pg_is_in_recovery() AS standby");
  if (rows[0]?.standby === true)
    throw new DatabaseError("the server that answers now is a standby.", { sqlstate: "25006" });
}

/** Null where this server does not know the transaction: too long ago, or another server after a failover. */
async function statusOf(session: ApplySession, transactionId: string | null): Promise<string | null> {
  if (transactionId === null) return null;
  try {
    const { rows } = await session.query("SELECT pg_catalog.pg_xact_status($1::text::xid8) AS status", [transactionId]);
    return rows[0] === undefined ? null : textOrNull(rows[0], "status");
  } catch (thrown) {
    const error = asDatabaseError(thrown);
    if (error.lost) throw error;
    return null;
  }
}

async function isRecorded(session: ApplySession, { id, status, statement }: Transaction["attempt"]): Promise<boolean> {
  const there = await session.query("SELECT pg_catalog.to_regclass('lockkeeper.journal')::text AS journal");
  if (there.rows[0]?.journal === null) return false;
  const { rows } = await session.query("SELECT status, statement FROM lockkeeper.journal WHERE id = $1", [id]);
  const row = rows[0];
  return row !== undefined && text(row, "status") === status && number(row, "statement") >= statement;
}

function failure(message: string): Failure {
  return {
    code: "connection-lost",
    message,
    details: [],
    hint: "run lockkeeper migrate again when the server can be reached: it asks the database how far this run came.",
    sqlstate: null,
    at: null,
  };
}
