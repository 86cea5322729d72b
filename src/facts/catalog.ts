import { key, type Relation } from "../sql/names.ts";
import type { LazyBody } from "../sql/script.ts";
import type { ConstraintDefinition, TypeName } from "./actions.ts";

/** A column as far as the migrations so far say. */
export interface Column {
  readonly type: TypeName;
  readonly notNull: boolean;
  readonly collation: string | null;
}

export type Constraint = ConstraintDefinition & { readonly name: string };

export interface Index {
  readonly name: string;
  readonly columns: readonly string[];
  readonly expressions: boolean;
  readonly reads: readonly string[];
  readonly unique: boolean;
}

/** A table, view or materialized view as far as the migrations so far say; mutable only in catalog-changes.ts. */
export interface Table {
  relation: Relation;
  kind: "table" | "partitioned" | "view" | "materialized-view" | "foreign";
  /** False where columns may exist that were not seen (LIKE of an unknown table, CREATE TABLE AS, INHERITS). */
  complete: boolean;
  readonly columns: Map<string, Column>;
  readonly constraints: Map<string, Constraint>;
  readonly indexes: Map<string, Index>;
  /** Trigger name → the function it calls. */
  readonly triggers: Map<string, Relation>;
  /** What a view reads. */
  reads: readonly Relation[];
  partitionOf: Relation | null;
  isDefaultPartition: boolean;
  inherits: readonly Relation[];
}

export interface FunctionFacts {
  readonly body: LazyBody | null;
  readonly language: string;
  readonly volatility: "immutable" | "stable" | "volatile" | null;
}

export interface TypeFacts {
  readonly kind: "enum" | "domain" | "other";
  /** A domain whose values are checked: a column of it rewrites the table when it is added. */
  readonly constrained: boolean;
  readonly base: TypeName | null;
  /** The values of an enum. */
  readonly values?: readonly string[];
}

/**
 * What the earlier migrations have made, read from their SQL alone. It stays small on purpose: it knows what the effects need.
 * A real server's catalog decides wherever there is one.
 */
export interface Catalog {
  /** False once something ran whose doing is not known: then what is not here may exist all the same, and the reverse. */
  readonly exact: boolean;
  table(relation: Relation): Table | null;
  tableOfIndex(index: Relation): { table: Table; index: Index } | null;
  function(name: Relation): FunctionFacts | null;
  type(name: Relation): TypeFacts | null;
  /** The tables of an extended statistics object. */
  statisticsOn(name: Relation): readonly Relation[];
  /** Whether a table, view, index or sequence has this name: they share one space of names in a schema. */
  nameInUse(relation: Relation): boolean;
  /** The tables with a foreign key to this one. */
  referencing(relation: Relation): readonly Table[];
  /** The views that read this relation, directly or through another view. */
  viewsOn(relation: Relation): readonly Table[];
  /** Partitions and inheriting tables below this one, in any depth. */
  children(relation: Relation): readonly Table[];
  tables(): Iterable<Table>;
}

export interface MutableCatalog extends Catalog {
  exact: boolean;
  readonly byName: Map<string, Table>;
  /** Index → its table, both by key. */
  readonly indexes: Map<string, string>;
  readonly sequences: Set<string>;
  readonly functions: Map<string, FunctionFacts>;
  readonly types: Map<string, TypeFacts>;
  readonly statistics: Map<string, readonly Relation[]>;
  /** Tables of the session, which hide others of their name. */
  readonly temporary: Map<string, { readonly onCommitDrop: boolean }>;
  /** Relations that another one hangs on (a foreign key, a view, a partition): the others need no search. Never shrinks. */
  readonly hungOn: Set<string>;
}

/** A catalog with nothing in it, as before the first migration. */
export function emptyCatalog(): MutableCatalog {
  const byName = new Map<string, Table>();
  const indexes = new Map<string, string>();
  const sequences = new Set<string>();
  const functions = new Map<string, FunctionFacts>();
  const types = new Map<string, TypeFacts>();
  const statistics = new Map<string, readonly Relation[]>();
  const temporary = new Map<string, { readonly onCommitDrop: boolean }>();
  const hungOn = new Set<string>();
  const catalog: MutableCatalog = {
    exact: true,
    byName,
    indexes,
    sequences,
    functions,
    types,
    statistics,
    temporary,
    hungOn,
    table: (relation) => (temporary.has(key(relation)) ? null : (byName.get(key(relation)) ?? null)),
    tableOfIndex(index) {
      const owner = indexes.get(key(index));
      const table = owner === undefined ? undefined : byName.get(owner);
      const found = table?.indexes.get(index.name);
      return table === undefined || found === undefined ? null : { table, index: found };
    },
    function: (name) => functions.get(key(name)) ?? null,
    type: (name) => types.get(key(name)) ?? null,
    statisticsOn: (name) => statistics.get(key(name)) ?? [],
    nameInUse: (relation) => byName.has(key(relation)) || indexes.has(key(relation)) || sequences.has(key(relation)),
    referencing(relation) {
      const wanted = key(relation);
      const found: Table[] = [];
      if (!hungOn.has(wanted)) return found;
      for (const table of byName.values()) {
        for (const constraint of table.constraints.values()) {
          if (constraint.references !== null && key(constraint.references.table) === wanted) {
            found.push(table);
            break;
          }
        }
      }
      return found;
    },
    viewsOn: (relation) =>
      below(relation, catalog, (table, parents) => table.reads.some((each) => parents.has(key(each)))),
    children: (relation) =>
      below(relation, catalog, ({ partitionOf, inherits }, parents) => {
        return (
          (partitionOf !== null && parents.has(key(partitionOf))) || inherits.some((each) => parents.has(key(each)))
        );
      }),
    tables: () => byName.values(),
  };
  return catalog;
}

/** Everything that hangs below a relation by this link, in any depth. */
function below(
  relation: Relation,
  { byName, hungOn }: MutableCatalog,
  hangs: (table: Table, parents: ReadonlySet<string>) => boolean,
): Table[] {
  const parents = new Set([key(relation)]);
  const found: Table[] = [];
  if (!hungOn.has(key(relation))) return found;
  for (let grew = true; grew; ) {
    grew = false;
    for (const [name, table] of byName) {
      if (parents.has(name) || !hangs(table, parents)) continue;
      parents.add(name);
      found.push(table);
      grew = true;
    }
  }
  return found;
}
