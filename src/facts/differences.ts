import { display, relation, same } from "../sql/names.ts";
import { list } from "../text.ts";
import type { ActionBody, ActionOf, ColumnDefinition, ConstraintDefinition } from "./actions.ts";
import { displayType } from "./casts.ts";
import type { Catalog, Table } from "./catalog.ts";
import type { Difference } from "./facts.ts";

/**
 * What IF NOT EXISTS passes over although what is there is not what it asks for. What is there and was not asked for is no
 * difference: a table grows with the migrations after its own.
 */
export function hiddenBy(action: ActionBody, catalog: Catalog): readonly Difference[] {
  switch (action.kind) {
    case "create-table": {
      const table = action.ifNotExists && !action.temporary ? catalog.table(action.table) : null;
      return table === null ? [] : inTable(action, table);
    }
    case "add-column": {
      const table = action.ifNotExists ? catalog.table(action.table) : null;
      return table === null || !table.columns.has(action.column) ? [] : inColumn(action.definition, table);
    }
    case "create-index":
      return action.ifNotExists ? inIndex(action, catalog) : [];
    default:
      return none;
  }
}

const none: readonly Difference[] = [];

function inTable({ definition }: ActionOf<"create-table">, table: Table): Difference[] {
  if (!table.complete) return [];
  const differences = definition.columns.flatMap((column) => inColumn(column, table));
  for (const constraint of definition.constraints) {
    if (![...table.constraints.values()].some((each) => isSame(each, constraint)))
      differences.push({ kind: "no-constraint", constraint: inWords(constraint) });
  }
  return differences;
}

function inColumn({ name: column, type, notNull }: ColumnDefinition, table: Table): Difference[] {
  const there = table.columns.get(column);
  if (there === undefined) return [{ kind: "no-column", column }];
  const [is, wanted] = [displayType(there.type), displayType(type)];
  if (is !== wanted) return [{ kind: "other-type", column, is, wanted }];
  return notNull && !there.notNull ? [{ kind: "allows-null", column }] : [];
}

/** Checks count by their columns alone: what stands in them is not kept. */
function isSame(a: ConstraintDefinition, b: ConstraintDefinition): boolean {
  const others = new Set(b.columns);
  if (a.type !== b.type || a.columns.length !== b.columns.length) return false;
  if (!a.columns.every((column) => others.has(column))) return false;
  return a.references === null || b.references === null || same(a.references.table, b.references.table);
}

function inWords({ type, columns, references }: ConstraintDefinition): string {
  const of = columns.length === 0 ? "" : ` (${columns.join(", ")})`;
  return `${type.replace("-", " ").toUpperCase()}${of}${references === null ? "" : ` to ${display(references.table)}`}`;
}

function inIndex(action: ActionOf<"create-index">, catalog: Catalog): Difference[] {
  if (action.index === null) return [];
  const found = catalog.tableOfIndex(relation(action.table.schema, action.index));
  if (found === null) return [];
  const { table, index } = found;
  const isPlain = !index.expressions && !action.expressions;
  const sameColumns = !isPlain || list(index.columns) === list(action.columns);
  if (same(table.relation, action.table) && index.unique === action.unique && sameColumns) return [];
  const columns = index.expressions ? "" : ` (${index.columns.join(", ")})`;
  return [
    {
      kind: "other-index",
      is: `${index.unique ? "a unique index" : "an index"} on ${display(table.relation)}${columns}`,
    },
  ];
}
