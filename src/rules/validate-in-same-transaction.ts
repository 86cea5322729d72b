import { subcommandOf } from "../facts/clauses.ts";
import type { StatementFacts } from "../facts/facts.ts";
import { blocksWrites, stronger } from "../facts/locks.ts";
import { lockOn, takenOnLine, whoWaits } from "../facts/waiting.ts";
import { display, quoted, quoteIdentifier, same } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "validate-in-same-transaction",
  meta: {
    title: "Validate a constraint in a transaction of its own",
    hazard: "locks",
    risk: "high",
    why: "VALIDATE CONSTRAINT lets others read and write while it looks at every row, but only where nothing stronger is held: in the transaction that added the constraint, the lock of that is held to the end, and the scan runs under it. Then NOT VALID has gained nothing.",
    fix: "Validate in a later migration, alone in its transaction and in its ALTER TABLE.",
    links: ["https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"],
  },
  speaksOf: ["validate-constraint"],
  *check({ statements }) {
    for (const [at, facts] of statements.entries()) {
      for (const action of facts.actions) {
        if (action.kind !== "validate-constraint") continue;
        if (!action.effects.some(({ kind, certainty }) => kind === "scan" && certainty === "certain")) continue;
        const { table, name } = action;
        const held = facts.before.held.find(({ relation }) => same(relation, table)) ?? null;
        const own = lockOn(table, action.effects);
        const mode = held === null ? own : own === null ? held.mode : stronger(held.mode, own);
        if (mode === null || !blocksWrites(mode)) continue;
        const line = held === null || !blocksWrites(held.mode) ? null : takenOnLine(statements, at, held);
        const reason =
          line === null
            ? "another part of this ALTER TABLE needs that lock"
            : `the transaction holds the lock that it took on line ${line}`;
        yield {
          at: action.span,
          message: `${whoWaits(mode, display(table))} while every row is checked for ${name}: ${reason}.`,
          safer: apart(facts, `ALTER TABLE ${quoted(table)} VALIDATE CONSTRAINT ${quoteIdentifier(name)};`, name),
        };
      }
    }
  },
});

/** The statement that adds the constraint without the part that validates it, where one ALTER TABLE does both. */
function apart({ actions }: StatementFacts, validate: string, name: string): string {
  const adds = actions.find((each) => each.kind === "add-constraint" && each.constraint.name === name);
  if (adds?.kind !== "add-constraint") return `-- in a later migration, alone in its transaction:\n${validate}`;
  return `ALTER TABLE ${quoted(adds.table)} ${subcommandOf(adds.sql)};\n-- and in a later migration:\n${validate}`;
}
