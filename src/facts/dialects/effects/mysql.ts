import { display, type Relation, same } from "../../../sql/names.ts";
import type { ActionOf } from "../../actions.ts";
import type { Effect } from "../../facts.ts";
import type { Reading } from "../read/reading.ts";
import { broken, type EffectContext, fails, lost, mayBeMissing, rewrite, scan } from "./parts.ts";

type Of<K extends Reading["kind"]> = Extract<Reading, { readonly kind: K }>;

const online = "reads and writes go on meanwhile, but for a moment at either end";
const copied = "the table is copied, and whoever writes to it waits meanwhile";

/**
 * What MySQL 8 and MariaDB from 10.6 on do about an action, for InnoDB tables
 * (https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html,
 * https://mariadb.com/kb/en/innodb-online-ddl-overview/). Each change of a table waits for its metadata lock until every transaction
 * that has used the table has ended, and everybody else waits behind it: the lock of this effect, by PostgreSQL's name for one that
 * goes together with no other.
 */
export function mysqlEffects(action: Reading, context: EffectContext): Effect[] {
  switch (action.kind) {
    case "create-table":
      return createTable(action, context);
    case "drop-table":
      return dropTable(action, context);
    case "truncate":
      return [
        metadata(action.table),
        lost(action.table, "rows", "certain"),
        ...refusedByKeys(action.table, "42000", context),
      ];
    case "rename-table":
      return [metadata(action.table), broken(action.table, "renamed")];
    case "add-column":
      return [metadata(action.table), ...addColumn(action, context)];
    case "drop-column":
      return [metadata(action.table), ...dropColumn(action, context)];
    case "rename-column":
      return [metadata(action.table), broken(action.table, "renamed"), ...asTold(action, action.table)];
    case "alter-column-type":
      return [metadata(action.table), ...alterType(action)];
    case "set-not-null":
      return [
        metadata(action.table),
        scan(action.table, `every row is written anew in place; ${online}`),
        { kind: "breaks-clients", relation: action.table, what: "stricter", certainty: "certain" },
        fails(action.table, "22004", `it is refused when a row has no ${action.column}`),
        ...asTold(action, action.table),
      ];
    case "drop-not-null":
      return [
        metadata(action.table),
        scan(action.table, `every row is written anew in place; ${online}`),
        ...asTold(action, action.table),
      ];
    case "add-constraint":
      return [metadata(action.table), ...addConstraint(action, context)];
    case "alter-constraint":
      return [metadata(action.table), scan(action.table, "every row may be checked")];
    case "create-index":
      return [metadata(action.table), ...createIndex(action)];
    case "drop-index":
    case "alter-index":
    case "rename-index": {
      const on = action.notes?.on;
      return on === undefined ? [] : [metadata(on), ...asTold(action, on)];
    }
    case "set-access-method":
    case "drop-constraint":
    case "change-table-type":
    case "set-default":
    case "drop-default":
    case "set-column-options":
    case "set-table-options":
    case "attach-partition":
      return [metadata(action.table), ...rebuilt(action, action.table), ...asTold(action, action.table)];
    case "cluster":
      return action.table === null
        ? []
        : [metadata(action.table), rewrite(action.table, `every row is written into a new file; ${online}`)];
    case "create-trigger":
      return [metadata(action.table)];
    case "create-view":
      return action.replace ? [metadata(action.view)] : [];
    case "alter-view":
      return [metadata(action.view)];
    case "drop-view":
      return [metadata(action.view), broken(action.view, "removed")];
    case "drop-schema":
      return dropSchema(action, context);
    case "drop-sequence":
    case "drop-tablespace":
      return [broken(null, "removed")];
    case "lock-table":
      return action.tables.map((table) => ({ ...metadata(table), mode: action.mode }));
    case "insert":
    case "update":
    case "delete":
      return writes(action);
    case "copy-from":
      return action.notes?.replaces === true ? [lost(action.table, "rows", "possible")] : [];
    case "select":
    case "copy-to":
      return action.reads.map((each) => scan(each, "the query reads it"));
    default:
      return [];
  }
}

