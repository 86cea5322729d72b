import { nameFrom } from "../facts/clauses.ts";
import { display, quoted, quoteIdentifier } from "../sql/names.ts";
import { list } from "../text.ts";
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
        if (action.kind !== "drop-table" || action.onlyNew || action.foreign) continue;
        const others = new Set<string>();
        for (const effect of action.effects) {
          if (effect.kind === "lock" && effect.relation !== null) others.add(display(effect.relation));
        }
        others.delete(display(action.table));
        const also = others.size === 0 ? "" : ` It also takes an ACCESS EXCLUSIVE lock on ${list([...others])}.`;
        const table = display(action.table);
        // IF EXISTS of a table that no migration has made.
        const isThere = action.effects.some(({ kind, certainty }) => kind === "data-loss" && certainty === "certain");
        const rows = isThere ? `All rows of ${table}` : `If ${table} is there, all its rows`;
        const ifExists = action.ifExists ? "IF EXISTS " : "";
        yield {
          at: action.span,
          certainty: isThere ? "certain" : "possible",
          message: `${rows} are gone for good, and every query that still names it fails.${also}`,
          safer: `ALTER TABLE ${ifExists}${quoted(action.table)} RENAME TO ${quoteIdentifier(nameFrom(action.table.name, "_unused"))};\n-- and drop it in a later release, when nothing has asked for it`,
        };
      }
    }
  },
});
