import { type ImplicitCommit, implicitCommits } from "../facts/implicit-commits.ts";
import { databaseName } from "../sql/databases.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "implicit-commit",
  meta: {
    title: "Keep what changes tables out of MySQL's transactions",
    hazard: "partial",
    risk: "medium",
    why: "MySQL and MariaDB commit the transaction that is open before nearly every statement that changes a table, a routine or a right, and again behind it. What stood before it stays when something fails later, ROLLBACK undoes none of it, and what stands behind it is in no transaction until the next BEGIN.",
    fix: "Write what changes tables and what changes rows into migrations of their own, with START TRANSACTION and COMMIT around the rows alone. Write each so that it can be started again from the middle.",
    links: [
      "https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html",
      "https://mariadb.com/kb/en/sql-statements-that-cause-an-implicit-commit/",
    ],
  },
  dialects: ["mysql", "mariadb"],
  *check({ statements, dialect }) {
    for (const found of implicitCommits(statements)) {
      // One statement between BEGIN and COMMIT: there is nothing that would have to be undone with it.
      if (found.isAlone) continue;
      yield {
        at: found.facts.statement.span,
        message: `${databaseName(dialect)} ends ${transactionOf(found)} before it does this: ${whatStays(found)}.`,
        safer:
          "-- keep what writes rows in one migration, START TRANSACTION and COMMIT around it, and this statement in another",
      };
    }
  },
});

function transactionOf({ begun }: ImplicitCommit): string {
  return begun === null ? "the transaction that is open" : `the transaction of line ${begun.statement.span.line}`;
}

function whatStays({ kept, apart }: ImplicitCommit): string {
  const [first] = kept;
  const [next] = apart;
  const stays =
    first === undefined
      ? []
      : [`what is written from line ${first.statement.span.line} on stays when a later statement fails`];
  const alone =
    next === undefined
      ? []
      : [`each statement from line ${next.statement.span.line} on is in a transaction of its own`];
  const said = [...stays, ...alone];
  return said.length === 0 ? "when a statement behind it fails, nothing of this file is undone" : said.join(", and ");
}
