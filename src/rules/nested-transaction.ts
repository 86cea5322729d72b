import type { StatementFacts } from "../facts/facts.ts";
import { doesWork } from "../facts/work.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "nested-transaction",
  meta: {
    title: "Do not begin a transaction inside another",
    hazard: "fails",
    risk: "high",
    why: "PostgreSQL has no transactions inside transactions. The second BEGIN is passed over with a warning (25001), the first COMMIT ends everything, and what stands between it and the second one is in no transaction of the file: a failure there leaves half of the migration.",
    fix: "Keep one BEGIN and one COMMIT around what belongs together, or write SAVEPOINT for a part of it.",
    links: ["https://www.postgresql.org/docs/current/sql-begin.html"],
  },
  speaksOf: ["begin"],
  *check({ statements }) {
    for (const [at, facts] of statements.entries()) {
      if (facts.before.transaction !== "explicit" || facts.actions[0]?.kind !== "begin") continue;
      const outer = statements.slice(0, at).findLast(isBegin);
      const commit = statements.slice(at).find(({ actions }) => actions.some(({ kind }) => kind === "commit"));
      const left = commit === undefined ? [] : behind(statements.slice(statements.indexOf(commit) + 1));
      const work = left.find(doesWork);
      yield {
        at: facts.statement.span,
        // With nothing behind the first COMMIT it makes no difference.
        certainty: work === undefined ? "possible" : "certain",
        message: `The transaction of line ${outer?.statement.span.line ?? 1} is open already, so this BEGIN does nothing (25001)${commit === undefined ? "." : `: the COMMIT on line ${commit.statement.span.line} ends both${work === undefined ? "." : `, and what stands behind it, from line ${work.statement.span.line}, is in neither.`}`}`,
        safer: "-- leave this BEGIN and its COMMIT out",
      };
    }
  },
});

function isBegin({ actions }: StatementFacts): boolean {
  return actions.some(({ kind }) => kind === "begin");
}

/** The statements up to where the file begins a transaction anew. */
function behind(statements: readonly StatementFacts[]): readonly StatementFacts[] {
  const next = statements.findIndex(isBegin);
  return next === -1 ? statements : statements.slice(0, next);
}
