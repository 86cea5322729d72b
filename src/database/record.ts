import type { LedgerMigration } from "../migrations/recorded.ts";
import { baselineRemark, type RunContext } from "../plan/attempt.ts";
import type { LedgerChoice } from "../plan/database.ts";
import { insertAttempt, prepareJournal } from "./journal.ts";
import { openLedger } from "./ledgers/index.ts";
import type { Session } from "./session.ts";

/** A migration that is recorded without being run, with the digest of its scripts. */
export type Known = LedgerMigration & { readonly digest: string };

/** Makes a ledger where it is not there, and records migrations in it and in the journal as applied, all or none. */
export async function recordApplied(
  session: Session,
  choice: LedgerChoice,
  {
    migrations,
    run,
    runner,
  }: { readonly migrations: readonly Known[]; readonly run: RunContext; readonly runner: string },
): Promise<void> {
  await prepareJournal(session);
  await session.query("BEGIN");
  try {
    const { ledger } = await openLedger(session, choice);
    for (const { sql, values } of ledger.create()) await session.query(sql, values);
    for (const migration of migrations) {
      const attempt = insertAttempt(
        {
          ...{ id: crypto.randomUUID(), ledger: ledger.table, direction: "up", status: "applied", inDoubt: false },
          ...{ version: migration.version, name: migration.name, digest: migration.digest, startedAt: new Date() },
          ...{ statement: 0, statements: 0, doneDigest: null, rows: 0, error: baselineRemark },
        },
        run,
        runner,
      );
      for (const { sql, values } of [...ledger.applied(migration), attempt]) await session.query(sql, values);
    }
    const { command } = await session.query("COMMIT");
    if (command !== "COMMIT") throw new TypeError(`COMMIT was answered with ${command}.`);
  } catch (error) {
    await session.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
