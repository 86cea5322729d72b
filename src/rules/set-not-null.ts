import { proofOfNotNull } from "../facts/not-null-proof.ts";
import { display, quoted, quoteIdentifier } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "set-not-null",
  meta: {
    title: "Prove NOT NULL with a validated check first",
    hazard: "locks",
    risk: "high",
    why: "SET NOT NULL reads every row under an ACCESS EXCLUSIVE lock: nobody can even read the table meanwhile. PostgreSQL leaves the look out where a valid CHECK (column IS NOT NULL) proves it. One that is NOT VALID does not, and neither does one that the same ALTER TABLE drops, because it drops first.",
    fix: "Add the check NOT VALID, validate it in a later migration, then set NOT NULL, and drop the check after that. On PostgreSQL 18, add the NOT NULL constraint itself NOT VALID and validate it.",
    links: ["https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL"],
  },
  speaksOf: ["set-not-null"],
  *check({ statements, major }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.kind !== "set-not-null" || !action.effects.some(({ kind }) => kind === "scan")) continue;
        const { steps, after } = proofOfNotNull(action.table, action.column, major);
        const change = `ALTER TABLE ${quoted(action.table)} ALTER COLUMN ${quoteIdentifier(action.column)} SET NOT NULL;`;
        const last =
          after.length === 0 ? [] : ["-- and in one after that, each as a statement of its own:", change, ...after];
        yield {
          at: action.span,
          message: `Nobody can read or write ${display(action.table)} while every row is searched for a NULL in ${action.column}.`,
          safer: [...steps, ...last].join("\n"),
        };
      }
    }
  },
});
