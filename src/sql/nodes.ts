import type { Node } from "@pgsql/types";

export type { Node } from "@pgsql/types";

/** The name of a node of the parser's tree: CreateStmt, ColumnDef, … */
export type Tag = Node extends infer Each ? (Each extends object ? keyof Each : never) : never;

/** The content of the nodes of that name. */
export type NodeOf<T extends Tag> = Extract<Node, Record<T, unknown>>[T];

/** The node's name: each node is an object with that one key. */
export function tagOf(node: Node): Tag {
  for (const tag in node) return tag as Tag;
  throw new Error("A node of the parser's tree has no name.");
}

/** The content of the node when it has this name, otherwise null. */
export function asNode<T extends Tag>(node: Node | undefined, tag: T): NodeOf<T> | null {
  return node !== undefined && tag in node ? ((node as unknown as Record<T, NodeOf<T>>)[tag] ?? null) : null;
}

/** The text of a String node, null for anything else. */
export function stringOf(node: Node | undefined): string | null {
  const string = asNode(node, "String");
  return string === null ? null : (string.sval ?? "");
}

/** The texts of a list of String nodes: a name of several parts, a list of columns. */
export function stringsOf(nodes: readonly Node[] | undefined): string[] {
  const strings: string[] = [];
  for (const node of nodes ?? []) {
    const string = stringOf(node);
    if (string !== null) strings.push(string);
  }
  return strings;
}

const locationKeys: ReadonlySet<string> = new Set([
  "location",
  "name_location",
  "list_start",
  "list_end",
  "rexpr_list_start",
  "rexpr_list_end",
]);

/** Rewrites every offset in a tree, in place; the tree is our own copy, just parsed. Without recursion: trees can be very deep. */
export function moveLocations(node: object, move: (bytes: number) => number): void {
  const open: object[] = [node];
  for (let each = open.pop(); each !== undefined; each = open.pop()) {
    const record = each as Record<string, unknown>;
    for (const name in record) {
      const value = record[name];
      if (typeof value === "object" && value !== null) open.push(value);
      else if (typeof value === "number" && value >= 0 && locationKeys.has(name)) record[name] = move(value);
    }
  }
}

/** What to do with the nodes of some names; answering false leaves out what is below that node. */
export type Visitor = { readonly [T in Tag]?: (content: NodeOf<T>) => boolean | undefined };

/** Calls the visitor for every node below this tree's root, without recursion: an expression of 20,000 terms is 20,000 levels deep. */
export function walk(root: object | undefined, visitor: Visitor): void {
  const visitors = visitor as Readonly<Record<string, ((content: unknown) => boolean | undefined) | undefined>>;
  const open: unknown[] = [root];
  while (open.length > 0) {
    const each = open.pop();
    if (Array.isArray(each)) {
      for (let i = each.length - 1; i >= 0; i--) open.push(each[i]);
      continue;
    }
    const node = each as Readonly<Record<string, unknown>>;
    // for…in, not Object.entries: this runs over every expression of every migration, and the pairs would be most of its work.
    for (const name in node) {
      const value = node[name];
      if (typeof value !== "object" || value === null) continue;
      if (visitors[name]?.(value) !== false) open.push(value);
    }
  }
}

/** What to call for a node of each name. */
export type Readers<Context, Result> = { readonly [T in Tag]?: (content: NodeOf<T>, context: Context) => Result };

/** Calls the reader of the node's name; null where there is none. */
export function readBy<Context, Result>(
  readers: Readers<Context, Result>,
  node: Node,
  context: Context,
): Result | null {
  const tag = tagOf(node);
  const reader = readers[tag] as ((content: unknown, context: Context) => Result) | undefined;
  return reader === undefined ? null : reader((node as unknown as Record<string, unknown>)[tag], context);
}
