import type { Decision } from "../plan/target.ts";
import type { Order } from "./apply.ts";
import { cleanSession, type Desk, ownRights } from "./desk.ts";
import { insertAttempt, updateAttempt } from "./journal.ts";

/** Writes what a person has decided: the ledger as it says, and the attempt as resolved, in one transaction. Throws DatabaseError. */
export async function decide({ script, ledger, writes, resume }: Order, decision: Decision, desk: Desk): Promise<void> {
  const session = desk.session();
  await cleanSession(session, desk.settings);
  const isApplied = decision === "applied";
  const statement = isApplied ? script.statements : 0;
  const doneDigest = script.doneDigest(statement);
  const said = `decided by ${desk.run.actor ?? "a person"}: ${decision}`;
  const how = {
    status: "resolved",
    statement,
    inDoubt: false,
    doneDigest,
    rows: resume?.rows ?? 0,
    error: said,
  } as const;
  const { version, name, digest, direction, statements } = script;
  const row =
    resume === null
      ? insertAttempt(
          {
            ...how,
            id: crypto.randomUUID(),
            ledger,
            version,
            name,
            digest,
            direction,
            statements,
            startedAt: new Date(),
          },
          desk.run,
          desk.runner,
        )
      : updateAttempt({ ...how, id: resume.id });
  const answer = await session.send([
    { sql: "BEGIN" },
    ...ownRights(desk.settings),
    ...(isApplied ? writes.done(0) : writes.back),
    row,
    { sql: "COMMIT" },
  ]);
  if (answer.kind === "done") return;
  await session.query("ROLLBACK").catch(() => undefined);
  throw answer.error;
}
