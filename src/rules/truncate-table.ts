import { nameFrom } from "../facts/clauses.ts";
import { display, key, quoted, type Relation } from "../sql/names.ts";
import { list } from "../text.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "truncate-table",
  meta: {
    title: "Do not TRUNCATE a table that has rows",
    hazard: "data-loss",
    risk: "critical",
    why: "TRUNCATE deletes every row for good under an ACCESS EXCLUSIVE lock; with CASCADE it empties every table that refers to it as well.",
    fix: "Copy the rows that may be asked for again, or make sure of a backup that has been restored once. Where the table is in use, delete in batches instead: that locks only the rows that go.",
    links: ["https://www.postgresql.org/docs/current/sql-truncate.html"],
  },
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.kind !== "truncate" || action.onlyNew) continue;
        const emptied = new Map<string, Relation>([[key(action.table), action.table]]);
        for (const effect of action.effects) {
          if (effect.kind === "data-loss" && effect.relation !== null)
            emptied.set(key(effect.relation), effect.relation);
        }
        const tables = [...emptied.values()];
        const copies = tables.map((table) => {
          const copy = { ...table, name: nameFrom(table.name, "_before_truncate") };
          return `CREATE TABLE ${quoted(copy)} AS TABLE ${quoted(table)};`;
        });
        yield {
          at: action.span,
          message: `All rows of ${list(tables.map(display))} are gone for good, and nobody can read or write ${tables.length === 1 ? "it" : "them"} until this transaction ends.`,
          safer: [...copies, "-- and in a later migration, when nobody writes to it any more: this statement"].join(
            "\n",
          ),
        };
      }
    }
  },
});
