import { displayType } from "../facts/casts.ts";
import { comment, nameFrom, newTypeOf, subcommandOf, textBetween } from "../facts/clauses.ts";
import { display, quoted, quoteIdentifier } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "change-column-type",
  meta: {
    title: "Do not rewrite a table to change a column's type",
    hazard: "locks",
    risk: "high",
    why: "Most type changes write the whole table anew and build its indexes again under an ACCESS EXCLUSIVE lock: nobody can read or write the table meanwhile, and it needs its size on disk once more. A varchar that only widens, varchar to text, and a numeric that gets more digits before the point do not.",
    fix: "Add a column of the new type, keep both filled, copy in batches, switch the readers, and drop the old column in a later release.",
    links: ["https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"],
  },
  speaksOf: ["alter-column-type"],
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.kind !== "alter-column-type") continue;
        const work = action.effects.find(({ kind }) => kind === "rewrite" || kind === "index-rebuild");
        if (work === undefined || !("why" in work)) continue;
        const table = display(action.table);
        const isRewrite = work.kind === "rewrite";
        const indexes = `its indexes on ${action.column}`;
        const message =
          work.certainty === "certain"
            ? `Nobody can read or write ${table} while ${isRewrite ? "it is written" : `${indexes} are built`} anew: ${work.why}.`
            : `This may ${isRewrite ? "write" : "build the indexes of"} ${table} anew, and nobody can read or write it meanwhile: ${work.why}.`;
        // As it is written, so that quotes and modifiers stay.
        const type = newTypeOf(action.sql) ?? displayType(action.type);
        const collation = textBetween(subcommandOf(action.sql), "collate", "using");
        const fresh = quoteIdentifier(nameFrom(action.column, "_new"));
        yield {
          at: action.span,
          certainty: work.certainty,
          message,
          safer: [
            // A new column of a domain with a check is written for every row too.
            work.why.includes("is a domain")
              ? comment(`add ${fresh} of the type under ${type}, with the domain's check as a constraint NOT VALID,`)
              : `ALTER TABLE ${quoted(action.table)} ADD COLUMN ${fresh} ${type}${collation === null ? "" : ` COLLATE ${collation}`};`,
            comment(`keep both columns filled, copy ${action.column} into ${fresh} in batches, switch the readers,`),
            comment(`and drop ${action.column} in a later release`),
          ].join("\n"),
        };
      }
    }
  },
});
