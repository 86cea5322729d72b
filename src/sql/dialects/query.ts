import { key, type Relation } from "../names.ts";
import type { Dialect } from "./dialect.ts";
import { tableName } from "./names.ts";
import type { PlainText } from "./plain.ts";

/** What a query or a statement that writes rows does, as far as it matters: taken from the parser's tree, which is then forgotten. */
export interface Query {
  readonly kind: "select" | "insert" | "update" | "delete";
  /** The tables whose rows it writes. */
  readonly writes: readonly Relation[];
  readonly reads: readonly Relation[];
  /** The names of its WITH queries, lower case. */
  readonly named: readonly string[];
  /** The functions that it calls, lower case, with their schema and a dot where one is written. */
  readonly calls: readonly string[];
  readonly where: boolean;
  /** Columns that must each equal one of so many constants. */
  readonly keys: readonly KeyCondition[];
}

export interface KeyCondition {
  readonly column: string;
  readonly constants: number;
  /** MySQL takes every text that is no number for 0, so a number may equal many texts. */
  readonly numbers: boolean;
}

type Tree = Readonly<Record<string, unknown>>;

/** What the parser's tree of one statement says; null for a statement of another kind. */
export function queryOf(tree: unknown, text: PlainText, dialect: Dialect): Query | null {
  if (!isTree(tree)) return null;
  const kind = kindOf(tree.type);
  if (kind === null) return null;
  // What DELETE names before FROM are aliases of what stands behind it.
  const seen = look(kind === "delete" && listOf(tree.from).length > 0 ? { ...tree, table: null } : tree, text, dialect);
  const writes = kind === "select" ? [] : writtenTables(tree, text, dialect);
  // A target is among the tables of its statement; without it, what is read is left.
  const reads = without(seen.tables, seen.queries, writes);
  const isPlain = kind === "update" || kind === "delete";
  return {
    kind,
    writes,
    reads,
    named: [...seen.queries],
    calls: seen.calls,
    where: isTree(tree.where),
    keys:
      isPlain && writes.length === 1 && listOf(tree.from ?? tree.table).length === 1 ? keysOf(tree.where, text) : [],
  };
}

function kindOf(type: unknown): Query["kind"] | null {
  switch (type) {
    case "select":
    case "insert":
    case "update":
    case "delete":
      return type;
    case "replace":
      return "insert";
    default:
      return null;
  }
}

interface Seen {
  /** Each mention of a table, in the order of the text. */
  readonly tables: readonly Relation[];
  readonly calls: readonly string[];
  /** The names of its WITH queries, lower case. */
  readonly queries: ReadonlySet<string>;
}

/** Everything below a tree, without recursion: expressions can be nested as deeply as their author likes. */
function look(root: Tree, text: PlainText, dialect: Dialect): Seen {
  const tables: Relation[] = [];
  const calls: string[] = [];
  const queries = new Set<string>();
  const open: unknown[] = [root];
  while (open.length > 0) {
    const each = open.pop();
    if (Array.isArray(each)) {
      for (let i = each.length - 1; i >= 0; i--) open.push(each[i]);
      continue;
    }
    if (!isTree(each)) continue;
    const table = tableOf(each, text, dialect);
    if (table !== null) tables.push(table);
    const call = callOf(each, text);
    if (call !== null) calls.push(call);
    for (const query of listOf(each.with)) {
      const name = isTree(query) && isTree(query.name) ? query.name.value : null;
      if (typeof name === "string") queries.add(text.nameOf(name).toLowerCase());
    }
    for (const value of Object.values(each).reverse())
      if (typeof value === "object" && value !== null) open.push(value);
  }
  return { tables, calls, queries };
}

/** A table in FROM, JOIN, INTO or UPDATE: the only trees that have a database. */
function tableOf(tree: Tree, text: PlainText, dialect: Dialect): Relation | null {
  if (!("db" in tree) || typeof tree.table !== "string" || tree.type === "column_ref") return null;
  const schema = typeof tree.db === "string" ? text.nameOf(tree.db) : null;
  return tableName(dialect, schema, text.nameOf(tree.table));
}

function callOf(tree: Tree, text: PlainText): string | null {
  if (tree.type === "aggr_func") return typeof tree.name === "string" ? tree.name.toLowerCase() : null;
  if (tree.type !== "function" || !isTree(tree.name)) return null;
  const parts = [tree.name.schema, ...listOf(tree.name.name)].flatMap((part) => {
    return isTree(part) && typeof part.value === "string" ? [text.nameOf(part.value)] : [];
  });
  return parts.join(".").toLowerCase();
}

/** Of UPDATE a JOIN b those that SET names, of DELETE a FROM b those before FROM: by their aliases. */
function writtenTables(tree: Tree, text: PlainText, dialect: Dialect): readonly Relation[] {
  const named = listOf(tree.from ?? tree.table).filter(isTree);
  const own = listOf(tree.table).filter(isTree);
  const byAlias = new Map<string, Relation>();
  for (const each of [...own, ...named]) {
    const table = tableOf(each, text, dialect);
    if (table === null) continue;
    byAlias.set(table.name.toLowerCase(), table);
    if (typeof each.as === "string") byAlias.set(text.nameOf(each.as).toLowerCase(), table);
  }
  const resolve = (name: unknown): Relation | undefined =>
    typeof name === "string" ? byAlias.get(text.nameOf(name).toLowerCase()) : undefined;
  if (tree.type === "update" && own.length > 1) {
    const set = listOf(tree.set).map((each) => (isTree(each) ? resolve(each.table) : undefined));
    // A column without its table's name may be of any of them.
    const all = set.includes(undefined) ? [...byAlias.values()] : set;
    return distinct(all.flatMap((each) => each ?? []));
  }
  return distinct(own.flatMap((each) => resolve(each.table) ?? tableOf(each, text, dialect) ?? []));
}

/** The tables without the queries of WITH, and without one mention of each of these. */
function without(
  tables: readonly Relation[],
  queries: ReadonlySet<string>,
  mentions: readonly Relation[],
): readonly Relation[] {
  const left = mentions.map(key);
  const read = tables.filter((table) => {
    if (table.schema === null && queries.has(table.name.toLowerCase())) return false;
    const at = left.indexOf(key(table));
    if (at === -1) return true;
    left.splice(at, 1);
    return false;
  });
  return distinct(read);
}

function distinct(tables: readonly Relation[]): readonly Relation[] {
  return [...new Map(tables.map((table) => [key(table), table])).values()];
}

/** The conditions that AND joins and that compare a column with constants. */
function keysOf(where: unknown, text: PlainText): readonly KeyCondition[] {
  const found: KeyCondition[] = [];
  const open: unknown[] = [where];
  while (open.length > 0) {
    const each = open.pop();
    if (!isTree(each) || each.type !== "binary_expr") continue;
    if (each.operator === "AND") open.push(each.left, each.right);
    if (each.operator !== "=" && each.operator !== "IN") continue;
    const { left, right } = each;
    if (!isTree(left) || left.type !== "column_ref" || typeof left.column !== "string" || !isTree(right)) continue;
    const values = right.type === "expr_list" ? listOf(right.value) : [right];
    const types = values.map((value) => (isTree(value) ? value.type : null));
    if (!types.every((type) => type === "number" || type === "single_quote_string" || type === "string")) continue;
    found.push({ column: text.nameOf(left.column), constants: values.length, numbers: types.includes("number") });
  }
  return found;
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
