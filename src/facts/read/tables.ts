import type { Relation } from "../../sql/names.ts";
import { asNode, type NodeOf } from "../../sql/nodes.ts";
import type { ColumnDefinition, ConstraintDefinition, TableDefinition } from "../actions.ts";
import type { Read, ReadContext } from "./context.ts";
import { columnOf, constraintOf, relationOf } from "./definitions.ts";
import { functionsIn, relationsIn } from "./expressions.ts";
import { unknownCall } from "./queries.ts";

export function readCreateTable(node: NodeOf<"CreateStmt">, { catalog }: ReadContext): Read {
  const columns: ColumnDefinition[] = [];
  const constraints: ConstraintDefinition[] = [];
  const like: Relation[] = [];
  for (const element of node.tableElts ?? []) {
    const column = asNode(element, "ColumnDef");
    if (column !== null) {
      const read = columnOf(column, catalog);
      columns.push(read.column);
      constraints.push(...read.constraints);
    }
    const constraint = asNode(element, "Constraint");
    const read = constraint === null ? null : constraintOf(constraint);
    if (read !== null) constraints.push(read);
    const clause = asNode(element, "TableLikeClause");
    if (clause !== null) like.push(relationOf(clause.relation));
  }
  // The constraints behind a table's own columns: PostgreSQL checks FOREIGN KEY on a new table at once, NOT VALID or not.
  const parents = (node.inhRelations ?? []).flatMap((each) => asNode(each, "RangeVar") ?? []).map(relationOf);
  const isPartition = node.partbound !== undefined;
  const definition: TableDefinition = {
    columns,
    constraints: constraints.map((each) => ({ ...each, notValid: false })),
    like,
    inherits: isPartition ? [] : parents,
    partitionOf: isPartition ? (parents[0] ?? null) : null,
    isDefaultPartition: node.partbound?.is_default === true,
    partitioned: node.partspec !== undefined,
  };
  return [
    {
      kind: "create-table",
      table: relationOf(node.relation),
      definition,
      temporary: node.relation?.relpersistence === "t",
      ifNotExists: node.if_not_exists === true,
      reads: [],
    },
  ];
}

/** CREATE TABLE AS, SELECT INTO and CREATE MATERIALIZED VIEW: a relation filled by a query. */
export function readCreateTableAs(node: NodeOf<"CreateTableAsStmt">, { catalog }: ReadContext): Read {
  const target = relationOf(node.into?.rel);
  const reads = relationsIn(node.query);
  const called = unknownCall(functionsIn(node.query), catalog);
  const made: Read =
    node.objtype === "OBJECT_MATVIEW"
      ? [
          {
            kind: "create-materialized-view",
            view: target,
            replace: false,
            ifNotExists: node.if_not_exists === true,
            reads,
          },
        ]
      : [
          filledTable(target, reads, {
            temporary: node.into?.rel?.relpersistence === "t",
            ifNotExists: node.if_not_exists === true,
          }),
        ];
  return called === null ? made : [...made, called];
}

/** A table whose columns are those of a query. */
export function filledTable(
  table: Relation,
  reads: readonly Relation[],
  { temporary, ifNotExists }: { temporary: boolean; ifNotExists: boolean },
): Read[number] {
  const definition: TableDefinition = {
    columns: [],
    constraints: [],
    like: [],
    inherits: [],
    partitionOf: null,
    isDefaultPartition: false,
    partitioned: false,
  };
  return { kind: "create-table", table, definition, temporary, ifNotExists, reads };
}

export function readTruncate(node: NodeOf<"TruncateStmt">): Read {
  return (node.relations ?? []).flatMap((each) => {
    const range = asNode(each, "RangeVar");
    if (range === null) return [];
    const cascade = node.behavior === "DROP_CASCADE";
    return [{ kind: "truncate", table: relationOf(range), cascade, only: range.inh !== true } as const];
  });
}

export function readIndex(node: NodeOf<"IndexStmt">): Read {
  const columns: string[] = [];
  let expressions = false;
  for (const each of [...(node.indexParams ?? []), ...(node.indexIncludingParams ?? [])]) {
    const name = asNode(each, "IndexElem")?.name;
    if (name === undefined) expressions = true;
    else columns.push(name);
  }
  return [
    {
      kind: "create-index",
      table: relationOf(node.relation),
      index: node.idxname ?? null,
      concurrently: node.concurrent === true,
      unique: node.unique === true,
      ifNotExists: node.if_not_exists === true,
      columns,
      expressions,
    },
  ];
}
