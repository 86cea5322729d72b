import type { Failure } from "../plan/outcome.ts";
import type { Part, Recovery } from "../plan/parts.ts";
import {
  finalize,
  halfDone,
  inTheWay,
  isHalfDetached,
  leftBehind,
  marksOf,
  stateOf,
  untouched,
} from "./alone-state.ts";
import { cleanSession, type Desk, pause } from "./desk.ts";
import { asDatabaseError } from "./errors.ts";
import { dropInvalid, type FoundIndex, invalidIndexes } from "./indexes.ts";
import type { Session } from "./session.ts";
import { refuseStandby } from "./settle.ts";
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
export async function runAlone(alone: Alone, desk: Desk): Promise<EndedAlone> {
  const { part, limits, begunBefore } = alone;
  const { step, recovery } = part;
  const at = { span: step.span, number: step.number };
  let before: Before;
  try {
    const session = desk.session();
    if (begunBefore) {
      const state = await stateOf(recovery, session);
      if (state === "done") return { kind: "done", retries: 0 };
      if (state === "unknown") return { kind: "unknown", failure: undecided(at) };
      if (typeof state !== "string" && !(await dropAll(state, desk))) return failedBy(invalid(state, at), true);
    } else {
      const other = await inTheWay(recovery, session);
      if (other !== null) return failedBy(invalid([other], at), false);
    }
    before = { invalid: await invalidIndexes(session), marks: begunBefore ? null : await marksOf(recovery, session) };
  } catch (thrown) {
    // Of this run nothing has been sent.
    return failedBy(failureOf(asDatabaseError(thrown), { cut: null, step, desk }).failure, begunBefore);
  }
  for (let attempt = 1; ; attempt++) {
    const session = desk.session();
    let failed: ReturnType<typeof failureOf> | null = null;
    try {
      const sql = (await isHalfDetached(recovery, session)) ? finalize(recovery) : step.sql;
      desk.watch.begin(limits);
      try {
        await session.query(sql);
        await desk.watch.end();
        return { kind: "done", retries: attempt - 1 };
      } catch (thrown) {
        const error = asDatabaseError(thrown);
        const cut = await desk.watch.end();
        failed = failureOf(error, { cut, step, desk });
        if (error.lost) return afterLoss(part, before, failed.failure, desk);
      }
      const { failure, again } = failed;
      const left = await leftBehind(recovery, before.invalid, session);
      const clean = await dropAll(left, desk);
      if (recovery.kind === "unknown") return failedBy(failure, true);
      const isLast = !clean || !again || attempt > desk.settings.retries;
      if (!isLast && (await pause(desk, attempt, failure.message))) continue;
      return await withTraces(clean ? failure : withRest(failure, left), { clean, before }, recovery, session);
    } catch (thrown) {
      // Lost while the catalog was asked what a failure had left.
      const { failure } = failed ?? failureOf(asDatabaseError(thrown), { cut: null, step, desk });
      return afterLoss(part, before, failure, desk);
    }
  }
}

/** What the catalog had before the statement was sent. */
interface Before {
  readonly invalid: readonly FoundIndex[];
  /** Null where an earlier attempt may have changed it already. */
  readonly marks: string | null;
}

function failedBy(failure: Failure, leftBehind: boolean): EndedAlone {
  return { kind: "failed", failure, leftBehind };
}

/** A failure, with whether the statement has done a part of its work: DROP INDEX CONCURRENTLY and its like commit in between. */
async function withTraces(
  failure: Failure,
  { clean, before }: { readonly clean: boolean; readonly before: Before },
  recovery: Recovery,
  session: Session,
): Promise<EndedAlone> {
  const marks = await marksOf(recovery, session);
  if (marks === null || marks === before.marks || untouched.includes(marks)) return failedBy(failure, !clean);
  return failedBy({ ...failure, details: [...failure.details, halfDone(recovery)] }, true);
}

/** The connection went with the statement under way. When the lock can be had the server is done with it, one way or the other. */
async function afterLoss(
  { recovery, step }: Alone["part"],
  before: Before,
  failure: Failure,
  desk: Desk,
): Promise<EndedAlone> {
  desk.say({ kind: "reconnecting", why: failure.message });
  try {
    await desk.reopen();
    const session = desk.session();
    await refuseStandby(session);
    await cleanSession(session, desk.settings);
    const state = await stateOf(recovery, session);
    if (state === "done") return { kind: "done", retries: 0 };
    if (state === "unknown") return { kind: "unknown", failure: undecided({ span: step.span, number: step.number }) };
    const left = await leftBehind(recovery, before.invalid, session);
    const clean = await dropAll(left, desk);
    return await withTraces(clean ? failure : withRest(failure, left), { clean, before }, recovery, session);
  } catch {
    return { kind: "unknown", failure };
  }
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
