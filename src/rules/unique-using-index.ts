import type { ActionOf } from "../facts/actions.ts";
import { addedColumn, addedColumnWithout, comment, nameFrom, subcommandOf } from "../facts/clauses.ts";
import type { ActionWithEffects } from "../facts/facts.ts";
import { keyClauseOf } from "../facts/key-clause.ts";
import { proofOfNotNull } from "../facts/not-null-proof.ts";
import { whoWaits } from "../facts/waiting.ts";
import { display, quoted, quoteIdentifier, same } from "../sql/names.ts";
import { list } from "../text.ts";
import { defineRule } from "./rule.ts";

type Added = ActionOf<"add-constraint" | "add-column"> & ActionWithEffects;
type Constraint = ActionOf<"add-constraint">["constraint"];

export default defineRule({
  id: "unique-using-index",
  meta: {
    title: "Build the index of a key before its constraint",
    hazard: "locks",
    risk: "high",
    why: "ADD UNIQUE, ADD PRIMARY KEY and EXCLUDE build an index while they hold an ACCESS EXCLUSIVE lock: nobody can even read the table until it is built. A unique index can be built CONCURRENTLY first, and the constraint takes it over in an instant.",
    fix: "CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … USING INDEX. For a primary key on a column that may be NULL, prove NOT NULL before that. EXCLUDE has no such way: it needs a new table, or an hour in which nobody needs this one.",
    links: [
      "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX",
    ],
  },
  speaksOf: ["add-constraint", "add-column"],
  *check({ statements, major }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.kind !== "add-constraint" && action.kind !== "add-column") continue;
        const isBuilt = action.effects.some((effect) => effect.kind === "lock" && effect.lasts === "index-build");
        // A table that is written anew has a finding of its own.
        if (!isBuilt || action.effects.some(({ kind }) => kind === "rewrite")) continue;
        const all = action.kind === "add-constraint" ? [action.constraint] : action.constraints;
        const constraint = all.find(({ type }) => type === "unique" || type === "primary-key" || type === "exclude");
        if (constraint !== undefined) yield problem(action, constraint, major);
      }
    }
  },
});

function problem(action: Added, constraint: Constraint, major: number) {
  const { table, effects } = action;
  const read = effects.flatMap(({ kind, relation }) => (kind === "scan" && relation !== null ? [relation] : []));
  const isParent = !read.some((each) => same(each, table));
  const open = effects.flatMap((effect) => (effect.kind === "fails" ? (effect.column ?? []) : []));
  const who = whoWaits("ACCESS EXCLUSIVE", isParent ? `${display(table)} and its partitions` : display(table));
  const search = open.length === 0 ? "" : `, and while every row is searched for a NULL in ${list(open)}`;
  const key = constraint.type.replace("-", " ").toUpperCase();
  return {
    at: action.span,
    // The partitions that are known are those that migrations have made.
    certainty: read.length === 0 ? ("possible" as const) : ("certain" as const),
    message: `${who} while the index of ${key} (${constraint.columns.join(", ")}) is built${search}.`,
    safer: isParent ? forPartitions(action) : stepByStep(action, constraint, { key, open, major }),
  };
}

interface Wanted {
  readonly key: string;
  /** Columns of a primary key that may be NULL. */
  readonly open: readonly string[];
  readonly major: number;
}

function stepByStep(
  { kind, table, sql }: Added,
  { name, type, columns }: Constraint,
  { key, open, major }: Wanted,
): string {
  const own = kind === "add-column" ? addedColumnWithout(sql, "unique", "primary") : null;
  const written = addedColumn(kind === "add-column" ? sql : "")?.clauses.find((each) =>
    /^(?:unique|primary)$/.test(each.kind),
  );
  const clause = type === "exclude" ? null : keyClauseOf(written?.text ?? subcommandOf(sql));
  if (clause === null)
    return comment(
      "no index can be built beforehand: fill a new table that has it, or do it while nobody needs this one",
    );
  const isPrimary = type === "primary-key";
  const chosen = nameFrom([table.name, ...(isPrimary ? [] : columns)].join("_"), isPrimary ? "_pkey" : "_key");
  const index = quoteIdentifier(name ?? chosen);
  const named = clause.index.startsWith("(")
    ? clause.index
    : `(${columns.map(quoteIdentifier).join(", ")})${clause.index}`;
  const change = `ALTER TABLE ${quoted(table)}`;
  const proofs = open.map((column) => proofOfNotNull(table, column, major));
  return [
    ...(own === null ? [] : [`${change} ${own};`]),
    ...proofs.flatMap(({ steps }) => steps),
    "-- alone in its migration file, since it cannot run inside a transaction:",
    `CREATE UNIQUE INDEX CONCURRENTLY ${index} ON ${quoted(table)} ${named};`,
    "-- and in the next one:",
    `${change} ADD CONSTRAINT ${index} ${key} USING INDEX ${index}${clause.timing};`,
    ...proofs.flatMap(({ after }) => after),
  ].join("\n");
}

/** Where every partition has such a constraint already, the parent's takes them over and builds nothing. */
function forPartitions({ table }: Added): string {
  return [
    comment(
      `first for each partition of ${display(table)}: CREATE UNIQUE INDEX CONCURRENTLY, alone in a file, and then`,
    ),
    comment("ALTER TABLE … ADD CONSTRAINT … USING INDEX; this statement takes those over, and builds nothing"),
  ].join("\n");
}
