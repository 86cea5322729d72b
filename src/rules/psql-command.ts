import { defineRule } from "./rule.ts";

export default defineRule({
  id: "psql-command",
  meta: {
    title: "Leave psql's commands and COPY data out of migrations",
    hazard: "fails",
    risk: "high",
    why: "Commands that begin with a backslash, and the lines of data after COPY … FROM STDIN, are understood by psql alone. Every other program sends them to PostgreSQL as SQL, which refuses them (42601, or 57014 for COPY without data).",
    fix: "Write SQL: INSERT … VALUES for the rows, SET for settings, and one migration for each included file.",
    links: ["https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-META-COMMANDS"],
  },
  *check({ statements }) {
    for (const { statement, actions } of statements) {
      if (statement.kind === "unread" && (statement.why === "psql-command" || statement.why === "copy-data")) {
        yield { at: statement.at, message: statement.message };
      }
      for (const action of actions) {
        if (action.kind !== "copy-from" || action.from !== "stdin") continue;
        yield {
          at: action.span,
          message: "The rows of COPY … FROM STDIN come from psql; a migration tool has none to send.",
        };
      }
    }
  },
});
