import { key, type Relation, relation } from "../sql/names.ts";
import type { ActionBody, ColumnDefinition, ConstraintDefinition, TableDefinition } from "./actions.ts";
import type { Column, MutableCatalog, Table } from "./catalog.ts";

/** Writes into the catalog what an action does to it. Actions that change nothing the catalog knows of are left out. */
export function change(catalog: MutableCatalog, action: ActionBody): void {
  switch (action.kind) {
    case "create-table":
      if (catalog.table(action.table) === null)
        addTable(catalog, action.table, "table", action.definition, action.reads);
      return;
    case "create-view":
    case "create-materialized-view": {
      const existing = catalog.table(action.view);
      if (existing !== null && !action.replace) return;
      const view = blank(action.view, action.kind === "create-view" ? "view" : "materialized-view");
      view.reads = action.reads;
      hang(catalog, action.reads);
      catalog.byName.set(key(action.view), view);
      return;
    }
    case "drop-table":
      dropTable(catalog, action.table);
      return;
    case "drop-view":
    case "drop-materialized-view":
      dropTable(catalog, action.view);
      return;
    case "rename-table":
      renameTable(catalog, action.table, action.to);
      return;
    case "rename-view":
      renameTable(catalog, action.view, action.to);
      return;
    case "create-index": {
      const table = catalog.table(action.table);
      const name =
        action.index ?? freeName(catalog, action.table, action.columns, action.expressions ? "expr_idx" : "idx");
      if (table !== null) addIndex(catalog, table, name, action);
      else catalog.indexes.set(key(relation(action.table.schema, name)), key(action.table));
      return;
    }
    case "drop-index": {
      catalog.tableOfIndex(action.index)?.table.indexes.delete(action.index.name);
      catalog.indexes.delete(key(action.index));
      return;
    }
    case "rename-index": {
      const found = catalog.tableOfIndex(action.index);
      const owner = catalog.indexes.get(key(action.index));
      if (owner === undefined) return;
      catalog.indexes.delete(key(action.index));
      catalog.indexes.set(key(relation(action.index.schema, action.to)), owner);
      found?.table.indexes.delete(action.index.name);
      found?.table.indexes.set(action.to, { ...found.index, name: action.to });
      return;
    }
    case "create-function":
    case "create-procedure":
      catalog.functions.set(key(action.name), { language: action.language, volatility: action.volatility });
      return;
    case "drop-function":
      catalog.functions.delete(key(action.name));
      return;
    case "create-enum":
      catalog.types.set(key(action.name), { kind: "enum", constrained: false, base: null });
      return;
    case "create-type":
      catalog.types.set(key(action.name), { kind: "other", constrained: false, base: null });
      return;
    case "create-domain":
      catalog.types.set(key(action.name), { kind: "domain", constrained: action.constrained, base: action.base });
      return;
    case "alter-domain": {
      const domain = catalog.type(action.name);
      if (domain !== null && action.what !== "other")
        catalog.types.set(key(action.name), { ...domain, constrained: true });
      return;
    }
    case "drop-type":
      catalog.types.delete(key(action.name));
      return;
    case "create-statistics":
      catalog.statistics.set(key(action.name), action.on);
      return;
    case "drop-statistics":
      catalog.statistics.delete(key(action.name));
      return;
    case "create-sequence":
      catalog.sequences.add(key(action.name));
      return;
    case "drop-sequence":
      catalog.sequences.delete(key(action.name));
      return;
    case "drop-schema":
      for (const table of [...catalog.tables()])
        if (table.relation.schema === action.name.name) dropTable(catalog, table.relation);
      return;
    case "create-trigger":
      catalog.table(action.table)?.triggers.set(action.name, action.function);
      return;
    case "drop-trigger":
      catalog.table(action.table)?.triggers.delete(action.name);
      return;
    case "opaque":
      if (!action.keepsCatalog) catalog.exact = false;
      return;
    default:
      changeTable(catalog, action);
  }
}

