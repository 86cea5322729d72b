import { type Relation, relation } from "../../sql/names.ts";
import { asNode, type Node, type NodeOf, stringOf, stringsOf } from "../../sql/nodes.ts";
import type { ActionBody, PlainObject } from "../actions.ts";
import type { Read, ReadContext } from "./context.ts";
import { relationOf, relationOfObject, relationOfParts, typeOf } from "./definitions.ts";
import { relationsIn } from "./expressions.ts";

/** PostgreSQL's object types that are just names to us: no table's rows hang on them. */
const plainObjects: Readonly<Record<string, PlainObject>> = {
  OBJECT_SCHEMA: "schema",
  OBJECT_SEQUENCE: "sequence",
  OBJECT_TYPE: "type",
  OBJECT_DOMAIN: "type",
  OBJECT_EXTENSION: "extension",
  OBJECT_STATISTIC_EXT: "statistics",
  OBJECT_PUBLICATION: "publication",
  OBJECT_SUBSCRIPTION: "subscription",
  OBJECT_EVENT_TRIGGER: "event-trigger",
  OBJECT_ROLE: "role",
  OBJECT_DATABASE: "database",
  OBJECT_TABLESPACE: "tablespace",
  OBJECT_FDW: "foreign-data-wrapper",
  OBJECT_FOREIGN_SERVER: "foreign-server",
  OBJECT_LANGUAGE: "language",
};

/** The plain object of this type, other-object where we have no word for it. */
export function plainObject(objtype: string | undefined): PlainObject {
  return plainObjects[objtype ?? ""] ?? "other-object";
}

const routines: ReadonlySet<string> = new Set([
  "OBJECT_FUNCTION",
  "OBJECT_PROCEDURE",
  "OBJECT_ROUTINE",
  "OBJECT_AGGREGATE",
]);

export function readDrop(node: NodeOf<"DropStmt">): Read {
  const cascade = node.behavior === "DROP_CASCADE";
  const ifExists = node.missing_ok === true;
  return (node.objects ?? []).map((object): ActionBody => {
    const name = relationOfObject(object);
    const parts = stringsOf(asNode(object, "List")?.items);
    const table = relationOfParts(parts.slice(0, -1));
    const own = parts.at(-1) ?? "";
    switch (node.removeType) {
      case "OBJECT_TABLE":
      case "OBJECT_FOREIGN_TABLE":
        return {
          kind: "drop-table",
          table: name,
          cascade,
          ifExists,
          foreign: node.removeType === "OBJECT_FOREIGN_TABLE",
        };
      case "OBJECT_INDEX":
        return { kind: "drop-index", index: name, concurrently: node.concurrent === true, ifExists, cascade };
      case "OBJECT_VIEW":
        return { kind: "drop-view", view: name, cascade, ifExists };
      case "OBJECT_MATVIEW":
        return { kind: "drop-materialized-view", view: name, cascade, ifExists };
      case "OBJECT_TRIGGER":
        return { kind: "drop-trigger", table, name: own, ifExists };
      case "OBJECT_POLICY":
        return { kind: "drop-policy", table, name: own, ifExists };
      case "OBJECT_RULE":
        return { kind: "drop-rule", table, name: own, ifExists };
      default:
        if (routines.has(node.removeType ?? "")) return { kind: "drop-function", name, cascade };
        return { kind: `drop-${plainObject(node.removeType)}`, name, cascade, ifExists };
    }
  });
}

