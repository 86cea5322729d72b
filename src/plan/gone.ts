import type { StatementFacts } from "../facts/facts.ts";
import { includes } from "../sql/names.ts";
import { type Losable, losableIn } from "./losses.ts";

/** An up script, as it was read. */
interface UpScript {
  readonly path: string;
  readonly statements: readonly StatementFacts[];
}

/** What an up script took away, as far as its SQL shows: its way back makes the place again, and not what was in it. */
export function goneWith(script: UpScript): readonly string[] {
  const made = script.statements.flatMap(({ actions }) => {
    return actions.flatMap((action) => (action.kind === "create-table" ? [action.table] : []));
  });
  return losableIn([script]).flatMap((losable) => {
    const { table, path, line } = losable;
    if (table === null || losable.what === "untold" || includes(made, table)) return [];
    return [`${path}:${line} took away ${inWords(losable)}: going back does not bring that back.`];
  });
}

function inWords({ what, name }: Losable): string {
  switch (what) {
    case "table":
      return `the rows of ${name}`;
    case "column":
      return `the values of ${name}`;
    case "rows":
      return `what stood in rows of ${name}`;
    case "precision":
      return `what did not fit into the new type of ${name}`;
    case "untold":
      return name;
  }
}
