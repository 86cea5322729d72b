import type { StatementFacts } from "../facts/facts.ts";
import type { FileFacts } from "../facts/file.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "cannot-run-in-transaction",
  meta: {
    title: "Keep CONCURRENTLY and VACUUM out of transactions",
    hazard: "fails",
    risk: "high",
    why: "CREATE INDEX CONCURRENTLY, DROP INDEX CONCURRENTLY, REINDEX CONCURRENTLY, DETACH PARTITION CONCURRENTLY, VACUUM and ALTER SYSTEM are refused inside a transaction (SQLSTATE 25001). A tool that sends a file of several statements as one string puts them in one, with or without BEGIN.",
    fix: "Put the statement alone into a migration file of its own, without BEGIN and COMMIT. With applied-by: lockkeeper it may also stand between COMMIT and BEGIN.",
    links: [
      "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
      "https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT",
    ],
  },
  *check(file) {
    for (const [i, facts] of file.statements.entries()) {
      if (!facts.effects.some((effect) => effect.kind === "fails" && effect.sqlstate === "25001")) continue;
      const what = nameOf(facts);
      yield {
        at: facts.statement.span,
        message: `PostgreSQL refuses ${what} here: ${reason(file, facts, i)}`,
        safer: saferPlace(file, facts),
      };
    }
  },
});

/** The first words, as far as they are keywords: CREATE INDEX CONCURRENTLY, VACUUM. */
function nameOf({ statement }: StatementFacts): string {
  const words =
    /^(?:create(?: unique)? index concurrently|drop index concurrently|reindex|vacuum|cluster|alter system|alter table|create database|drop database|discard all|(?:create|drop) tablespace)/i;
  const found = words.exec(statement.sql.replace(/\s+/g, " "))?.[0].toUpperCase();
  if (found === "ALTER TABLE") return "DETACH PARTITION CONCURRENTLY";
  return found ?? "this statement";
}

function reason(file: FileFacts, { before }: StatementFacts, at: number): string {
  const earlier = file.statements.slice(0, at);
  if (before.transaction === "explicit") {
    const begin = earlier.findLast(({ actions }) => actions.some(({ kind }) => kind === "begin"));
    const line = begin === undefined ? "" : ` on line ${begin.statement.span.line}`;
    return `it is inside the transaction that BEGIN${line} starts, and it cannot run in one.`;
  }
  const sender = file.model === "one-string" ? (file.layout.tool ?? "The tool") : "Lockkeeper";
  const commit = earlier.findLast(({ actions }) => actions.some(({ kind }) => kind === "commit"));
  const half =
    commit === undefined
      ? ""
      : ` What stands up to line ${commit.statement.span.line} stays committed: half of the migration.`;
  return `${sender} sends this file as one string, which PostgreSQL runs as one transaction.${half}`;
}

function saferPlace({ model }: FileFacts, { statement }: StatementFacts): string {
  const other = model === "one-string" ? ", or set applied-by: lockkeeper for this directory" : "";
  return `-- alone in a migration file of its own, without BEGIN and COMMIT${other}:\n${statement.sql};`;
}
