import { fileProblems } from "./file-problems.ts";
import { defineRule, everyDialect } from "./rule.ts";

export default defineRule({
  id: "edited-migration",
  meta: {
    title: "Leave a migration as it is once it is on the base branch",
    hazard: "fails",
    risk: "high",
    why: "A migration runs once. Databases that have run it never see the change, new databases run something else, and tools that keep checksums (Flyway, sqlx, Lockkeeper) refuse to go on.",
    fix: "Restore the file, and put the change into a new migration.",
    links: ["https://documentation.red-gate.com/flyway/reference/commands/validate"],
  },
  dialects: everyDialect,
  check: (file) => fileProblems(file, "edited-migration"),
});
