import type { ActionWithEffects, Lasts, StatementFacts } from "../facts/facts.ts";
import { blocksWrites } from "../facts/locks.ts";
import { key, type Relation } from "../sql/names.ts";
import type { TableSize } from "./database.ts";

/**
 * Bytes that a server gets through in a second, for want of better: a table read from a disk, and an index or a table written. They are
 * meant for telling seconds from hours.
 */
const bytesPerSecond: Readonly<Record<Exclude<Lasts, "instant">, number>> = {
  scan: 200 * 1024 ** 2,
  "index-build": 50 * 1024 ** 2,
  rewrite: 50 * 1024 ** 2,
};

/** For how long others have to wait for the locks of a migration, in milliseconds, from the sizes alone; null where a size is not known. */
export function estimatedLockMs(
  statements: readonly StatementFacts[],
  sizes: ReadonlyMap<string, TableSize>,
): number | null {
  let total = 0;
  let isKnown = true;
  for (const { before, effects, actions } of statements) {
    const waits = before.held.some(({ mode }) => blocksWrites(mode));
    for (const effect of effects) {
      if (effect.kind !== "lock" || effect.lasts === "instant" || effect.relation === null) continue;
      if (!waits && !blocksWrites(effect.mode)) continue;
      const ms = workMs(effect.relation, effect.lasts, sizes);
      if (ms === null) isKnown = false;
      else total += ms;
    }
    // How many rows a statement changes nobody knows beforehand; it matters to others only under a lock that stops them.
    if (waits && actions.some(changesRows)) isKnown = false;
  }
  return isKnown ? total : null;
}

function workMs(
  relation: Relation,
  lasts: Exclude<Lasts, "instant">,
  sizes: ReadonlyMap<string, TableSize>,
): number | null {
  const size = sizes.get(key(relation));
  const bytes = (lasts === "rewrite" ? size?.totalBytes : size?.bytes) ?? null;
  return bytes === null ? null : Math.round((bytes / bytesPerSecond[lasts]) * 1000);
}

function changesRows({ kind }: ActionWithEffects): boolean {
  return kind === "update" || kind === "delete" || kind === "merge" || kind === "copy-from";
}
