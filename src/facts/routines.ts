import { key } from "../sql/names.ts";
import { asNode, type Node, stringsOf } from "../sql/nodes.ts";
import type { LazyBody, Script } from "../sql/script.ts";
import type { MutableCatalog } from "./catalog.ts";
import { relationOfParts } from "./read/definitions.ts";
import { functionsIn } from "./read/expressions.ts";

/**
 * Reads the bodies that a script needs: those of its DO blocks, and those of the functions that it calls, which it or an earlier
 * migration made. Most functions of a chain are triggers that no migration calls, and are never read.
 */
export async function readBodies(script: Script, catalog: MutableCatalog): Promise<void> {
  const own = new Map<string, LazyBody>();
  const open: Node[] = [];
  // Nothing to read without a DO block or a function: then the trees of a large file need not be looked through.
  const isPlain = !/\b(?:do|function|procedure)\b/i.test(script.text) && catalog.functions.size === 0;
  const calls = /\b(?:do|call|select|perform|values|update|insert|delete|execute)\b/i.test(script.text);
  if (isPlain || !calls) return;
  for (const piece of script.pieces) {
    if (piece.kind === "unread") continue;
    if (asNode(piece.node, "DoStmt") !== null && piece.body !== null) open.push(...(await statementsIn(piece.body)));
    const routine = asNode(piece.node, "CreateFunctionStmt");
    if (routine !== null) {
      if (piece.body !== null) own.set(key(relationOfParts(stringsOf(routine.funcname))), piece.body);
    } else if (queries.some((tag) => tag in piece.node)) open.push(piece.node);
  }
  const seen = new Set<string>();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const called of functionsIn(node)) {
      const name = key(called);
      if (seen.has(name)) continue;
      seen.add(name);
      const body = own.get(name) ?? catalog.function(called)?.body ?? null;
      if (body !== null) open.push(...(await statementsIn(body)));
    }
  }
}

/** Statements that may call a function. */
const queries = [
  ...[
    "SelectStmt",
    "CallStmt",
    "InsertStmt",
    "UpdateStmt",
    "DeleteStmt",
    "MergeStmt",
    "CreateTableAsStmt",
    "ExplainStmt",
  ],
  ...["CopyStmt", "DeclareCursorStmt"],
];

async function statementsIn(body: LazyBody): Promise<Node[]> {
  const read = await body.read();
  return read.kind === "unread" ? [] : read.steps.flatMap(({ node }) => node ?? []);
}
