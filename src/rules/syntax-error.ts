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
  *check({ statements, major, layout, appliedBy }) {
    for (const { statement, effects } of statements) {
      if (statement.kind === "unread" && statement.why === "syntax-error") {
        const [words = ""] = statement.message.split(/\r?\n/, 1);
        const said = `PostgreSQL says: ${words.replace(/\.$/, "")}.`;
        const newer = statement.worksFrom;
        const version = newer === null ? "" : ` It works from PostgreSQL ${newer} on; the server is ${major}.`;
        yield { at: statement.at, message: `${said}${version}` };
      }
      if (statement.kind === "unread" && statement.why === "placeholder") {
        // Flyway fills in what stands in ${…} itself.
        const isFilledIn = layout.tool === appliedBy && layout.id === "flyway" && statement.message.includes(" ${");
        yield { at: statement.at, message: statement.message, certainty: isFilledIn ? "possible" : "certain" };
      }
      if (statement.kind === "unread") continue;
      for (const effect of effects) {
        if (effect.kind !== "fails" || effect.sqlstate !== "42601") continue;
        yield { at: statement.span, message: `PostgreSQL ${major} refuses this (42601): ${effect.why}.` };
      }
    }
  },
});