/** The changes of one table's columns and constraints: the subcommands of ALTER TABLE. */
function changeTable(catalog: MutableCatalog, action: ActionBody): void {
  const table = "table" in action && action.table !== null ? catalog.table(action.table) : null;
  if (table === null) return;
  switch (action.kind) {
    case "add-column":
      if (table.columns.has(action.column)) return;
      for (const each of [table, ...catalog.children(table.relation)])
        each.columns.set(action.column, columnFrom(action.definition));
      for (const constraint of action.constraints) addConstraint(catalog, table, constraint);
      return;
    case "drop-column":
      dropColumn(catalog, table, action.column);
      return;
    case "rename-column":
      renameColumn(table, action.column, action.to);
      return;
    case "alter-column-type":
      update(table, action.column, { type: action.type, collation: action.collation });
      return;
    case "set-not-null":
      update(table, action.column, { notNull: true });
      return;
    case "drop-not-null":
      update(table, action.column, { notNull: false });
      return;
    case "add-constraint":
      addConstraint(catalog, table, action.constraint);
      return;
    case "validate-constraint": {
      const constraint = table.constraints.get(action.name);
      if (constraint === undefined) return;
      table.constraints.set(action.name, { ...constraint, notValid: false });
      return;
    }
    case "drop-constraint":
      table.constraints.delete(action.name);
      if (table.indexes.delete(action.name)) catalog.indexes.delete(key(relation(table.relation.schema, action.name)));
      return;
    case "rename-constraint": {
      const constraint = table.constraints.get(action.name);
      if (constraint !== undefined) table.constraints.set(action.to, { ...constraint, name: action.to });
      table.constraints.delete(action.name);
      return;
    }
    case "attach-partition": {
      const partition = catalog.table(action.partition);
      if (partition !== null) {
        partition.partitionOf = table.relation;
        partition.isDefaultPartition = action.isDefault;
      }
      hang(catalog, [table.relation]);
      return;
    }
    case "detach-partition": {
      const partition = catalog.table(action.partition);
      if (partition !== null) partition.partitionOf = null;
      return;
    }
    case "inherit":
      table.inherits = [...table.inherits, action.parent];
      hang(catalog, [action.parent]);
      return;
    case "no-inherit":
      table.inherits = table.inherits.filter((each) => key(each) !== key(action.parent));
      return;
  }
}

function blank(of: Relation, kind: Table["kind"]): Table {
  return {
    relation: of,
    kind,
    complete: true,
    columns: new Map(),
    constraints: new Map(),
    indexes: new Map(),
    triggers: new Map(),
    reads: [],
    partitionOf: null,
    isDefaultPartition: false,
    inherits: [],
  };
}

function addTable(
  catalog: MutableCatalog,
  of: Relation,
  kind: Table["kind"],
  definition: TableDefinition,
  reads: readonly Relation[],
): void {
  const table = blank(of, definition.partitioned ? "partitioned" : kind);
  catalog.byName.set(key(of), table);
  table.partitionOf = definition.partitionOf;
  table.isDefaultPartition = definition.isDefaultPartition;
  table.inherits = definition.inherits;
  hang(catalog, definition.partitionOf === null ? definition.inherits : [definition.partitionOf]);
  const models = [
    ...definition.like,
    ...definition.inherits,
    ...(definition.partitionOf === null ? [] : [definition.partitionOf]),
  ];
  for (const model of models) {
    const known = catalog.table(model);
    if (known === null || !known.complete) table.complete = false;
    for (const [name, column] of known?.columns ?? []) table.columns.set(name, column);
  }
  if (reads.length > 0 && definition.columns.length === 0) table.complete = false;
  for (const column of definition.columns) table.columns.set(column.name, columnFrom(column));
  for (const constraint of definition.constraints) addConstraint(catalog, table, constraint);
  for (const column of definition.columns) {
    if (column.serial || column.identity)
      catalog.sequences.add(key(relation(of.schema, `${of.name}_${column.name}_seq`)));
  }
}

function columnFrom(column: ColumnDefinition): Column {
  return { type: column.type, notNull: column.notNull, collation: column.collation };
}

function update(table: Table, column: string, changed: Partial<Column>): void {
  const known = table.columns.get(column);
  if (known !== undefined) table.columns.set(column, { ...known, ...changed });
}

const suffixes: Readonly<Record<ConstraintDefinition["type"], string>> = {
  check: "check",
  "foreign-key": "fkey",
  unique: "key",
  "primary-key": "pkey",
  exclude: "excl",
  "not-null": "not_null",
};

function addConstraint(catalog: MutableCatalog, table: Table, constraint: ConstraintDefinition): void {
  const name = constraint.name ?? constraintName(catalog, table, constraint);
  table.constraints.set(name, { ...constraint, name });
  if (constraint.references !== null) hang(catalog, [constraint.references.table]);
  if (constraint.type === "primary-key" || (constraint.type === "not-null" && !constraint.notValid)) {
    for (const column of constraint.columns) update(table, column, { notNull: true });
  }
  if (constraint.type === "primary-key" || constraint.type === "unique" || constraint.type === "exclude") {
    const existing = constraint.usingIndex === null ? undefined : table.indexes.get(constraint.usingIndex);
    if (existing !== undefined) {
      table.indexes.delete(existing.name);
      catalog.indexes.delete(key(relation(table.relation.schema, existing.name)));
      if (constraint.type === "primary-key")
        for (const column of existing.columns) update(table, column, { notNull: true });
    }
    addIndex(catalog, table, name, {
      columns: existing?.columns ?? constraint.columns,
      expressions: false,
      unique: constraint.type !== "exclude",
    });
  }
}

