import type { Attempt } from "../plan/attempt.ts";
import type { Failure, Outcome } from "../plan/outcome.ts";
import { isOneTransaction, type Part } from "../plan/parts.ts";
import type { Script } from "../plan/script.ts";
import { runAlone } from "./alone.ts";
import { cleanSession, type Desk, pause } from "./desk.ts";
import { asDatabaseError } from "./errors.ts";
import { insertAttempt, type NewAttempt, type Progress, updateAttempt } from "./journal.ts";
import type { Sent } from "./session.ts";
import { failureOf, runTransaction } from "./transaction.ts";
import type { Ended, Transaction } from "./work.ts";

/** What a script needs beside its SQL. */
export interface Order {
  readonly script: Script;
  readonly ledger: string;
  /** What the ledger is told: done, begun, and as if nothing had been. */
  readonly writes: {
    done(elapsedMs: number): readonly Sent[];
    readonly started: readonly Sent[];
    readonly back: readonly Sent[];
  };
  /** An earlier attempt that stopped inside the script; null to begin with its first statement. */
  readonly resume: Attempt | null;
}

/** Applies one script, and says what is in the database afterwards. */
export async function apply(order: Order, desk: Desk): Promise<Outcome> {
  const started = { at: new Date(), ms: performance.now() };
  const { script, resume } = order;
  desk.say({ kind: "applying", path: script.path, direction: script.direction, from: resume?.statement ?? 0 });
  const { version, name, path } = script;
  const outcome = await attempt(order, started.at, desk);
  if (script.leavesTraces && outcome.status !== "unknown")
    await cleanSession(desk.session(), desk.settings).catch(() => undefined);
  const ms = Math.round(performance.now() - started.ms);
  return { version, name, path, ...(outcome.status === "applied" ? { ...outcome, ms } : outcome) };
}

type Done =
  | { readonly status: "applied"; readonly rows: number; readonly retries: number; readonly statements: number }
  | { readonly status: "undone" | "unknown"; readonly failure: Failure }
  | { readonly status: "partial"; readonly failure: Failure; readonly done: number };

async function attempt(order: Order, startedAt: Date, desk: Desk): Promise<Done> {
  const { script, resume } = order;
  const row = newAttempt(order, startedAt);
  if (isOneTransaction(script.parts) && resume === null) return inOneTransaction(order, row, desk);
  return inParts(order, row, desk);
}

function newAttempt({ script, ledger, resume }: Order, startedAt: Date): NewAttempt {
  const { version, name, digest, direction, statements } = script;
  return {
    ...{ id: resume?.id ?? crypto.randomUUID(), ledger, version, name, digest, direction, statements, startedAt },
    ...{ status: "started", inDoubt: true, statement: 0, doneDigest: null, rows: 0, error: null },
  };
}

/** DDL, the ledger's row and the journal's row: all of them, or none. */
async function inOneTransaction({ script, writes }: Order, row: NewAttempt, desk: Desk): Promise<Done> {
  const part = script.parts.find((each) => each.kind === "transaction");
  const { statements } = script;
  const doneDigest = script.doneDigest(statements);
  const applied: NewAttempt = { ...row, status: "applied", inDoubt: false, statement: statements, doneDigest };
  const ended = await withRetries(part, script, desk, {
    writes: (rows) => [
      ...writes.done(Date.now() - row.startedAt.getTime()),
      insertAttempt({ ...applied, rows }, desk.run, desk.runner),
    ],
    attempt: { id: row.id, status: "applied", statement: statements },
  });
  if (ended.kind === "committed") return { status: "applied", rows: ended.rows, retries: ended.retries, statements };
  const { failure } = ended;
  if (ended.kind === "unknown") return { status: "unknown", failure };
  await record(
    insertAttempt({ ...row, status: "undone", inDoubt: false, error: inOneLine(failure) }, desk.run, desk.runner),
    desk,
  );
  return { status: "undone", failure };
}

/** Part by part: each leaves in its own transaction how far the script has come. */
async function inParts({ script, writes, resume }: Order, row: NewAttempt, desk: Desk): Promise<Done> {
  const { statements, parts } = script;
  let done = resume?.statement ?? 0;
  let rows = resume?.rows ?? 0;
  let retries = 0;
  const progress = (to: Pick<Progress, "status" | "statement"> & Partial<Progress>): Sent =>
    updateAttempt({
      id: row.id,
      doneDigest: script.doneDigest(to.statement),
      inDoubt: to.status === "started",
      rows,
      error: null,
      ...to,
    });
  /** Writes after a part: how far it came, or that this was all. */
  const after = (part: Part): Writes => {
    const status = part === parts.at(-1) ? "applied" : "started";
    const statement = status === "applied" ? statements : part.last;
    return {
      writes: (more) => [
        ...(status === "applied" ? writes.done(Date.now() - row.startedAt.getTime()) : []),
        progress({ status, statement, rows: rows + more }),
      ],
      attempt: { id: row.id, status, statement },
    };
  };
  const fail = async (ended: Stopped, leftBehind = false): Promise<Done> => {
    const { failure } = ended;
    if (ended.kind === "unknown") return { status: "unknown", failure };
    const status = done === 0 && !leftBehind ? "undone" : "partial";
    const back = status === "undone" ? writes.back : [];
    await recordAll(
      [...back, progress({ status, statement: done, inDoubt: leftBehind, error: inOneLine(failure) })],
      desk,
    );
    return status === "undone" ? { status, failure } : { status, failure, done };
  };

  const begun = await withRetries(undefined, script, desk, {
    writes: () => [
      ...writes.started,
      // What was in doubt stays so; what failed cleanly is about to be begun.
      resume === null ? insertAttempt(row, desk.run, desk.runner) : progress({ status: "started", statement: done }),
    ],
    attempt: { id: row.id, status: "started", statement: done },
  });
  if (begun.kind === "unknown") return { status: "unknown", failure: begun.failure };
  if (begun.kind === "rolled-back") {
    return resume === null
      ? { status: "undone", failure: begun.failure }
      : { status: "partial", failure: begun.failure, done };
  }
  for (const part of parts) {
    if (part.last <= done) continue;
    if (desk.signal.aborted) return fail({ kind: "rolled-back", failure: interrupted }, false);
    if (part.kind !== "transaction") {
      const begunBefore = resume?.inDoubt === true && done === resume.statement;
      const ended = await outside(part, script, begunBefore, desk);
      if (ended.kind !== "done") return fail(ended.stopped, ended.leftBehind);
      retries += ended.retries;
    }
    const ended = await withRetries(part.kind === "transaction" ? part : undefined, script, desk, after(part));
    // What stood alone is done, whether that could be written down or not.
    if (ended.kind !== "committed") return fail(ended, part.kind === "alone");
    retries += ended.retries;
    rows += ended.rows;
    done = part.last;
  }
  return { status: "applied", rows, retries, statements };
}

