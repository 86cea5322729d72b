import type { Failure, FailureCode } from "../plan/outcome.ts";
import type { Step } from "../plan/parts.ts";
import { type Desk, guard, ownRights } from "./desk.ts";
import { asDatabaseError, DatabaseError, troubleOf } from "./errors.ts";
import { describeHolder } from "./lock.ts";
import type { Answer, ApplySession, Sent } from "./session.ts";
import { settleCommit } from "./settle.ts";
import type { Cut } from "./watch.ts";
import type { Ended, Transaction } from "./work.ts";

/** Statements that are sent at once: few enough to be held in memory, many enough for the network not to matter. */
const mostAtOnce = 500;
const mostCharactersAtOnce = 1_000_000;

/** Statements that PostgreSQL counts rows of. */
const countsRows = /^(insert|update|delete|merge|copy|with)\b/i;

/** Runs statements and what we record of them in one transaction. COMMIT goes alone, when everything before it has been answered. */
export async function runTransaction(transaction: Transaction, desk: Desk): Promise<Ended> {
  const { begin, steps, limits, attempt } = transaction;
  const { watch } = desk;
  const session = desk.session();
  const first = [{ sql: begin }, ...steps];
  // Where nothing in the script can have changed who we are, nothing has to be set back.
  const rights = transaction.leavesTraces ? ownRights(desk.settings) : [];
  const last = (rows: number): readonly Sent[] => [...rights, ...transaction.writes(rows), guard];
  watch.begin(limits);
  // How many rows were changed is recorded too: then what we write waits for the answers.
  const counted = steps.some(({ sql }) => countsRows.test(sql)) ? await sendAll(session, first) : null;
  const rows = counted?.kind === "done" ? sum(counted.rowCounts) : 0;
  const answer =
    counted === null
      ? await sendAll(session, [...first, ...last(0)])
      : counted.kind === "done"
        ? await sendAll(session, last(rows))
        : counted;
  if (answer.kind === "failed") {
    const cut = await watch.end();
    const step = counted?.kind === "done" ? null : (steps[answer.index - 1] ?? null);
    return rolledBack(await leave(answer.error, desk), { cut, step, desk });
  }
  const [transactionId = null, pid, lock] = answer.lastRow;
  if (Number(pid) !== session.pid || lock !== "true" || session.transaction !== "open") {
    await watch.end();
    await rollBack(session);
    return { kind: "rolled-back", again: false, failure: lockLost(Number(pid) !== session.pid) };
  }
  watch.committing();
  const refused = await commit(session);
  const cut = await watch.end();
  if (refused === null) return { kind: "committed", rows };
  if (!refused.lost) return rolledBack(refused, { cut, step: null, desk });
  return settleCommit({ transactionId, attempt, rows, why: refused }, desk);
}

function sum(counts: readonly (number | null)[]): number {
  return counts.reduce((all: number, count) => all + (count ?? 0), 0);
}

/** Sends COMMIT and looks at what it answers: for an aborted transaction that is no error but the word ROLLBACK. Null when it is done. */
async function commit(session: ApplySession): Promise<DatabaseError | null> {
  try {
    const { command } = await session.query("COMMIT");
    if (command === "COMMIT") return null;
    return new DatabaseError(`COMMIT answered ${command}: the transaction had failed before.`);
  } catch (thrown) {
    return asDatabaseError(thrown);
  }
}

/** All statements in as few round trips as is reasonable; the transaction stays open between them. */
async function sendAll(session: ApplySession, statements: readonly Sent[]): Promise<Answer> {
  const rowCounts: (number | null)[] = [];
  for (let from = 0; ; ) {
    let to = from;
    for (let size = 0; to < statements.length && to - from < mostAtOnce && size < mostCharactersAtOnce; to++) {
      size += statements[to]?.sql.length ?? 0;
    }
    const answer = await session.send(statements.slice(from, to));
    if (answer.kind === "failed") return { ...answer, index: from + answer.index };
    rowCounts.push(...answer.rowCounts);
    if (to === statements.length) return { ...answer, rowCounts };
    from = to;
  }
}

/** Leaves a failed transaction. The error is the one it failed with, or that the connection was lost as well. */
async function leave(error: DatabaseError, desk: Desk): Promise<DatabaseError> {
  if (error.lost) return error;
  const lost = await rollBack(desk.session());
  return lost === null ? error : new DatabaseError(error.message, { sqlstate: error.sqlstate, lost: true });
}

