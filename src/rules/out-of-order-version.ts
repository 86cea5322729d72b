import { fileProblems } from "./file-problems.ts";
import { defineRule, everyDialect } from "./rule.ts";

export default defineRule({
  id: "out-of-order-version",
  meta: {
    title: "Give a new migration a version above those of the base branch",
    hazard: "fails",
    risk: "medium",
    why: "Two branches took their versions at the same time, and the other one was merged first. golang-migrate and Drizzle skip the lower version for ever without a word; Flyway, goose, Supabase and node-pg-migrate refuse it; the rest apply it in another order than a new database would.",
    fix: "Rename the new file, so that its version is the highest.",
    links: ["https://github.com/golang-migrate/migrate/issues/179"],
  },
  dialects: everyDialect,
  check: (file) => fileProblems(file, "out-of-order-version"),
});