type Lock = Extract<Effect, { readonly kind: "lock" }>;

function metadata(relation: Relation): Lock {
  return { kind: "lock", relation, mode: "ACCESS EXCLUSIVE", lasts: "instant", certainty: "possible" };
}

/** ALGORITHM = COPY copies whatever could be done otherwise; another algorithm is refused where it cannot be used. */
function asTold({ notes }: Reading, table: Relation): Effect[] {
  return notes?.algorithm === "copy" ? [rewrite(table, `ALGORITHM=COPY asks for it: ${copied}`)] : [];
}

function isToldNotToCopy({ notes }: Reading): boolean {
  return notes?.algorithm === "instant" || notes?.algorithm === "nocopy" || notes?.algorithm === "inplace";
}

function rebuilt({ notes }: Reading, table: Relation): Effect[] {
  if (notes?.rebuilds === undefined) return [];
  const { why, blocks } = notes.rebuilds;
  return [rewrite(table, `${why}; ${blocks ? copied : online}`)];
}

/** Where the copy was ruled out, the server refuses instead of copying. */
function copies(action: Reading, table: Relation, why: string): Effect {
  return isToldNotToCopy(action)
    ? fails(
        table,
        "0A000",
        `${why}, which ALGORITHM=${action.notes?.algorithm?.toUpperCase() ?? ""} may not be able to do`,
      )
    : rewrite(table, `${why}: ${copied}`);
}

function createTable(
  { table, definition, ifNotExists, reads, temporary }: Of<"create-table">,
  { catalog }: EffectContext,
): Effect[] {
  const effects = reads.map((each) =>
    scan(each, "the query reads it, and keeps the rows that it reads from being written"),
  );
  for (const { references } of definition.constraints)
    if (references !== null && !same(references.table, table)) effects.push(metadata(references.table));
  if (!ifNotExists && !temporary && catalog.table(table) !== null)
    effects.push(fails(table, "42S01", `${display(table)} already exists: an earlier statement made it`));
  return effects;
}

function dropTable({ table, ifExists }: Of<"drop-table">, context: EffectContext): Effect[] {
  if (mayBeMissing(table, ifExists, context.catalog)) return [metadata(table), lost(table, "table", "possible")];
  return [
    metadata(table),
    lost(table, "table", "certain"),
    broken(table, "removed"),
    ...refusedByKeys(table, "HY000", context),
  ];
}

/** Foreign keys of other tables keep a table from being dropped or emptied, unless their checks are off. */
function refusedByKeys(table: Relation, sqlstate: string, { catalog, checksForeignKeys }: EffectContext): Effect[] {
  if (checksForeignKeys === false) return [];
  const others = catalog.referencing(table).filter(({ relation }) => !same(relation, table));
  return others.map(({ relation }) =>
    fails(table, sqlstate, `a foreign key of ${display(relation)} refers to it, unless foreign_key_checks is off`),
  );
}

function addColumn(action: Of<"add-column">, { catalog, dialect }: EffectContext): Effect[] {
  const { table, column, definition, fill, constraints, notes, ifNotExists } = action;
  const effects: Effect[] = [];
  const known = catalog.table(table);
  if (!ifNotExists && known?.columns.has(column) === true)
    effects.push(fails(table, "42S21", `${display(table)} already has a column ${column}`));
  if (definition.generated === "stored")
    effects.push(copies(action, table, `the stored value of ${column} is computed for every row`));
  else if (definition.serial) effects.push(copies(action, table, `every row gets its own number for ${column}`));
  else if (fill === "volatile" || (fill === "unknown" && notes?.computed === true))
    effects.push(copies(action, table, `the default of ${column} is computed for every row`));
  else if (notes?.moved === true)
    effects.push(
      scan(
        table,
        `before MySQL 8.0.29 and MariaDB 10.4 a column that is not the last is put into every row; ${online}`,
      ),
    );
  for (const { type, notEnforced } of constraints) {
    if (type === "check" && !notEnforced) effects.push(copies(action, table, "every row is checked"));
    // MySQL before 9.0 reads REFERENCES behind a column and forgets it.
    if (type === "foreign-key" && dialect === "mariadb") effects.push(copies(action, table, "a foreign key is added"));
    if (type === "unique" || type === "primary-key") effects.push(scan(table, `an index is built; ${online}`));
  }
  if (definition.notNull && fill === "null" && !definition.serial && definition.generated === null) {
    // Rows that exist get 0 or an empty text; an INSERT that does not name the column is refused in strict mode.
    effects.push({ kind: "breaks-clients", relation: table, what: "stricter", certainty: "possible" });
  }
  return [...effects, ...asTold(action, table)];
}

