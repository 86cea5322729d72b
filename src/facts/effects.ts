import { display, key, type Relation, same } from "../sql/names.ts";
import type { ActionBody, ActionOf } from "./actions.ts";
import * as columns from "./effects/columns.ts";
import * as constraints from "./effects/constraints.ts";
import {
  asFarAsRead,
  type EffectContext,
  exclusive,
  fails,
  lock,
  nameTaken,
  notInTransaction,
  rewrite,
  scan,
  withChildren,
} from "./effects/parts.ts";
import * as tables from "./effects/tables.ts";
import type { Effect } from "./facts.ts";

/**
 * What PostgreSQL does about an action: the one place that knows. The locks, rewrites and scans are those measured on PostgreSQL
 * 14 to 18 (test/facts/postgres-facts.json holds them to it); a "possible" effect depends on what the SQL alone does not show.
 */
export function effectsOf(action: ActionBody, context: EffectContext): Effect[] {
  const { catalog, major } = context;
  switch (action.kind) {
    case "create-table":
      return tables.createTable(action, context);
    case "drop-table":
      return tables.dropTable(action, context);
    case "truncate":
      return tables.truncate(action, context);
    case "rename-table":
      return [...exclusive(action.table), broken(action.table, "renamed"), ...nameTaken(action.to, context)];
    case "rename-column":
      return [...withChildren(action.table, context, exclusive), broken(action.table, "renamed")];
    case "add-column":
      return columns.addColumn(action, context);
    case "drop-column":
      return columns.dropColumn(action, context);
    case "alter-column-type":
      return columns.alterType(action, context);
    case "set-not-null":
      return columns.setNotNull(action.table, action.column, context);
    case "add-identity":
      return columns.addIdentity(action.table, action.column, context);
    case "set-default":
    case "drop-default":
    case "drop-not-null":
    case "drop-expression":
    case "set-identity":
    case "restart-identity":
    case "drop-identity":
    case "set-storage":
    case "set-compression":
      return withChildren(action.table, context, exclusive);
    case "set-expression":
      return rewrite(action.table, "the stored value is computed again for every row");
    case "set-statistics":
    case "set-column-options":
    case "set-table-options":
    case "cluster-on":
      return [lock(action.table, "SHARE UPDATE EXCLUSIVE")];
    case "add-constraint":
      return withChildren(action.table, context, (each) =>
        constraints.constraintEffects(each, action.constraint, context),
      );
    case "validate-constraint":
      return constraints.validate(action.table, action.name, context);
    case "drop-constraint":
      return constraints.dropConstraint(action, context);
    case "alter-constraint":
    case "rename-constraint":
      return exclusive(action.table);
    case "set-logged":
    case "set-unlogged":
      return rewrite(action.table, "every page is written again");
    case "set-access-method":
      // The table is rewritten unless it has the method already, which the SQL does not show.
      return [...exclusive(action.table), ...rewrite(action.table, "the rows are stored another way", "possible")];
    case "set-tablespace":
      return [
        lock(action.table, "ACCESS EXCLUSIVE", "rewrite"),
        {
          kind: "rewrite",
          relation: action.table,
          why: "every page is copied to the other tablespace",
          certainty: "certain",
        },
      ];
    case "replica-identity":
    case "enable-row-security":
    case "disable-row-security":
    case "force-row-security":
    case "unforce-row-security":
    case "change-table-type":
    case "enable-rule":
    case "disable-rule":
      return exclusive(action.table);
    case "enable-trigger":
    case "disable-trigger":
      return withChildren(action.table, context, (each) => [lock(each, "SHARE ROW EXCLUSIVE")]);
    case "inherit":
      return [...exclusive(action.table), lock(action.parent, "SHARE UPDATE EXCLUSIVE")];
    case "no-inherit":
      return [...exclusive(action.table), lock(action.parent, "ACCESS SHARE")];
    case "attach-partition":
      return tables.attachPartition(action, context);
    case "detach-partition":
      return tables.detachPartition(action);
    case "create-index":
      return tables.createIndex(action, context);
    case "drop-index":
      return tables.dropIndex(action, context);
    case "alter-index":
      return indexChange(action, context);
    case "rename-index":
      return nameTaken({ schema: action.index.schema, name: action.to }, context);
    case "reindex":
      return tables.reindex(action, context);
    case "create-view":
    case "create-materialized-view": {
      const replaced = action.replace && catalog.table(action.view) !== null;
      const taken = replaced || action.ifNotExists ? [] : nameTaken(action.view, context);
      const reads = action.kind === "create-view" ? [] : readsOf(action.reads);
      return [
        ...taken,
        ...(action.replace
          ? [lock(action.view, "ACCESS EXCLUSIVE", "instant", replaced ? "certain" : "possible")]
          : []),
        ...reads,
      ];
    }
    case "drop-view":
    case "drop-materialized-view":
      return [...exclusive(action.view), broken(action.view, "removed")];
    case "alter-view":
      return exclusive(action.view);
    case "rename-view":
      return [...exclusive(action.view), broken(action.view, "renamed"), ...nameTaken(action.to, context)];
    case "refresh-materialized-view": {
      const reads = catalog.table(action.view)?.reads ?? [];
      return [
        lock(action.view, action.concurrently ? "EXCLUSIVE" : "ACCESS EXCLUSIVE", "rewrite"),
        ...(action.concurrently ? [scan(action.view, "the new rows are compared with the old")] : []),
        ...readsOf(reads),
      ];
    }
    case "create-trigger":
      return [lock(action.table, "SHARE ROW EXCLUSIVE")];
    case "create-policy":
    case "alter-policy":
    case "drop-policy":
    case "create-rule":
    case "drop-rule":
    case "rename-rule":
    case "drop-trigger":
    case "rename-trigger":
    case "rename-policy":
      return exclusive(action.table);
    case "drop-function":
      return tables.dropFunction(action, context);
    case "rename-enum-value":
    case "rename-schema":
    case "rename-type":
    case "rename-function":
    case "rename-sequence":
      return [broken(null, "renamed")];
    case "add-enum-value":
      if (action.ifNotExists || catalog.type(action.type)?.values?.includes(action.value) !== true) return [];
      return [
        fails(null, "42710", `${display(action.type)} has the value ${action.value} already`, asFarAsRead(catalog)),
      ];
    case "alter-domain":
      return constraints.domainEffects(action.name, context, action.what !== "other" && !action.notValid);
    case "create-statistics":
    case "create-publication":
    case "alter-publication":
      return action.on.map((each) => lock(each, "SHARE UPDATE EXCLUSIVE"));
    case "alter-sequence":
      return action.on.map((each) => lock(each, "ACCESS SHARE"));
    case "drop-statistics":
      return catalog.statisticsOn(action.name).map((each) => lock(each, "SHARE UPDATE EXCLUSIVE"));
    case "drop-schema":
      return dropSchema(action, context);
    case "drop-type":
    case "drop-sequence":
    case "drop-extension":
      return [broken(null, "removed")];
    case "create-database":
    case "drop-database":
    case "create-tablespace":
    case "drop-tablespace":
    case "alter-system":
      return [notInTransaction(null)];
    case "comment":
      return action.on === null ? [] : [lock(action.on, "SHARE UPDATE EXCLUSIVE")];
    case "change-owner":
      return action.on === null ? [] : exclusive(action.on);
    case "grant":
    case "revoke":
      // Since 18 the relation is looked up under a lock.
      return major >= 18 ? action.on.map((each) => lock(each, "ACCESS SHARE")) : [];
    case "insert":
    case "update":
    case "delete":
    case "merge":
      return writes(action, context);
    case "copy-from":
      return [
        lock(action.table, "ROW EXCLUSIVE"),
        ...(action.from === "stdin"
          ? [fails(action.table, "57014", "its rows come from psql; no migration tool sends them")]
          : []),
      ];
    case "copy-to":
      return readsOf(action.reads);
    case "select":
      return action.reads.flatMap((each) => [
        lock(each, action.forUpdate ? "ROW SHARE" : "ACCESS SHARE"),
        scan(each, "the query reads it", "possible"),
      ]);
    case "lock-table":
      if (!context.session.inTransaction)
        return [
          fails(action.tables[0] ?? null, "25P01", "LOCK TABLE needs a transaction: without one it would lock nothing"),
        ];
      return action.tables.flatMap((each) => withChildren(each, context, (one) => [lock(one, action.mode)]));
    case "vacuum":
      return [
        notInTransaction(action.tables[0] ?? null),
        ...action.tables.flatMap((each) => vacuum(each, action.full)),
      ];
    case "analyze":
      return action.tables.map((each) => lock(each, "SHARE UPDATE EXCLUSIVE"));
    case "cluster":
      if (action.table === null) return [notInTransaction(null)];
      return rewrite(action.table, "every row is written in the order of the index");
    case "set":
      return action.name === "discard all" ? [notInTransaction(null)] : [];
    case "create-enum":
    case "create-domain":
    case "create-function":
    case "create-procedure":
    case "alter-function":
    case "create-schema":
    case "create-sequence":
    case "create-type":
    case "create-extension":
    case "create-subscription":
    case "create-event-trigger":
    case "create-role":
    case "create-foreign-data-wrapper":
    case "create-foreign-server":
    case "create-user-mapping":
    case "create-language":
    case "create-other-object":
    case "alter-schema":
    case "alter-type":
    case "alter-extension":
    case "alter-statistics":
    case "alter-subscription":
    case "alter-event-trigger":
    case "alter-role":
    case "alter-database":
    case "alter-tablespace":
    case "alter-foreign-data-wrapper":
    case "alter-foreign-server":
    case "alter-user-mapping":
    case "alter-language":
    case "alter-other-object":
    case "rename-extension":
    case "rename-statistics":
    case "rename-publication":
    case "rename-subscription":
    case "rename-event-trigger":
    case "rename-role":
    case "rename-database":
    case "rename-tablespace":
    case "rename-foreign-data-wrapper":
    case "rename-foreign-server":
    case "rename-user-mapping":
    case "rename-language":
    case "rename-other-object":
    case "drop-publication":
    case "drop-subscription":
    case "drop-event-trigger":
    case "drop-role":
    case "drop-foreign-data-wrapper":
    case "drop-foreign-server":
    case "drop-user-mapping":
    case "drop-language":
    case "drop-other-object":
    case "grant-role":
    case "default-privileges":
    case "reassign-owned":
    case "drop-owned":
    case "security-label":
    case "set-sequence-value":
    case "begin":
    case "commit":
    case "rollback":
    case "savepoint":
    case "rollback-to":
    case "release":
    case "session-other":
    case "commit-inside":
    case "checkpoint":
    case "move-all-tables":
    case "load-library":
    case "opaque":
      return [];
  }
}

