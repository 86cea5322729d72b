import type { Relation } from "../../sql/names.ts";
import { asNode, type Node, type NodeOf, stringsOf } from "../../sql/nodes.ts";
import type { ActionBody } from "../actions.ts";
import { opaque } from "../opaque.ts";
import type { Read, ReadContext } from "./context.ts";
import { columnOf, constraintOf, relationOf, typeOf } from "./definitions.ts";

type Command = NodeOf<"AlterTableCmd">;

/** ALTER TABLE, one action per subcommand; also ALTER INDEX, ALTER VIEW and the like, which the grammar writes as the same node. */
export function readAlterTable(node: NodeOf<"AlterTableStmt">, context: ReadContext): Read {
  const table = relationOf(node.relation);
  const commands: Command[] = [];
  for (const each of node.cmds ?? []) {
    const command = asNode(each, "AlterTableCmd");
    if (command !== null) commands.push(command);
  }
  const places = context.subcommands(commands.length);
  return commands.map((command, i) => ({
    ...bodyOf(node.objtype ?? "OBJECT_TABLE", table, command, context),
    ...places?.[i],
  }));
}

function bodyOf(objtype: string, of: Relation, command: Command, context: ReadContext): ActionBody {
  switch (objtype) {
    case "OBJECT_INDEX":
      return { kind: "alter-index", index: of, what: indexChange(command), attached: attachedIndex(command) };
    case "OBJECT_VIEW":
      return command.subtype === "AT_ChangeOwner" ? { kind: "change-owner", on: of } : { kind: "alter-view", view: of };
    case "OBJECT_TYPE":
      return command.subtype === "AT_ChangeOwner"
        ? { kind: "change-owner", on: null }
        : { kind: "alter-type", name: of, on: [] };
    case "OBJECT_SEQUENCE":
      return command.subtype === "AT_ChangeOwner"
        ? { kind: "change-owner", on: null }
        : { kind: "alter-sequence", name: of, on: [] };
    default:
      return tableChange(of, command, context);
  }
}

function indexChange(command: Command): "options" | "tablespace" | "attach" | "statistics" {
  switch (command.subtype) {
    case "AT_SetTableSpace":
      return "tablespace";
    case "AT_AttachPartition":
      return "attach";
    case "AT_SetStatistics":
      return "statistics";
    default:
      return "options";
  }
}

function attachedIndex(command: Command): Relation | null {
  const name = asNode(command.def, "PartitionCmd")?.name;
  return name === undefined ? null : relationOf(name);
}

/** Subcommands that say no more than their kind, the table and perhaps a column. */
const plainColumnChanges = {
  AT_DropNotNull: "drop-not-null",
  AT_SetNotNull: "set-not-null",
  AT_SetExpression: "set-expression",
  AT_DropExpression: "drop-expression",
  AT_SetStatistics: "set-statistics",
  AT_SetOptions: "set-column-options",
  AT_ResetOptions: "set-column-options",
  AT_SetStorage: "set-storage",
  AT_SetCompression: "set-compression",
  AT_AddIdentity: "add-identity",
  AT_DropIdentity: "drop-identity",
} as const;

const plainTableChanges = {
  AT_ClusterOn: "cluster-on",
  AT_DropCluster: "cluster-on",
  AT_SetLogged: "set-logged",
  AT_SetUnLogged: "set-unlogged",
  AT_SetAccessMethod: "set-access-method",
  AT_SetTableSpace: "set-tablespace",
  AT_SetRelOptions: "set-table-options",
  AT_ResetRelOptions: "set-table-options",
  AT_ReplaceRelOptions: "set-table-options",
  AT_DropOids: "change-table-type",
  AT_AddOf: "change-table-type",
  AT_DropOf: "change-table-type",
  AT_GenericOptions: "change-table-type",
  AT_AlterColumnGenericOptions: "change-table-type",
  AT_ReplicaIdentity: "replica-identity",
  AT_EnableRowSecurity: "enable-row-security",
  AT_DisableRowSecurity: "disable-row-security",
  AT_ForceRowSecurity: "force-row-security",
  AT_NoForceRowSecurity: "unforce-row-security",
} as const;

const switches = {
  AT_EnableTrig: "enable-trigger",
  AT_EnableAlwaysTrig: "enable-trigger",
  AT_EnableReplicaTrig: "enable-trigger",
  AT_EnableTrigAll: "enable-trigger",
  AT_EnableTrigUser: "enable-trigger",
  AT_DisableTrig: "disable-trigger",
  AT_DisableTrigAll: "disable-trigger",
  AT_DisableTrigUser: "disable-trigger",
  AT_EnableRule: "enable-rule",
  AT_EnableAlwaysRule: "enable-rule",
  AT_EnableReplicaRule: "enable-rule",
  AT_DisableRule: "disable-rule",
} as const;

