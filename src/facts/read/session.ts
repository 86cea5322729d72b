import { asNode, type Node, type NodeOf } from "../../sql/nodes.ts";
import { type LockMode, lockModes } from "../locks.ts";
import { opaque } from "../opaque.ts";
import type { Read } from "./context.ts";
import { relationOf } from "./definitions.ts";

export function readTransaction(node: NodeOf<"TransactionStmt">): Read {
  switch (node.kind) {
    case "TRANS_STMT_BEGIN":
    case "TRANS_STMT_START":
      return [{ kind: "begin" }];
    case "TRANS_STMT_COMMIT":
      return node.chain === true ? [{ kind: "commit" }, { kind: "begin" }] : [{ kind: "commit" }];
    case "TRANS_STMT_ROLLBACK":
      return node.chain === true ? [{ kind: "rollback" }, { kind: "begin" }] : [{ kind: "rollback" }];
    case "TRANS_STMT_SAVEPOINT":
      return [{ kind: "savepoint", name: node.savepoint_name ?? "" }];
    case "TRANS_STMT_RELEASE":
      return [{ kind: "release", name: node.savepoint_name ?? "" }];
    case "TRANS_STMT_ROLLBACK_TO":
      return [{ kind: "rollback-to", name: node.savepoint_name ?? "" }];
    default:
      // PREPARE TRANSACTION and its end: the transaction goes on after the session.
      return [opaque("unrecognised", "a prepared transaction")];
  }
}

export function readSet(node: NodeOf<"VariableSetStmt">): Read {
  const value = node.args?.length === 1 ? constant(node.args[0]) : null;
  return [{ kind: "set", name: (node.name ?? "all").toLowerCase(), value, local: node.is_local === true }];
}

function constant(node: Node | undefined): string | null {
  const literal = asNode(node, "A_Const");
  if (literal === null) return null;
  if (literal.sval !== undefined) return literal.sval.sval ?? "";
  if (literal.ival !== undefined) return String(literal.ival.ival ?? 0);
  return literal.fval?.fval ?? null;
}

/** A time as PostgreSQL's settings take it: a number of milliseconds, or a number with a unit. Null where it is neither. */
export function milliseconds(value: string | null): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*$/.exec(value ?? "");
  if (match === null) return null;
  const units: Readonly<Record<string, number>> = {
    us: 0.001,
    ms: 1,
    s: 1000,
    min: 60_000,
    h: 3_600_000,
    d: 86_400_000,
  };
  return Number(match[1]) * (units[match[2] ?? "ms"] ?? 1);
}

export function readLock(node: NodeOf<"LockStmt">): Read {
  const tables = (node.relations ?? []).flatMap((each) => asNode(each, "RangeVar") ?? []).map(relationOf);
  // The parser numbers the modes from 1, in the order of the documentation's table.
  const mode: LockMode = lockModes[(node.mode ?? 8) - 1] ?? "ACCESS EXCLUSIVE";
  return [{ kind: "lock-table", tables, mode }];
}

export function readVacuum(node: NodeOf<"VacuumStmt">): Read {
  const tables = (node.rels ?? []).flatMap((each) => {
    const table = asNode(each, "VacuumRelation")?.relation;
    return table === undefined ? [] : [relationOf(table)];
  });
  if (node.is_vacuumcmd !== true) return [{ kind: "analyze", tables }];
  return [{ kind: "vacuum", tables, full: option(node.options, "full") }];
}

export function readReindex(node: NodeOf<"ReindexStmt">): Read {
  const kinds: Readonly<Record<string, "index" | "table" | "schema">> = {
    REINDEX_OBJECT_INDEX: "index",
    REINDEX_OBJECT_TABLE: "table",
    REINDEX_OBJECT_SCHEMA: "schema",
  };
  const relation = node.relation === undefined ? null : relationOf(node.relation);
  const what = kinds[node.kind ?? ""] ?? "database";
  const schema = what === "schema" && node.name !== "public" ? (node.name ?? null) : null;
  return [{ kind: "reindex", what, relation, schema, concurrently: option(node.params, "concurrently") }];
}

/** Whether an option is on: written alone, or with anything but false, off or 0. */
function option(options: readonly Node[] | undefined, name: string): boolean {
  for (const each of options ?? []) {
    const element = asNode(each, "DefElem");
    if (element?.defname !== name) continue;
    const boolean = asNode(element.arg, "Boolean");
    const string = asNode(element.arg, "String")?.sval;
    const integer = asNode(element.arg, "Integer");
    if (boolean !== null) return boolean.boolval === true;
    if (string !== undefined) return !["false", "off"].includes(string.toLowerCase());
    return integer === null || (integer.ival ?? 0) !== 0;
  }
  return false;
}
