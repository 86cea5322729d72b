import type { Failure } from "../plan/outcome.ts";
import type { Part, Recovery } from "../plan/parts.ts";
import { quoted } from "../sql/names.ts";
import { cleanSession, type Desk, pause } from "./desk.ts";
import { asDatabaseError } from "./errors.ts";
import { dropInvalid, type FoundIndex, indexNamed, invalidIndexes, oidOf } from "./indexes.ts";
import type { Session } from "./session.ts";
import { failureOf } from "./transaction.ts";
import type { Limits } from "./watch.ts";

/** What became of a statement that no transaction covers. */
export type EndedAlone =
  | { readonly kind: "done"; readonly retries: number }
  /** leftBehind: something of it is in the database all the same. */
  | { readonly kind: "failed"; readonly failure: Failure; readonly leftBehind: boolean }
  | { readonly kind: "unknown"; readonly failure: Failure };

export interface Alone {
  readonly part: Extract<Part, { kind: "alone" }>;
  readonly limits: Limits;
  /** Whether an earlier attempt may have run it: the journal says that it was the next one. */
  readonly begunBefore: boolean;
}

/** Runs a statement outside of any transaction; what it leaves when it fails is taken away before it is tried again. */
export async function runAlone({ part, limits, begunBefore }: Alone, desk: Desk): Promise<EndedAlone> {
  const { step, recovery } = part;
  const at = { span: step.span, number: step.number };
  if (begunBefore) {
    const state = await stateOf(recovery, desk.session());
    if (state === "done") return { kind: "done", retries: 0 };
    if (state === "unknown") return { kind: "unknown", failure: undecided(at) };
    if (state !== "not-done" && !(await dropAll(state, desk))) return failedBy(invalid(state, at), true);
  } else {
    const other = await inTheWay(recovery, desk.session());
    if (other !== null) return failedBy(invalid([other], at), false);
  }
  for (let attempt = 1; ; attempt++) {
    const session = desk.session();
    const before = await invalidIndexes(session);
    desk.watch.begin(limits);
    try {
      await session.query(step.sql);
      await desk.watch.end();
      return { kind: "done", retries: attempt - 1 };
    } catch (thrown) {
      const error = asDatabaseError(thrown);
      const cut = await desk.watch.end();
      const { failure, again } = failureOf(error, { cut, step, desk });
      if (error.lost) return afterLoss(part, before, failure, desk);
      const left = await leftBehind(recovery, before, session);
      const clean = await dropAll(left, desk);
      const rest = clean ? failure : withRest(failure, left);
      if (recovery.kind === "unknown") return failedBy(rest, true);
      if (!clean || !again || attempt > desk.settings.retries) return failedBy(rest, !clean);
      if (!(await pause(desk, attempt, failure.message))) return failedBy(rest, false);
    }
  }
}

function failedBy(failure: Failure, leftBehind: boolean): EndedAlone {
  return { kind: "failed", failure, leftBehind };
}

/** The connection went with the statement under way. When the lock can be had the server is done with it, one way or the other. */
async function afterLoss(
  { recovery, step }: Alone["part"],
  before: readonly FoundIndex[],
  failure: Failure,
  desk: Desk,
): Promise<EndedAlone> {
  desk.say({ kind: "reconnecting", why: failure.message });
  try {
    await desk.reopen();
    await cleanSession(desk.session(), desk.settings);
    const state = await stateOf(recovery, desk.session());
    if (state === "done") return { kind: "done", retries: 0 };
    if (state === "unknown") return { kind: "unknown", failure: undecided({ span: step.span, number: step.number }) };
    const left = await leftBehind(recovery, before, desk.session());
    const clean = await dropAll(left, desk);
    return failedBy(clean ? failure : withRest(failure, left), !clean);
  } catch {
    return { kind: "unknown", failure };
  }
}

