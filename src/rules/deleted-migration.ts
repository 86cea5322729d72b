import { fileProblems } from "./file-problems.ts";
import { defineRule, everyDialect } from "./rule.ts";

export default defineRule({
  id: "deleted-migration",
  meta: {
    title: "Keep the files of migrations that are on the base branch",
    hazard: "fails",
    risk: "high",
    why: "A database that has run a migration whose file is gone cannot be rolled back past it, and several tools refuse to go on: golang-migrate where it was the newest, Flyway, sqlx and Supabase always. New databases are made without it.",
    fix: "Restore the file. To undo what it did, write a new migration; to replace many old ones by one, follow the tool's own way (baseline, squash) in a change of its own.",
    links: ["https://documentation.red-gate.com/flyway/reference/commands/validate"],
  },
  dialects: everyDialect,
  scripts: "both",
  check: (file) => fileProblems(file, "deleted-migration"),
});