function broken(relation: Relation | null, what: "renamed" | "removed"): Effect {
  return { kind: "breaks-clients", relation, what, certainty: "certain" };
}

function readsOf(reads: readonly Relation[]): Effect[] {
  return reads.flatMap((each) => [lock(each, "ACCESS SHARE", "scan"), scan(each, "the query reads it", "possible")]);
}

type Write = ActionOf<"insert" | "update" | "delete" | "merge">;

function writes(action: Write, context: EffectContext): Effect[] {
  const { catalog } = context;
  const { table, reads } = action;
  // An INSERT finds the partitions of its rows as it goes; the others look through every table below.
  const effects: Effect[] =
    action.kind === "insert"
      ? [lock(table, "ROW EXCLUSIVE", action.rows !== null ? "instant" : "scan")]
      : withChildren(table, context, (each) => [lock(each, "ROW EXCLUSIVE", "scan")]);
  if (action.kind === "delete")
    effects.push(
      ...withChildren(table, context, (each) => [
        { kind: "data-loss", relation: each, what: "rows", certainty: "certain" },
      ]),
    );
  // A view hands its writes on to what it reads.
  if (catalog.table(table)?.kind === "view")
    for (const base of basesOf(table, catalog)) effects.push(...writes({ ...action, table: base, reads: [] }, context));
  if (action.kind === "merge") effects.push(scan(table, "its rows are matched", "possible"));
  if (action.kind === "update" || action.kind === "delete") {
    const certainty = action.where === "none" ? "certain" : "possible";
    effects.push(
      ...withChildren(table, context, (each) => [scan(each, "every row that matches is written", certainty)]),
    );
  }
  for (const each of reads)
    if (!same(each, table))
      effects.push(lock(each, "ACCESS SHARE", "scan"), scan(each, "the query reads it", "possible"));
  // The other ends of its foreign keys are looked up for each row.
  for (const { references } of catalog.table(table)?.constraints.values() ?? []) {
    if (references !== null && action.kind !== "delete")
      effects.push(lock(references.table, "ROW SHARE", "instant", "possible"));
  }
  if (action.kind === "delete" || action.kind === "merge") {
    for (const other of catalog.referencing(table)) {
      effects.push(
        lock(other.relation, "ROW SHARE", "instant", "possible"),
        scan(other.relation, "it is searched for each deleted row", "possible"),
      );
    }
  }
  return effects;
}

