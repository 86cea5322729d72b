import type { ActionOf } from "../facts/actions.ts";
import { addedColumnWithout, comment } from "../facts/clauses.ts";
import type { ActionWithEffects } from "../facts/facts.ts";
import { display, quoted, quoteIdentifier } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "required-column",
  meta: {
    title: "Give a required column something to begin with",
    hazard: "breaks-clients",
    risk: "high",
    why: "A new column that is NOT NULL and has no default is refused as soon as the table has a row (23502), often on production only. Where it is not, every INSERT of the programs that run now fails, because they do not name the column yet.",
    fix: "Give it a constant default, which writes no row; or add it without NOT NULL, have programs and batches fill it, and set NOT NULL in a later migration.",
    links: ["https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-ADDING-A-COLUMN"],
  },
  speaksOf: ["add-column"],
  *check({ statements }) {
    for (const { actions, before } of statements) {
      for (const action of actions) {
        if (action.kind !== "add-column") continue;
        if (!action.effects.some((effect) => effect.kind === "fails" && effect.sqlstate === "23502")) continue;
        const made = before.createdHere.find(action.table);
        if (made?.certain === true && !made.filled) continue;
        const table = display(action.table);
        yield {
          at: action.span,
          // Whether the table has rows is not in the SQL.
          certainty: "possible",
          message: `PostgreSQL refuses this when ${table} has a row: there is nothing to put into ${action.column} (23502). Where it has none, programs that insert into ${table} without naming ${action.column} fail from now on.`,
          safer: safer(action),
        };
      }
    }
  },
});

function safer({ table, column, sql, definition }: ActionOf<"add-column"> & ActionWithEffects): string {
  const change = `ALTER TABLE ${quoted(table)}`;
  const own = quoteIdentifier(column);
  const isKey = !/\bnot\s+null\b/i.test(sql) && definition.notNull;
  return [
    `${change} ${addedColumnWithout(sql, "not", "null", "default", "primary") ?? `ADD COLUMN ${own}`};`,
    comment("have the programs fill it, and fill the rows that exist in batches; then, as set-not-null says:"),
    comment(
      `${change} ALTER COLUMN ${own} SET NOT NULL;${isKey ? " and the primary key, as unique-using-index says" : ""}`,
    ),
  ].join("\n");
}
