import type { LedgerMigration } from "../migrations/recorded.ts";
import type { LedgerChoice } from "../plan/database.ts";
import { openLedger } from "./ledgers/index.ts";
import type { Session } from "./session.ts";

/** Makes a ledger where it is not there, and records migrations in it as applied, all or none. */
export async function recordApplied(
  session: Session,
  choice: LedgerChoice,
  migrations: readonly LedgerMigration[],
): Promise<void> {
  await session.query("BEGIN");
  try {
    const { ledger } = await openLedger(session, choice);
    for (const { sql, values } of ledger.create()) await session.query(sql, values);
    for (const migration of migrations) {
      for (const { sql, values } of ledger.applied(migration)) await session.query(sql, values);
    }
    const { command } = await session.query("COMMIT");
    if (command !== "COMMIT") throw new TypeError(`COMMIT was answered with ${command}.`);
  } catch (error) {
    await session.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