/** The tables under a view, through other views too. */
function basesOf(view: Relation, catalog: EffectContext["catalog"]): Relation[] {
  const found: Relation[] = [];
  const open = [view];
  const seen = new Set<string>();
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    if (seen.has(key(each))) continue;
    seen.add(key(each));
    const known = catalog.table(each);
    if (known?.kind === "view") open.push(...known.reads);
    else found.push(each);
  }
  return found;
}

function indexChange(action: ActionOf<"alter-index">, { catalog }: EffectContext): Effect[] {
  const table = catalog.tableOfIndex(action.index)?.table.relation ?? null;
  if (action.what === "attach") {
    const other = action.attached === null ? null : (catalog.tableOfIndex(action.attached)?.table.relation ?? null);
    return [table, other].flatMap((each) => (each === null ? [] : [lock(each, "ACCESS SHARE")]));
  }
  if (action.what === "tablespace" && table !== null) {
    return [
      {
        kind: "index-rebuild",
        relation: table,
        why: "the index is copied to the other tablespace",
        certainty: "certain",
      },
    ];
  }
  return [];
}

function dropSchema(action: ActionOf<"drop-schema">, { catalog }: EffectContext): Effect[] {
  const effects: Effect[] = [broken(null, "removed")];
  for (const { relation } of catalog.tables()) {
    if (relation.schema !== action.name.name) continue;
    effects.push(...exclusive(relation), { kind: "data-loss", relation, what: "table", certainty: "certain" });
    if (!action.cascade)
      effects.push(
        fails(
          relation,
          "2BP01",
          `the schema still holds ${relation.name}, and CASCADE is not written`,
          catalog.exact ? "certain" : "possible",
        ),
      );
  }
  return effects;
}

function vacuum(table: Relation, full: boolean): Effect[] {
  if (!full) return [lock(table, "SHARE UPDATE EXCLUSIVE", "scan")];
  return rewrite(table, "every row is written into a new file");
}
