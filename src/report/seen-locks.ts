import { blocksReads, blocksWrites } from "../facts/locks.ts";
import type { LockModeName, ReportEffect, ReportMigration } from "./report.ts";

type Lock = Extract<ReportEffect, { kind: "lock" }>;
export type Lasts = Lock["lasts"];

const longest: readonly Lasts[] = ["instant", "scan", "index-build", "rewrite"];

/** The longer of two. */
export function longer(a: Lasts, b: Lasts): Lasts {
  return longest.indexOf(a) > longest.indexOf(b) ? a : b;
}

/** What a migration does to those who use one relation: the lock of it that hurts most. */
export interface SeenLock {
  /** Empty where it is not known. */
  readonly relation: string;
  readonly mode: LockModeName;
  readonly lasts: Lasts;
  readonly certainty: Lock["certainty"];
}

/** Each relation on which somebody waits, the one that hurts most first. What only the set itself uses is not among them. */
export function seenLocks({ statements }: ReportMigration): readonly SeenLock[] {
  const byRelation = new Map<string, SeenLock>();
  for (const { effects } of statements) {
    for (const effect of effects) {
      if (effect.kind !== "lock" || !blocksWrites(effect.mode)) continue;
      const { mode, lasts, certainty } = effect;
      const lock: SeenLock = { relation: effect.relation ?? "", mode, lasts, certainty };
      const known = byRelation.get(lock.relation);
      const isWorse = known === undefined || weight(lock) > weight(known);
      const isSurer = known !== undefined && weight(lock) === weight(known) && certainty === "certain";
      if (isWorse || isSurer) byRelation.set(lock.relation, lock);
    }
  }
  return [...byRelation.values()].sort((a, b) => weight(b) - weight(a));
}

/** The higher, the more it hurts: first how long, then who waits. */
export function weight({ mode, lasts }: Pick<SeenLock, "mode" | "lasts">): number {
  return 2 * longest.indexOf(lasts) + (blocksReads(mode) ? 1 : 0);
}

/** How long, in words. */
export const duringWords: Readonly<Record<Lasts, string>> = {
  instant: "for an instant",
  scan: "during a scan",
  "index-build": "during an index build",
  rewrite: "during a rewrite",
};
