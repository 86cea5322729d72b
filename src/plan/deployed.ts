import type { RollbackResult } from "./back-result.ts";
import type { Outcome } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import type { TakenBackup } from "./taken-backup.ts";

/** What a deploy did. */
export interface DeployResult {
  /** Null where it was refused before there was one. */
  readonly plan: Plan | null;
  /** Why nothing was begun; null where it was, or where there was nothing to do. */
  readonly refusal: Refusal | null;
  /** The backup that stands behind it; null where there is none. */
  readonly backup: TakenBackup | null;
  /** One for each pending migration, in their order. */
  readonly outcomes: readonly Outcome[];
  /** What is not as it was planned to be afterwards. */
  readonly amiss: readonly string[];
  /** What a person should know, and that is not of this run's doing. */
  readonly warnings: readonly string[];
  /** What became of going back after a failure; null where that was not tried. */
  readonly rollback: RollbackResult | null;
  readonly exitStatus: 0 | 1 | 3;
}

/** Why a deploy was not begun. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly details: readonly string[];
  readonly hint: string | null;
}
