import type { ActionWithEffects } from "../facts/facts.ts";
import { stronger } from "../facts/locks.ts";
import type { WantedLock } from "../plan/preflight.ts";
import { key } from "../sql/names.ts";
import type { Work } from "./surroundings.ts";

/** The strongest lock that the pending migrations ask for on each table that is there. */
export function locksFor(plan: Work): readonly WantedLock[] {
  const wanted = new Map<string, WantedLock>();
  for (const { script } of plan.migrations) {
    for (const { effects } of script.file.statements) {
      for (const effect of effects) {
        if (effect.kind !== "lock" || effect.relation === null) continue;
        const before = wanted.get(key(effect.relation));
        const mode = before === undefined ? effect.mode : stronger(before.mode, effect.mode);
        wanted.set(key(effect.relation), { table: effect.relation, mode });
      }
    }
  }
  return [...wanted.values()];
}

/** Whether something is built or dropped concurrently: it waits for every old transaction, whatever that holds. */
export function waitsForSnapshots(plan: Work): boolean {
  return actionsOf(plan).some((action) => "concurrently" in action && action.concurrently);
}

/** What the pending migrations do, in their order. */
export function actionsOf(plan: Work): readonly ActionWithEffects[] {
  return plan.migrations.flatMap(({ script }) => script.file.statements.flatMap(({ actions }) => actions));
}