export function readRename(node: NodeOf<"RenameStmt">): Read {
  const table = relationOf(node.relation);
  const to = node.newname ?? "";
  const renamed = relation(table.schema, to);
  switch (node.renameType) {
    case "OBJECT_TABLE":
    case "OBJECT_FOREIGN_TABLE":
      return [{ kind: "rename-table", table, to: renamed }];
    case "OBJECT_COLUMN":
      return [{ kind: "rename-column", table, column: node.subname ?? "", to }];
    case "OBJECT_TABCONSTRAINT":
      return [{ kind: "rename-constraint", table, name: node.subname ?? "", to }];
    case "OBJECT_INDEX":
      return [{ kind: "rename-index", index: table, to }];
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
      return [{ kind: "rename-view", view: table, to: renamed }];
    case "OBJECT_TRIGGER":
      return [{ kind: "rename-trigger", table, name: node.subname ?? "", ifExists: false }];
    case "OBJECT_POLICY":
      return [{ kind: "rename-policy", table, name: node.subname ?? "", ifExists: node.missing_ok === true }];
    case "OBJECT_RULE":
      return [{ kind: "rename-rule", table, name: node.subname ?? "", ifExists: false }];
    case "OBJECT_SEQUENCE":
      return [{ kind: "rename-sequence", name: table, to }];
    case "OBJECT_ATTRIBUTE":
      return [{ kind: "rename-type", name: table, to }];
    default: {
      const name = node.object === undefined ? relation(null, node.subname) : relationOfObject(node.object);
      if (routines.has(node.renameType ?? "")) return [{ kind: "rename-function", name, cascade: false }];
      return [{ kind: `rename-${plainObject(node.renameType)}`, name, to }];
    }
  }
}

/** ALTER … SET SCHEMA: clients that name the schema no longer find it, which is a rename to them. */
export function readSetSchema(node: NodeOf<"AlterObjectSchemaStmt">): Read {
  const table = relationOf(node.relation);
  const to = relation(node.newschema, table.name);
  switch (node.objectType) {
    case "OBJECT_TABLE":
    case "OBJECT_FOREIGN_TABLE":
      return [{ kind: "rename-table", table, to }];
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
      return [{ kind: "rename-view", view: table, to }];
    case "OBJECT_SEQUENCE":
      return [{ kind: "rename-sequence", name: table, to: table.name }];
    default: {
      const name = relationOfObject(node.object);
      if (routines.has(node.objectType ?? "")) return [{ kind: "rename-function", name, cascade: false }];
      return [{ kind: `rename-${plainObject(node.objectType)}`, name, to: name.name }];
    }
  }
}

export function readComment(node: NodeOf<"CommentStmt">): Read {
  const parts = stringsOf(asNode(node.object, "List")?.items);
  switch (node.objtype) {
    case "OBJECT_TABLE":
    case "OBJECT_VIEW":
    case "OBJECT_MATVIEW":
    case "OBJECT_FOREIGN_TABLE":
      return [{ kind: "comment", on: relationOfParts(parts) }];
    case "OBJECT_COLUMN":
      return [{ kind: "comment", on: relationOfParts(parts.slice(0, -1)) }];
    default:
      return [{ kind: "comment", on: null }];
  }
}

export function readFunction(node: NodeOf<"CreateFunctionStmt">, { body }: Pick<ReadContext, "body">): Read {
  const options = new Map<string, string>();
  for (const each of node.options ?? []) {
    const option = asNode(each, "DefElem");
    const value = stringOf(option?.arg);
    if (option?.defname !== undefined && value !== null) options.set(option.defname, value);
  }
  const label = options.get("volatility");
  return [
    {
      kind: node.is_procedure === true ? "create-procedure" : "create-function",
      name: relationOfParts(stringsOf(node.funcname)),
      replace: node.replace === true,
      language: (options.get("language") ?? "sql").toLowerCase(),
      volatility: label === "immutable" || label === "stable" || label === "volatile" ? label : null,
      body,
    },
  ];
}

export function readView(node: NodeOf<"ViewStmt">): Read {
  const replace = node.replace === true;
  return [
    { kind: "create-view", view: relationOf(node.view), replace, ifNotExists: false, reads: relationsIn(node.query) },
  ];
}

export function readTrigger(node: NodeOf<"CreateTrigStmt">): Read {
  const calls = relationOfParts(stringsOf(node.funcname));
  return [
    {
      kind: "create-trigger",
      table: relationOf(node.relation),
      name: node.trigname ?? "",
      function: calls,
      replace: node.replace === true,
    },
  ];
}