function tableChange(table: Relation, command: Command, context: ReadContext): ActionBody {
  const subtype = command.subtype ?? "";
  const column = command.name ?? "";
  if (has(plainColumnChanges, subtype)) return { kind: plainColumnChanges[subtype], table, column };
  if (has(plainTableChanges, subtype)) return { kind: plainTableChanges[subtype], table };
  if (has(switches, subtype)) return { kind: switches[subtype], table, name: command.name ?? null };
  const constraint = asNode(command.def, "Constraint");
  const definition = asNode(command.def, "ColumnDef");
  const partition = asNode(command.def, "PartitionCmd");
  switch (subtype) {
    case "AT_AddColumn":
      if (definition !== null) return addColumn(table, definition, command, context);
      break;
    case "AT_ColumnDefault":
      return { kind: command.def === undefined ? "drop-default" : "set-default", table, column };
    case "AT_DropColumn":
      return { kind: "drop-column", table, column, cascade: cascades(command), ifExists: command.missing_ok === true };
    case "AT_AlterColumnType":
      if (definition !== null) return alterType(table, column, definition);
      break;
    case "AT_AddConstraint": {
      const read = constraint === null ? null : constraintOf(constraint, context);
      if (read !== null) return { kind: "add-constraint", table, constraint: read };
      break;
    }
    case "AT_SetIdentity": {
      const restarts = (asNode(command.def, "List")?.items ?? []).some(
        (each) => asNode(each, "DefElem")?.defname === "restart",
      );
      return { kind: restarts ? "restart-identity" : "set-identity", table, column };
    }
    case "AT_AlterConstraint":
      return {
        kind: "alter-constraint",
        table,
        name: asNode(command.def, "ATAlterConstraint")?.conname ?? constraint?.conname ?? "",
      };
    case "AT_ValidateConstraint":
      return { kind: "validate-constraint", table, name: column };
    case "AT_DropConstraint":
      return {
        kind: "drop-constraint",
        table,
        name: column,
        cascade: cascades(command),
        ifExists: command.missing_ok === true,
      };
    case "AT_ChangeOwner":
      return { kind: "change-owner", on: table };
    case "AT_AddInherit":
    case "AT_DropInherit": {
      const parent = asNode(command.def, "RangeVar");
      if (parent === null) break;
      return { kind: subtype === "AT_AddInherit" ? "inherit" : "no-inherit", table, parent: relationOf(parent) };
    }
    case "AT_AttachPartition":
      if (partition === null) break;
      return {
        kind: "attach-partition",
        table,
        partition: relationOf(partition.name),
        isDefault: partition.bound?.is_default === true,
      };
    case "AT_DetachPartition":
    case "AT_DetachPartitionFinalize":
      if (partition === null) break;
      return {
        kind: "detach-partition",
        table,
        partition: relationOf(partition.name),
        concurrently: partition.concurrent === true,
      };
  }
  return opaque("unrecognised", `ALTER TABLE ${subtype.replace(/^AT_/, "")}`);
}

function has<T extends object>(table: T, name: string | keyof T): name is keyof T {
  return Object.hasOwn(table, name);
}

function addColumn(table: Relation, node: NodeOf<"ColumnDef">, command: Command, context: ReadContext): ActionBody {
  const { column, constraints } = columnOf(node, context);
  return {
    kind: "add-column",
    table,
    column: column.name,
    type: column.type,
    notNull: column.notNull,
    fill: column.fill,
    definition: column,
    constraints,
    ifNotExists: command.missing_ok === true,
  };
}

function alterType(table: Relation, column: string, definition: NodeOf<"ColumnDef">): ActionBody {
  const type = typeOf(definition.typeName);
  const using = usesOnlyTheColumn(definition.raw_default, column, type.name) ? "none" : "computes";
  return {
    kind: "alter-column-type",
    table,
    column,
    type,
    using,
    collation: stringsOf(definition.collClause?.collname).at(-1) ?? null,
  };
}

/** USING column, or USING column::the_new_type: what PostgreSQL does without USING. */
function usesOnlyTheColumn(expression: Node | undefined, column: string, type: string): boolean {
  if (expression === undefined) return true;
  const cast = asNode(expression, "TypeCast");
  if (cast !== null) return typeOf(cast.typeName).name === type && usesOnlyTheColumn(cast.arg, column, type);
  const reference = asNode(expression, "ColumnRef");
  return reference !== null && stringsOf(reference.fields).at(-1) === column;
}

function cascades(command: Command): boolean {
  return command.behavior === "DROP_CASCADE";
}
