import type { Relation } from "../../sql/names.ts";
import { asNode, type Node, type NodeOf, type Readers, readBy, stringsOf, tagOf } from "../../sql/nodes.ts";
import { opaque } from "../opaque.ts";
import { readAlterTable } from "./alter-table.ts";
import type { Read, ReadContext } from "./context.ts";
import { relationOf, relationOfObject, relationOfParts } from "./definitions.ts";
import * as objects from "./objects.ts";
import { alter, bare, create, drop } from "./objects.ts";
import * as permissions from "./permissions.ts";
import * as queries from "./queries.ts";
import { readCall, readDo } from "./routines.ts";
import * as session from "./session.ts";
import * as tables from "./tables.ts";

/**
 * What each statement of PostgreSQL's grammar does, by the name of its node. A statement that is not here, or that answers
 * opaque, is said to be unread: the list of those is held by a test that walks the grammar.
 */
export const readers: Readers<ReadContext, Read> = {
  CreateStmt: tables.readCreateTable,
  CreateForeignTableStmt: (node, context) =>
    node.base === undefined ? [] : tables.readCreateTable(node.base, context),
  CreateTableAsStmt: (node, context) => [
    ...tables.readCreateTableAs(node),
    ...(node.query === undefined ? [] : queriedBy(node.query, context)),
  ],
  AlterTableStmt: readAlterTable,
  IndexStmt: tables.readIndex,
  TruncateStmt: tables.readTruncate,
  DropStmt: objects.readDrop,
  RenameStmt: objects.readRename,
  AlterObjectSchemaStmt: objects.readSetSchema,
  CommentStmt: objects.readComment,

  ViewStmt: objects.readView,
  RefreshMatViewStmt: (node) => [
    { kind: "refresh-materialized-view", view: relationOf(node.relation), concurrently: node.concurrent === true },
  ],
  CreateFunctionStmt: objects.readFunction,
  AlterFunctionStmt: (node) => [
    { kind: "alter-function", name: relationOfParts(stringsOf(node.func?.objname)), cascade: false },
  ],
  CreateTrigStmt: objects.readTrigger,
  CreatePolicyStmt: (node) => [
    { kind: "create-policy", table: relationOf(node.table), name: node.policy_name ?? "", ifExists: false },
  ],
  AlterPolicyStmt: (node) => [
    { kind: "alter-policy", table: relationOf(node.table), name: node.policy_name ?? "", ifExists: false },
  ],
  RuleStmt: (node) => [
    { kind: "create-rule", table: relationOf(node.relation), name: node.rulename ?? "", ifExists: false },
  ],

  CreateEnumStmt: (node) => [
    { kind: "create-enum", name: relationOfParts(stringsOf(node.typeName)), values: stringsOf(node.vals) },
  ],
  AlterEnumStmt: objects.readEnum,
  CreateDomainStmt: objects.readDomain,
  AlterDomainStmt: objects.readAlterDomain,
  CompositeTypeStmt: (node) => create("type", relationOf(node.typevar)),
  CreateRangeStmt: (node) => create("type", relationOfParts(stringsOf(node.typeName))),
  AlterTypeStmt: (node) => alter("type", relationOfParts(stringsOf(node.typeName))),
  DefineStmt: (node) => create(objects.plainObject(node.kind), relationOfParts(stringsOf(node.defnames))),

  CreateSchemaStmt: (node, context) => [
    ...create("schema", bare(node.schemaname), { ifNotExists: node.if_not_exists }),
    ...(node.schemaElts ?? []).flatMap((each) => readNode(objects.inSchema(each, node.schemaname), context)),
  ],
  CreateSeqStmt: (node) => create("sequence", relationOf(node.sequence), { ifNotExists: node.if_not_exists }),
  AlterSeqStmt: (node) => [
    ...alter("sequence", relationOf(node.sequence), ownersOf(node)),
    ...((node.options ?? []).some((each) => asNode(each, "DefElem")?.defname === "restart")
      ? [{ kind: "set-sequence-value" } as const]
      : []),
  ],
  CreateExtensionStmt: (node) => create("extension", bare(node.extname), { ifNotExists: node.if_not_exists }),
  AlterExtensionStmt: (node) => alter("extension", bare(node.extname)),
  AlterExtensionContentsStmt: (node) => alter("extension", bare(node.extname)),
  CreateStatsStmt: (node) =>
    create("statistics", relationOfParts(stringsOf(node.defnames)), {
      ifNotExists: node.if_not_exists,
      on: (node.relations ?? []).flatMap((each) => asNode(each, "RangeVar") ?? []).map(relationOf),
    }),
  AlterStatsStmt: (node) => alter("statistics", relationOfParts(stringsOf(node.defnames))),
  CreatePublicationStmt: (node) =>
    create("publication", bare(node.pubname), { on: objects.publishedTables(node.pubobjects) }),
  AlterPublicationStmt: (node) => alter("publication", bare(node.pubname), objects.publishedTables(node.pubobjects)),
  AlterSubscriptionStmt: (node) => alter("subscription", bare(node.subname)),
  CreateSubscriptionStmt: (node) => create("subscription", bare(node.subname)),
  DropSubscriptionStmt: (node) => drop("subscription", bare(node.subname), node.missing_ok),
  CreateEventTrigStmt: (node) => create("event-trigger", bare(node.trigname)),
  AlterEventTrigStmt: (node) => alter("event-trigger", bare(node.trigname)),
  CreateFdwStmt: (node) => create("foreign-data-wrapper", bare(node.fdwname)),
  AlterFdwStmt: (node) => alter("foreign-data-wrapper", bare(node.fdwname)),
  CreateForeignServerStmt: (node) =>
    create("foreign-server", bare(node.servername), { ifNotExists: node.if_not_exists }),
  AlterForeignServerStmt: (node) => alter("foreign-server", bare(node.servername)),
  CreateUserMappingStmt: (node) => create("user-mapping", bare(node.servername), { ifNotExists: node.if_not_exists }),
  AlterUserMappingStmt: (node) => alter("user-mapping", bare(node.servername)),
  DropUserMappingStmt: (node) => drop("user-mapping", bare(node.servername), node.missing_ok),
  CreatePLangStmt: (node) => create("language", bare(node.plname)),
  CreateCastStmt: () => create("other-object", bare("cast")),
  CreateConversionStmt: (node) => create("other-object", relationOfParts(stringsOf(node.conversion_name))),
  CreateOpClassStmt: (node) => create("other-object", relationOfParts(stringsOf(node.opclassname))),
  CreateOpFamilyStmt: (node) => create("other-object", relationOfParts(stringsOf(node.opfamilyname))),
  CreateTransformStmt: () => create("other-object", bare("transform")),
  CreateAmStmt: (node) => create("other-object", bare(node.amname)),
  AlterOpFamilyStmt: (node) => alter("other-object", relationOfParts(stringsOf(node.opfamilyname))),
  AlterOperatorStmt: (node) => alter("other-object", relationOfParts(stringsOf(node.opername?.objname))),
  AlterTSConfigurationStmt: (node) => alter("other-object", relationOfParts(stringsOf(node.cfgname))),
  AlterTSDictionaryStmt: (node) => alter("other-object", relationOfParts(stringsOf(node.dictname))),
  AlterCollationStmt: (node) => alter("other-object", relationOfParts(stringsOf(node.collname))),
  AlterObjectDependsStmt: (node) => alter("other-object", relationOfObject(node.object)),

  CreateRoleStmt: (node) => permissions.readRole(node, "create"),
  AlterRoleStmt: (node) => permissions.readRole(node, "alter"),
  AlterRoleSetStmt: (node) => alter("role", bare(node.role?.rolename)),
  DropRoleStmt: (node) =>
    (node.roles ?? []).flatMap((each) => drop("role", bare(asNode(each, "RoleSpec")?.rolename), node.missing_ok)),
  GrantStmt: permissions.readGrant,
  GrantRoleStmt: permissions.readGrantRole,
  AlterDefaultPrivilegesStmt: permissions.readDefaultPrivileges,
  AlterOwnerStmt: (node) => [
    { kind: "change-owner", on: node.relation === undefined ? null : relationOf(node.relation) },
  ],
  ReassignOwnedStmt: () => [{ kind: "reassign-owned" }],
  DropOwnedStmt: () => [{ kind: "drop-owned" }],
  SecLabelStmt: () => [{ kind: "security-label" }],

  SelectStmt: queries.readSelect,
  InsertStmt: queries.readInsert,
  UpdateStmt: queries.readUpdate,
  DeleteStmt: queries.readDelete,
  MergeStmt: queries.readMerge,
  CopyStmt: (node, context) => queries.readCopy(node, (query) => readNode(query, context)),
  ExplainStmt: (node, context) => queries.readExplain(node, (query) => readNode(query, context)),

  TransactionStmt: session.readTransaction,
  VariableSetStmt: session.readSet,
  VariableShowStmt: () => [{ kind: "session-other" }],
  ConstraintsSetStmt: () => [{ kind: "session-other" }],
  NotifyStmt: () => [{ kind: "session-other" }],
  ListenStmt: () => [{ kind: "session-other" }],
  UnlistenStmt: () => [{ kind: "session-other" }],
  PrepareStmt: () => [{ kind: "session-other" }],
  DeallocateStmt: () => [{ kind: "session-other" }],
  DeclareCursorStmt: (node, context) => (node.query === undefined ? [] : readNode(node.query, context)),
  FetchStmt: () => [{ kind: "session-other" }],
  ClosePortalStmt: () => [{ kind: "session-other" }],
  DiscardStmt: (node) => [
    { kind: "set", name: node.target === "DISCARD_ALL" ? "discard all" : "discard", value: null, local: false },
  ],
  CheckPointStmt: () => [{ kind: "checkpoint" }],
  LockStmt: session.readLock,

  VacuumStmt: session.readVacuum,
  ReindexStmt: session.readReindex,
  ClusterStmt: (node) => [{ kind: "cluster", table: node.relation === undefined ? null : relationOf(node.relation) }],
  AlterSystemStmt: () => [{ kind: "alter-system" }],
  AlterTableMoveAllStmt: () => [{ kind: "move-all-tables" }],
  LoadStmt: () => [{ kind: "load-library" }],
  CreatedbStmt: (node) => create("database", bare(node.dbname)),
  DropdbStmt: (node) => drop("database", bare(node.dbname), node.missing_ok),
  AlterDatabaseStmt: (node) => alter("database", bare(node.dbname)),
  AlterDatabaseSetStmt: (node) => alter("database", bare(node.dbname)),
  AlterDatabaseRefreshCollStmt: (node) => alter("database", bare(node.dbname)),
  CreateTableSpaceStmt: (node) => create("tablespace", bare(node.tablespacename)),
  DropTableSpaceStmt: (node) => drop("tablespace", bare(node.tablespacename), node.missing_ok),
  AlterTableSpaceOptionsStmt: (node) => alter("tablespace", bare(node.tablespacename)),

  DoStmt: (_node, context) => readDo(context),
  CallStmt: (node, context) => readCall(node, context),
  ExecuteStmt: (node) => [opaque("unrecognised", `EXECUTE ${node.name ?? ""}`)],
  ImportForeignSchemaStmt: () => [opaque("unrecognised", "IMPORT FOREIGN SCHEMA")],
};

/** The actions of one statement's tree. */
export function readNode(node: Node, context: ReadContext): Read {
  return readBy(readers, node, context) ?? [opaque("unrecognised", tagOf(node).replace(/Stmt$/, ""))];
}

/** What the query of CREATE TABLE AS does besides being read: writes in it, calls, or the run of a prepared statement. */
function queriedBy(query: Node, context: ReadContext): Read {
  return readNode(query, context).filter(({ kind }) => kind !== "select");
}

/** The table of ALTER SEQUENCE … OWNED BY table.column. */
function ownersOf(node: NodeOf<"AlterSeqStmt">): Relation[] {
  return (node.options ?? []).flatMap((each) => {
    const option = asNode(each, "DefElem");
    if (option?.defname !== "owned_by") return [];
    const parts = stringsOf(asNode(option.arg, "List")?.items);
    return parts.length < 2 ? [] : [relationOfParts(parts.slice(0, -1))];
  });
}
