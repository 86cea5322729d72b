import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "../errors.ts";
import type { Desk } from "./desk.ts";
import { describeHolder, type Holder, holder, holderColumns } from "./lock.ts";
import type { Session } from "./session.ts";

/** What the connections of every apply-command are called, before what tells one run from another. */
export const commandName = "lockkeeper-apply-";

/**
 * Waits for the command of a runner that is gone: it goes on without the lock that its runner had. Throws Refusal where it does not end in
 * time. Only where nobody else can have the lock.
 */
export async function waitForLeftCommands(
  session: Session,
  { waitMs, signal, say }: Pick<Desk, "say" | "signal"> & { readonly waitMs: number },
): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (let attempt = 0; ; attempt++) {
    const left = await leftIn(session);
    const [first] = left;
    if (first === undefined) return;
    if (attempt === 0) say({ kind: "waiting-for-runner", by: describeHolder(first) });
    if (signal.aborted || performance.now() > deadline) {
      throw new Refusal(
        "command-still-running",
        "The command of a run that is gone is still at work in this database.",
        {
          details: left.map((each) => `It is ${describeHolder(each)}.`),
          hint: "wait for it, or end those connections: what its ledger has afterwards is not done twice.",
        },
      );
    }
    await sleep(500, undefined, { signal }).catch(() => undefined);
  }
}

async function leftIn(session: Session): Promise<readonly Holder[]> {
  const { rows } = await session.query(
    `SELECT ${holderColumns} FROM pg_catalog.pg_stat_activity a
     WHERE a.datname = pg_catalog.current_database() AND a.application_name LIKE '${commandName}%' ORDER BY a.backend_start`,
  );
  return rows.map(holder);
}
