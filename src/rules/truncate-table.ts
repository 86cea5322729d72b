import type { Database } from "../config/config.ts";
import { nameFrom } from "../facts/clauses.ts";
import { display, key, quotingOf, type Relation } from "../sql/names.ts";
import { list } from "../text.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "truncate-table",
  meta: {
    title: "Do not TRUNCATE a table that has rows",
    hazard: "data-loss",
    risk: "critical",
    why: "TRUNCATE deletes every row for good under an ACCESS EXCLUSIVE lock; with CASCADE it empties every table that refers to it as well.",
    elsewhere:
      "MySQL and MariaDB make the table anew: TRUNCATE ends the transaction that is open, no ROLLBACK brings the rows back, and AUTO_INCREMENT begins at its start again.",
    fix: "Copy the rows that may be asked for again, or make sure of a backup that has been restored once. Where the table is in use, delete in batches instead: that locks only the rows that go.",
    links: [
      "https://www.postgresql.org/docs/current/sql-truncate.html",
      "https://dev.mysql.com/doc/refman/8.4/en/truncate-table.html",
    ],
  },
  dialects: ["postgresql", "mysql", "mariadb"],
  speaksOf: ["truncate"],
  *check({ statements, dialect }) {
    const quoting = quotingOf(dialect);
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
          return `CREATE TABLE ${quoting.table(copy)} AS ${rowsOf(quoting.table(table), dialect)};`;
        });
        yield {
          at: action.span,
          message: `All rows of ${list(tables.map(display))} are gone for good, and ${meanwhile(tables.length === 1 ? "it" : "them", dialect)}.`,
          safer: [...copies, "-- and in a later migration, when nobody writes to it any more: this statement"].join(
            "\n",
          ),
        };
      }
    }
  },
});

function rowsOf(table: string, dialect: Database): string {
  return dialect === "postgresql" ? `TABLE ${table}` : `SELECT * FROM ${table}`;
}

function meanwhile(them: string, dialect: Database): string {
  return dialect === "postgresql"
    ? `nobody can read or write ${them} until this transaction ends`
    : `no ROLLBACK brings ${them} back: this ends the transaction that is open`;
}
