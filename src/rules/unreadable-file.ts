import { fileProblems } from "./file-problems.ts";
import { defineRule, everyDialect } from "./rule.ts";

export default defineRule({
  id: "unreadable-file",
  meta: {
    title: "Make every migration a readable UTF-8 file",
    hazard: "fails",
    risk: "high",
    why: "A file that is no plain UTF-8 text in its directory (UTF-16, a NUL byte, a broken sequence, a link that leads out, a pipe, a directory) cannot be applied as it is, and nothing of it was judged.",
    fix: "Save it as UTF-8, in the directory itself.",
    links: ["https://www.postgresql.org/docs/current/multibyte.html"],
  },
  dialects: everyDialect,
  check: (file) => fileProblems(file, "unreadable"),
});
