import type { ActionOf } from "../facts/actions.ts";
import { aloneInFile, comment, hasWords, indexedPart, insertAfter, nameFrom } from "../facts/clauses.ts";
import type { ActionWithEffects } from "../facts/facts.ts";
import { display, quoted, quoteIdentifier, type Relation, same } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

type CreateIndex = ActionOf<"create-index"> & ActionWithEffects;

export default defineRule({
  id: "create-index-concurrently",
  meta: {
    title: "Build indexes with CONCURRENTLY",
    hazard: "locks",
    risk: "high",
    why: "A plain CREATE INDEX holds a SHARE lock while it reads the whole table, so every insert, update and delete on that table waits until the build ends, and in a transaction until that ends.",
    fix: "Write CREATE INDEX CONCURRENTLY, alone in its file: it cannot run inside a transaction. Where it fails it leaves an INVALID index behind; drop that before the next try.",
    links: ["https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"],
  },
  speaksOf: ["create-index"],
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.kind !== "create-index" || action.concurrently) continue;
        // No lock is left where the set has only just made the table, none that lasts where the index is there already.
        const isBuilt = action.effects.some((effect) => effect.kind === "lock" && effect.lasts === "index-build");
        if (!isBuilt || hasWords(action.sql, "on", "only")) continue;
        const table = display(action.table);
        if (isRead(action, action.table)) {
          yield {
            at: action.span,
            message: `Writes to ${table} wait for the whole of this index build.`,
            safer: `${insertAfter(action.sql, "index", "CONCURRENTLY") ?? action.sql};\n${aloneInFile}`,
          };
          continue;
        }
        const partitions = partitionsOf(action);
        yield {
          at: action.span,
          // Partitions are often made by a program, not by migrations.
          certainty: partitions.length === 0 ? "possible" : "certain",
          message: `Writes to ${table} and to every partition of it wait until the index of the last partition is built.`,
          safer: onePartitionAtATime(action, partitions),
        };
      }
    }
  },
});

/** A partitioned table has no rows of its own: what is read for its index is its partitions. */
function isRead({ effects }: CreateIndex, table: Relation): boolean {
  return effects.some(({ kind, relation }) => kind === "scan" && relation !== null && same(relation, table));
}

function partitionsOf(action: CreateIndex): readonly Relation[] {
  return action.effects.flatMap(({ kind, relation }) => {
    return kind === "lock" && relation !== null && !same(relation, action.table) ? [relation] : [];
  });
}

const mostPartitions = 5;

function onePartitionAtATime(action: CreateIndex, partitions: readonly Relation[]): string {
  const { table, columns, sql } = action;
  const part = indexedPart(sql);
  const name = action.index ?? nameFrom([table.name, ...columns].join("_"), "_idx");
  const index = quoted({ ...table, name });
  const named = action.index === null ? insertAfter(sql, "index", quoteIdentifier(name)) : sql;
  const first = `${insertAfter(named ?? sql, "on", "ONLY") ?? sql};`;
  const isSimple = partitions.length > 0 && partitions.length <= mostPartitions && part !== null;
  if (!isSimple || !partitions.every((each) => isRead(action, each))) {
    return `${first}\n${comment(`then for each partition, alone in a file: CREATE INDEX CONCURRENTLY, and ALTER INDEX ${index} ATTACH PARTITION`)}`;
  }
  const unique = action.unique ? "UNIQUE " : "";
  const own = (each: Relation): Relation => ({ ...each, name: nameFrom([each.name, ...columns].join("_"), "_idx") });
  return [
    first,
    "-- then each of these alone in its migration file:",
    ...partitions.map(
      (each) => `CREATE ${unique}INDEX CONCURRENTLY ${quoteIdentifier(own(each).name)} ON ${quoted(each)} ${part};`,
    ),
    "-- and when all are built:",
    ...partitions.map((each) => `ALTER INDEX ${index} ATTACH PARTITION ${quoted(own(each))};`),
  ].join("\n");
}