export function readEnum(node: NodeOf<"AlterEnumStmt">): Read {
  const type = relationOfParts(stringsOf(node.typeName));
  const value = node.newVal ?? "";
  if (node.oldVal !== undefined) return [{ kind: "rename-enum-value", type, value: node.oldVal, to: value }];
  return [{ kind: "add-enum-value", type, value, ifNotExists: node.skipIfNewValExists === true }];
}

export function readDomain(node: NodeOf<"CreateDomainStmt">): Read {
  const constrained = (node.constraints ?? []).some((each) => {
    const type = asNode(each, "Constraint")?.contype;
    return type === "CONSTR_CHECK" || type === "CONSTR_NOTNULL";
  });
  return [
    {
      kind: "create-domain",
      name: relationOfParts(stringsOf(node.domainname)),
      base: typeOf(node.typeName),
      constrained,
    },
  ];
}

export function readAlterDomain(node: NodeOf<"AlterDomainStmt">): Read {
  const changes = { C: "add-constraint", V: "validate", O: "set-not-null" } as const;
  const what = node.subtype === "C" || node.subtype === "V" || node.subtype === "O" ? changes[node.subtype] : "other";
  const notValid = asNode(node.def, "Constraint")?.skip_validation === true;
  return [{ kind: "alter-domain", name: relationOfParts(stringsOf(node.typeName)), what, notValid }];
}

/** What stands inside CREATE SCHEMA is made in that schema, where it names no other. */
export function inSchema(element: Node, schemaname: string | undefined): Node {
  if (schemaname === undefined) return element;
  const placed = <T extends { schemaname?: string }>(range: T | undefined): T | undefined => {
    return range === undefined || range.schemaname !== undefined ? range : { ...range, schemaname };
  };
  const table = asNode(element, "CreateStmt");
  if (table?.relation !== undefined)
    return { CreateStmt: { ...table, relation: placed(table.relation) ?? table.relation } };
  const view = asNode(element, "ViewStmt");
  if (view?.view !== undefined) return { ViewStmt: { ...view, view: placed(view.view) ?? view.view } };
  const index = asNode(element, "IndexStmt");
  if (index?.relation !== undefined)
    return { IndexStmt: { ...index, relation: placed(index.relation) ?? index.relation } };
  const sequence = asNode(element, "CreateSeqStmt");
  if (sequence?.sequence !== undefined)
    return { CreateSeqStmt: { ...sequence, sequence: placed(sequence.sequence) ?? sequence.sequence } };
  const trigger = asNode(element, "CreateTrigStmt");
  if (trigger?.relation !== undefined)
    return { CreateTrigStmt: { ...trigger, relation: placed(trigger.relation) ?? trigger.relation } };
  return element;
}

/** CREATE for an object that is only a name. */
export function create(
  what: PlainObject,
  name: Relation,
  more: { ifNotExists?: boolean | undefined; on?: readonly Relation[] } = {},
): Read {
  return [{ kind: `create-${what}`, name, ifNotExists: more.ifNotExists === true, on: more.on ?? [] }];
}

/** ALTER for an object that is only a name. */
export function alter(what: PlainObject, name: Relation, on: readonly Relation[] = []): Read {
  return [{ kind: `alter-${what}`, name, on }];
}

/** DROP for an object that has a statement of its own (DROP ROLE, DROP DATABASE). */
export function drop(what: PlainObject, name: Relation, ifExists: boolean | undefined): Read {
  return [{ kind: `drop-${what}`, name, cascade: false, ifExists: ifExists === true }];
}

/** A name without a schema, as roles and databases have. */
export function bare(name: string | undefined): Relation {
  return relation(null, name);
}

/** The tables that a publication's list names. */
export function publishedTables(nodes: NodeOf<"CreatePublicationStmt">["pubobjects"]): Relation[] {
  return (nodes ?? []).flatMap((each) => {
    const table = asNode(each, "PublicationObjSpec")?.pubtable?.relation;
    return table === undefined ? [] : [relationOf(table)];
  });
}
