import { key, type Relation } from "../sql/names.ts";
import type { Lock } from "./facts.ts";
import { type LockMode, stronger } from "./locks.ts";

/** A lock, and those that were taken before it: the list of all is put together for the few who ask. */
interface Taken {
  readonly lock: Lock;
  readonly before: Taken | null;
}

/** The locks of a transaction as they were at one moment; null: none. */
export type Held = Taken | null;

/** The locks that a transaction takes, as they come. */
export interface HeldLog {
  take(relation: Relation, mode: LockMode): void;
  giveBack(): void;
  now(): Held;
}

/** The locks of a transaction that has taken none yet. */
export function heldLog(): HeldLog {
  const modes = new Map<string, LockMode>();
  let held: Held = null;
  return {
    take(relation, mode) {
      const before = modes.get(key(relation));
      const strongest = before === undefined ? mode : stronger(before, mode);
      if (strongest === before) return;
      modes.set(key(relation), strongest);
      held = { lock: { relation, mode: strongest }, before: held };
    },
    giveBack() {
      held = null;
      modes.clear();
    },
    now: () => held,
  };
}

/** The locks in the order in which they were taken, each with the strongest mode that it came to. */
export function locksOf(last: Held): readonly Lock[] {
  const backwards: Lock[] = [];
  for (let each = last; each !== null; each = each.before) backwards.push(each.lock);
  const locks = new Map<string, Lock>();
  for (const lock of backwards.reverse()) locks.set(key(lock.relation), lock);
  return [...locks.values()];
}
