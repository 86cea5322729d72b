import { display, includes, type Relation, same } from "../sql/names.ts";
import { asNode, type Node, type NodeOf, stringsOf, walk } from "../sql/nodes.ts";
import type { ColumnDefinition } from "./actions.ts";
import type { Catalog } from "./catalog.ts";
import { fails } from "./effects/parts.ts";
import type { Certainty, Effect, NewEnumValue, Session } from "./facts.ts";
import { relationOf, typeOf } from "./read/definitions.ts";
import { relationsIn } from "./read/expressions.ts";

interface UseContext {
  readonly catalog: Catalog;
  readonly session: Session;
  readonly major: number;
}

/** 55P04: the statement uses a value that its own transaction has added to an enum. Null where no literal of it is seen. */
export function usesNewEnumValue(node: Node, { catalog, session, major }: UseContext): Effect | null {
  for (const added of session.newEnumValues) {
    // Values of an enum that the transaction itself has made can be used since 17.
    if (added.ownType && major >= 17) continue;
    const use = useOf(added, node, catalog);
    if (use === null) continue;
    const known = !added.ifNotExists || (catalog.exact && catalog.type(added.type)?.values !== undefined);
    const why = `this transaction has added '${added.value}' to ${display(added.type)}, and it can be used only after the commit`;
    return fails(null, "55P04", why, known ? use : "possible");
  }
  return null;
}

/** How sure it is that a literal of the value is read as one of the enum: PostgreSQL does that when it looks at the statement, before any row. */
function useOf(added: NewEnumValue, node: Node, catalog: Catalog): Certainty | null {
  let found: Certainty | null = null;
  const take = (use: Certainty | null): true => {
    if (use !== null && found !== "certain") found = use;
    return true;
  };
  const isValue = (literal: Node | undefined): boolean => asNode(literal, "A_Const")?.sval?.sval === added.value;
  const isType = (type: ColumnDefinition["type"] | undefined): boolean => {
    return type !== undefined && !type.array && same({ schema: type.schema, name: type.name }, added.type);
  };
  const columns = columnsOf(node, catalog);
  /** A column of this name, as far as the statement's tables are known. */
  const inColumn = (name: string | undefined): Certainty | null => {
    if (name === undefined) return null;
    const types = columns.types(name);
    if (!types.some(isType)) return types.length === 0 && !columns.known ? "possible" : null;
    return types.every(isType) && columns.known ? "certain" : "possible";
  };
  walk([node], {
    TypeCast: (cast) => take(isValue(cast.arg) && isType(typeOf(cast.typeName)) ? "certain" : null),
    A_Expr(comparison) {
      const { lexpr, rexpr } = comparison;
      const values = [lexpr, rexpr].flatMap(
        (side) => asNode(side, "List")?.items ?? (side === undefined ? [] : [side]),
      );
      if (!values.some(isValue)) return true;
      const column = asNode(lexpr, "ColumnRef") ?? asNode(rexpr, "ColumnRef");
      return take(column === null ? null : inColumn(stringsOf(column.fields).at(-1)));
    },
    InsertStmt(insert) {
      const target = stringsOfTargets(insert.cols) ?? [
        ...(catalog.table(relationOf(insert.relation))?.columns.keys() ?? []),
      ];
      for (const row of rowsOf(insert)) {
        for (const [i, value] of row.entries()) if (isValue(value)) take(inColumn(target[i]));
      }
      return true;
    },
    UpdateStmt(update) {
      for (const each of update.targetList ?? []) {
        const target = asNode(each, "ResTarget");
        if (isValue(target?.val)) take(inColumn(target?.name));
      }
      return true;
    },
    ColumnDef(column) {
      const hasDefault = (column.constraints ?? []).some((each) => isValue(asNode(each, "Constraint")?.raw_expr));
      return take(hasDefault && isType(typeOf(column.typeName)) ? "certain" : null);
    },
    AlterTableCmd: (command) => take(isValue(command.def) ? inColumn(command.name) : null),
  });
  return found;
}

/** The columns that a statement can speak of: those of the tables that it names, and those that it makes. */
function columnsOf(node: Node, catalog: Catalog): { known: boolean; types(name: string): ColumnDefinition["type"][] } {
  const made = new Map<string, ColumnDefinition["type"]>();
  walk([node], {
    ColumnDef({ colname = "", typeName }) {
      made.set(colname, typeOf(typeName));
      return true;
    },
  });
  const makesTable = asNode(node, "CreateStmt") !== null;
  const tables = makesTable ? [] : tablesIn(node).map((each) => catalog.table(each));
  return {
    known: tables.every((table) => table?.complete === true) && (catalog.exact || makesTable),
    types: (name) => [
      ...tables.flatMap((table) => table?.columns.get(name)?.type ?? []),
      ...[made.get(name) ?? []].flat(),
    ],
  };
}

/** The tables that a statement reads, and those that it works on: these stand in it without a node of their own. */
function tablesIn(node: Node): Relation[] {
  const tables = relationsIn([node]);
  const take = ({ relation }: { relation?: NodeOf<"RangeVar"> }): true => {
    const target = relationOf(relation);
    if (relation !== undefined && !includes(tables, target)) tables.push(target);
    return true;
  };
  walk([node], {
    InsertStmt: take,
    UpdateStmt: take,
    DeleteStmt: take,
    MergeStmt: take,
    AlterTableStmt: take,
    IndexStmt: take,
    CreatePolicyStmt: ({ table }) => take(table === undefined ? {} : { relation: table }),
  });
  return tables;
}

function stringsOfTargets(targets: readonly Node[] | undefined): string[] | null {
  return targets === undefined ? null : targets.map((each) => asNode(each, "ResTarget")?.name ?? "");
}

/** What an INSERT puts into its columns, in their order: the rows of VALUES, or what a plain SELECT begins with. */
function rowsOf({ selectStmt }: NodeOf<"InsertStmt">): readonly (readonly Node[])[] {
  const query = asNode(selectStmt, "SelectStmt");
  if (query?.valuesLists !== undefined) return query.valuesLists.map((row) => asNode(row, "List")?.items ?? []);
  return [(query?.targetList ?? []).flatMap((each) => asNode(each, "ResTarget")?.val ?? [])];
}
