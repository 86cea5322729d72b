import type { Attempt } from "../plan/attempt.ts";
import type { Decision } from "../plan/target.ts";
import type { Order } from "./apply.ts";
import { cleanSession, type Desk, ownRights } from "./desk.ts";
import { insertAttempt, type Progress, updateAttempt } from "./journal.ts";
import type { Sent } from "./session.ts";

/** Writes what a person has decided: the ledger as it says, and the attempt with it, in one transaction. Throws DatabaseError. */
export async function decide({ script, ledger, writes, resume }: Order, decision: Decision, desk: Desk): Promise<void> {
  const { version, name, digest, direction, statements } = script;
  const done = decision.kind === "applied" ? statements : decision.kind === "resume" ? decision.done : 0;
  const how: Omit<Progress, "id"> = {
    status: decision.kind === "resume" ? "partial" : "resolved",
    statement: done,
    inDoubt: false,
    doneDigest: script.doneDigest(done),
    rows: resume?.rows ?? 0,
    error: saidBy(desk, decision.kind === "resume" ? `go on after statement ${done}` : decision.kind),
  };
  const fresh = {
    id: crypto.randomUUID(),
    ledger,
    version,
    name,
    digest,
    direction,
    statements,
    startedAt: new Date(),
  };
  const row =
    resume === null
      ? insertAttempt({ ...fresh, ...how }, desk.run, desk.runner)
      : updateAttempt({ ...how, id: resume.id });
  const inLedger =
    decision.kind === "applied"
      ? writes.done(0)
      : decision.kind === "not-applied"
        ? writes.back
        : // What is to be gone on with is marked as begun, where the ledger has such a mark.
          writes.started;
  await writeTogether([...inLedger, row], desk);
}

/** Says of an attempt that somebody has settled it otherwise. Throws DatabaseError. */
export async function settle({ id, statement, doneDigest, rows }: Attempt, how: string, desk: Desk): Promise<void> {
  const error = saidBy(desk, how);
  await writeTogether(
    [updateAttempt({ id, status: "resolved", statement, inDoubt: false, doneDigest, rows, error })],
    desk,
  );
}

function saidBy({ run }: Desk, what: string): string {
  return `decided by ${run.actor ?? "a person"}: ${what}`;
}

async function writeTogether(writes: readonly Sent[], desk: Desk): Promise<void> {
  const session = desk.session();
  await cleanSession(session, desk.settings);
  const answer = await session.send([{ sql: "BEGIN" }, ...ownRights(desk.settings), ...writes, { sql: "COMMIT" }]);
  if (answer.kind === "done") return;
  await session.query("ROLLBACK").catch(() => undefined);
  throw answer.error;
}
