import { displayType } from "../facts/casts.ts";
import { display, quoted, quoteIdentifier } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "change-column-type",
  meta: {
    title: "Do not rewrite a table to change a column's type",
    hazard: "locks",
    risk: "high",
    why: "Most type changes write the whole table anew and build its indexes again under an ACCESS EXCLUSIVE lock: nobody can read or write the table meanwhile, and it needs its size on disk once more. A varchar that only widens, varchar to text and a numeric that only gets longer do not.",
    fix: "Add a column of the new type, keep both filled, copy in batches, switch the readers, and drop the old column in a later release.",
    links: ["https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"],
  },
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.kind !== "alter-column-type") continue;
        const rewrite = action.effects.find(({ kind }) => kind === "rewrite" || kind === "index-rebuild");
        if (rewrite === undefined || !("why" in rewrite)) continue;
        const table = display(action.table);
        const work = rewrite.kind === "rewrite" ? "is written anew" : "has its indexes built again";
        const fresh = quoteIdentifier(`${action.column}_new`);
        yield {
          at: action.span,
          certainty: rewrite.certainty,
          message: `Nobody can read or write ${table} while it ${work}: ${rewrite.why}.`,
          safer: [
            `ALTER TABLE ${quoted(action.table)} ADD COLUMN ${fresh} ${displayType(action.type)};`,
            `-- keep both columns filled, copy ${action.column} into ${fresh} in batches, switch the readers,`,
            `-- and drop ${action.column} in a later release`,
          ].join("\n"),
        };
      }
    }
  },
});