/** A cancel that comes late hits the ROLLBACK too: until the server says that no transaction is open. Null, or why the connection is gone. */
export async function rollBack(session: ApplySession): Promise<DatabaseError | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      await session.query("ROLLBACK");
      if (session.transaction === "none") return null;
    } catch (thrown) {
      const error = asDatabaseError(thrown);
      if (error.lost) return error;
    }
    if (attempt < 5) continue;
    session.abandon();
    return new DatabaseError("The transaction could not be rolled back; the connection was closed instead.", {
      lost: true,
    });
  }
}

interface Circumstances {
  readonly cut: Cut | null;
  readonly step: Step | null;
  readonly desk: Desk;
}

function rolledBack(error: DatabaseError, circumstances: Circumstances): Ended {
  return { kind: "rolled-back", ...failureOf(error, circumstances) };
}

/** An error in words, and whether the same may work when it is tried again. */
export function failureOf(
  error: DatabaseError,
  { cut, step, desk }: Circumstances,
): { readonly failure: Failure; readonly again: boolean } {
  const at = step === null ? null : { span: placeOf(step, error), number: step.number };
  const base = { sqlstate: error.sqlstate, at };
  const fail = (
    code: FailureCode,
    message: string,
    details: readonly string[],
    hint: string | null,
    again = false,
  ) => ({
    failure: { code, message, details, hint, ...base },
    again,
  });
  switch (cut?.kind) {
    case "blocked-others":
      return fail(
        "blocks-others",
        `It made others wait for ${seconds(desk.settings.maxBlockingMs)} and was stopped.`,
        cut.waiters.map((waiter) => `Waited ${seconds(waiter.waitedMs)}: ${describeHolder(waiter)}`),
        "do it in smaller steps (NOT VALID and VALIDATE, CONCURRENTLY, batches), at a quieter time, or let this file make others wait for longer, above its first statement: -- lockkeeper:max-blocking 30s: <reason>",
        true,
      );
    case "too-long":
      return fail(
        "too-long",
        `It ran for longer than ${seconds(cut.afterMs)} and was ended from outside.`,
        [],
        "give it a longer --max-duration, or do it in smaller steps.",
      );
    case "interrupted":
      return fail("interrupted", "The run was interrupted.", [], "run lockkeeper migrate again: it goes on from here.");
    case "silent":
    case undefined:
      break;
  }
  const trouble = troubleOf(error);
  switch (trouble) {
    case "in-the-way": {
      const blockers = desk.watch.blockers().map((blocker) => `In the way: ${describeHolder(blocker)}`);
      const hint = "wait for them to end, or end them, and run lockkeeper migrate again.";
      return fail("lock-timeout", error.message, blockers, hint, true);
    }
    case "lost":
      return fail(
        "connection-lost",
        `The connection to the server was lost: ${error.message}`,
        [],
        "run lockkeeper migrate again when the server can be reached: it asks the database how far this run came.",
      );
    case "read-only":
      return fail("read-only", error.message, [], "connect to the primary: this server takes no writes.");
    case "cancelled":
    case "refused":
      return fail(step === null ? "commit-refused" : "statement-failed", error.message, [], error.hint);
  }
}

/** Where PostgreSQL points, as a place in the file; the statement where it points nowhere. */
function placeOf({ sql, span }: Step, { position }: DatabaseError): Step["span"] {
  if (position === null) return span;
  const before = [...sql].slice(0, position - 1).join("");
  const lines = before.split("\n");
  const column = (lines.at(-1)?.length ?? 0) + 1;
  const line = span.line + lines.length - 1;
  const at = lines.length === 1 ? span.column + column - 1 : column;
  return { line, column: at, endLine: span.endLine, endColumn: span.endColumn };
}

function lockLost(pooled: boolean): Failure {
  return {
    code: "lock-lost",
    message: pooled
      ? "The server's end of the connection has changed under us: a pooler hands it on between transactions."
      : "The lock that keeps other runs away was given up by the file and taken by somebody else.",
    details: [],
    hint: pooled
      ? "connect to the server itself, or to a pool in session mode: no lock holds in transaction mode."
      : "take pg_advisory_unlock_all and DISCARD ALL out of the file.",
    sqlstate: null,
    at: null,
  };
}

export function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}
