import type { ActionOf } from "../facts/actions.ts";
import { aloneInFile, comment } from "../facts/clauses.ts";
import type { ActionWithEffects, StatementFacts } from "../facts/facts.ts";
import { display, quoted, same } from "../sql/names.ts";
import { list } from "../text.ts";
import { defineRule } from "./rule.ts";

type DropIndex = ActionOf<"drop-index"> & ActionWithEffects;

export default defineRule({
  id: "drop-index-concurrently",
  meta: {
    title: "Drop indexes with CONCURRENTLY",
    hazard: "locks",
    risk: "medium",
    why: "A plain DROP INDEX takes an ACCESS EXCLUSIVE lock on the table of the index: it waits behind every query that uses the table, and everybody waits behind it; inside a transaction, until that ends.",
    fix: "Write DROP INDEX CONCURRENTLY, alone in its file: it cannot run inside a transaction, drops one index at a time, and knows no CASCADE.",
    links: ["https://www.postgresql.org/docs/current/sql-dropindex.html"],
  },
  speaksOf: ["drop-index"],
  *check({ statements }) {
    for (const facts of statements) {
      const dropped = facts.actions.filter(isDropIndex);
      const [first] = dropped;
      if (first === undefined) continue;
      const tables = new Set(dropped.flatMap(tablesOf));
      const isKnown = dropped.some(({ index, effects }) => !locked(effects).some((each) => same(each, index)));
      const whose = isKnown ? list([...tables]) : "its table";
      yield {
        at: first.span,
        certainty: isKnown ? "certain" : "possible",
        message: `Dropping ${list(dropped.map(({ index }) => display(index)))} locks ${whose}: nobody can read or write it from the moment this waits for its lock, behind the queries that run just then, to the end of the transaction.`,
        safer: safer(dropped),
      };
    }
  },
});

function isDropIndex(action: StatementFacts["actions"][number]): action is DropIndex {
  if (action.kind !== "drop-index" || action.concurrently || action.onlyNew) return false;
  // What PostgreSQL refuses waits for nobody.
  const isRefused = action.effects.some(({ kind, certainty }) => kind === "fails" && certainty === "certain");
  return !isRefused && locked(action.effects).length > 0;
}

function locked(effects: DropIndex["effects"]) {
  return effects.flatMap(({ kind, relation }) => (kind === "lock" && relation !== null ? [relation] : []));
}

function tablesOf({ effects }: DropIndex): readonly string[] {
  return locked(effects).map(display);
}

function safer(dropped: readonly DropIndex[]): string {
  // The indexes of partitions go with that of the table above them, which cannot be dropped CONCURRENTLY.
  if (dropped.some(({ effects }) => locked(effects).length > 1))
    return comment(
      "CONCURRENTLY cannot drop the index of a partitioned table: set a lock_timeout, and try again when it runs out",
    );
  const drops = dropped.map(
    ({ index, ifExists }) => `DROP INDEX CONCURRENTLY ${ifExists ? "IF EXISTS " : ""}${quoted(index)};`,
  );
  return [...drops, drops.length === 1 ? aloneInFile : aloneInFile.replace("alone", "each alone")].join("\n");
}
