import type { Failure } from "../plan/outcome.ts";
import type { Step } from "../plan/parts.ts";
import type { Sent } from "./session.ts";
import type { Limits } from "./watch.ts";

/** What became of a transaction. */
export type Ended =
  | { readonly kind: "committed"; readonly rows: number }
  /** It is not in the database. again: somebody was in the way, and the same may work later. */
  | { readonly kind: "rolled-back"; readonly failure: Failure; readonly again: boolean }
  /** The server could not be asked whether it is. */
  | { readonly kind: "unknown"; readonly failure: Failure };

/** What is done together. */
export interface Transaction {
  readonly begin: string;
  readonly steps: readonly Step[];
  /** The ledger's and the journal's rows, when it is known how many rows the steps have counted. */
  writes(rows: number): readonly Sent[];
  readonly limits: Limits;
  /** Whether the script may have changed role, search path or limits. */
  readonly leavesTraces: boolean;
  /** Of the attempt whose row is among the writes: its status there tells, after a lost answer, whether the COMMIT was done. */
  readonly attempt: { readonly id: string; readonly status: string; readonly statement: number };
}
