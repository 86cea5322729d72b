import type { Attempt } from "../plan/attempt.ts";
import type { BackPlan, RollbackReason } from "../plan/back.ts";
import type { RollbackResult } from "../plan/back-result.ts";
import type { PlanDatabase } from "../plan/database.ts";
import { blockingRefusal } from "./back-refusal.ts";
import { refusalIn } from "./refusal.ts";
import { overlooking, resumable } from "./resume.ts";

/** What going back would do, and what would keep it from beginning whatever anybody agrees to. */
export async function dryRunOf(
  { reason, automatic }: { reason: RollbackReason; automatic: boolean },
  attempts: readonly Attempt[],
  database: PlanDatabase,
  planOf: (database: PlanDatabase) => Promise<BackPlan>,
): Promise<RollbackResult> {
  const base = { reason, automatic, backup: null, outcomes: [], amiss: [], warnings: [] };
  try {
    const plan = await planOf(overlooking(resumable(attempts, "down"), database));
    const refusal = blockingRefusal(plan);
    const warnings = plan.migrations.flatMap(({ gone }) => gone);
    return { ...base, plan, refusal, warnings, exitStatus: refusal === null ? 0 : 1 };
  } catch (thrown) {
    return { ...base, plan: null, refusal: refusalIn(thrown), exitStatus: 1 };
  }
}
