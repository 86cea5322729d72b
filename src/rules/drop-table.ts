import type { Database } from "../config/config.ts";
import type { ActionOf } from "../facts/actions.ts";
import { nameFrom } from "../facts/clauses.ts";
import { display, quotingOf } from "../sql/names.ts";
import { list } from "../text.ts";
import { defineRule, everyDialect } from "./rule.ts";

export default defineRule({
  id: "drop-table",
  meta: {
    title: "Do not drop a table in the release that stops using it",
    hazard: "data-loss",
    risk: "critical",
    why: "DROP TABLE deletes every row for good, fails every query of the programs that still name the table, and locks the tables that its foreign keys refer to as well.",
    elsewhere:
      "In MySQL and MariaDB no ROLLBACK brings the table back, because DROP TABLE ends the transaction. SQLite deletes the rows of the table first where foreign keys are on, and with ON DELETE CASCADE the rows that refer to them too.",
    fix: "Release code that no longer names the table, rename the table, and drop it one release later, with a backup.",
    links: [
      "https://www.postgresql.org/docs/current/sql-droptable.html",
      "https://dev.mysql.com/doc/refman/8.4/en/drop-table.html",
      "https://sqlite.org/lang_droptable.html",
    ],
  },
  dialects: everyDialect,
  speaksOf: ["drop-table"],
  *check({ statements, dialect }) {
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
        yield {
          at: action.span,
          certainty: isThere ? "certain" : "possible",
          message: `${rows} are gone for good, and every query that still names it fails.${also}`,
          safer: `${renamed(action, dialect)}\n-- and drop it in a later release, when nothing has asked for it`,
        };
      }
    }
  },
});

function renamed({ table, ifExists }: ActionOf<"drop-table">, dialect: Database): string {
  const quoting = quotingOf(dialect);
  const unused = nameFrom(table.name, "_unused");
  switch (dialect) {
    case "postgresql":
      return `ALTER TABLE ${ifExists ? "IF EXISTS " : ""}${quoting.table(table)} RENAME TO ${quoting.name(unused)};`;
    case "sqlite":
      return `${ifExists ? whereItIs : ""}ALTER TABLE ${quoting.table(table)} RENAME TO ${quoting.name(unused)};`;
    case "mysql":
    case "mariadb":
      // A name without its database would move the table into the one that is in use.
      return `${ifExists ? whereItIs : ""}RENAME TABLE ${quoting.table(table)} TO ${quoting.table({ ...table, name: unused })};`;
  }
}

const whereItIs = "-- where the table is there:\n";
