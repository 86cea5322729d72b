import { comment } from "../facts/clauses.ts";
import { display } from "../sql/names.ts";
import { defineRule, everyDialect } from "./rule.ts";

export default defineRule({
  id: "drop-column",
  meta: {
    title: "Do not drop a column in the release that stops using it",
    hazard: "data-loss",
    risk: "critical",
    why: "DROP COLUMN deletes the column's values for good, with its indexes and checks, and every program that still names the column fails; many name all columns without saying so.",
    elsewhere:
      "SQLite refuses it for a column that a key, an index, a view or a trigger uses, and writes every row anew.",
    fix: "Release code that no longer names the column, and drop the column one release later, with a backup.",
    links: [
      "https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-REMOVING-A-COLUMN",
      "https://dev.mysql.com/doc/refman/8.4/en/alter-table.html",
      "https://sqlite.org/lang_altertable.html#altertabdropcol",
    ],
  },
  dialects: everyDialect,
  speaksOf: ["drop-column"],
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.kind !== "drop-column" || !action.effects.some(({ kind }) => kind === "data-loss")) continue;
        const column = `${display(action.table)}.${action.column}`;
        yield {
          at: action.span,
          message: `The values of ${column} are gone for good, and every query that still names it fails.`,
          safer: [
            comment(
              `first release code that neither reads nor writes ${column} (SELECT * and an ORM's column list count);`,
            ),
            comment("then, in a later release: this statement"),
          ].join("\n"),
        };
      }
    }
  },
});
