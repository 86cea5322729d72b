import { fileProblems } from "./file-problems.ts";
import { defineRule, everyDialect } from "./rule.ts";

export default defineRule({
  id: "missing-down",
  meta: {
    title: "Write a down script for every migration",
    hazard: "unread",
    risk: "low",
    why: "Without a down script a migration can only be undone by restoring a backup.",
    fix: "Write the down script, or say in it why there is none.",
    links: ["https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md"],
  },
  dialects: everyDialect,
  check: (file) => fileProblems(file, "missing-down"),
});
