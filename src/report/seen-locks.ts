import { blocksReads, blocksWrites } from "../facts/locks.ts";
import { during, holdOf, lockedName } from "./lock-words.ts";
import type { LockModeName, ReportDialect, ReportEffect, ReportMigration, ReportStatement } from "./report.ts";

type Lock = Extract<ReportEffect, { kind: "lock" }>;
export type Lasts = Lock["lasts"];

/** How long others wait: for as long as the statement needs its lock, or until other work of the same transaction is done. */
export type Waiting = Lasts | "later-work";

const longest: readonly Waiting[] = ["instant", "later-work", "scan", "index-build", "rewrite"];

/** The longer of two. */
export function longer(a: Lasts, b: Lasts): Lasts {
  return longest.indexOf(a) > longest.indexOf(b) ? a : b;
}

/** What a migration does to those who use one relation: the lock of it that hurts most. */
export interface SeenLock {
  /** Empty where it is not known. */
  readonly relation: string;
  readonly mode: LockModeName;
  readonly lasts: Waiting;
  readonly certainty: Lock["certainty"];
  readonly dialect: ReportDialect;
}

/** Each relation on which somebody waits, the one that hurts most first. What only the set itself uses is not among them. */
export function seenLocks({ statements, dialect }: ReportMigration): readonly SeenLock[] {
  const byRelation = new Map<string, SeenLock>();
  const lastWork = lastWorkOf(statements);
  statements.forEach(({ effects, transaction }, i) => {
    for (const effect of effects) {
      const hold = holdOf(effect, dialect);
      if (hold === null || !blocksWrites(hold.mode)) continue;
      const { mode, certainty } = hold;
      // PostgreSQL gives no lock back before the transaction ends, however short the statement needs it.
      const isHeld = transaction !== null && (lastWork.get(transaction) ?? -1) > i;
      const lasts = hold.lasts === "instant" && isHeld ? "later-work" : hold.lasts;
      const lock: SeenLock = { relation: lockedName(hold.relation, dialect), mode, lasts, certainty, dialect };
      const known = byRelation.get(lock.relation);
      const isWorse = known === undefined || weight(lock) > weight(known);
      const isSurer = known !== undefined && weight(lock) === weight(known) && certainty === "certain";
      if (isWorse || isSurer) byRelation.set(lock.relation, lock);
    }
  });
  return [...byRelation.values()].sort((a, b) => weight(b) - weight(a));
}

/** For each transaction its last statement that takes longer than a moment, by its index. */
function lastWorkOf(statements: readonly ReportStatement[]): ReadonlyMap<number, number> {
  const last = new Map<number, number>();
  statements.forEach(({ transaction, effects, actions }, i) => {
    const isLong =
      actions.some((action) => action.class === "data" && action.risk !== "low" && action.risk !== "medium") ||
      effects.some((effect) => effect.kind === "lock" && effect.lasts !== "instant");
    if (transaction !== null && isLong) last.set(transaction, i);
  });
  return last;
}

/** The higher, the more it hurts: first how long, then who waits. */
export function weight({ mode, lasts }: Pick<SeenLock, "mode" | "lasts">): number {
  return 2 * longest.indexOf(lasts) + (blocksReads(mode) ? 1 : 0);
}

/** How long, in words. */
export const duringWords: Readonly<Record<Waiting, string>> = { ...during, "later-work": "through later work" };
