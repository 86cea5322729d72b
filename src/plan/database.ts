import type { AppliedBy, Layout, LedgerConfig, LedgerId } from "../config/config.ts";
import type { MutableCatalog } from "../facts/catalog.ts";
import type { JournalEntry, LedgerMigration, LedgerState } from "../migrations/recorded.ts";
import type { Grammar } from "../sql/postgres.ts";

/** Which server and database this is. */
export interface ServerIdentity {
  readonly database: string;
  /** The role that connected. */
  readonly user: string;
  /** The cluster's own number, which a copy of its files shares; null where the server does not tell it. */
  readonly systemIdentifier: string | null;
  readonly major: number;
  /** As the server says it: 16.4. */
  readonly version: string;
}

/** Which ledger a directory has. */
export interface LedgerChoice {
  readonly layout: Layout;
  readonly appliedBy: AppliedBy;
  readonly config: LedgerConfig;
}

/** A ledger with what is recorded in it. */
export interface LedgerReading {
  readonly id: LedgerId;
  /** As SQL names it. */
  readonly table: string;
  readonly writable: boolean;
  /** The tool's own ledger that is read beside it; null where there is none. */
  readonly besides: string | null;
  readonly state: LedgerState;
  /** Tables like it in other schemas. */
  readonly elsewhere: readonly string[];
  /** The checksum that it would record for an up script; null where it keeps none. */
  checksum(script: Uint8Array): string | null;
  /** Whether a recorded checksum is one of this up script, by this version of the tool or another. */
  recognises(script: Uint8Array, recorded: string): boolean;
}

/** What the server's statistics say of a table; estimates, read without a lock. */
export interface TableSize {
  readonly rows: number | null;
  /** Of the table alone, without its indexes. */
  readonly bytes: number | null;
  /** With indexes and long values. */
  readonly totalBytes: number | null;
  /** Rows written since the statistics were reset. */
  readonly writes: number | null;
}

/** Where `baseline` writes. */
export interface BaselineDatabase extends PlanDatabase {
  /** Makes ledger and journal where they are not there, and records these as applied in both, all or none. */
  record(choice: LedgerChoice, migrations: readonly (LedgerMigration & { readonly digest: string })[]): Promise<void>;
}

/** What a plan asks of a database. It reads, and never writes. */
export interface PlanDatabase {
  identity(): Promise<ServerIdentity>;
  /** Throws UserError where what has the ledger's name is no ledger. */
  ledger(choice: LedgerChoice): Promise<LedgerReading>;
  /** Attempts at the migrations of this ledger, the oldest first. */
  journal(table: string): Promise<readonly JournalEntry[]>;
  /** Whether nobody has made anything in it. */
  isEmpty(): Promise<boolean>;
  catalog(grammar: () => Grammar): Promise<MutableCatalog>;
  /** By the key of the relation. */
  sizes(): Promise<ReadonlyMap<string, TableSize>>;
}
