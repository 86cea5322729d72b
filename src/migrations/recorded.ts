/** What a tool has recorded in the database. */
export interface LedgerState {
  /** Whether the table is there. */
  readonly exists: boolean;
  /** In the order in which they were recorded, as far as the tool keeps it. */
  readonly applied: readonly AppliedVersion[];
  /** Every version up to this one counts as applied, recorded or not: golang-migrate's only row, Flyway's baseline. Null: only what is recorded. */
  readonly upTo: string | null;
  /** The version that the tool has begun and not finished; it applies nothing more until somebody decides. */
  readonly dirty: string | null;
}

/** A version that is recorded as applied. Version and checksum are as the tool writes them. */
export interface AppliedVersion {
  readonly version: string;
  readonly name: string | null;
  readonly checksum: string | null;
  readonly appliedAt: Date | null;
}

/** What Lockkeeper's journal says of one attempt, the oldest first. */
export interface JournalEntry {
  readonly version: string;
  /** Of the migration as it was then; empty where nobody knows. */
  readonly digest: string;
  readonly direction: "up" | "down";
  readonly status: "started" | "applied" | "undone" | "partial" | "resolved";
  readonly finishedAt: Date | null;
}

/** A migration as a ledger records it. */
export interface LedgerMigration {
  /** As the file name spells it. */
  readonly version: string;
  readonly name: string;
  /** Of the up script, from the directory of the migrations. */
  readonly script: string;
  /** By `checksum` of the ledger; null where the tool keeps none. */
  readonly checksum: string | null;
  readonly executionMs: number;
}
