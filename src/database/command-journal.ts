import type { CommandJob } from "../plan/command.ts";
import type { Outcome } from "../plan/outcome.ts";
import type { Desk } from "./desk.ts";
import { insertAttempt, updateAttempt } from "./journal.ts";
import { dateOrNull, text, textOrNull } from "./rows.ts";
import type { ApplySession, Sent } from "./session.ts";

/** The journal's rows of a command: one a task, by their ids. */
export type CommandRows = readonly string[];

/**
 * Writes down that the tasks are begun, before the command is. What an earlier command of this ledger has left open is settled by it: the
 * tool's own ledger says from where it goes on. Throws DatabaseError.
 */
export async function startRows(
  { tasks, direction, planDigest, backupId }: CommandJob,
  ledger: string,
  session: ApplySession,
  desk: Desk,
): Promise<CommandRows> {
  const { run, runner } = desk;
  const context = { ...run, planDigest, ...(backupId === undefined ? {} : { backupId }) };
  const startedAt = new Date();
  const rows = tasks.map(({ version, name, digest }) => ({
    ...{ id: crypto.randomUUID(), ledger, version, name, digest, direction, startedAt },
    // A command tells nobody how far it is: it has no statements that could be counted.
    ...({
      status: "started",
      statement: 0,
      statements: 0,
      inDoubt: true,
      doneDigest: null,
      rows: 0,
      error: null,
    } as const),
  }));
  await sayOpen(ledger, session, desk);
  await together([settleOpen(ledger), ...rows.map((row) => insertAttempt(row, context, runner))], session);
  return rows.map(({ id }) => id);
}

/** Says what an earlier run has left open, before it is settled. */
async function sayOpen(ledger: string, session: ApplySession, { say }: Desk): Promise<void> {
  const { rows } = await session.query(
    `SELECT version, started_at, error FROM lockkeeper.journal
     WHERE ledger = $1 AND statements = 0 AND status IN ('started', 'partial') ORDER BY number DESC LIMIT 5`,
    [ledger],
  );
  for (const row of rows) {
    const when = dateOrNull(row, "started_at")?.toISOString().slice(0, 16).replace("T", " ") ?? "";
    const why = textOrNull(row, "error") ?? "its runner was gone.";
    const message = `the run of the command at ${when} UTC for ${text(row, "version")} has not finished: ${why} This one goes on from the ledger.`;
    say({ kind: "notice", severity: "NOTE", message });
  }
}

function settleOpen(ledger: string): Sent {
  return {
    sql: `UPDATE lockkeeper.journal SET status = 'resolved', finished_at = pg_catalog.clock_timestamp(),
        error = pg_catalog.concat_ws('; ', error, 'another run of the command has gone on from its ledger')
      WHERE ledger = $1 AND statements = 0 AND status IN ('started', 'partial')`,
    values: [ledger],
  };
}

/** Writes down what came of them. Throws DatabaseError. */
export async function finishRows(
  rows: CommandRows,
  outcomes: readonly Outcome[],
  session: ApplySession,
): Promise<void> {
  const writes = outcomes.flatMap((outcome, i) => {
    const id = rows[i];
    return id === undefined ? [] : [rename(id, outcome.version), updateAttempt({ id, ...progressOf(outcome) })];
  });
  await together(writes, session);
}

/** Which version it has led to is known when it is over. */
function rename(id: string, version: string): Sent {
  return { sql: "UPDATE lockkeeper.journal SET version = $2 WHERE id = $1", values: [id, version] };
}

function progressOf(outcome: Outcome): Omit<Parameters<typeof updateAttempt>[0], "id"> {
  const usual = { statement: 0, inDoubt: false, doneDigest: null, rows: 0, error: null };
  switch (outcome.status) {
    case "applied":
      return { ...usual, status: "applied" };
    case "undone":
      return { ...usual, status: "undone", error: outcome.failure.message };
    case "partial":
    case "unknown":
      return { ...usual, status: "partial", inDoubt: true, error: outcome.failure.message };
    case "not-run":
      return { ...usual, status: "undone", error: "The command did not come to it." };
  }
}

async function together(writes: readonly Sent[], session: ApplySession): Promise<void> {
  const answer = await session.send([{ sql: "BEGIN" }, ...writes, { sql: "COMMIT" }]);
  if (answer.kind === "done") return;
  await session.query("ROLLBACK").catch(() => undefined);
  throw answer.error;
}
