import { defineRule } from "./rule.ts";

export default defineRule({
  id: "syntax-error",
  meta: {
    title: "Fix what PostgreSQL's parser refuses",
    hazard: "fails",
    risk: "high",
    why: "PostgreSQL's own parser does not take the statement (SQLSTATE 42601), so the migration fails when it is applied. The other statements of the file are read all the same.",
    fix: "Correct the statement. Where it is syntax of a newer PostgreSQL than the server's, write it in the older way.",
    links: ["https://www.postgresql.org/docs/current/sql-commands.html"],
  },
  *check({ statements }) {
    for (const { statement } of statements) {
      if (statement.kind !== "unread" || statement.why !== "syntax-error") continue;
      const [words = ""] = statement.message.split(/\r?\n/, 1);
      yield { at: statement.at, message: `PostgreSQL says: ${words.replace(/\.$/, "")}.` };
    }
  },
});