type Stopped = { readonly kind: "rolled-back" | "unknown"; readonly failure: Failure };

async function outside(
  part: Exclude<Part, { kind: "transaction" }>,
  script: Script,
  begunBefore: boolean,
  desk: Desk,
): Promise<
  | { readonly kind: "done"; readonly retries: number }
  | { readonly kind: "stopped"; readonly stopped: Stopped; readonly leftBehind: boolean }
> {
  const limits = limitsOf(script, desk);
  if (part.kind === "alone") {
    const ended = await runAlone({ part, limits, begunBefore }, desk);
    if (ended.kind === "done") return ended;
    const leftBehind = ended.kind === "failed" && ended.leftBehind;
    const kind = ended.kind === "failed" ? "rolled-back" : "unknown";
    return { kind: "stopped", stopped: { kind, failure: ended.failure }, leftBehind };
  }
  desk.watch.begin(limits);
  const answer = await desk.session().send([{ sql: "BEGIN" }, ...part.steps, { sql: "ROLLBACK" }]);
  const cut = await desk.watch.end();
  if (answer.kind === "done") return { kind: "done", retries: 0 };
  const step = part.steps[answer.index - 1] ?? null;
  const { failure } = failureOf(answer.error, { cut, step, desk });
  if (!answer.error.lost)
    await desk
      .session()
      .query("ROLLBACK")
      .catch(() => undefined);
  return { kind: "stopped", stopped: { kind: "rolled-back", failure }, leftBehind: false };
}

type Writes = Pick<Transaction, "writes" | "attempt">;

/** Tries a transaction again, whole, for as long as somebody is in the way and the budget lasts. */
async function withRetries(
  part: Extract<Part, { kind: "transaction" }> | undefined,
  script: Script,
  desk: Desk,
  writes: Writes,
): Promise<Ended & { readonly retries: number }> {
  const transaction = {
    begin: part?.begin ?? "BEGIN",
    steps: part?.steps ?? [],
    limits: limitsOf(script, desk),
    leavesTraces: script.leavesTraces,
    ...writes,
  };
  for (let retries = 0; ; retries++) {
    if (desk.signal.aborted && part !== undefined)
      return { kind: "rolled-back", again: false, failure: interrupted, retries };
    const ended = await runTransaction(transaction, desk);
    if (ended.kind !== "rolled-back" || !ended.again || retries >= desk.settings.retries) return { ...ended, retries };
    if (!(await pause(desk, retries + 1, ended.failure.message))) return { ...ended, failure: interrupted, retries };
  }
}

function limitsOf(script: Script, { settings }: Desk) {
  return {
    maxBlockingMs: script.maxBlockingMs ?? settings.maxBlockingMs,
    maxDurationMs: settings.maxDurationMs,
  };
}

/** Writes down a failure, in a new connection where the old one is gone. What cannot be written is told anyway. */
async function record(sent: Sent, desk: Desk): Promise<void> {
  await recordAll([sent], desk);
}

async function recordAll(sent: readonly Sent[], desk: Desk): Promise<void> {
  for (let attempt = 1; attempt <= 2; attempt++) {
    try {
      const session = desk.session();
      await cleanSession(session, desk.settings);
      const answer = await session.send([{ sql: "BEGIN" }, ...sent, { sql: "COMMIT" }]);
      if (answer.kind === "done") return;
      if (!answer.error.lost) {
        await session.query("ROLLBACK");
        return;
      }
    } catch (thrown) {
      if (!asDatabaseError(thrown).lost) return;
    }
    if (desk.signal.aborted) return;
    await desk.reopen().catch(() => undefined);
  }
}

/** For the journal. */
function inOneLine({ message, sqlstate }: Failure): string {
  return sqlstate === null ? message : `${message} (${sqlstate})`;
}

const interrupted: Failure = {
  code: "interrupted",
  message: "The run was interrupted.",
  details: [],
  hint: "run lockkeeper migrate again: it goes on from here.",
  sqlstate: null,
  at: null,
};
