import { display, key, type Relation } from "../../sql/names.ts";
import type { Catalog, Table } from "../catalog.ts";
import type { Certainty, Effect, Lasts, Session } from "../facts.ts";
import type { LockMode } from "../locks.ts";

/** What the effects of an action depend on besides the action. */
export interface EffectContext {
  readonly catalog: Catalog;
  readonly session: Session;
  /** The server's major version. */
  readonly major: number;
}

export function lock(
  relation: Relation,
  mode: LockMode,
  lasts: Lasts = "instant",
  certainty: Certainty = "certain",
): Effect {
  return { kind: "lock", relation, mode, lasts, certainty };
}

export function scan(relation: Relation, why: string, certainty: Certainty = "certain"): Effect {
  return { kind: "scan", relation, why, certainty };
}

export function fails(
  relation: Relation | null,
  sqlstate: string,
  why: string,
  certainty: Certainty = "certain",
): Effect {
  return { kind: "fails", relation, sqlstate, why, certainty };
}

export function notInTransaction(relation: Relation | null): Effect {
  return { kind: "no-transaction-block", relation, certainty: "certain" };
}

/** The whole table read and written anew under ACCESS EXCLUSIVE, its indexes built again. */
export function rewrite(relation: Relation, why: string, certainty: Certainty = "certain"): Effect[] {
  return [
    lock(relation, "ACCESS EXCLUSIVE", "rewrite", certainty),
    { kind: "rewrite", relation, why, certainty },
    { kind: "index-rebuild", relation, why, certainty },
    scan(relation, why, certainty),
  ];
}

/** An ACCESS EXCLUSIVE lock that is given back as soon as the catalog is changed. */
export function exclusive(relation: Relation): Effect[] {
  return [lock(relation, "ACCESS EXCLUSIVE")];
}

/**
 * The table and, where it is partitioned or inherited from, every table below it: ALTER TABLE works on all of them. A partitioned
 * table itself holds no rows: it is locked, but there is nothing in it to read or write.
 */
export function withChildren(
  relation: Relation,
  { catalog }: EffectContext,
  effects: (each: Relation) => readonly Effect[],
): Effect[] {
  return [relation, ...catalog.children(relation).map((child) => child.relation)].flatMap((each) => {
    const all = effects(each);
    if (catalog.table(each)?.kind !== "partitioned") return all;
    return all.filter(({ kind }) => kind !== "rewrite" && kind !== "scan" && kind !== "index-rebuild");
  });
}

/** The tables at the other end of a table's foreign keys that include one of the columns; all of them when no column is named. */
export function referencedBy(table: Table | null, columns: readonly string[] | null): Relation[] {
  const found = new Map<string, Relation>();
  for (const { references, columns: own } of table?.constraints.values() ?? []) {
    if (references === null) continue;
    if (columns === null || own.some((each) => columns.includes(each)))
      found.set(key(references.table), references.table);
  }
  return [...found.values()];
}

/**
 * How sure it is that something is missing, or in the way, when the catalog of the earlier migrations says so: certain only
 * while everything before was read.
 */
export function asFarAsRead(catalog: Catalog): Certainty {
  return catalog.exact ? "certain" : "possible";
}

/** 42P07: a table, view, index or sequence of this name is already there. */
export function nameTaken(relation: Relation, { catalog }: EffectContext): Effect[] {
  if (!catalog.nameInUse(relation)) return [];
  return [
    fails(relation, "42P07", `${display(relation)} already exists: an earlier statement made it`, asFarAsRead(catalog)),
  ];
}

/**
 * Effects on relations that nobody else uses yet are nobody's wait. Failures stay; so does the loss of rows where IF NOT EXISTS
 * may have found a table that had some.
 */
export function withoutPrivate(effects: readonly Effect[], session: Session): Effect[] {
  if (session.createdHere.size === 0) return [...effects];
  return effects.flatMap((effect): Effect[] => {
    const { kind, relation } = effect;
    if (relation === null || kind === "fails" || kind === "no-transaction-block") return [effect];
    const made = session.createdHere.find(relation);
    if (made === null) return [effect];
    return kind === "data-loss" && !made.certain ? [{ ...effect, certainty: "possible" }] : [];
  });
}
