import { display, quoted, quoteIdentifier } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "drop-table",
  meta: {
    title: "Do not drop a table in the release that stops using it",
    hazard: "data-loss",
    risk: "critical",
    why: "DROP TABLE deletes every row for good, fails every query of the programs that still name the table, and locks the tables that its foreign keys refer to as well.",
    fix: "Release code that no longer names the table, rename the table, and drop it one release later, with a backup.",
    links: ["https://www.postgresql.org/docs/current/sql-droptable.html"],
  },
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.kind !== "drop-table" || action.onlyNew) continue;
        const others = new Set<string>();
        for (const effect of action.effects) {
          if (effect.kind === "lock" && effect.relation !== null) others.add(display(effect.relation));
        }
        others.delete(display(action.table));
        const also = others.size === 0 ? "" : ` It also locks ${[...others].join(", ")}.`;
        yield {
          at: action.span,
          message: `All rows of ${display(action.table)} are gone for good, and every query that still names it fails.${also}`,
          safer: `ALTER TABLE ${quoted(action.table)} RENAME TO ${quoteIdentifier(`${action.table.name}_unused`)};\n-- and drop it in a later release, when nothing has asked for it`,
        };
      }
    }
  },
});
