import { type Relation, relation } from "../../sql/names.ts";
import { asNode, type Node, type NodeOf, stringOf, stringsOf } from "../../sql/nodes.ts";
import type { ColumnDefinition, ConstraintDefinition, ConstraintType, Fill, TypeName } from "../actions.ts";
import type { ReadContext } from "./context.ts";
import { columnsIn, volatilityOf } from "./expressions.ts";

/** A relation from the parser's RangeVar. */
export function relationOf(range: NodeOf<"RangeVar"> | undefined): Relation {
  return relation(range?.schemaname, range?.relname);
}

/** A relation from a list of name parts: [name], [schema, name] or [database, schema, name]. */
export function relationOfParts(parts: readonly string[]): Relation {
  return relation(parts.at(-2), parts.at(-1));
}

/** The relation inside a node that names an object: a list of strings, a string, a type name, a routine with its arguments. */
export function relationOfObject(node: Node | undefined): Relation {
  const list = asNode(node, "List");
  if (list !== null) return relationOfParts(stringsOf(list.items));
  const type = asNode(node, "TypeName");
  if (type !== null) return relationOfParts(stringsOf(type.names));
  const routine = asNode(node, "ObjectWithArgs");
  if (routine !== null) return relationOfParts(stringsOf(routine.objname));
  const string = stringOf(node);
  return relation(null, string ?? "");
}

/** A type's name in PostgreSQL's own spelling; the serial pseudo-types become the integers that they stand for. */
export function typeOf(type: NodeOf<"TypeName"> | undefined): TypeName {
  const parts = stringsOf(type?.names);
  const name = parts.at(-1) ?? "";
  const schema = parts.length > 1 ? (parts.at(-2) ?? null) : null;
  const modifiers: number[] = [];
  for (const each of type?.typmods ?? []) {
    const constant = asNode(each, "A_Const");
    if (constant?.ival !== undefined) modifiers.push(constant.ival.ival ?? 0);
  }
  return {
    schema: schema === "pg_catalog" || schema === "public" ? null : schema,
    name: serials[name] ?? name,
    modifiers,
    array: (type?.arrayBounds ?? []).length > 0,
  };
}

const serials: Readonly<Record<string, string>> = {
  serial: "int4",
  serial4: "int4",
  bigserial: "int8",
  serial8: "int8",
  smallserial: "int2",
  serial2: "int2",
};

/** A column as ColumnDef writes it, with the constraints that stand behind it. */
export function columnOf(
  node: NodeOf<"ColumnDef">,
  context: Pick<ReadContext, "catalog" | "grammar">,
): { column: ColumnDefinition; constraints: readonly ConstraintDefinition[] } {
  const name = node.colname ?? "";
  const constraints: ConstraintDefinition[] = [];
  const written = stringsOf(node.typeName?.names).at(-1) ?? "";
  const serial = Object.hasOwn(serials, written);
  let notNull = serial;
  let fill: Fill = serial ? "volatile" : "null";
  let identity = false;
  let generated: ColumnDefinition["generated"] = null;
  for (const each of node.constraints ?? []) {
    const constraint = asNode(each, "Constraint");
    if (constraint === null) continue;
    switch (constraint.contype) {
      case "CONSTR_NOTNULL":
        notNull = true;
        break;
      case "CONSTR_DEFAULT":
        fill = isNullConstant(constraint.raw_expr) ? "null" : volatilityOf(constraint.raw_expr, context.catalog);
        break;
      case "CONSTR_IDENTITY":
        identity = true;
        notNull = true;
        fill = "volatile";
        break;
      case "CONSTR_GENERATED":
        generated = constraint.generated_kind === "v" ? "virtual" : "stored";
        break;
      default: {
        const definition = constraintOf(constraint, context, [name]);
        if (definition !== null) constraints.push(definition);
        if (definition?.type === "primary-key") notNull = true;
      }
    }
  }
  const collation = stringsOf(node.collClause?.collname).at(-1) ?? null;
  return {
    column: { name, type: typeOf(node.typeName), notNull, fill, serial, identity, generated, collation },
    constraints,
  };
}

const constraintTypes: Readonly<Record<string, ConstraintType>> = {
  CONSTR_CHECK: "check",
  CONSTR_FOREIGN: "foreign-key",
  CONSTR_UNIQUE: "unique",
  CONSTR_PRIMARY: "primary-key",
  CONSTR_EXCLUSION: "exclude",
  CONSTR_NOTNULL: "not-null",
};

/** A constraint as it is written, null for what is no constraint of rows (a default, DEFERRABLE). The column is the one it stands behind. */
export function constraintOf(
  node: NodeOf<"Constraint">,
  { grammar }: Pick<ReadContext, "grammar">,
  behind: readonly string[] = [],
): ConstraintDefinition | null {
  const type = constraintTypes[node.contype ?? ""];
  if (type === undefined) return null;
  const keys =
    type === "exclude" ? excluded(node.exclusions) : stringsOf(type === "foreign-key" ? node.fk_attrs : node.keys);
  const columns = keys.length > 0 ? keys : type === "check" ? columnsIn(node.raw_expr) : behind;
  return {
    name: node.conname ?? null,
    type,
    columns,
    references: type === "foreign-key" ? { table: relationOf(node.pktable), columns: stringsOf(node.pk_attrs) } : null,
    notValid: node.skip_validation === true,
    // NOT ENFORCED came with 18, which says of every other check and foreign key that it is enforced.
    notEnforced: grammar >= 18 && (type === "check" || type === "foreign-key") && node.is_enforced !== true,
    usingIndex: node.indexname ?? null,
    provesNotNull: type === "check" ? provenColumn(node.raw_expr) : null,
    // c, n and d: CASCADE, SET NULL, SET DEFAULT.
    onDelete: type !== "foreign-key" ? null : /^[cnd]$/.test(node.fk_del_action ?? "a") ? "change" : "refuse",
  };
}

/** The columns of EXCLUDE (column WITH operator, …). */
function excluded(exclusions: readonly Node[] | undefined): string[] {
  return (exclusions ?? []).flatMap((each) => asNode(asNode(each, "List")?.items?.[0], "IndexElem")?.name ?? []);
}

/** The column of the expression "column IS NOT NULL". */
function provenColumn(expression: Node | undefined): string | null {
  const test = asNode(expression, "NullTest");
  if (test === null || test.nulltesttype !== "IS_NOT_NULL") return null;
  const column = asNode(test.arg, "ColumnRef");
  return column === null ? null : (stringsOf(column.fields).at(-1) ?? null);
}

function isNullConstant(expression: Node | undefined): boolean {
  const cast = asNode(expression, "TypeCast");
  if (cast !== null) return isNullConstant(cast.arg);
  return asNode(expression, "A_Const")?.isnull === true;
}
