import { hasWord } from "../facts/clauses.ts";
import type { ActionWithEffects, Certainty, Lock, StatementFacts } from "../facts/facts.ts";
import { atLeast, blocksWrites, lockModes } from "../facts/locks.ts";
import { endsTransaction, lockOn, takenOnLine, whoWaits } from "../facts/waiting.ts";
import { display } from "../sql/names.ts";
import { list } from "../text.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "lock-held-during-work",
  meta: {
    title: "Keep long work out of a transaction that holds a strong lock",
    hazard: "locks",
    risk: "medium",
    why: "A lock is held until its transaction ends, not until its statement does. ADD COLUMN needs ACCESS EXCLUSIVE for an instant only, but with a backfill behind it in one transaction nobody can read the table until the backfill is done.",
    fix: "Commit what changes the schema first, and do the long work in a migration of its own.",
    links: ["https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES"],
  },
  *check({ statements }) {
    // Once a transaction: what stands behind the first long statement waits for the same commit.
    let isSaid = false;
    for (const [at, facts] of statements.entries()) {
      if (endsTransaction(facts)) isSaid = false;
      const work = isSaid ? null : longWork(facts);
      if (work === null) continue;
      const held = facts.before.held
        .filter((lock) => blocksWrites(lock.mode) && !isExplained(lock, facts))
        .toSorted((a, b) => lockModes.indexOf(b.mode) - lockModes.indexOf(a.mode));
      const [first, ...others] = held;
      if (first === undefined) continue;
      isSaid = true;
      const lockAndLine = (lock: Lock): string =>
        `${lock.mode} on ${display(lock.relation)}${sinceLine(takenOnLine(statements, at, lock))}`;
      const more =
        others.length === 0
          ? ""
          : `, and ${list(others.slice(0, mostOthers).map(lockAndLine))}${others.length > mostOthers ? " among others" : ""}`;
      yield {
        at: facts.statement.span,
        certainty: work.certainty,
        message: `${whoWaits(first.mode, display(first.relation))} while this runs: the transaction holds ${lockAndLine(first)}${more}.`,
        safer: apart(facts),
      };
    }
  },
});

const mostOthers = 3;

function sinceLine(line: number | null): string {
  return line === null ? "" : ` since line ${line}`;
}

/** The effect for which a statement takes its time; null where it needs its locks for an instant. */
function longWork({ actions }: StatementFacts): { readonly certainty: Certainty } | null {
  const long = actions.filter((action) => !isSmall(action)).flatMap(({ effects }) => effects);
  const work = long.filter((effect) => effect.kind === "lock" && effect.lasts !== "instant");
  return work.find(({ certainty }) => certainty === "certain") ?? work[0] ?? null;
}

/** A few rows by their key, or one that is put together on the spot. */
function isSmall(action: ActionWithEffects): boolean {
  if (action.kind === "update" || action.kind === "delete") return action.atMost !== null && action.atMost <= 100;
  return action.kind === "insert" && !hasWord(action.sql, "from", "table");
}

/** Where the statement itself needs as strong a lock, or validates a constraint, another finding says who waits for it. */
function isExplained({ relation, mode }: Lock, { actions, effects }: StatementFacts): boolean {
  const own = lockOn(relation, effects);
  if (own === null) return false;
  return atLeast(own, mode) || actions.every(({ kind }) => kind === "validate-constraint");
}

const mostLines = 10;

/** Writes of rows can be moved as they are; what changes the schema has a safer way of its own. */
function apart({ actions, statement }: StatementFacts): string {
  const isWrite = actions.every(({ kind }) => /^(?:insert|update|delete|merge|copy-from|select)$/.test(kind));
  const where = "-- in a migration of its own, after this one, with what builds on it";
  return isWrite && statement.sql.split("\n").length <= mostLines ? `${where}:\n${statement.sql};` : where;
}
