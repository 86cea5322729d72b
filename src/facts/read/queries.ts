import { display, type Relation } from "../../sql/names.ts";
import { asNode, type Node, type NodeOf, tagOf } from "../../sql/nodes.ts";
import type { ActionBody } from "../actions.ts";
import type { Catalog } from "../catalog.ts";
import { opaque } from "../opaque.ts";
import type { Read, ReadContext } from "./context.ts";
import { relationOf } from "./definitions.ts";
import { functionsIn, functionVolatility, relationsIn, writesInside } from "./expressions.ts";
import { filledTable } from "./tables.ts";

/** PostgreSQL's own functions that change something although they stand in a SELECT; every other volatile one of its own is harmless here. */
const sequenceSetters: ReadonlySet<string> = new Set(["setval", "nextval"]);
const sessionFunctions: ReadonlySet<string> = new Set([
  ..."clock_timestamp random random_normal setseed timeofday gen_random_uuid uuidv4 uuidv7 currval lastval pg_sleep pg_sleep_for".split(
    " ",
  ),
  ..."pg_sleep_until txid_current pg_current_xact_id set_config pg_advisory_lock pg_advisory_xact_lock pg_advisory_unlock".split(
    " ",
  ),
  ..."pg_advisory_unlock_all pg_try_advisory_lock pg_try_advisory_xact_lock pg_notify pg_backend_pid pg_relation_size".split(
    " ",
  ),
  ..."pg_total_relation_size pg_table_size pg_indexes_size pg_database_size pg_size_pretty pg_is_in_recovery count sum".split(
    " ",
  ),
  ..."pg_get_serial_sequence pg_stat_get_activity pg_blocking_pids pg_lock_status pg_stat_file pg_ls_dir version".split(
    " ",
  ),
]);

/** An opaque action for the first function of which nothing is known, null where there is none. */
export function unknownCall(called: readonly Relation[], catalog: Catalog): ActionBody | null {
  for (const each of called) {
    if (catalog.function(each) === null) {
      if (sessionFunctions.has(each.name) || sequenceSetters.has(each.name)) continue;
      if (functionVolatility(each, catalog) === "stable") continue;
    } else if (functionVolatility(each, catalog) === "stable") continue;
    return opaque("function-call", `${display(each)}()`);
  }
  return null;
}

export function readSelect(node: NodeOf<"SelectStmt">, { catalog }: ReadContext): Read {
  const actions: ActionBody[] = [];
  const reads = relationsIn(node);
  const called = functionsIn(node);
  if (node.intoClause?.rel !== undefined) {
    const target = relationOf(node.intoClause.rel);
    actions.push(
      filledTable(target, reads, { temporary: node.intoClause.rel.relpersistence === "t", ifNotExists: false }),
    );
  } else actions.push({ kind: "select", reads, forUpdate: (node.lockingClause ?? []).length > 0 });
  actions.push(...writesOf(node));
  if (called.some((each) => each.schema === null && sequenceSetters.has(each.name)))
    actions.push({ kind: "set-sequence-value" });
  const unknown = unknownCall(called, catalog);
  if (unknown !== null) actions.push(unknown);
  return actions;
}

/** The writing statements of WITH queries inside this one, each as its own action. */
function writesOf(node: NodeOf<"SelectStmt">): ActionBody[] {
  if (!writesInside(node)) return [];
  return (node.withClause?.ctes ?? []).flatMap((each) => {
    const query = asNode(each, "CommonTableExpr")?.ctequery;
    return query === undefined ? [] : writeOf(query);
  });
}

function writeOf(query: Node): ActionBody[] {
  switch (tagOf(query)) {
    case "InsertStmt":
      return insertBody(asNode(query, "InsertStmt"));
    case "UpdateStmt":
      return updateBody(asNode(query, "UpdateStmt"));
    case "DeleteStmt":
      return deleteBody(asNode(query, "DeleteStmt"));
    case "MergeStmt":
      return mergeBody(asNode(query, "MergeStmt"));
    default:
      return [];
  }
}

export function readInsert(node: NodeOf<"InsertStmt">, context: ReadContext): Read {
  return withCalls([...insertBody(node), ...ctes(node.withClause)], node, context);
}

export function readUpdate(node: NodeOf<"UpdateStmt">, context: ReadContext): Read {
  return withCalls([...updateBody(node), ...ctes(node.withClause)], node, context);
}

export function readDelete(node: NodeOf<"DeleteStmt">, context: ReadContext): Read {
  return withCalls([...deleteBody(node), ...ctes(node.withClause)], node, context);
}

export function readMerge(node: NodeOf<"MergeStmt">, context: ReadContext): Read {
  return withCalls([...mergeBody(node), ...ctes(node.withClause)], node, context);
}

function ctes(clause: NodeOf<"WithClause"> | undefined): ActionBody[] {
  return (clause?.ctes ?? []).flatMap((each) => {
    const query = asNode(each, "CommonTableExpr")?.ctequery;
    return query === undefined ? [] : writeOf(query);
  });
}

function withCalls(actions: readonly ActionBody[], node: object, { catalog }: ReadContext): Read {
  const unknown = unknownCall(functionsIn(node), catalog);
  return unknown === null ? actions : [...actions, unknown];
}

function insertBody(node: NodeOf<"InsertStmt"> | null): ActionBody[] {
  if (node === null) return [];
  const table = relationOf(node.relation);
  const query = asNode(node.selectStmt, "SelectStmt");
  const rows = node.selectStmt === undefined ? 1 : query?.valuesLists === undefined ? null : query.valuesLists.length;
  return [{ kind: "insert", table, rows, reads: relationsIn(node.selectStmt) }];
}

function updateBody(node: NodeOf<"UpdateStmt"> | null): ActionBody[] {
  if (node === null) return [];
  const where = node.whereClause === undefined ? "none" : "some";
  return [{ kind: "update", table: relationOf(node.relation), where, reads: relationsIn(node) }];
}

function deleteBody(node: NodeOf<"DeleteStmt"> | null): ActionBody[] {
  if (node === null) return [];
  const where = node.whereClause === undefined ? "none" : "some";
  return [{ kind: "delete", table: relationOf(node.relation), where, reads: relationsIn(node) }];
}

function mergeBody(node: NodeOf<"MergeStmt"> | null): ActionBody[] {
  if (node === null) return [];
  return [{ kind: "merge", table: relationOf(node.relation), reads: relationsIn(node) }];
}

export function readCopy(node: NodeOf<"CopyStmt">): Read {
  const place = node.is_program === true ? "program" : node.filename === undefined ? null : "file";
  if (node.is_from === true) return [{ kind: "copy-from", table: relationOf(node.relation), from: place ?? "stdin" }];
  const reads = node.relation === undefined ? relationsIn(node.query) : [relationOf(node.relation)];
  return [{ kind: "copy-to", reads, to: place ?? "stdout" }];
}

/** EXPLAIN runs its statement only with ANALYZE; PREPARE runs nothing. */
export function readExplain(node: NodeOf<"ExplainStmt">, read: (query: Node) => Read): Read {
  const runs = (node.options ?? []).some((each) => asNode(each, "DefElem")?.defname === "analyze");
  return runs && node.query !== undefined ? read(node.query) : [{ kind: "session-other" }];
}
