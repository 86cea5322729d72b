import { startOfFile } from "../sql/spans.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "byte-order-mark",
  meta: {
    title: "Save SQL files without a byte order mark",
    hazard: "fails",
    risk: "high",
    why: "A tool that sends a file as it stands sends the byte order mark with it, and PostgreSQL takes it for a part of the first word (42601). psql and Lockkeeper leave it out.",
    elsewhere: "MySQL and MariaDB take it for a word too (42000). SQLite passes over it.",
    fix: "Save the file as UTF-8 without a byte order mark, or set applied-by: lockkeeper for its directory.",
    links: ["https://www.postgresql.org/docs/current/sql-syntax-lexical.html"],
  },
  dialects: ["postgresql", "mysql", "mariadb"],
  *check({ byteOrderMark, model, layout, dialect }) {
    if (!byteOrderMark || model !== "one-string") return;
    const tool = layout.tool ?? "The tool";
    const sent = `The file begins with a byte order mark. ${tool} sends it with the SQL`;
    yield {
      at: startOfFile,
      ...(dialect === "postgresql"
        ? { message: `${sent}, and PostgreSQL refuses it (42601).` }
        : { message: `${sent}, and the server takes it for a word (42000).`, certainty: "possible" }),
    };
  },
});
