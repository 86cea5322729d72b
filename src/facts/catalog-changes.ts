import { key, relation } from "../sql/names.ts";
import type { ActionBody } from "./actions.ts";
import type { MutableCatalog } from "./catalog.ts";
import { indexName } from "./catalog-names.ts";
import {
  addConstraint,
  addIndex,
  addTable,
  blank,
  columnFrom,
  dropColumn,
  dropTable,
  hang,
  renameColumn,
  renameIndex,
  renameTable,
  update,
} from "./catalog-tables.ts";
import { leaningOn } from "./keys.ts";

/** Writes into the catalog what an action does to it. Actions that change nothing the catalog knows of are left out. */
export function change(catalog: MutableCatalog, action: ActionBody): void {
  switch (action.kind) {
    case "create-table":
      // Tables of the session hide others of their name while they last; they are not kept.
      if (action.temporary) catalog.temporary.set(key(action.table), { onCommitDrop: action.onCommitDrop });
      else if (catalog.table(action.table) === null)
        addTable(catalog, action.table, "table", action.definition, action.reads);
      return;
    case "commit":
      for (const [name, { onCommitDrop }] of catalog.temporary) if (onCommitDrop) catalog.temporary.delete(name);
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
      if (!catalog.temporary.delete(key(action.table))) dropTable(catalog, action.table, action);
      return;
    case "drop-view":
    case "drop-materialized-view":
      dropTable(catalog, action.view, action);
      return;
    case "rename-table":
      renameTable(catalog, action.table, action.to);
      return;
    case "rename-view":
      renameTable(catalog, action.view, action.to);
      return;
    case "create-index": {
      if (catalog.temporary.has(key(action.table))) return;
      const table = catalog.table(action.table);
      const name = action.index ?? indexName(catalog, action.table, action.nameParts);
      // IF NOT EXISTS leaves what has the name as it is.
      if (catalog.nameInUse(relation(action.table.schema, name))) return;
      if (table !== null) addIndex(catalog, table, name, action);
      else catalog.indexes.set(key(relation(action.table.schema, name)), key(action.table));
      return;
    }
    case "drop-index": {
      catalog.tableOfIndex(action.index)?.table.indexes.delete(action.index.name);
      catalog.indexes.delete(key(action.index));
      return;
    }
    case "rename-index":
      renameIndex(catalog, action.index, action.to);
      return;
    case "create-function":
    case "create-procedure":
      catalog.functions.set(key(action.name), {
        language: action.language,
        volatility: action.volatility,
        body: action.body,
      });
      return;
    case "drop-function":
      catalog.functions.delete(key(action.name));
      return;
    case "create-enum":
      catalog.types.set(key(action.name), { kind: "enum", constrained: false, base: null, values: action.values });
      return;
    case "add-enum-value":
    case "rename-enum-value": {
      const known = catalog.type(action.type);
      if (known?.values === undefined) return;
      const kept =
        action.kind === "add-enum-value" ? known.values : known.values.filter((each) => each !== action.value);
      const added = action.kind === "add-enum-value" ? action.value : action.to;
      const values = kept.includes(added) ? kept : [...kept, added];
      catalog.types.set(key(action.type), { ...known, values });
      return;
    }
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
        if (table.relation.schema === action.name.name) dropTable(catalog, table.relation, { cascade: true });
      return;
    case "rename-schema":
      for (const { relation: of } of [...catalog.tables()])
        if (of.schema === action.name.name) renameTable(catalog, of, relation(action.to, of.name));
      return;
    case "drop-owned":
      catalog.exact = false;
      return;
    case "set":
      // From here on a name without a schema may mean another table. An empty path leaves nothing without one.
      if (action.name === "search_path" && action.value !== "" && action.value !== "public") catalog.exact = false;
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
      for (const each of [table, ...catalog.children(table.relation)]) dropColumn(catalog, each, action.column);
      // Which views read the column, and go with it, is not kept.
      if (action.cascade && catalog.viewsOn(table.relation).length > 0) catalog.exact = false;
      return;
    case "rename-column":
      for (const each of [table, ...catalog.children(table.relation)]) renameColumn(each, action.column, action.to);
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
    case "drop-constraint": {
      const dropped = table.constraints.get(action.name);
      if (dropped !== undefined && action.cascade) {
        for (const { table: other, name } of leaningOn(catalog, table, dropped)) other.constraints.delete(name);
      }
      table.constraints.delete(action.name);
      if (table.indexes.delete(action.name)) catalog.indexes.delete(key(relation(table.relation.schema, action.name)));
      return;
    }
    case "rename-constraint": {
      const constraint = table.constraints.get(action.name);
      if (constraint !== undefined) table.constraints.set(action.to, { ...constraint, name: action.to });
      table.constraints.delete(action.name);
      renameIndex(catalog, relation(table.relation.schema, action.name), action.to);
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
