import type { ActionWithEffects, StatementFacts } from "../facts/facts.ts";
import { display, key, type Relation } from "../sql/names.ts";

/** What a script going back may take rows with it from: a table, a column, or something that its SQL does not show. */
export interface Losable {
  /** As --confirm-loss names it: table, table.column, or file:line where the SQL does not show what is lost. */
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly what: LossKind;
  /** Null where it is not known. */
  readonly table: Relation | null;
  /** Null for a whole row. */
  readonly column: string | null;
}

/** table: with all rows; column: its values; rows: deleted or overwritten; precision: values are cut; untold: nothing is known. */
export type LossKind = "table" | "column" | "rows" | "precision" | "untold";

/** What became of looking: how many rows have something in it now. */
export interface Loss extends Losable {
  /** Null where it could not be counted. */
  readonly rows: number | null;
  /** Whether there are more than were counted. */
  readonly orMore: boolean;
  /** Why it could not be counted; null where it was. */
  readonly why: string | null;
  /** In SQL, whether there is anything to lose, where asking takes no time: it is asked again under the lock. Null: not asked again. */
  readonly guard: LossGuard | null;
}

/** A question that a script going back asks once more, when nobody can write any longer. */
export interface LossGuard {
  /** As SQL names it, with its schema. */
  readonly table: string;
  readonly exists: string;
}

/** What these scripts may lose, in the order in which they run; each table and column once. */
export function losableIn(
  scripts: readonly { readonly path: string; readonly statements: readonly StatementFacts[] }[],
): readonly Losable[] {
  const found = new Map<string, Losable>();
  const renamed = new Set<string>();
  const gone = new Set<string>();
  for (const { path, statements } of scripts) {
    for (const { statement, actions } of statements) {
      for (const action of actions) {
        if (action.kind === "rename-table") renamed.add(key(action.to));
        if (action.kind === "rename-column") renamed.add(`${key(action.table)}.${action.to}`);
        const line = statement.span.line;
        for (const each of lossesOf(action)) {
          const { table, column, what } = each;
          // What was dropped with its table is told once.
          if (table !== null && gone.has(key(table))) continue;
          if (what === "table" && table !== null) gone.add(key(table));
          const isOther = table !== null && (renamed.has(key(table)) || renamed.has(`${key(table)}.${column ?? ""}`));
          // Under this name there is something else now, or nothing: what it will be has to be looked at by a person.
          const loss: Losable =
            table === null || isOther
              ? { name: `${path}:${line}`, path, line, what: "untold", table: null, column: null }
              : { name: nameOf(table, column), path, line, what, table, column };
          if (!found.has(loss.name)) found.set(loss.name, loss);
        }
      }
    }
  }
  return [...found.values()];
}

function nameOf(table: Relation, column: string | null): string {
  return column === null ? display(table) : `${display(table)}.${column}`;
}

type Lost = Pick<Losable, "what" | "table" | "column">;

function lossesOf(action: ActionWithEffects): readonly Lost[] {
  const untold: Lost = { what: "untold", table: null, column: null };
  switch (action.kind) {
    case "opaque":
      return [untold];
    case "drop-column":
      return [{ what: "column", table: action.table, column: action.column }];
    case "update":
    case "merge":
      return [{ what: "rows", table: action.table, column: null }];
    case "alter-column-type": {
      const narrows = action.using === "computes" || action.effects.some(({ kind }) => kind === "data-loss");
      return narrows ? [{ what: "precision", table: action.table, column: action.column }] : [];
    }
    case "drop-owned":
    case "commit-inside":
      return [untold];
    case "drop-type":
    case "drop-extension":
      return action.cascade ? [untold] : [];
    default:
      return action.effects.flatMap((effect): readonly Lost[] => {
        if (effect.kind !== "data-loss") return [];
        const what = effect.what === "table" ? "table" : "rows";
        return [effect.relation === null ? untold : { what, table: effect.relation, column: null }];
      });
  }
}
