import type { ActionOf } from "../facts/actions.ts";
import type { ActionWithEffects, StatementFacts } from "../facts/facts.ts";
import { defineRule, everyDialect } from "./rule.ts";

export default defineRule({
  id: "opaque-statement",
  meta: {
    title: "Write what a migration does where it can be read",
    hazard: "unread",
    risk: "high",
    why: "What a DO block, a call of an unknown function, or a statement that is not understood does cannot be seen in the SQL: it may lock, rewrite or delete anything.",
    elsewhere: "Of SQLite, MySQL and MariaDB that is as well what the parser does not know, which need not be wrong.",
    fix: "Write the statements themselves, or have somebody read the code that is called.",
    links: [
      "https://www.postgresql.org/docs/current/sql-do.html",
      "https://dev.mysql.com/doc/refman/8.4/en/sql-prepared-statements.html",
    ],
  },
  dialects: everyDialect,
  speaksOf: ["opaque"],
  *check({ statements }) {
    for (const facts of statements) {
      for (const action of facts.actions) {
        if (action.kind !== "opaque" || isRefused(facts)) continue;
        yield { at: action.span, certainty: "possible", message: message(action, facts) };
      }
    }
  },
});

/** What is no SQL at all has a finding of its own. */
function isRefused({ statement }: StatementFacts): boolean {
  return statement.kind === "unread" && statement.why !== "gave-up";
}

function message({ reason, what }: ActionOf<"opaque"> & ActionWithEffects, { statement }: StatementFacts): string {
  switch (reason) {
    case "unreadable":
      return statement.kind === "unread" ? statement.message : "This statement could not be read.";
    case "do-block":
      return "What this DO block does could not be read: it may do anything.";
    case "dynamic-sql":
      return "What this EXECUTE runs is put together when it runs: it may do anything.";
    case "function-call":
      return `What ${what} does is not known here: it may do anything.`;
    case "unrecognised":
      return `What ${what} does is not worked out: it may do anything.`;
  }
}
