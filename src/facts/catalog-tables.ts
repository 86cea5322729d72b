import { key, type Relation, relation, same } from "../sql/names.ts";
import type { ColumnDefinition, ConstraintDefinition, TableDefinition } from "./actions.ts";
import type { Column, Index, MutableCatalog, Table } from "./catalog.ts";
import { constraintName } from "./catalog-names.ts";

export function blank(of: Relation, kind: Table["kind"]): Table {
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

export function addTable(
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

export function columnFrom(column: ColumnDefinition): Column {
  return { type: column.type, notNull: column.notNull, collation: column.collation };
}

export function update(table: Table, column: string, changed: Partial<Column>): void {
  const known = table.columns.get(column);
  if (known !== undefined) table.columns.set(column, { ...known, ...changed });
}

export function addConstraint(catalog: MutableCatalog, table: Table, constraint: ConstraintDefinition): void {
  const name = constraint.name ?? constraint.usingIndex ?? constraintName(catalog, table, constraint);
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
    const columns = existing?.columns ?? constraint.columns;
    addIndex(catalog, table, name, {
      columns,
      expressions: false,
      reads: columns,
      unique: constraint.type !== "exclude",
    });
  }
}

export function addIndex(catalog: MutableCatalog, table: Table, name: string, index: Omit<Index, "name">): void {
  if (table.indexes.has(name)) return;
  const { columns, expressions, reads, unique } = index;
  table.indexes.set(name, { name, columns, expressions, reads, unique });
  catalog.indexes.set(key(relation(table.relation.schema, name)), key(table.relation));
}

/** Renames an index, and the constraint that it is the index of: the two have one name. */
export function renameIndex(catalog: MutableCatalog, index: Relation, to: string): void {
  const found = catalog.tableOfIndex(index);
  const owner = catalog.indexes.get(key(index));
  if (owner === undefined) return;
  catalog.indexes.delete(key(index));
  catalog.indexes.set(key(relation(index.schema, to)), owner);
  if (found === null) return;
  found.table.indexes.delete(index.name);
  found.table.indexes.set(to, { ...found.index, name: to });
  const constraint = found.table.constraints.get(index.name);
  if (constraint === undefined) return;
  found.table.constraints.delete(index.name);
  found.table.constraints.set(to, { ...constraint, name: to });
}

export function hang(catalog: MutableCatalog, on: readonly Relation[]): void {
  for (const each of on) catalog.hungOn.add(key(each));
}

export function dropTable(catalog: MutableCatalog, of: Relation, { cascade }: { cascade: boolean }): void {
  const table = catalog.table(of);
  if (table === null) return;
  for (const child of catalog.children(of)) if (child.partitionOf !== null || cascade) removeTable(catalog, child);
  if (cascade) for (const view of catalog.viewsOn(of)) removeTable(catalog, view);
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

export function renameTable(catalog: MutableCatalog, from: Relation, to: Relation): void {
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
export function dropColumn(catalog: MutableCatalog, table: Table, column: string): void {
  table.columns.delete(column);
  catalog.sequences.delete(key(relation(table.relation.schema, `${table.relation.name}_${column}_seq`)));
  for (const [name, constraint] of table.constraints)
    if (constraint.columns.includes(column)) table.constraints.delete(name);
  // Without CASCADE a foreign key to the column would have refused it.
  for (const other of catalog.referencing(table.relation)) {
    for (const [name, { references }] of other.constraints) {
      if (references !== null && same(references.table, table.relation) && refersTo(references.columns, table, column))
        other.constraints.delete(name);
    }
  }
  for (const [name, index] of table.indexes) {
    if (!index.reads.includes(column)) continue;
    table.indexes.delete(name);
    catalog.indexes.delete(key(relation(table.relation.schema, name)));
  }
}

/** A foreign key that names no columns refers to the primary key. */
function refersTo(columns: readonly string[], table: Table, column: string): boolean {
  if (columns.length > 0) return columns.includes(column);
  return ![...table.constraints.values()].some(({ type }) => type === "primary-key");
}

export function renameColumn(table: Table, from: string, to: string): void {
  const known = table.columns.get(from);
  if (known === undefined) return;
  table.columns.delete(from);
  table.columns.set(to, known);
  const renamed = (columns: readonly string[]): readonly string[] => columns.map((each) => (each === from ? to : each));
  for (const [name, index] of table.indexes)
    table.indexes.set(name, { ...index, columns: renamed(index.columns), reads: renamed(index.reads) });
  for (const [name, constraint] of table.constraints) {
    const provesNotNull = constraint.provesNotNull === from ? to : constraint.provesNotNull;
    table.constraints.set(name, { ...constraint, columns: renamed(constraint.columns), provesNotNull });
  }
}