/** The name that PostgreSQL chooses (ChooseConstraintName): table, columns, suffix, then a number where that is taken. */
function constraintName(catalog: MutableCatalog, table: Table, constraint: ConstraintDefinition): string {
  const columns =
    constraint.type === "primary-key" || (constraint.type === "check" && constraint.columns.length !== 1)
      ? []
      : constraint.columns;
  return freeName(catalog, table.relation, columns, suffixes[constraint.type], table.constraints);
}

function freeName(
  catalog: MutableCatalog,
  table: Relation,
  columns: readonly string[],
  suffix: string,
  taken: ReadonlyMap<string, unknown> = new Map(),
): string {
  const base = [table.name, ...columns, suffix].join("_");
  for (let number = 0; ; number++) {
    const name = number === 0 ? base : `${base}${number}`;
    if (!taken.has(name) && !catalog.nameInUse(relation(table.schema, name))) return name;
  }
}

function addIndex(
  catalog: MutableCatalog,
  table: Table,
  name: string,
  index: { columns: readonly string[]; expressions: boolean; unique: boolean },
): void {
  if (table.indexes.has(name)) return;
  table.indexes.set(name, { name, columns: index.columns, expressions: index.expressions, unique: index.unique });
  catalog.indexes.set(key(relation(table.relation.schema, name)), key(table.relation));
}

function hang(catalog: MutableCatalog, on: readonly Relation[]): void {
  for (const each of on) catalog.hungOn.add(key(each));
}

function dropTable(catalog: MutableCatalog, of: Relation): void {
  const table = catalog.table(of);
  if (table === null) return;
  for (const child of catalog.children(of)) if (child.partitionOf !== null) removeTable(catalog, child);
  for (const other of catalog.referencing(of)) {
    for (const [name, { references }] of other.constraints) {
      if (references !== null && key(references.table) === key(of)) other.constraints.delete(name);
    }
  }
  removeTable(catalog, table);
}

function removeTable(catalog: MutableCatalog, table: Table): void {
  for (const name of table.indexes.keys()) catalog.indexes.delete(key(relation(table.relation.schema, name)));
  for (const column of table.columns.keys()) {
    catalog.sequences.delete(key(relation(table.relation.schema, `${table.relation.name}_${column}_seq`)));
  }
  catalog.byName.delete(key(table.relation));
}

function renameTable(catalog: MutableCatalog, from: Relation, to: Relation): void {
  const table = catalog.table(from);
  if (table === null) return;
  catalog.byName.delete(key(from));
  table.relation = to;
  catalog.byName.set(key(to), table);
  for (const name of table.indexes.keys()) {
    catalog.indexes.delete(key(relation(from.schema, name)));
    catalog.indexes.set(key(relation(to.schema, name)), key(to));
  }
  for (const other of catalog.tables()) {
    if (other.partitionOf !== null && key(other.partitionOf) === key(from)) other.partitionOf = to;
    other.inherits = other.inherits.map((each) => (key(each) === key(from) ? to : each));
    other.reads = other.reads.map((each) => (key(each) === key(from) ? to : each));
    for (const [name, constraint] of other.constraints) {
      if (constraint.references === null || key(constraint.references.table) !== key(from)) continue;
      other.constraints.set(name, { ...constraint, references: { ...constraint.references, table: to } });
    }
  }
  if (catalog.hungOn.has(key(from))) hang(catalog, [to]);
}

/** PostgreSQL drops the indexes and constraints of a column with it, without being asked. */
function dropColumn(catalog: MutableCatalog, table: Table, column: string): void {
  table.columns.delete(column);
  for (const [name, constraint] of table.constraints)
    if (constraint.columns.includes(column)) table.constraints.delete(name);
  for (const [name, index] of table.indexes) {
    if (!index.columns.includes(column)) continue;
    table.indexes.delete(name);
    catalog.indexes.delete(key(relation(table.relation.schema, name)));
  }
}

function renameColumn(table: Table, from: string, to: string): void {
  const known = table.columns.get(from);
  if (known === undefined) return;
  table.columns.delete(from);
  table.columns.set(to, known);
  const renamed = (columns: readonly string[]): readonly string[] => columns.map((each) => (each === from ? to : each));
  for (const [name, index] of table.indexes) table.indexes.set(name, { ...index, columns: renamed(index.columns) });
  for (const [name, constraint] of table.constraints) {
    const provesNotNull = constraint.provesNotNull === from ? to : constraint.provesNotNull;
    table.constraints.set(name, { ...constraint, columns: renamed(constraint.columns), provesNotNull });
  }
}
