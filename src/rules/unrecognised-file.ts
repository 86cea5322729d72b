import { fileProblems } from "./file-problems.ts";
import { defineRule, everyDialect } from "./rule.ts";

export default defineRule({
  id: "unrecognised-file",
  meta: {
    title: "Name every SQL file as the tool wants it",
    hazard: "unread",
    risk: "medium",
    why: "An SQL file whose name the tool does not take for a migration is never applied, and nobody is told.",
    fix: "Rename the file, or move it out of the migrations directory.",
    links: ["https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md"],
  },
  dialects: everyDialect,
  check: (file) => fileProblems(file, "unrecognised"),
});
