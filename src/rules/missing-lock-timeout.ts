import type { ActionKind } from "../facts/actions.ts";
import type { StatementFacts } from "../facts/facts.ts";
import { blocksReads, blocksWrites } from "../facts/locks.ts";
import { display } from "../sql/names.ts";
import { count } from "../text.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "missing-lock-timeout",
  meta: {
    title: "Set a lock_timeout before a lock that everybody waits behind",
    hazard: "locks",
    risk: "low",
    why: "A statement that waits for a strong lock stands at the head of a queue: behind one long SELECT it waits, and every later query of the table waits behind it, also those that would not wait for the SELECT. With a lock_timeout it gives up instead, and can be tried again. Counted are the statements that need such a lock for an instant: those that hold one for long have findings of their own. CREATE TABLE, which stops nobody but writers of the tables that it refers to, is left out. Lockkeeper sets a lock_timeout itself.",
    fix: "Set lock_timeout to a few seconds at the head of the migration, or for the role that runs migrations (ALTER ROLE … SET lock_timeout) and turn this rule off.",
    links: ["https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT"],
  },
  *check({ statements, model }) {
    if (model === "lockkeeper") return;
    // Once a file, at the first of them: the remedy is one line for all.
    const waiting = statements.flatMap((facts) => {
      const lock = facts.before.lockTimeoutMs ? null : queuedFor(facts);
      return lock === null ? [] : [{ facts, lock }];
    });
    const [first] = waiting;
    if (first === undefined) return;
    const { facts, lock } = first;
    const table = display(lock.relation);
    const others = waiting.length - 1;
    const more =
      others === 0 ? "" : ` ${count(others, "more statement")} of this file ${others === 1 ? "does" : "do"} the same.`;
    const what = blocksReads(lock.mode) ? "query" : "write";
    const isInTransaction = facts.before.inTransaction || model === "one-string";
    yield {
      at: facts.statement.span,
      message: `No lock_timeout is set: while this waits for ${lock.mode} on ${table} behind one long ${what}, every later ${what} of it waits behind this.${more}`,
      safer: `SET ${isInTransaction ? "LOCAL " : ""}lock_timeout = '3s';`,
    };
  },
});

/** What is dropped should have no users left that could wait. */
const unused: ReadonlySet<ActionKind> = new Set<ActionKind>([
  "drop-table",
  "drop-view",
  "drop-materialized-view",
  "drop-schema",
]);

/**
 * The lock for which a statement waits, with everybody behind it. Only one that it needs for an instant: what holds a strong lock
 * for long has a finding of its own, and another way to do it.
 */
function queuedFor({ actions, effects }: StatementFacts) {
  if (effects.some((effect) => effect.kind === "lock" && effect.lasts !== "instant" && blocksWrites(effect.mode)))
    return null;
  for (const { kind, effects: own } of actions) {
    if (unused.has(kind)) continue;
    for (const effect of own) {
      if (effect.kind !== "lock" || effect.certainty !== "certain" || effect.relation === null) continue;
      const { mode, relation } = effect;
      if (blocksReads(mode) || (blocksWrites(mode) && kind !== "create-table")) return { mode, relation };
    }
  }
  return null;
}
