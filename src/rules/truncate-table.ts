import { display, quoted, quoteIdentifier } from "../sql/names.ts";
import { list } from "../text.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "truncate-table",
  meta: {
    title: "Do not TRUNCATE a table that has rows",
    hazard: "data-loss",
    risk: "critical",
    why: "TRUNCATE deletes every row for good under an ACCESS EXCLUSIVE lock; with CASCADE it empties every table that refers to it as well.",
    fix: "Rename the table and make an empty one in its place, or delete in batches what is really to go.",
    links: ["https://www.postgresql.org/docs/current/sql-truncate.html"],
  },
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.kind !== "truncate" || action.onlyNew) continue;
        const emptied = new Set<string>([display(action.table)]);
        for (const effect of action.effects) {
          if (effect.kind === "data-loss" && effect.relation !== null) emptied.add(display(effect.relation));
        }
        const kept = `${action.table.name}_old`;
        yield {
          at: action.span,
          message: `All rows of ${list([...emptied])} are gone for good.`,
          safer: `ALTER TABLE ${quoted(action.table)} RENAME TO ${quoteIdentifier(kept)};\nCREATE TABLE ${quoted(action.table)} (LIKE ${quoted({ ...action.table, name: kept })} INCLUDING ALL);`,
        };
      }
    }
  },
});
