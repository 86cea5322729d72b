import type { ActionOf, ConstraintDefinition } from "../facts/actions.ts";
import { addedColumn, insertAfter, nameFrom, subcommandOf } from "../facts/clauses.ts";
import type { ActionWithEffects, Effect, StatementFacts } from "../facts/facts.ts";
import { blocksReads, blocksWrites, type LockMode, stronger } from "../facts/locks.ts";
import { display, quoted, quoteIdentifier, type Relation, same } from "../sql/names.ts";
import { defineRule, type Problem } from "./rule.ts";

type AddConstraint = ActionOf<"add-constraint"> & ActionWithEffects;
type AddColumn = ActionOf<"add-column"> & ActionWithEffects;
type Validate = ActionOf<"validate-constraint"> & ActionWithEffects;

export default defineRule({
  id: "constraint-not-valid",
  meta: {
    title: "Add foreign keys and checks NOT VALID, then validate",
    hazard: "locks",
    risk: "high",
    why: "Adding a foreign key or a check reads every row while it holds a lock that stops writes: SHARE ROW EXCLUSIVE on both tables of a foreign key, ACCESS EXCLUSIVE for a check. VALIDATE CONSTRAINT reads the same rows while they can be read and written, but only in a transaction that does not hold such a lock already.",
    fix: "Add the constraint NOT VALID, which looks at no row, and validate it in a later migration.",
    links: ["https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"],
  },
  *check({ statements, major }) {
    for (const facts of statements) {
      for (const action of facts.actions) {
        if (!action.effects.some((effect) => effect.kind === "scan" && effect.certainty === "certain")) continue;
        if (action.kind === "add-constraint") yield* added(action, major);
        else if (action.kind === "add-column") yield* addedWithColumn(action);
        else if (action.kind === "validate-constraint") yield* validated(action, facts);
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

/** The point of VALIDATE is its weak lock: it is lost where a stronger one is held already. */
function* validated(action: Validate, { before, actions }: StatementFacts): Generator<Problem> {
  const { table } = action;
  const held = before.held.find(({ relation }) => same(relation, table))?.mode ?? null;
  const own = lockOn(table, action.effects);
  const mode = held === null ? own : own === null ? held : stronger(held, own);
  if (mode === null || !blocksWrites(mode)) return;
  const reason =
    held !== null && blocksWrites(held)
      ? "this transaction took that lock before and holds it to its end"
      : "another part of this ALTER TABLE needs that lock";
  const adds = actions.find((each) => each.kind === "add-constraint" && each.constraint.name === action.name);
  const apart = `ALTER TABLE ${quoted(table)} VALIDATE CONSTRAINT ${quoteIdentifier(action.name)};`;
  yield {
    at: action.span,
    message: `${whoWaits(mode, display(table))} while every row is checked for ${action.name}: ${reason}.`,
    safer:
      adds === undefined
        ? `-- in a migration of its own:\n${apart}`
        : `ALTER TABLE ${quoted(table)} ${subcommandOf(adds.sql)};\n-- and in a later migration:\n${apart}`,
  };
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

function whoWaits(mode: LockMode, table: string): string {
  return blocksReads(mode) ? `Nobody can read or write ${table}` : `Writes to ${table} wait`;
}

/** The strongest lock that an action takes on a relation. */
function lockOn(of: Relation, effects: readonly Effect[]): LockMode | null {
  let strongest: LockMode | null = null;
  for (const effect of effects) {
    if (effect.kind !== "lock" || effect.relation === null || !same(effect.relation, of)) continue;
    strongest = strongest === null ? effect.mode : stronger(strongest, effect.mode);
  }
  return strongest;
}
