import { fileProblems } from "./file-problems.ts";
import { defineRule, everyDialect } from "./rule.ts";

export default defineRule({
  id: "renamed-migration",
  meta: {
    title: "Keep the name of a migration once it is on the base branch",
    hazard: "fails",
    risk: "medium",
    why: "Tools know what has run by the version in the file's name, some by the whole name. Under another one the same SQL is taken for a migration that has not run, or the tool refuses to go on.",
    fix: "Give the file its old name back. Where it only gives way to another file of the same version, rename the one that is not on the base branch.",
    links: ["https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md"],
  },
  dialects: everyDialect,
  check: (file) => fileProblems(file, "renamed-migration"),
});
