import type { ActionOf } from "../facts/actions.ts";
import { addedColumn, comment } from "../facts/clauses.ts";
import type { ActionWithEffects } from "../facts/facts.ts";
import { display, quoted, quoteIdentifier } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

type AddColumn = ActionOf<"add-column"> & ActionWithEffects;

export default defineRule({
  id: "volatile-default",
  meta: {
    title: "Add a column without its volatile default",
    hazard: "locks",
    risk: "high",
    why: "A default that gives each row its own value (gen_random_uuid(), clock_timestamp(), random(), nextval()) is computed for every existing row: the whole table is written anew under an ACCESS EXCLUSIVE lock. A constant or now() is not.",
    fix: "Add the column without the default, set the default for new rows, and fill the old rows in batches.",
    links: ["https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-ADDING-A-COLUMN"],
  },
  speaksOf: ["add-column"],
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.kind !== "add-column" || (action.fill !== "volatile" && action.fill !== "unknown")) continue;
        // A column that numbers the rows has a finding of its own.
        if (action.definition.serial || action.definition.identity) continue;
        const rewrite = action.effects.find(({ kind }) => kind === "rewrite");
        if (rewrite === undefined || !("why" in rewrite)) continue;
        const table = display(action.table);
        yield {
          at: action.span,
          certainty: rewrite.certainty,
          message:
            rewrite.certainty === "certain"
              ? `Nobody can read or write ${table} while it is written anew: ${rewrite.why}.`
              : `This may write ${table} anew, and nobody can read or write it meanwhile: ${rewrite.why}.`,
          safer: safer(action),
        };
      }
    }
  },
});

function safer({ table, column, sql }: AddColumn): string {
  const parts = addedColumn(sql) ?? { bare: `ADD COLUMN ${quoteIdentifier(column)}`, clauses: [] };
  const change = `ALTER TABLE ${quoted(table)}`;
  const expression = parts.clauses.find(({ kind }) => kind === "default")?.body;
  const left = parts.clauses.flatMap(({ kind, text }) => (kind === "default" || kind === "collate" ? [] : [text]));
  const collation = parts.clauses.flatMap(({ kind, text }) => (kind === "collate" ? [text] : []));
  const filled = "and fill the rows that exist in batches, each in its own transaction";
  return [
    `${change} ${[parts.bare, ...collation].join(" ")};`,
    ...(expression === undefined
      ? []
      : [`${change} ALTER COLUMN ${quoteIdentifier(column)} SET DEFAULT ${expression};`]),
    comment(left.length === 0 ? filled : `${filled}; then add what is left: ${left.join(" ")}`),
  ].join("\n");
}
