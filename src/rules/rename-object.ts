import { comment, hasWord } from "../facts/clauses.ts";
import type { ActionWithEffects } from "../facts/facts.ts";
import { type NamesInFile, nameOf, namesIn } from "../facts/names-in-file.ts";
import { display, quoted, type Relation } from "../sql/names.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "rename-object",
  meta: {
    title: "Do not rename what running programs know by its name",
    hazard: "breaks-clients",
    risk: "high",
    why: "The rename itself takes an instant. But the programs that run now know the old name, those that are deployed with it know the new one, and for a while both run: whichever goes first, one of them fails at every query.",
    fix: "Make the new name beside the old one, move the programs over, and drop the old name in a later release. A view can stand in for a table that was renamed.",
    links: ["https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS"],
  },
  *check({ statements, major }) {
    let names: NamesInFile | null = null;
    for (const [at, { actions }] of statements.entries()) {
      for (const action of actions) {
        if (!action.effects.some((effect) => effect.kind === "breaks-clients" && effect.what === "renamed")) continue;
        names ??= namesIn(statements);
        const said = wordsOf(action, major);
        if (said === null || (said.from !== null && isHarmless(said.from, said.to, names, at))) continue;
        yield { at: action.span, message: said.message, safer: said.safer };
      }
    }
  },
});

/** Two tables or columns that change places, an old name that a view takes over, and a column that the same file has added. */
function isHarmless(from: string, to: string, names: NamesInFile, at: number): boolean {
  return names.madeAgain(from, at) || names.freedBefore(to, at) || names.madeBefore(from, at);
}

interface Said {
  /** The names before and after; null where they are none of a table or a column. */
  readonly from: string | null;
  readonly to: string;
  readonly message: string;
  readonly safer: string;
}

function wordsOf(action: ActionWithEffects, major: number): Said | null {
  switch (action.kind) {
    case "rename-table":
    case "rename-view": {
      const from = action.kind === "rename-table" ? action.table : action.view;
      return {
        from: nameOf(from),
        to: nameOf(action.to),
        message: fails(display(from), display(action.to)),
        safer: withView(action.sql, from, action.to, major),
      };
    }
    case "rename-column": {
      const { table, column, to } = action;
      const steps = `add ${to} beside ${column}, keep both filled by a trigger, copy in batches, move the programs over, and drop ${column} in a later release`;
      const message = fails(`${display(table)}.${column}`, `${display(table)}.${to}`);
      return { from: nameOf(table, column), to: nameOf(table, to), message, safer: comment(steps) };
    }
    case "rename-enum-value": {
      const { type, value, to } = action;
      const steps = `add '${to}' to ${display(type)} in a migration of its own, change the rows in batches, move the programs over, and leave '${value}' unused`;
      return { from: null, to: "", message: fails(`'${value}' of ${display(type)}`, `'${to}'`), safer: comment(steps) };
    }
    case "rename-schema":
    case "rename-sequence":
    case "rename-type":
    case "rename-function": {
      const what = hasWord(action.sql, "attribute") ? "attribute of the type" : action.kind.slice("rename-".length);
      const steps = `make one of the new name beside this ${what}, move the programs over, and drop the old one in a later release`;
      const message = `Programs that run now name the ${what} ${display(action.name)}, and what they send fails as soon as it has another name.`;
      return { from: null, to: "", message, safer: comment(steps) };
    }
    default:
      return null;
  }
}

function fails(from: string, to: string): string {
  return `Programs that run now name ${from}, and every such query fails as soon as it is ${to}.`;
}

function withView(sql: string, from: Relation, to: Relation, major: number): string {
  // Without it the rights of the view's owner would count, and row security would not.
  const invoker = major >= 15 ? " WITH (security_invoker = true)" : "";
  return [
    `${sql};`,
    `CREATE VIEW ${quoted(from)}${invoker} AS SELECT * FROM ${quoted(to)};`,
    comment(
      `both in one transaction, with the rights on the view that ${display(from)} had; drop it when nothing names it any more`,
    ),
  ].join("\n");
}
