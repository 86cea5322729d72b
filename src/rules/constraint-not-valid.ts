import type { ActionOf, ConstraintDefinition } from "../facts/actions.ts";
import { checkOf } from "../facts/clauses.ts";
import type { ActionWithEffects } from "../facts/facts.ts";
import { display, quoted, quoteIdentifier } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

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
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        const looks = action.effects.some((effect) => effect.kind === "scan" && effect.certainty === "certain");
        if (!looks) continue;
        if (action.kind === "add-constraint") {
          const { constraint, table } = action;
          if (constraint.type !== "foreign-key" && constraint.type !== "check" && constraint.type !== "not-null")
            continue;
          yield {
            at: action.span,
            message: message(display(table), constraint),
            safer: saferConstraint(action, constraint),
          };
        } else if (action.kind === "add-column" && action.effects.every(({ kind }) => kind !== "rewrite")) {
          const constraint = action.constraints.find(({ type }) => type === "foreign-key" || type === "check");
          if (constraint === undefined) continue;
          const safer = constraint.type === "check" ? saferColumn(action) : null;
          yield {
            at: action.span,
            message: message(display(action.table), constraint),
            ...(safer === null ? {} : { safer }),
          };
        }
      }
    }
  },
});

function message(table: string, { type, references }: ConstraintDefinition): string {
  if (type === "foreign-key") {
    const other = references === null ? "the other table" : display(references.table);
    return `Writes to ${table} and to ${other} wait while every row of ${table} is looked up in ${other}.`;
  }
  return `Nobody can read or write ${table} while every row of it is checked.`;
}

function saferConstraint(
  { table, sql }: ActionOf<"add-constraint"> & ActionWithEffects,
  constraint: ConstraintDefinition,
): string {
  const suffix = {
    "foreign-key": "fkey",
    check: "check",
    "not-null": "not_null",
    unique: "key",
    "primary-key": "pkey",
    exclude: "excl",
  };
  const columns = constraint.type === "check" && constraint.columns.length !== 1 ? [] : constraint.columns;
  const name = quoteIdentifier(constraint.name ?? [table.name, ...columns, suffix[constraint.type]].join("_"));
  // A single subcommand has the whole statement as its text.
  const add = sql.replace(/^[\s\S]*?\badd\b/i, "ADD");
  const named = constraint.name === null ? add.replace(/^ADD\b/, `ADD CONSTRAINT ${name}`) : add;
  return [
    `ALTER TABLE ${quoted(table)} ${named} NOT VALID;`,
    "-- and in a later migration:",
    `ALTER TABLE ${quoted(table)} VALIDATE CONSTRAINT ${name};`,
  ].join("\n");
}

/** A column's own check cannot be NOT VALID: it is taken out and added as the table's. */
function saferColumn({ table, column, sql }: ActionOf<"add-column"> & ActionWithEffects): string | null {
  const check = checkOf(sql);
  if (check === null) return null;
  const add = sql.replace(/^[\s\S]*?\badd\b/i, (lead) => " ".repeat(lead.length));
  const without = `${add.slice(0, check.start)}${add.slice(check.end)}`.replace(/\s+/g, " ").trim();
  const name = quoteIdentifier(`${table.name}_${column}_check`);
  return [
    `ALTER TABLE ${quoted(table)} ADD ${without}, ADD CONSTRAINT ${name} ${check.text} NOT VALID;`,
    "-- and in a later migration:",
    `ALTER TABLE ${quoted(table)} VALIDATE CONSTRAINT ${name};`,
  ].join("\n");
}
