import { comment, hasWord, textBetween } from "../facts/clauses.ts";
import type { ActionWithEffects } from "../facts/facts.ts";
import { display, includes } from "../sql/names.ts";
import { list } from "../text.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "unbatched-insert",
  meta: {
    title: "Copy rows in batches",
    hazard: "locks",
    risk: "critical",
    why: "INSERT … SELECT, MERGE and COPY over a whole table are one transaction: vacuum cleans up nothing meanwhile, replicas fall behind by all of it, others wait for the keys that it has written, and a failure near the end undoes hours. Rows that change in the source after it began are missed.",
    fix: "Copy a thousand rows at a time by their key, each batch in its own transaction, outside the migration where there are many; keep the two in step by a trigger meanwhile.",
    links: ["https://www.postgresql.org/docs/current/populate.html"],
  },
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.onlyNew || action.inLoop === true) continue;
        const said = sentence(action);
        if (said === null) continue;
        // How many rows there are is not in the SQL.
        yield { at: action.span, certainty: "possible", message: said, safer: inBatches(action) };
      }
    }
  },
});

function sentence(action: ActionWithEffects): string | null {
  switch (action.kind) {
    case "insert": {
      // SELECT without FROM is one row.
      if (action.rows !== null || action.reads.length === 0 || !hasWord(action.sql, "from", "table")) return null;
      const from = action.reads.filter(
        (each) => each.name !== action.table.name || each.schema !== action.table.schema,
      );
      const source =
        from.length === 0 ? "of it that the query finds" : `that the query finds in ${list(from.map(display))}`;
      return `Every row ${source} is written to ${display(action.table)} in one transaction.`;
    }
    case "merge":
      return `Every row of ${display(action.table)} that matches, and every new one, is written in one transaction: whoever writes one of them waits until it ends.`;
    case "copy-from":
      if (action.from === "stdin") return null;
      return `Every row of the ${action.from === "program" ? "program's output" : "file"} is written to ${display(action.table)} in one transaction.`;
    default:
      return null;
  }
}

const byKey = "go through the source by its key, a thousand rows at a time, each batch in its own transaction";

/** A query that leaves out what it has inserted already can be repeated with a limit. */
function inBatches(action: ActionWithEffects): string {
  if (action.kind !== "insert" || !includes(action.reads, action.table)) return comment(byKey);
  const { sql } = action;
  const isPlain = !hasWord(
    sql,
    "with",
    "union",
    "intersect",
    "except",
    "group",
    "limit",
    "offset",
    "fetch",
    "order",
    "on",
    "returning",
    "for",
  );
  const where = textBetween(sql, "where");
  if (!isPlain || where === null || !/^(?:not\s+exists\s*\(|[\w."]+\s+not\s+in\s*\()[^;]*\)$/i.test(where))
    return comment(byKey);
  return `-- again and again, each time in its own transaction, until no row is inserted:\n${sql} LIMIT 1000;`;
}