function dropColumn(action: Of<"drop-column">, { catalog }: EffectContext): Effect[] {
  const { table, column, ifExists } = action;
  const known = catalog.table(table);
  if (ifExists && catalog.exact && known?.complete === true && !known.columns.has(column)) return [];
  return [lost(table, "column", "certain"), broken(table, "removed"), ...asTold(action, table)];
}

function alterType(action: Of<"alter-column-type">): Effect[] {
  const { table, column, notes } = action;
  if (notes?.widens === true) return asTold(action, table);
  return [copies(action, table, `${column} is converted in every row`), lost(table, "precision", "possible")];
}

function addConstraint(action: Of<"add-constraint">, { checksForeignKeys }: EffectContext): Effect[] {
  const { table, constraint } = action;
  switch (constraint.type) {
    case "foreign-key": {
      const parent = constraint.references === null ? [] : [metadata(constraint.references.table)];
      if (checksForeignKeys === false) return parent;
      const why = "a foreign key is checked for every row, unless foreign_key_checks is off";
      return [
        ...parent,
        copies(action, table, why),
        scan(table, why),
        fails(table, "23000", "it is refused when a row refers to none"),
      ];
    }
    case "check":
      if (constraint.notEnforced) return asTold(action, table);
      return [
        copies(action, table, "every row is checked"),
        scan(table, "every row is checked"),
        fails(table, "HY000", "it is refused when a row does not meet it"),
      ];
    default:
      return [
        scan(table, `an index is built; ${online}`),
        fails(table, "23000", "it is refused when two rows are alike"),
        ...asTold(action, table),
      ];
  }
}

function createIndex(action: Of<"create-index">): Effect[] {
  const { table, unique, notes } = action;
  const duplicate = unique ? [fails(table, "23000", "it is refused when two rows are alike")] : [];
  if (notes?.index !== undefined) {
    const why = `a ${notes.index.toUpperCase()} index is built while whoever writes to the table waits, and the first FULLTEXT one of a table writes every row anew`;
    return [rewrite(table, why), ...duplicate];
  }
  return [scan(table, `the table is read for the index; ${online}`), ...duplicate, ...asTold(action, table)];
}

function dropSchema({ name }: ActionOf<"drop-schema">, { catalog }: EffectContext): Effect[] {
  const inside = [...catalog.tables()].filter(({ relation }) => relation.schema === name.name);
  // Which of the tables without a schema are in it is not in the SQL.
  return [
    broken(null, "removed"),
    lost(null, "table", "possible"),
    ...inside.map(({ relation }) => lost(relation, "table", "certain")),
  ];
}

function writes(action: Of<"insert" | "update" | "delete">): Effect[] {
  const { table, reads } = action;
  const effects = reads
    .filter((each) => !same(each, table))
    .map((each) => scan(each, "the query reads it, and may keep the rows that it reads from being written"));
  if (action.kind === "insert")
    return action.notes?.replaces === true ? [...effects, lost(table, "rows", "possible")] : effects;
  effects.push(scan(table, "every row that is looked at may be locked until the transaction ends"));
  return action.kind === "delete" ? [lost(table, "rows", "certain"), ...effects] : effects;
}
