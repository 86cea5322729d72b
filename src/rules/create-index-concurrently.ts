import { insertAfter } from "../facts/clauses.ts";
import { display, quoted, quoteIdentifier } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "create-index-concurrently",
  meta: {
    title: "Build indexes with CONCURRENTLY",
    hazard: "locks",
    risk: "high",
    why: "A plain CREATE INDEX holds a SHARE lock while it reads the whole table, so every insert, update and delete on that table waits until the build ends.",
    fix: "Write CREATE INDEX CONCURRENTLY, alone in its file: it cannot run inside a transaction.",
    links: ["https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"],
  },
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.kind !== "create-index" || action.concurrently) continue;
        const built = action.effects.filter((effect) => effect.kind === "lock" && effect.mode === "SHARE");
        // Nobody uses a table that this set of migrations has only just created: then no lock is left.
        if (built.length === 0) continue;
        const table = display(action.table);
        if (built.length > 1) {
          const index = quoteIdentifier(action.index ?? `${action.table.name}_idx`);
          yield {
            at: action.span,
            message: `Writes to ${table} and its partitions wait for the whole of this index build, one partition after the other.`,
            safer: `${insertAfter(action.sql, "on", "ONLY") ?? action.sql};\n-- then for each partition, alone in its file: CREATE INDEX CONCURRENTLY … and ALTER INDEX ${index} ATTACH PARTITION …`,
          };
          continue;
        }
        yield {
          at: action.span,
          message: `Writes to ${table} wait for the whole of this index build.`,
          safer: `${insertAfter(action.sql, "index", "CONCURRENTLY") ?? `CREATE INDEX CONCURRENTLY ON ${quoted(action.table)} …`};\n-- alone in its migration file: it cannot run inside a transaction`,
        };
      }
    }
  },
});
