import { asNode, type Node, type NodeOf, stringsOf, walk } from "../../sql/nodes.ts";
import type { ActionBody } from "../actions.ts";
import type { Catalog } from "../catalog.ts";
import { sequenceSetters } from "./calls.ts";
import type { Read, ReadContext } from "./context.ts";
import { relationOf } from "./definitions.ts";
import { functionsIn, relationsIn } from "./expressions.ts";
import { callsOf } from "./routines.ts";
import { filledTable } from "./tables.ts";

export function readSelect(node: NodeOf<"SelectStmt">, context: ReadContext): Read {
  const { catalog } = context;
  const actions: Read[number][] = [];
  const reads = relationsIn(node);
  const called = functionsIn(node);
  if (node.intoClause?.rel !== undefined) {
    const target = relationOf(node.intoClause.rel);
    const temporary = node.intoClause.rel.relpersistence === "t";
    actions.push(filledTable(target, reads, { temporary, onCommitDrop: false, ifNotExists: false }));
  } else actions.push({ kind: "select", reads, forUpdate: (node.lockingClause ?? []).length > 0 });
  actions.push(...nestedWrites(node, catalog));
  if (called.some((each) => each.schema === null && sequenceSetters.has(each.name)))
    actions.push({ kind: "set-sequence-value" });
  actions.push(...callsOf(called, context), ...settingsOf(node));
  return actions;
}

/** set_config('name', 'value', is_local) in a SELECT is a SET: pg_dump writes the search path so. */
function settingsOf(node: object): ActionBody[] {
  const settings: ActionBody[] = [];
  walk(node, {
    FuncCall(call) {
      const [name, value, local] = (call.args ?? []).map((each) => asNode(each, "A_Const"));
      if (stringsOf(call.funcname).at(-1) === "set_config" && name?.sval?.sval !== undefined) {
        const to = value?.sval === undefined ? null : (value.sval.sval ?? "");
        settings.push({
          kind: "set",
          name: name.sval.sval.toLowerCase(),
          value: to,
          local: local?.boolval?.boolval === true,
        });
      }
      return true;
    },
  });
  return settings;
}

export function readInsert(node: NodeOf<"InsertStmt">, context: ReadContext): Read {
  return [insertBody(node), ...inside(node, context)];
}

export function readUpdate(node: NodeOf<"UpdateStmt">, context: ReadContext): Read {
  return [updateBody(node, context.catalog), ...inside(node, context)];
}

export function readDelete(node: NodeOf<"DeleteStmt">, context: ReadContext): Read {
  return [deleteBody(node, context.catalog), ...inside(node, context)];
}

export function readMerge(node: NodeOf<"MergeStmt">, context: ReadContext): Read {
  return [mergeBody(node), ...inside(node, context)];
}

/** What a statement does besides: WITH queries that write, and calls of which nothing is known. */
function inside(node: object, context: ReadContext): Read {
  return [...nestedWrites(node, context.catalog), ...callsOf(functionsIn(node), context)];
}

/** The writing statements of WITH queries, in any depth, each as its own action. */
function nestedWrites(node: object, catalog: Catalog): ActionBody[] {
  const writes: ActionBody[] = [];
  const take = (write: ActionBody): boolean => {
    writes.push(write);
    return true;
  };
  walk(node, {
    InsertStmt: (write) => take(insertBody(write)),
    UpdateStmt: (write) => take(updateBody(write, catalog)),
    DeleteStmt: (write) => take(deleteBody(write, catalog)),
    MergeStmt: (write) => take(mergeBody(write)),
  });
  return writes;
}

function insertBody(node: NodeOf<"InsertStmt">): ActionBody {
  const query = asNode(node.selectStmt, "SelectStmt");
  const rows = node.selectStmt === undefined ? 1 : (query?.valuesLists?.length ?? null);
  return { kind: "insert", table: relationOf(node.relation), rows, reads: relationsIn(node.selectStmt) };
}

