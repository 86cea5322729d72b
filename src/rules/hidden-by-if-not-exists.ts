import { displayType } from "../facts/casts.ts";
import { comment, nameFrom } from "../facts/clauses.ts";
import type { ActionWithEffects, Difference } from "../facts/facts.ts";
import { display, quoted, quoteIdentifier } from "../sql/names.ts";
import { list } from "../text.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "hidden-by-if-not-exists",
  meta: {
    title: "Do not let IF NOT EXISTS pass over another definition",
    hazard: "unread",
    risk: "high",
    why: "IF NOT EXISTS looks at the name alone. Where an earlier migration has made something else of that name, the statement is passed over with a notice, the migration succeeds, and what it asks for is not there.",
    fix: "Change what is there, or choose another name. Without IF NOT EXISTS PostgreSQL says at once that the name is taken.",
    links: ["https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARMS-IF-NOT-EXISTS"],
  },
  *check({ statements }) {
    for (const { actions } of statements) {
      for (const action of actions) {
        if (action.differs === undefined || !("table" in action) || action.table === null) continue;
        const name = action.kind === "create-index" ? (action.index ?? "") : display(action.table);
        yield {
          at: action.span,
          certainty: action.differs.certainty,
          message: `This is passed over, because ${name} is there already, and it is another one: ${list(action.differs.what.slice(0, mostShown).map(inWords))}${action.differs.what.length > mostShown ? ", and more" : ""}.`,
          safer: safer(action, action.differs.what),
        };
      }
    }
  },
});

const mostShown = 4;

function inWords(difference: Difference): string {
  switch (difference.kind) {
    case "no-column":
      return `it has no column ${difference.column}`;
    case "other-type":
      return `its ${difference.column} is ${difference.is}, not ${difference.wanted}`;
    case "allows-null":
      return `its ${difference.column} may be NULL`;
    case "no-constraint":
      return `it has no ${difference.constraint}`;
    case "other-index":
      return `it is ${difference.is}`;
  }
}

/** The columns that are missing can be added; for the rest there are rules of their own. */
function safer(action: ActionWithEffects, differences: readonly Difference[]): string {
  if (action.kind === "create-index" && action.index !== null) {
    const other = quoteIdentifier(nameFrom(action.index, "_new"));
    return comment(`give it a name that is free, such as ${other}, and drop ${action.index} when nothing needs it`);
  }
  if (action.kind !== "create-table") return comment("change what is there, step by step, or choose another name");
  const missing = new Set(differences.flatMap((each) => (each.kind === "no-column" ? [each.column] : [])));
  const columns = action.definition.columns.filter(({ name }) => missing.has(name));
  const added = columns.map(({ name, type }) => `ADD COLUMN ${quoteIdentifier(name)} ${displayType(type)}`);
  const rest = differences.some(({ kind }) => kind !== "no-column");
  return [
    ...(added.length === 0 ? [] : [`ALTER TABLE ${quoted(action.table)} ${added.join(", ")};`]),
    ...(rest ? [comment(`change the rest of ${display(action.table)} step by step, or choose another name`)] : []),
  ].join("\n");
}
