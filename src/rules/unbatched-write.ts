import type { ActionOf } from "../facts/actions.ts";
import { hasWord, whereOf } from "../facts/clauses.ts";
import type { ActionWithEffects } from "../facts/facts.ts";
import { display, quoted } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "unbatched-write",
  meta: {
    title: "Update and delete in batches",
    hazard: "locks",
    risk: "critical",
    why: "One UPDATE or DELETE over a table locks every row that it changes until the transaction ends, writes a new version of each, and holds back vacuum for as long. What it changed cannot be told from what was there before.",
    fix: "Change a thousand rows at a time, each batch in its own transaction, outside the migration where there are many; keep a backup.",
    links: [
      "https://www.postgresql.org/docs/current/mvcc.html",
      "https://www.postgresql.org/docs/current/populate.html",
    ],
  },
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if ((action.kind !== "update" && action.kind !== "delete") || action.onlyNew) continue;
        const table = display(action.table);
        const rows = action.where === "none" ? `every row of ${table}` : `every row of ${table} that matches`;
        const done = action.kind === "update" ? "changed" : "deleted";
        yield {
          at: action.span,
          // How many rows match is not in the SQL.
          certainty: action.where === "none" ? "certain" : "possible",
          message: `${rows[0]?.toUpperCase()}${rows.slice(1)} is ${done} in one transaction: writers of those rows wait until it ends.`,
          safer: inBatches(action),
        };
      }
    }
  },
});

function inBatches(action: ActionOf<"update" | "delete"> & ActionWithEffects): string {
  const table = quoted(action.table);
  const where = whereOf(action.sql);
  const simple = where !== null && !hasWord(action.sql, "with", "using", "returning", "as");
  const repeat = `-- again and again, each time in its own transaction, until no row is ${action.kind}d:`;
  if (simple && action.kind === "delete") {
    return `${repeat}\nDELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${where.text} LIMIT 1000));`;
  }
  if (simple && action.kind === "update" && !hasWord(action.sql, "from")) {
    const batch = `WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${where.text} LIMIT 1000));`;
    return `${repeat}\n${action.sql.slice(0, where.start).trimEnd()} ${batch}`;
  }
  return "-- by ranges of the primary key, a thousand rows at a time, each range in its own transaction";
}
