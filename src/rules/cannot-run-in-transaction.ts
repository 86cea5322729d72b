import type { ActionKind } from "../facts/actions.ts";
import { withoutWord } from "../facts/clauses.ts";
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

const names: Readonly<Partial<Record<ActionKind, string>>> = {
  "create-index": "CREATE INDEX CONCURRENTLY",
  "drop-index": "DROP INDEX CONCURRENTLY",
  "detach-partition": "DETACH PARTITION CONCURRENTLY",
  vacuum: "VACUUM",
  cluster: "CLUSTER without a table",
  "alter-system": "ALTER SYSTEM",
  "create-database": "CREATE DATABASE",
  "drop-database": "DROP DATABASE",
  "create-tablespace": "CREATE TABLESPACE",
  "drop-tablespace": "DROP TABLESPACE",
  set: "DISCARD ALL",
};

/** What is refused, whatever comments stand between its words. */
function nameOf({ actions }: StatementFacts): string {
  const action = actions.find(({ effects }) => effects.some(({ kind }) => kind === "no-transaction-block"));
  if (action?.kind === "reindex")
    return action.concurrently ? "REINDEX CONCURRENTLY" : `REINDEX ${action.what.toUpperCase()}`;
  return (action && names[action.kind]) ?? "this statement";
}

function reason(file: FileFacts, { before }: StatementFacts, at: number): string {
  const earlier = file.statements.slice(0, at);
  if (before.transaction === "explicit") {
    const begin = earlier.findLast(({ actions }) => actions.some(({ kind }) => kind === "begin"));
    const line = begin === undefined ? "" : ` on line ${begin.statement.span.line}`;
    return `it is inside the transaction that BEGIN${line} starts, and it cannot run in one.`;
  }
  const sender = sentence(file.appliedBy);
  if (file.model === "flyway")
    return `${sender} refuses a file that holds it beside statements that run in a transaction.`;
  if (file.model !== "one-string") return `${sender} runs each migration in a transaction, and it cannot run in one.`;
  const commit = earlier.findLast(({ actions }) => actions.some(({ kind }) => kind === "commit"));
  if (commit === undefined) return `${sender} sends this file as one string, which PostgreSQL runs as one transaction.`;
  const line = commit.statement.span.line;
  return `${sender} sends this file as one string, and PostgreSQL runs what follows the COMMIT on line ${line} as one transaction again. What stands before it stays committed: half of the migration.`;
}

function sentence(name: string): string {
  if (name === "lockkeeper") return "Lockkeeper";
  return name.startsWith("the ") ? `T${name.slice(1)}` : name;
}

function saferPlace({ model, layout }: FileFacts, { statement, actions, before }: StatementFacts): string {
  // On a table that nobody uses yet a plain index build keeps nobody waiting.
  if (actions.every(({ kind, onlyNew }) => kind === "create-index" && onlyNew))
    return `${withoutWord(statement.sql, "concurrently")};`;
  const isByTool = model !== "lockkeeper" && before.transaction === "implicit";
  const other = isByTool ? ", or set applied-by: lockkeeper for this directory" : "";
  const asked =
    isByTool && model !== "one-string" && layout.withoutTransaction !== null
      ? `, with ${layout.withoutTransaction.ask}`
      : "";
  return `-- alone in a migration file of its own, without BEGIN and COMMIT${asked}${other}:\n${statement.sql};`;
}
