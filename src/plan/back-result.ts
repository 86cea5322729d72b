import type { BackPlan, RollbackReason } from "./back.ts";
import type { Outcome } from "./outcome.ts";
import type { TakenBackup } from "./taken-backup.ts";

/** What going back did. */
export interface RollbackResult {
  readonly reason: RollbackReason;
  readonly automatic: boolean;
  /** Null where it was refused before there was one. */
  readonly plan: BackPlan | null;
  /** Why nothing was begun; null where it was. */
  readonly refusal: {
    readonly code: string;
    readonly message: string;
    readonly details: readonly string[];
    readonly hint: string | null;
  } | null;
  /** The backup that stands behind it; null where there is none. */
  readonly backup: TakenBackup | null;
  /** One for each migration, the newest first. */
  readonly outcomes: readonly Outcome[];
  readonly amiss: readonly string[];
  readonly warnings: readonly string[];
  readonly exitStatus: 0 | 1 | 3;
}
