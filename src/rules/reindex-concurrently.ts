import type { ActionOf } from "../facts/actions.ts";
import { aloneInFile, comment, hasWord, insertAfter } from "../facts/clauses.ts";
import type { ActionWithEffects } from "../facts/facts.ts";
import { display } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "reindex-concurrently",
  meta: {
    title: "Rebuild indexes with CONCURRENTLY",
    hazard: "locks",
    risk: "high",
    why: "A plain REINDEX holds a SHARE lock on the table, which stops writes, and an ACCESS EXCLUSIVE lock on each index that it builds again: since a query looks at all indexes of a table before it runs, most reads wait as well.",
    fix: "Write REINDEX … CONCURRENTLY, alone in its file: it cannot run inside a transaction. Where it fails it leaves an invalid index whose name ends in _ccnew; drop that.",
    links: ["https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY"],
  },
  speaksOf: ["reindex"],
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.kind !== "reindex" || action.concurrently) continue;
        // No lock is left where the set has only just made the table.
        if (action.relation !== null && !action.effects.some(({ kind }) => kind === "lock")) continue;
        yield { at: action.span, message: message(action), safer: safer(action) };
      }
    }
  },
});

function message({ what, relation, schema, effects }: ActionOf<"reindex"> & ActionWithEffects): string {
  const table = effects.find(({ kind }) => kind === "lock")?.relation ?? relation;
  if (relation === null || table === null) {
    const where = what === "schema" ? `the schema ${schema ?? "public"}` : "the database";
    return `Writes to each table of ${where}, and most queries of it, wait while its indexes are built again.`;
  }
  const built = what === "index" ? display(relation) : "its indexes";
  return `Writes to ${display(table)}, and every query that is planned meanwhile, wait while ${built} ${what === "index" ? "is" : "are"} built again.`;
}

function safer({ what, sql }: ActionOf<"reindex"> & ActionWithEffects): string {
  // The indexes of the system's own tables cannot be rebuilt so.
  const concurrently = hasWord(sql, "system") ? null : insertAfter(sql, what, "CONCURRENTLY");
  if (concurrently === null) return comment("while nobody needs the database, or index by index");
  return `${concurrently};\n${aloneInFile}`;
}
