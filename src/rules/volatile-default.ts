import { displayType } from "../facts/casts.ts";
import { defaultOf } from "../facts/clauses.ts";
import { display, quoted, quoteIdentifier } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

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
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.kind !== "add-column" || action.definition.serial || action.definition.identity) continue;
        if (action.fill !== "volatile" && action.fill !== "unknown") continue;
        const rewrite = action.effects.find(({ kind }) => kind === "rewrite");
        if (rewrite === undefined || !("why" in rewrite)) continue;
        const column = quoteIdentifier(action.column);
        const expression = defaultOf(action.sql)?.text ?? null;
        const safer = [
          `ALTER TABLE ${quoted(action.table)} ADD COLUMN ${column} ${displayType(action.type)};`,
          ...(expression === null
            ? []
            : [`ALTER TABLE ${quoted(action.table)} ALTER COLUMN ${column} SET DEFAULT ${expression};`]),
          "-- and fill the rows that exist in batches, each in its own transaction",
        ];
        yield {
          at: action.span,
          certainty: rewrite.certainty,
          message: `Nobody can read or write ${display(action.table)} while it is written anew: ${rewrite.why}.`,
          safer: safer.join("\n"),
        };
      }
    }
  },
});
