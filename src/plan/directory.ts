import type { Layout } from "../config/config.ts";
import type { HistoryEntry } from "../migrations/standing.ts";
import type { LedgerReading } from "./database.ts";

/** One directory of migrations with what its ledger says of it. */
export interface SurveyedDirectory {
  readonly directory: string;
  readonly layout: Layout;
  readonly ledger: LedgerReading;
  /** The files in the order of their versions, then what is recorded and has no file. */
  readonly entries: readonly HistoryEntry[];
}
