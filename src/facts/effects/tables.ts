import { display, includes, key, type Relation, relation, same } from "../../sql/names.ts";
import type { ActionOf } from "../actions.ts";
import type { Effect } from "../facts.ts";
import {
  asFarAsRead,
  type EffectContext,
  exclusive,
  fails,
  lock,
  nameTaken,
  notInTransaction,
  referencedBy,
  scan,
  withChildren,
} from "./parts.ts";

export function createTable(action: ActionOf<"create-table">, context: EffectContext): Effect[] {
  const { definition, table } = action;
  const effects: Effect[] = action.ifNotExists || action.temporary ? [] : nameTaken(table, context);
  if (action.ifNotExists && context.catalog.table(table) !== null) return effects;
  for (const { references } of definition.constraints) {
    if (references !== null && !same(references.table, table))
      effects.push(lock(references.table, "SHARE ROW EXCLUSIVE"));
  }
  for (const parent of definition.inherits) effects.push(lock(parent, "SHARE UPDATE EXCLUSIVE"));
  if (definition.partitionOf !== null) {
    effects.push(...exclusive(definition.partitionOf), ...defaultPartition(definition.partitionOf, table, context));
  }
  for (const read of action.reads)
    effects.push(lock(read, "ACCESS SHARE", "scan"), scan(read, "the query reads it", "possible"));
  return effects;
}

/** Rows of a DEFAULT partition that belong into the new one would be in the wrong place: it is locked and read. */
function defaultPartition(parent: Relation, added: Relation, { catalog }: EffectContext): Effect[] {
  return catalog
    .children(parent)
    .filter(
      (child) =>
        child.isDefaultPartition &&
        child.partitionOf !== null &&
        same(child.partitionOf, parent) &&
        !same(child.relation, added),
    )
    .flatMap(({ relation: each }) => [
      lock(each, "ACCESS EXCLUSIVE", "scan"),
      scan(each, `the DEFAULT partition is searched for rows of ${display(added)}`),
    ]);
}

export function dropTable(action: ActionOf<"drop-table">, context: EffectContext): Effect[] {
  const { catalog } = context;
  const { table } = action;
  const known = catalog.table(table);
  if (known === null && action.ifExists && catalog.exact && catalog.tables()[Symbol.iterator]().next().done !== true) {
    // It may come from before the first migration: what was not made here can still be there.
    return [lock(table, "ACCESS EXCLUSIVE", "instant", "possible"), ...lost(table, "table", "possible")];
  }
  const gone: Effect = { kind: "breaks-clients", relation: table, what: "removed", certainty: "certain" };
  const effects: Effect[] = [
    ...withChildren(table, context, exclusive),
    // The rows of a foreign table are the other server's.
    ...(action.foreign ? [gone] : lost(table, "table", "certain")),
  ];
  if (known?.partitionOf) effects.push(...exclusive(known.partitionOf));
  for (const other of referencedBy(known, null)) effects.push(lock(other, "ACCESS EXCLUSIVE"));
  for (const dependent of [...catalog.referencing(table), ...catalog.viewsOn(table)]) {
    if (same(dependent.relation, table)) continue;
    effects.push(lock(dependent.relation, "ACCESS EXCLUSIVE"));
    if (!action.cascade) {
      effects.push(
        fails(
          table,
          "2BP01",
          `${display(dependent.relation)} depends on it, and CASCADE is not written`,
          asFarAsRead(catalog),
        ),
      );
    }
  }
  return effects;
}

function lost(table: Relation, what: "table" | "rows", certainty: "certain" | "possible"): Effect[] {
  const effects: Effect[] = [{ kind: "data-loss", relation: table, what, certainty }];
  if (what === "table") effects.push({ kind: "breaks-clients", relation: table, what: "removed", certainty });
  return effects;
}

export function truncate(action: ActionOf<"truncate">, context: EffectContext): Effect[] {
  const { catalog } = context;
  const { table } = action;
  if (action.only && catalog.table(table)?.kind === "partitioned") {
    return [
      fails(
        table,
        "42809",
        "ONLY cannot be used on a partitioned table, which holds no rows itself",
        asFarAsRead(catalog),
      ),
    ];
  }
  const effects: Effect[] = [...withChildren(table, context, exclusive), ...lost(table, "rows", "certain")];
  // Foreign keys to it, in any depth: CASCADE empties those tables too, and without it TRUNCATE is refused.
  const reached: Relation[] = [table];
  for (const each of reached) {
    for (const { relation: other } of catalog.referencing(each)) {
      if (includes(reached, other) || includes(action.together, other)) continue;
      reached.push(other);
      if (action.cascade) effects.push(...exclusive(other), ...lost(other, "rows", "certain"));
      else effects.push(fails(table, "0A000", `a foreign key of ${display(other)} refers to it`, asFarAsRead(catalog)));
    }
    if (!action.cascade) break;
  }
  return effects;
}

export function attachPartition(action: ActionOf<"attach-partition">, context: EffectContext): Effect[] {
  const { table, partition } = action;
  const known = context.catalog.table(partition);
  // A valid CHECK that implies the bound leaves the scan out; whether one implies it is not worked out here.
  const mayBeProven = [...(known?.constraints.values() ?? [])].some(
    ({ type, notValid }) => type === "check" && !notValid,
  );
  const certainty = known === null || mayBeProven ? "possible" : "certain";
  return [
    lock(table, "SHARE UPDATE EXCLUSIVE"),
    ...exclusive(partition),
    lock(partition, "ACCESS EXCLUSIVE", "scan", certainty),
    scan(partition, "its rows are checked against the partition's bounds", certainty),
    ...defaultPartition(table, partition, context),
  ];
}

