import type { LedgerId } from "../../config/config.ts";
import type { LedgerMigration, LedgerState } from "../../migrations/recorded.ts";
import type { Session } from "../session.ts";

export type { AppliedVersion, LedgerMigration, LedgerState } from "../../migrations/recorded.ts";

/** A statement that goes into the migration's own transaction; every name in it has its schema, because a file may change the search path. */
export interface LedgerWrite {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** How a tool keeps what is applied. */
export interface Ledger {
  readonly id: LedgerId;
  /** As SQL names it, with its schema. */
  readonly table: string;
  /** False for ledgers that are only read: the tool alone writes them. */
  readonly writable: boolean;
  /** The checksum that the tool would record for an up script; null where it keeps none. */
  checksum(script: Uint8Array): string | null;
  /** What other versions of the tool record for the same script; left out where there are none. */
  otherChecksums?(script: Uint8Array): readonly string[];
  /** Makes the table as the tool does, where it is not there. */
  create(): readonly LedgerWrite[];
  read(session: Session): Promise<LedgerState>;
  /** After an up. */
  applied(migration: LedgerMigration): readonly LedgerWrite[];
  /** After a down; below is the migration before it that stays applied, null where there is none. */
  reverted(migration: LedgerMigration, below: LedgerMigration | null): readonly LedgerWrite[];
  /** Before a file that cannot be in one transaction: golang-migrate's dirty mark. Nothing for most tools. */
  started(migration: LedgerMigration): readonly LedgerWrite[];
}