function updateBody(node: NodeOf<"UpdateStmt">, catalog: Catalog): ActionBody {
  const where = node.whereClause === undefined ? "none" : "some";
  const atMost = node.fromClause === undefined ? mostRows(node.whereClause, node.relation, catalog) : null;
  return { kind: "update", table: relationOf(node.relation), where, atMost, reads: relationsIn(node) };
}

function deleteBody(node: NodeOf<"DeleteStmt">, catalog: Catalog): ActionBody {
  const where = node.whereClause === undefined ? "none" : "some";
  const spreads = catalog.referencing(relationOf(node.relation)).some(({ constraints }) => {
    return [...constraints.values()].some(({ onDelete }) => onDelete === "change");
  });
  const isPlain = node.usingClause === undefined && !spreads;
  const atMost = isPlain ? mostRows(node.whereClause, node.relation, catalog) : null;
  return { kind: "delete", table: relationOf(node.relation), where, atMost, reads: relationsIn(node) };
}

function mergeBody(node: NodeOf<"MergeStmt">): ActionBody {
  const clauses = (node.mergeWhenClauses ?? []).map((each) => asNode(each, "MergeWhenClause")?.commandType);
  const does = [...new Set(clauses)].flatMap((command) => mergeDoes.get(command ?? "") ?? []);
  return { kind: "merge", table: relationOf(node.relation), does, reads: relationsIn(node) };
}

const mergeDoes: ReadonlyMap<string, "INSERT" | "UPDATE" | "DELETE"> = new Map([
  ["CMD_INSERT", "INSERT"],
  ["CMD_UPDATE", "UPDATE"],
  ["CMD_DELETE", "DELETE"],
] as const);

/** How many rows a condition can match at the most: one for each constant that a unique column must equal; null where that is not known. */
function mostRows(where: Node | undefined, range: NodeOf<"RangeVar"> | undefined, catalog: Catalog): number | null {
  const and = asNode(where, "BoolExpr");
  if (and?.boolop === "AND_EXPR") {
    const limits = (and.args ?? []).flatMap((each) => mostRows(each, range, catalog) ?? []);
    return limits.length === 0 ? null : Math.min(...limits);
  }
  const comparison = asNode(where, "A_Expr");
  const column = stringsOf(asNode(comparison?.lexpr, "ColumnRef")?.fields).at(-1);
  if (comparison === null || column === undefined || stringsOf(comparison.name).at(-1) !== "=") return null;
  const values = asNode(comparison.rexpr, "List")?.items ?? (comparison.rexpr === undefined ? [] : [comparison.rexpr]);
  const isKey = [...(catalog.table(relationOf(range))?.constraints.values() ?? [])].some(({ type, columns }) => {
    return (type === "primary-key" || type === "unique") && columns.length === 1 && columns[0] === column;
  });
  if (!values.every(isConstant) || !isKey) return null;
  return comparison.kind === "AEXPR_OP" ? 1 : comparison.kind === "AEXPR_IN" ? values.length : null;
}

function isConstant(value: Node): boolean {
  const cast = asNode(value, "TypeCast");
  if (cast !== null) return cast.arg !== undefined && isConstant(cast.arg);
  return asNode(value, "A_Const") !== null;
}

export function readCopy(node: NodeOf<"CopyStmt">, read: (query: Node) => Read): Read {
  const place = node.is_program === true ? "program" : node.filename === undefined ? null : "file";
  if (node.is_from === true) return [{ kind: "copy-from", table: relationOf(node.relation), from: place ?? "stdin" }];
  const reads = node.relation === undefined ? relationsIn(node.query) : [relationOf(node.relation)];
  const query = node.query === undefined ? [] : read(node.query);
  return [{ kind: "copy-to", reads, to: place ?? "stdout" }, ...query.filter(({ kind }) => kind !== "select")];
}

/** EXPLAIN runs its statement only with ANALYZE; PREPARE runs nothing. */
export function readExplain(node: NodeOf<"ExplainStmt">, read: (query: Node) => Read): Read {
  const runs = (node.options ?? []).some((each) => asNode(each, "DefElem")?.defname === "analyze");
  return runs && node.query !== undefined ? read(node.query) : [{ kind: "session-other" }];
}
