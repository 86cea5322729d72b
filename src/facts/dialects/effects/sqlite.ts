import { display, key, type Relation, same } from "../../../sql/names.ts";
import type { Effect } from "../../facts.ts";
import type { Reading } from "../read/reading.ts";
import { broken, type EffectContext, fails, lost, mayBeMissing, rewrite, scan } from "./parts.ts";

type Of<K extends Reading["kind"]> = Extract<Reading, { readonly kind: K }>;

const locked = "nobody else can write to the database meanwhile";

/**
 * What SQLite does about an action (https://sqlite.org/lang_altertable.html, https://sqlite.org/lockingv3.html). It has one lock for
 * the whole database: one writes, and with a rollback journal nobody reads while that is written out. It has no SQLSTATEs; HY000
 * stands for any error.
 */
export function sqliteEffects(action: Reading, context: EffectContext): Effect[] {
  switch (action.kind) {
    case "create-table": {
      const { table, ifNotExists, temporary, reads } = action;
      const effects = reads.map((each) => scan(each, `the query reads it; ${locked}`));
      if (!ifNotExists && !temporary && context.catalog.nameInUse(table))
        effects.push(fails(table, "HY000", `${display(table)} already exists: an earlier statement made it`));
      return effects;
    }
    case "drop-table":
      return dropTable(action, context);
    case "rename-table":
      return [broken(action.table, "renamed")];
    case "rename-column":
      return [broken(action.table, "renamed")];
    case "add-column":
      return addColumn(action, context);
    case "drop-column":
      return dropColumn(action, context);
    case "create-index":
      return [
        scan(action.table, `the table is read for the index; ${locked}`),
        ...(action.unique ? [fails(action.table, "HY000", "it is refused when two rows are alike")] : []),
      ];
    case "reindex":
      return [
        {
          kind: "index-rebuild",
          relation: action.relation,
          why: `the index is built again; ${locked}`,
          certainty: "possible",
        },
      ];
    case "vacuum":
      return vacuum(context);
    case "drop-view":
      return [broken(action.view, "removed")];
    case "insert":
    case "update":
    case "delete":
      return writes(action);
    case "select":
    case "copy-to":
      return action.reads.map((each) => scan(each, "the query reads it"));
    default:
      return [];
  }
}

function dropTable({ table, ifExists }: Of<"drop-table">, { catalog, checksForeignKeys }: EffectContext): Effect[] {
  if (mayBeMissing(table, ifExists, catalog)) return [lost(table, "table", "possible")];
  const effects = [lost(table, "table", "certain"), broken(table, "removed")];
  if (checksForeignKeys === false) return effects;
  // https://sqlite.org/foreignkeys.html#fk_schemacommands: the rows are deleted first, with all that this brings.
  for (const other of catalog.referencing(table)) {
    if (same(other.relation, table)) continue;
    const keys = [...other.constraints.values()].filter(
      ({ references }) => references !== null && key(references.table) === key(table),
    );
    if (keys.some(({ onDelete }) => onDelete === "change")) effects.push(lost(other.relation, "rows", "possible"));
    else
      effects.push(fails(table, "HY000", `rows of ${display(other.relation)} refer to it, where foreign keys are on`));
  }
  return effects;
}

/** https://sqlite.org/lang_altertable.html#altertabaddcol: what ADD COLUMN does not take, and what it takes only of an empty table. */
function addColumn(
  { table, column, definition, fill, constraints, notes }: Of<"add-column">,
  { catalog }: EffectContext,
): Effect[] {
  const effects: Effect[] = [];
  const refused = (why: string): void => {
    effects.push(fails(table, "HY000", why));
  };
  const unlessEmpty = `it is refused unless ${display(table)} is empty`;
  if (catalog.table(table)?.columns.has(column) === true) refused(`${display(table)} already has a column ${column}`);
  if (definition.generated === "stored") refused("ADD COLUMN takes no STORED column");
  else if (definition.generated === null) {
    if (notes?.computed === true)
      refused(`rows that exist cannot get the default of ${column}, which is no constant; ${unlessEmpty}`);
    else if (definition.notNull && fill === "null")
      refused(`rows that exist have no value for ${column}; ${unlessEmpty}`);
  }
  for (const { type } of constraints) {
    if (type === "primary-key" || type === "unique")
      refused(`ADD COLUMN takes no ${type === "unique" ? "UNIQUE" : "PRIMARY KEY"} column`);
    if (type === "check") effects.push(scan(table, `every row is checked; ${locked}`));
    if (type === "foreign-key" && fill !== "null")
      refused("where foreign keys are on, a column that refers to another table must be NULL at first");
  }
  return effects;
}

function dropColumn({ table, column }: Of<"drop-column">, { catalog }: EffectContext): Effect[] {
  const known = catalog.table(table);
  const inUse = [...(known?.indexes.values() ?? [])].some(({ columns }) => columns.includes(column));
  return [
    lost(table, "column", "certain"),
    broken(table, "removed"),
    rewrite(table, `every row is written anew without ${column}; ${locked}`),
    fails(
      table,
      "HY000",
      `SQLite before 3.35 has no DROP COLUMN, and it is refused for a column that a key, an index, a view or a trigger uses${inUse ? "; an index uses this one" : ""}`,
    ),
  ];
}

/** The whole file is written anew, which takes as much room again. */
function vacuum({ session }: EffectContext): Effect[] {
  const effects = [rewrite(null, `every page is written into a new file; ${locked}`)];
  if (session.inTransaction) effects.push(fails(null, "HY000", "SQLite refuses VACUUM inside a transaction"));
  return effects;
}

function writes(action: Of<"insert" | "update" | "delete">): Effect[] {
  const { table, reads } = action;
  const effects = reads
    .filter((each: Relation) => !same(each, table))
    .map((each) => scan(each, `the query reads it; ${locked}`));
  if (action.kind === "insert")
    return action.notes?.replaces === true ? [...effects, lost(table, "rows", "possible")] : effects;
  effects.push(scan(table, `every row that matches is written; ${locked}`));
  return action.kind === "delete" ? [lost(table, "rows", "certain"), ...effects] : effects;
}
