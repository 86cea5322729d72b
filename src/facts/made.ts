import { display, type Relation, relation, same } from "../sql/names.ts";
import type { ActionWithEffects, StatementFacts } from "./facts.ts";

/** Something with a name that a script makes or drops. */
export interface Thing {
  readonly what: string;
  /** Without a schema for public; of a column or constraint with its table's. Null where PostgreSQL chooses the name. */
  readonly name: string | null;
  /** The table that it goes with when that is dropped; null for what stands alone. */
  readonly table: Relation | null;
  /** The columns of the table that it goes with. */
  readonly columns: readonly string[];
  /** IF NOT EXISTS or IF EXISTS: it may have been there before, or not at all. */
  readonly unsure: boolean;
  readonly at: ActionWithEffects;
}

/** What is there after a script and was not before, and the other way round. */
export interface NetChange {
  readonly made: readonly Thing[];
  readonly dropped: readonly Thing[];
  /** False where part of the script could not be read. */
  readonly isWhole: boolean;
}

/** Goes over a script and keeps what it makes and drops in the end. */
export function netChange(statements: readonly StatementFacts[]): NetChange {
  const made = new Map<string, Thing>();
  const dropped = new Map<string, Thing>();
  let isWhole = true;
  for (const { actions } of statements) {
    for (const action of actions) {
      if (action.kind === "opaque" && !action.keepsCatalog) isWhole = false;
      for (const thing of droppedBy(action)) drop(thing, made, dropped);
      for (const thing of madeBy(action)) {
        const key = keyOf(thing, made);
        if (!dropped.delete(key)) made.set(key, thing);
      }
    }
  }
  return { made: [...made.values()], dropped: [...dropped.values()], isWhole };
}

/** Whether a thing goes when another is dropped: by its own name, with its table or column, or with its schema. */
export function goesWith(thing: Thing, dropped: Thing): boolean {
  if (thing.what === dropped.what && thing.name === dropped.name) return true;
  // A name that PostgreSQL has chosen is not known here: whatever of its kind goes may be it.
  if (thing.name === null && thing.what === dropped.what) {
    return dropped.table === null || thing.table === null || same(dropped.table, thing.table);
  }
  if (dropped.what === "schema") return (thing.table?.schema ?? thing.name?.split(".").at(-2)) === dropped.name;
  if (thing.table === null) return false;
  if (dropped.table === null) return dropped.what === "table" && display(thing.table) === dropped.name;
  if (!same(thing.table, dropped.table)) return false;
  return dropped.what === "column" && dropped.columns.some((column) => thing.columns.includes(column));
}

function drop(thing: Thing, made: Map<string, Thing>, dropped: Map<string, Thing>): void {
  let isOwn = false;
  for (const [key, each] of made) {
    if (!goesWith(each, thing)) continue;
    made.delete(key);
    isOwn ||= each.what === thing.what;
  }
  if (!isOwn) dropped.set(keyOf(thing, dropped), thing);
}

function keyOf({ what, name, table }: Thing, among: ReadonlyMap<string, Thing>): string {
  return name === null ? `${what}\u0000${table?.name ?? ""}\u0000${among.size}` : `${what}\u0000${name}`;
}

type Parts = Partial<Pick<Thing, "table" | "columns" | "unsure">>;

function thing(at: ActionWithEffects, what: string, name: string | null, more: Parts = {}): Thing {
  return { at, what, name, table: null, columns: [], unsure: at.conditional === true, ...more };
}

function madeBy(action: ActionWithEffects): readonly Thing[] {
  const unsure = "ifNotExists" in action && action.ifNotExists;
  switch (action.kind) {
    case "create-table":
      return action.temporary ? [] : [thing(action, "table", display(action.table), { unsure })];
    case "add-column":
      return [column(action, action.table, action.column, unsure)];
    case "rename-column":
      return [column(action, action.table, action.to, false)];
    case "create-index": {
      const { table, columns, index } = action;
      const name = index === null ? null : display(relation(table.schema, index));
      return [thing(action, "index", name, { table, columns, unsure })];
    }
    case "add-constraint": {
      const { name, columns } = action.constraint;
      return [constraint(action, action.table, name ?? action.constraint.usingIndex, columns)];
    }
    case "rename-table":
      return [thing(action, "table", display(action.to))];
    case "create-view":
    case "create-materialized-view":
      return action.replace ? [] : [thing(action, viewWord(action.kind), display(action.view), { unsure })];
    case "create-enum":
    case "create-domain":
      return [thing(action, "type", display(action.name))];
    case "create-type":
    case "create-sequence":
    case "create-schema":
      return [thing(action, action.kind.slice("create-".length), display(action.name), { unsure })];
    default:
      return [];
  }
}

function droppedBy(action: ActionWithEffects): readonly Thing[] {
  const unsure = "ifExists" in action && action.ifExists;
  switch (action.kind) {
    case "drop-table":
      return [thing(action, "table", display(action.table), { unsure })];
    case "rename-table":
      return [thing(action, "table", display(action.table))];
    case "drop-column":
      return [column(action, action.table, action.column, unsure)];
    case "rename-column":
      return [column(action, action.table, action.column, false)];
    case "drop-index":
      return [thing(action, "index", display(action.index), { unsure })];
    case "drop-constraint":
      return [constraint(action, action.table, action.name, [], unsure)];
    case "add-constraint":
      // The constraint takes over the index, with its name.
      return action.constraint.usingIndex === null
        ? []
        : [thing(action, "index", display(relation(action.table.schema, action.constraint.usingIndex)))];
    case "drop-view":
    case "drop-materialized-view":
      return [thing(action, viewWord(action.kind), display(action.view), { unsure })];
    case "drop-type":
    case "drop-sequence":
    case "drop-schema":
      return [thing(action, action.kind.slice("drop-".length), display(action.name), { unsure })];
    default:
      return [];
  }
}

function viewWord(kind: string): string {
  return kind.endsWith("materialized-view") ? "materialized view" : "view";
}

function column(at: ActionWithEffects, table: Relation, name: string, unsure: boolean): Thing {
  return thing(at, "column", `${display(table)}.${name}`, { table, columns: [name], unsure });
}

function constraint(
  at: ActionWithEffects,
  table: Relation,
  name: string | null,
  columns: readonly string[],
  unsure = false,
): Thing {
  return thing(at, "constraint", name === null ? null : `${name} of ${display(table)}`, { table, columns, unsure });
}
