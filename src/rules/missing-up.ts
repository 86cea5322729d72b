import { fileProblems } from "./file-problems.ts";
import { defineRule, everyDialect } from "./rule.ts";

export default defineRule({
  id: "missing-up",
  meta: {
    title: "Write the up script of every down script",
    hazard: "unread",
    risk: "medium",
    why: "A down script without an up script is never preceded by what it undoes: rolling back to before it fails or removes what something else made.",
    fix: "Add the up script, or remove the file.",
    links: ["https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md"],
  },
  dialects: everyDialect,
  // The file that it is about is a down script.
  scripts: "both",
  check: (file) => fileProblems(file, "missing-up"),
});
