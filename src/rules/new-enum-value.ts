import { defineRule } from "./rule.ts";

export default defineRule({
  id: "new-enum-value",
  meta: {
    title: "Use a new enum value in a later migration",
    hazard: "fails",
    risk: "high",
    why: "A value that ALTER TYPE … ADD VALUE has added cannot be used before its transaction is committed (55P04): not in a row, not in a default, not in a condition. Only for an enum that the same transaction has made, and only from 17 on, it can.",
    fix: "Add the value in a migration of its own, before the one that uses it.",
    links: ["https://www.postgresql.org/docs/current/sql-altertype.html#SQL-ALTERTYPE-NOTES"],
  },
  *check({ statements }) {
    for (const [at, { effects, statement }] of statements.entries()) {
      const effect = effects.find((each) => each.kind === "fails" && each.sqlstate === "55P04");
      if (effect?.kind !== "fails") continue;
      const added = statements
        .slice(0, at)
        .findLast(({ actions }) => actions.some(({ kind }) => kind === "add-enum-value"));
      const refuses = effect.certainty === "certain" ? "PostgreSQL refuses this" : "PostgreSQL may refuse this";
      yield {
        at: statement.span,
        certainty: effect.certainty,
        message: `${refuses} (55P04): ${effect.why}.`,
        safer: `-- in a later migration, when line ${added?.statement.span.line ?? 1} of this one is committed:\n${statement.sql};`,
      };
    }
  },
});
