import type { ActionOf } from "../facts/actions.ts";
import { addedColumn, addedColumnWithout, comment } from "../facts/clauses.ts";
import type { ActionWithEffects } from "../facts/facts.ts";
import { display, quoted, quoteIdentifier } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "stored-generated-column",
  meta: {
    title: "Do not compute a stored column for a whole table at once",
    hazard: "locks",
    risk: "high",
    why: "GENERATED ALWAYS AS (…) STORED computes the column for every existing row: the whole table is written anew, its indexes with it, under an ACCESS EXCLUSIVE lock. So does SET EXPRESSION (from 17 on).",
    fix: "Add a plain column, keep it filled by a trigger, and fill the rows that exist in batches. From PostgreSQL 18 on a VIRTUAL column is computed when it is read, and adding it writes nothing.",
    links: ["https://www.postgresql.org/docs/current/ddl-generated-columns.html"],
  },
  speaksOf: ["add-column", "set-expression"],
  *check({ statements, major }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        const isAdded = action.kind === "add-column" && action.definition.generated === "stored";
        if (!isAdded && action.kind !== "set-expression") continue;
        const rewrite = action.effects.find(({ kind }) => kind === "rewrite");
        if (rewrite === undefined) continue;
        const column = quoteIdentifier(action.column);
        yield {
          at: action.span,
          certainty: rewrite.certainty,
          message: `Nobody can read or write ${display(action.table)} while it is written anew: ${action.column} is computed and stored for every row.`,
          safer: isAdded
            ? plainColumn(action, major)
            : comment(
                `add a plain column beside ${column}, fill it in batches, switch the readers, and drop ${column} later`,
              ),
        };
      }
    }
  },
});

function plainColumn({ table, column, sql }: ActionOf<"add-column"> & ActionWithEffects, major: number): string {
  const clauses = addedColumn(sql)?.clauses ?? [];
  const expression = clauses.find(({ kind }) => kind === "generated")?.text.replace(/\s+stored$/i, "");
  // Neither an index nor a foreign key can stand on a virtual column.
  const mayBeVirtual = major >= 18 && !clauses.some(({ kind }) => /^(?:unique|primary|references)$/.test(kind));
  return [
    `ALTER TABLE ${quoted(table)} ${addedColumnWithout(sql, "generated", "not") ?? `ADD COLUMN ${quoteIdentifier(column)}`};`,
    comment(`keep ${column} filled by a BEFORE INSERT OR UPDATE trigger, and fill the rows that exist in batches`),
    ...(mayBeVirtual && expression !== undefined
      ? [comment(`or, where it may be computed on reading, which writes no row: ${expression} VIRTUAL`)]
      : []),
  ].join("\n");
}