export function detachPartition(action: ActionOf<"detach-partition">): Effect[] {
  const { table, partition } = action;
  if (!action.concurrently) return [...exclusive(table), ...exclusive(partition)];
  return [notInTransaction(table), lock(table, "SHARE UPDATE EXCLUSIVE"), ...exclusive(partition)];
}

export function createIndex(action: ActionOf<"create-index">, context: EffectContext): Effect[] {
  const { table } = action;
  const known = context.catalog.table(table);
  const effects: Effect[] = [];
  if (action.index !== null && context.catalog.nameInUse(relation(table.schema, action.index))) {
    if (!action.ifNotExists) effects.push(...nameTaken(relation(table.schema, action.index), context));
    else return [lock(table, action.concurrently ? "SHARE UPDATE EXCLUSIVE" : "SHARE")];
  }
  if (action.concurrently) {
    if (known?.kind === "partitioned") {
      effects.push(
        fails(
          table,
          "0A000",
          "an index on a partitioned table cannot be built CONCURRENTLY",
          asFarAsRead(context.catalog),
        ),
      );
    }
    effects.push(
      notInTransaction(table),
      lock(table, "SHARE UPDATE EXCLUSIVE", "index-build"),
      scan(table, "the index is built"),
    );
  } else {
    const build = (each: Relation): Effect[] => [lock(each, "SHARE", "index-build"), scan(each, "the index is built")];
    // The index of a partitioned table is built on every partition; inheriting tables have indexes of their own.
    if (action.only && known?.kind === "partitioned") effects.push(lock(table, "SHARE"));
    else effects.push(...(known?.kind === "partitioned" ? withChildren(table, context, build) : build(table)));
  }
  if (action.unique) effects.push(fails(table, "23505", "it is refused when two rows have the same key", "possible"));
  return effects;
}

export function dropIndex(action: ActionOf<"drop-index">, context: EffectContext): Effect[] {
  const { catalog } = context;
  const owner = catalog.tableOfIndex(action.index)?.table ?? null;
  // Where the index is not known its table is not either: the lock is said with the index's own name.
  const on = owner?.relation ?? action.index;
  const effects: Effect[] = action.concurrently
    ? [notInTransaction(on), lock(on, "SHARE UPDATE EXCLUSIVE")]
    : owner?.kind === "partitioned"
      ? withChildren(on, context, exclusive)
      : exclusive(on);
  if (action.concurrently && owner?.kind === "partitioned") {
    const why = "the index of a partitioned table cannot be dropped CONCURRENTLY";
    effects.push(fails(on, "0A000", why, asFarAsRead(catalog)));
  }
  if (action.concurrently && action.cascade) effects.push(fails(on, "0A000", "CONCURRENTLY cannot stand with CASCADE"));
  if (owner?.constraints.has(action.index.name)) {
    effects.push(fails(on, "2BP01", `a constraint of ${display(on)} needs the index; drop that`, asFarAsRead(catalog)));
  }
  return effects;
}

export function reindex(action: ActionOf<"reindex">, context: EffectContext): Effect[] {
  const { catalog } = context;
  if (action.relation === null) {
    const rebuilt = [...catalog.tables()].filter(
      ({ kind, relation: each }) => kind === "table" && each.schema === action.schema,
    );
    const all = action.what === "schema" ? rebuilt : [];
    const effects = all.flatMap(({ relation: each }): Effect[] => [
      lock(each, action.concurrently ? "SHARE UPDATE EXCLUSIVE" : "SHARE", "index-build"),
      { kind: "index-rebuild", relation: each, why: "its indexes are built again", certainty: "certain" },
    ]);
    return [notInTransaction(null), ...effects];
  }
  const table =
    action.what === "index"
      ? (catalog.tableOfIndex(action.relation)?.table.relation ?? action.relation)
      : action.relation;
  const why = "the index is built again";
  const rebuilt: Effect = { kind: "index-rebuild", relation: table, why, certainty: "certain" };
  if (action.concurrently)
    return [notInTransaction(table), lock(table, "SHARE UPDATE EXCLUSIVE", "index-build"), rebuilt, scan(table, why)];
  const partitioned = catalog.table(table)?.kind === "partitioned" ? [notInTransaction(table)] : [];
  return [...partitioned, lock(table, "SHARE", "index-build"), rebuilt, scan(table, why)];
}

/** The tables whose triggers call a function: DROP FUNCTION … CASCADE takes those with it. */
export function dropFunction(action: ActionOf<"drop-function">, { catalog }: EffectContext): Effect[] {
  const effects: Effect[] = [];
  for (const table of catalog.tables()) {
    const calls = [...table.triggers.values()].some((each) => key(each) === key(action.name));
    if (!calls) continue;
    effects.push(lock(table.relation, "ACCESS EXCLUSIVE"));
    if (!action.cascade) {
      effects.push(
        fails(
          table.relation,
          "2BP01",
          `a trigger of ${display(table.relation)} calls it, and CASCADE is not written`,
          asFarAsRead(catalog),
        ),
      );
    }
  }
  return effects;
}
