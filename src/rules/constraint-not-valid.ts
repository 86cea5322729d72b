import type { ActionOf, ConstraintDefinition } from "../facts/actions.ts";
import { addedColumn, insertAfter, nameFrom, subcommandOf } from "../facts/clauses.ts";
import type { ActionWithEffects } from "../facts/facts.ts";
import { blocksReads } from "../facts/locks.ts";
import { lockOn, whoWaits } from "../facts/waiting.ts";
import { display, quoted, quoteIdentifier, type Relation, same } from "../sql/names.ts";
import { defineRule, type Problem } from "./rule.ts";

type AddConstraint = ActionOf<"add-constraint"> & ActionWithEffects;
type AddColumn = ActionOf<"add-column"> & ActionWithEffects;

export default defineRule({
  id: "constraint-not-valid",
  meta: {
    title: "Add foreign keys and checks NOT VALID, then validate",
    hazard: "locks",
    risk: "high",
    why: "Adding a foreign key or a check reads every row while it holds a lock that stops writes: SHARE ROW EXCLUSIVE on both tables of a foreign key, ACCESS EXCLUSIVE for a check. VALIDATE CONSTRAINT reads the same rows while they can be read and written.",
    fix: "Add the constraint NOT VALID, which looks at no row, and validate it in a later migration.",
    links: ["https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"],
  },
  speaksOf: ["add-constraint", "add-column"],
  *check({ statements, major }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (!action.effects.some((effect) => effect.kind === "scan" && effect.certainty === "certain")) continue;
        if (action.kind === "add-constraint") yield* added(action, major);
        else if (action.kind === "add-column") yield* addedWithColumn(action);
      }
    }
  },
});

function* added(action: AddConstraint, major: number): Generator<Problem> {
  const { constraint, table } = action;
  const suffix = suffixes[constraint.type];
  if (suffix === undefined) return;
  const columns = constraint.type === "check" && constraint.columns.length !== 1 ? [] : constraint.columns;
  const name = quoteIdentifier(constraint.name ?? nameFrom([table.name, ...columns].join("_"), suffix));
  const own = subcommandOf(action.sql);
  const named = constraint.name === null ? (insertAfter(own, "add", `CONSTRAINT ${name}`) ?? own) : own;
  const apart = (tables: readonly Relation[]): string[] => [
    ...tables.map((each) => `ALTER TABLE ${quoted(each)} ${named} NOT VALID;`),
    "-- and in a later migration:",
    ...tables.map((each) => `ALTER TABLE ${quoted(each)} VALIDATE CONSTRAINT ${name};`),
  ];
  const read = action.effects.flatMap(({ kind, certainty, relation }) => {
    return kind === "scan" && certainty === "certain" && relation !== null ? [relation] : [];
  });
  // Before 18 a partitioned table takes no foreign key NOT VALID, but it takes over those of its partitions unread.
  const byPartition = constraint.type === "foreign-key" && major < 18 && !read.some((each) => same(each, table));
  const safer = byPartition
    ? [...apart(read), "-- and in one after that, which reads no row again:", `ALTER TABLE ${quoted(table)} ${named};`]
    : apart([table]);
  yield { at: action.span, message: message(action, constraint), safer: safer.join("\n") };
}

/** The constraints that are looked at row by row, with the end of the name that PostgreSQL gives them. */
const suffixes: Readonly<Partial<Record<ConstraintDefinition["type"], string>>> = {
  check: "_check",
  "foreign-key": "_fkey",
  "not-null": "_not_null",
};

function* addedWithColumn(action: AddColumn): Generator<Problem> {
  // A table that is written anew has a finding of its own.
  if (action.effects.some(({ kind }) => kind === "rewrite")) return;
  const looksUp = action.fill !== "null";
  const isRead = (type: string): boolean => type === "check" || (looksUp && type === "foreign-key");
  const constraint = action.constraints.find(({ type }) => isRead(type));
  if (constraint === undefined) return;
  yield { at: action.span, message: message(action, constraint), safer: saferColumn(action, looksUp) };
}

/** A column's own constraint cannot be NOT VALID: it is taken out and added as the table's. */
function saferColumn({ table, column, sql }: AddColumn, looksUp: boolean): string {
  const { bare, clauses } = addedColumn(sql) ?? { bare: subcommandOf(sql), clauses: [] };
  const kept: string[] = [bare];
  const constraints: { readonly name: string; readonly text: string }[] = [];
  for (const { kind, name, text } of clauses) {
    if (kind !== "check" && !(looksUp && kind === "references")) {
      kept.push(name === null ? text : `CONSTRAINT ${name} ${text}`);
      continue;
    }
    const own = nameFrom(`${table.name}_${column}`, kind === "check" ? "_check" : "_fkey");
    const number = constraints.filter((each) => each.name.includes(own)).length;
    constraints.push({
      name: name ?? quoteIdentifier(number === 0 ? own : nameFrom(own, String(number))),
      text: kind === "check" ? text : `FOREIGN KEY (${quoteIdentifier(column)}) ${text}`,
    });
  }
  const adding = constraints.map(({ name, text }) => `ADD CONSTRAINT ${name} ${text} NOT VALID`);
  return [
    `ALTER TABLE ${quoted(table)} ${[kept.join(" "), ...adding].join(", ")};`,
    "-- and in a later migration:",
    ...constraints.map(({ name }) => `ALTER TABLE ${quoted(table)} VALIDATE CONSTRAINT ${name};`),
  ].join("\n");
}

function message(
  { table, effects }: AddConstraint | AddColumn,
  { type, references, columns }: ConstraintDefinition,
): string {
  const own = display(table);
  const mode = lockOn(table, effects) ?? "ACCESS EXCLUSIVE";
  if (type === "not-null")
    return `${whoWaits(mode, own)} while every row is searched for a NULL in ${columns.join(", ")}.`;
  if (type === "check" || references === null) return `${whoWaits(mode, own)} while every row is checked.`;
  if (same(references.table, table))
    return `${whoWaits(mode, own)} while every row of it is looked up in the same table.`;
  const other = display(references.table);
  const looking = `while every row of ${own} is looked up in ${other}.`;
  // Nobody waits for a table that the set has only just made.
  if (lockOn(references.table, effects) === null) return `${whoWaits(mode, own)} ${looking}`;
  return blocksReads(mode)
    ? `${whoWaits(mode, own)}, and writes to ${other} wait, ${looking}`
    : `Writes to ${own} and to ${other} wait ${looking}`;
}
