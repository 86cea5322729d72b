import type { Relation } from "../../sql/names.ts";
import { asNode, type Node, type NodeOf, stringsOf } from "../../sql/nodes.ts";
import type { ActionOf, ColumnDefinition, ConstraintDefinition, TableDefinition } from "../actions.ts";
import type { Read, ReadContext } from "./context.ts";
import { columnOf, constraintOf, relationOf } from "./definitions.ts";
import { columnsIn, relationsIn } from "./expressions.ts";

export function readCreateTable(node: NodeOf<"CreateStmt">, context: ReadContext): Read {
  const columns: ColumnDefinition[] = [];
  const constraints: ConstraintDefinition[] = [];
  const like: Relation[] = [];
  for (const element of node.tableElts ?? []) {
    const column = asNode(element, "ColumnDef");
    if (column !== null) {
      const read = columnOf(column, context);
      columns.push(read.column);
      constraints.push(...read.constraints);
    }
    const constraint = asNode(element, "Constraint");
    const read = constraint === null ? null : constraintOf(constraint, context);
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
      onCommitDrop: node.oncommit === "ONCOMMIT_DROP",
      fromQuery: false,
      ifNotExists: node.if_not_exists === true,
      reads: [],
    },
  ];
}

/** CREATE TABLE AS, SELECT INTO and CREATE MATERIALIZED VIEW: a relation filled by a query. */
export function readCreateTableAs(node: NodeOf<"CreateTableAsStmt">): Read {
  const target = relationOf(node.into?.rel);
  const reads = relationsIn(node.query);
  return node.objtype === "OBJECT_MATVIEW"
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
          onCommitDrop: node.into?.onCommit === "ONCOMMIT_DROP",
          ifNotExists: node.if_not_exists === true,
        }),
      ];
}

/** A table whose columns are those of a query. */
export function filledTable(
  table: Relation,
  reads: readonly Relation[],
  {
    temporary,
    onCommitDrop,
    ifNotExists,
  }: Pick<ActionOf<"create-table">, "temporary" | "onCommitDrop" | "ifNotExists">,
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
  return { kind: "create-table", table, definition, temporary, onCommitDrop, fromQuery: true, ifNotExists, reads };
}

export function readTruncate(node: NodeOf<"TruncateStmt">): Read {
  const together = (node.relations ?? []).flatMap((each) => asNode(each, "RangeVar") ?? []).map(relationOf);
  return (node.relations ?? []).flatMap((each) => {
    const range = asNode(each, "RangeVar");
    if (range === null) return [];
    const cascade = node.behavior === "DROP_CASCADE";
    return [{ kind: "truncate", table: relationOf(range), cascade, only: range.inh !== true, together } as const];
  });
}

export function readIndex(node: NodeOf<"IndexStmt">): Read {
  const columns: string[] = [];
  const nameParts: string[] = [];
  let expressions = false;
  for (const each of [...(node.indexParams ?? []), ...(node.indexIncludingParams ?? [])]) {
    const element = asNode(each, "IndexElem");
    if (element?.name === undefined) expressions = true;
    else columns.push(element.name);
    nameParts.push(element?.name ?? expressionName(element?.expr));
  }
  return [
    {
      kind: "create-index",
      table: relationOf(node.relation),
      index: node.idxname ?? null,
      concurrently: node.concurrent === true,
      unique: node.unique === true,
      only: node.relation?.inh !== true,
      ifNotExists: node.if_not_exists === true,
      columns,
      expressions,
      reads: [...columns, ...columnsIn({ params: node.indexParams, where: node.whereClause })],
      nameParts,
    },
  ];
}

/** What PostgreSQL calls an expression (FigureColname): by its function, by what is cast, otherwise expr. */
function expressionName(expression: Node | undefined): string {
  const call = asNode(expression, "FuncCall");
  if (call !== null) return stringsOf(call.funcname).at(-1) ?? "expr";
  const column = asNode(expression, "ColumnRef");
  if (column !== null) return stringsOf(column.fields).at(-1) ?? "expr";
  const cast = asNode(expression, "TypeCast");
  if (cast !== null) {
    const inner = expressionName(cast.arg);
    return inner === "expr" ? (stringsOf(cast.typeName?.names).at(-1) ?? "expr") : inner;
  }
  return asNode(expression, "CoalesceExpr") === null ? "expr" : "coalesce";
}
