import { comment } from "../facts/clauses.ts";
import { blocksReads, blocksWrites } from "../facts/locks.ts";
import { whoWaits } from "../facts/waiting.ts";
import { display, quoted } from "../sql/names.ts";
import { list } from "../text.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "lock-table",
  meta: {
    title: "Do not LOCK a table that is in use",
    hazard: "locks",
    risk: "high",
    why: "LOCK TABLE without a mode takes ACCESS EXCLUSIVE, and holds it until the transaction ends, whatever else that does. Every statement takes the locks that it needs by itself.",
    fix: "Leave it out. Where nobody may write meanwhile, SHARE ROW EXCLUSIVE lets readers go on; where single rows are meant, SELECT … FOR UPDATE locks just those.",
    links: ["https://www.postgresql.org/docs/current/sql-lock.html"],
  },
  speaksOf: ["lock-table"],
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.kind !== "lock-table" || !blocksWrites(action.mode)) continue;
        // Tables that the set has only just made are left out of the effects; so is everything where it is refused.
        const locked = action.effects.flatMap(({ kind, relation }) =>
          kind === "lock" && relation !== null ? [relation] : [],
        );
        if (locked.length === 0) continue;
        const tables = list(locked.slice(0, 5).map(display));
        yield {
          at: action.span,
          message: `${whoWaits(action.mode, tables)} from here to the end of the transaction.`,
          safer: blocksReads(action.mode)
            ? `LOCK TABLE ${action.tables.map(quoted).join(", ")} IN SHARE ROW EXCLUSIVE MODE;\n-- lets readers go on; or leave it out, since each statement takes the locks that it needs`
            : comment(
                "leave it out, since each statement takes the locks that it needs, or lock the rows: SELECT … FOR UPDATE",
              ),
        };
      }
    }
  },
});