/** What the catalog says of a statement that may have run: done, not done, the broken indexes it has left, or nothing. */
async function stateOf(
  recovery: Recovery,
  session: Session,
): Promise<"done" | "not-done" | "unknown" | readonly FoundIndex[]> {
  switch (recovery.kind) {
    case "create-index": {
      // PostgreSQL chose the name, and may choose another one next time.
      if (recovery.index === null) return "unknown";
      const index = await indexNamed(session, recovery.table, recovery.index);
      if (index === null) return "not-done";
      return index.valid ? "done" : [index];
    }
    case "drop-index":
      return (await oidOf(session, recovery.index)) === null ? "done" : "not-done";
    case "reindex":
      return (await invalidIndexes(session)).filter(isReindexed);
    case "detach-partition": {
      const { rows } = await session.query(
        `SELECT inhdetachpending AS pending FROM pg_catalog.pg_inherits
         WHERE inhrelid = pg_catalog.to_regclass($1) AND inhparent = pg_catalog.to_regclass($2)`,
        [quoted(recovery.partition), quoted(recovery.table)],
      );
      if (rows[0] === undefined) return "done";
      return rows[0].pending === true ? "unknown" : "not-done";
    }
    case "repeatable":
      return "not-done";
    case "unknown":
      return "unknown";
  }
}

/** REINDEX CONCURRENTLY builds beside the old index under these names, and leaves them there when it fails. */
function isReindexed({ bareName }: FoundIndex): boolean {
  return /_cc(new|old)\d*$/.test(bareName);
}

/** An INVALID index that nobody here has made, with the name of the one to build: IF NOT EXISTS would pass over it. */
async function inTheWay(recovery: Recovery, session: Session): Promise<FoundIndex | null> {
  if (recovery.kind !== "create-index" || recovery.index === null) return null;
  const index = await indexNamed(session, recovery.table, recovery.index);
  return index === null || index.valid ? null : index;
}

/** The broken indexes that are there now and were not before. */
async function leftBehind(
  recovery: Recovery,
  before: readonly FoundIndex[],
  session: Session,
): Promise<readonly FoundIndex[]> {
  if (recovery.kind !== "create-index" && recovery.kind !== "reindex") return [];
  const fresh = (await invalidIndexes(session)).filter(({ oid }) => before.every((each) => each.oid !== oid));
  if (recovery.kind === "reindex") return fresh.filter(isReindexed);
  const table = await oidOf(session, recovery.table);
  return fresh.filter(({ tableOid, bareName }) => {
    return tableOid === table && (recovery.index === null || bareName === recovery.index);
  });
}

async function dropAll(indexes: readonly FoundIndex[], desk: Desk): Promise<boolean> {
  let all = true;
  for (const index of indexes) all = (await dropInvalid(index, desk)) && all;
  return all;
}

type At = NonNullable<Failure["at"]>;

function invalid(indexes: readonly FoundIndex[], at: At): Failure {
  const [index] = indexes;
  return {
    code: "index-invalid",
    message: `The index ${index?.name ?? ""} on ${index?.table ?? ""} is INVALID: a build of it has failed before.`,
    details: [
      "No query reads it. IF NOT EXISTS would pass over it and leave it so; a unique one may refuse rows already.",
    ],
    hint: `run DROP INDEX CONCURRENTLY ${index?.name ?? ""}; and then lockkeeper migrate again.`,
    sqlstate: null,
    at,
  };
}

function withRest(failure: Failure, left: readonly FoundIndex[]): Failure {
  const names = left.map(({ name, table }) => `The INVALID index ${name} on ${table} is still there.`);
  return { ...failure, details: [...failure.details, ...names] };
}

function undecided(at: At): Failure {
  return {
    code: "undecided",
    message: "An earlier attempt ended during this statement, and the catalog does not tell whether it was done.",
    details: [],
    hint: "run lockkeeper resolve: it shows what is known, and takes your decision.",
    sqlstate: null,
    at,
  };
}
