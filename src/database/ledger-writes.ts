import type { Job } from "../plan/target.ts";
import type { Order } from "./apply.ts";
import type { Ledger, LedgerMigration } from "./ledgers/ledger.ts";
import type { Sent } from "./session.ts";

/** What the ledger is told of a script: after an up, or after a down. */
export function writesOf(ledger: Ledger, { script, file, below }: Job): Order["writes"] {
  const of = (version: string, name: string, executionMs: number): LedgerMigration => {
    return { version, name, script: file.path, checksum: ledger.checksum(file.bytes), executionMs };
  };
  const before = below === null ? null : of(below.version, below.name, 0);
  const { version, name, direction } = script;
  const up = (executionMs: number): readonly Sent[] => ledger.applied(of(version, name, executionMs));
  const down = (): readonly Sent[] => ledger.reverted(of(version, name, 0), before);
  return direction === "up"
    ? { done: up, started: ledger.started(of(version, name, 0)), back: dirtyOnly(ledger, of(version, name, 0), down) }
    : { done: down, started: [], back: [] };
}

/** A ledger that marks what is under way has the mark taken back; another has nothing to take back. */
function dirtyOnly(ledger: Ledger, migration: LedgerMigration, back: () => readonly Sent[]): readonly Sent[] {
  return ledger.started(migration).length === 0 ? [] : back();
}
