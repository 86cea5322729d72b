import type { StatementFacts } from "../facts/facts.ts";
import type { FileFacts } from "../facts/file.ts";
import { doesWork } from "../facts/work.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "unclosed-transaction",
  meta: {
    title: "Commit what a migration does",
    hazard: "fails",
    risk: "high",
    why: "What stands behind a BEGIN without COMMIT, or before a ROLLBACK, is undone: when the connection closes, or at once. A tool then records a migration of which nothing is there, or fails to record it because a transaction is open.",
    fix: "End every BEGIN with COMMIT, and leave ROLLBACK out: when a statement fails, PostgreSQL undoes the transaction by itself.",
    links: ["https://www.postgresql.org/docs/current/tutorial-transactions.html"],
  },
  *check(file) {
    const { unclosed, undone, keepsWork } = endsOf(file);
    for (const { statement, lines } of undone) {
      yield {
        at: statement.span,
        // Beside work that is kept, a transaction that is undone may be meant so.
        certainty: keepsWork ? "possible" : "certain",
        message: `This undoes what the file has done from line ${lines}, and the migration is recorded as applied all the same.`,
        safer: "-- COMMIT; or leave it out where the tool commits",
      };
    }
    if (unclosed === null) return;
    yield {
      at: unclosed.statement.span,
      message: "No COMMIT ends this transaction: what stands behind it is undone when the connection closes.",
      safer: "-- at the end of the file:\nCOMMIT;",
    };
  },
});

interface Ends {
  /** The BEGIN that nothing ends. */
  readonly unclosed: StatementFacts | null;
  /** Each ROLLBACK with the line of the first work that it undoes. */
  readonly undone: readonly { readonly statement: StatementFacts["statement"]; readonly lines: number }[];
  /** Whether anything that the file does is committed. */
  readonly keepsWork: boolean;
}

function endsOf({ statements, model }: FileFacts): Ends {
  const undone: { statement: StatementFacts["statement"]; lines: number }[] = [];
  let begun: StatementFacts | null = null;
  let workSince: number | null = null;
  let keepsWork = false;
  for (const facts of statements) {
    const { statement, before } = facts;
    if (doesWork(facts)) {
      if (before.inTransaction) workSince ??= statement.span.line;
      else keepsWork = true;
    }
    for (const { kind } of facts.actions) {
      // Inside a transaction of the tool, BEGIN begins nothing.
      if (kind === "begin" && (before.transaction === "none" || model === "one-string")) begun ??= facts;
      if (kind !== "commit" && kind !== "rollback") continue;
      if (kind === "rollback" && workSince !== null) undone.push({ statement, lines: workSince });
      if (kind === "commit" && workSince !== null) keepsWork = true;
      begun = null;
      workSince = null;
    }
  }
  // One string that ends with a transaction open is not committed, and neither is its record.
  const isLost = begun !== null && (workSince !== null || model === "one-string");
  if (begun === null && workSince !== null) keepsWork = true;
  return { unclosed: isLost ? begun : null, undone, keepsWork };
}
