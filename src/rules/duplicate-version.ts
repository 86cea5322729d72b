import { fileProblems } from "./file-problems.ts";
import { defineRule, everyDialect } from "./rule.ts";

export default defineRule({
  id: "duplicate-version",
  meta: {
    title: "Give each migration a version of its own",
    hazard: "fails",
    risk: "high",
    why: "Two files claim one version. Tools refuse to start (golang-migrate), or apply one of them and take the other for done.",
    fix: "Give the newer file the next free version.",
    links: ["https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md"],
  },
  dialects: everyDialect,
  check: (file) => fileProblems(file, "duplicate-version"),
});
