import type { Settings } from "../commands/settings.ts";
import { UserError } from "../errors.ts";
import type { RollbackResult } from "../plan/back-result.ts";
import { isGood } from "../report/manifest.ts";
import { otherWay } from "../report/other-way.ts";
import { type BackupOptions, storeOf } from "./backup.ts";

/** What a person is told of backups where going back was refused, or would lose something: the last good one from before. */
export async function otherWayOf(
  { plan, refusal, outcomes }: RollbackResult,
  settings: Settings,
  values: Pick<BackupOptions, "store">,
): Promise<readonly string[]> {
  const isLosing = plan?.losses.some(({ rows }) => rows !== 0) ?? false;
  const isWanted = refusal !== null && notAboutTheWay.every((code) => code !== refusal.code);
  if (outcomes.length > 0 || (!isWanted && !isLosing)) return [];
  if ((values.store ?? settings.environment.backup.store) === null) return [];
  const { listBackups } = await import("../backup/stored.ts");
  try {
    const { backups } = await listBackups(await storeOf(values, settings, false));
    const applied = (plan?.migrations ?? []).flatMap(({ appliedAt }) => appliedAt?.getTime() ?? []);
    const first = Math.min(...applied);
    const of = backups.filter((each) => {
      if (plan !== null && plan.server.database !== each.database) return false;
      const isBefore = Date.parse(each.time) <= first;
      return isGood(each) && each.contents === "all" && isBefore;
    });
    return of[0] === undefined ? [] : otherWay(of[0]);
  } catch (thrown) {
    // It is a hint: a store that is not there yet is no reason to say less of the rest.
    if (thrown instanceof UserError) return [];
    throw thrown;
  }
}

/** The way back is there; somebody only has to say or mend something else first. */
const notAboutTheWay = [
  "plan-not-agreed",
  "plan-changed",
  "backup-required",
  "backup-unknown",
  "backup-unsuitable",
  "preflight-failed",
  "hook-failed",
  "option-invalid",
  "target-unknown",
  "target-not-below",
  "target-not-applied",
  "steps-too-many",
];
