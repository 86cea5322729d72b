import type { Layout } from "../config/config.ts";
import type { HistoryEntry } from "../migrations/standing.ts";
import type { LedgerReading } from "./database.ts";
import type { Program } from "./program.ts";

/** One directory of migrations with what its ledger says of it. */
export interface SurveyedDirectory {
  readonly directory: string;
  readonly layout: Layout;
  readonly ledger: LedgerReading;
  /** How its own tool applies it; null where Lockkeeper does. */
  readonly program: Program | null;
  /** The files in the order of their versions, then what is recorded and has no file. */
  readonly entries: readonly HistoryEntry[];
}
