import { tokenAt } from "../../sql/lexer.ts";
import { asNode, type NodeOf, stringOf } from "../../sql/nodes.ts";
import { builtinVolatility } from "../builtins.ts";
import { opaque } from "../opaque.ts";
import type { Read } from "./context.ts";

/** DO: what its body does is not read. Whether it can have changed a table's definition is told from its words alone. */
export function readDo(node: NodeOf<"DoStmt">): Read {
  let body = "";
  let language = "plpgsql";
  for (const each of node.args ?? []) {
    const option = asNode(each, "DefElem");
    if (option?.defname === "as") body = stringOf(option.arg) ?? "";
    if (option?.defname === "language") language = stringOf(option.arg) ?? "";
  }
  return [opaque("do-block", "DO block", { keepsCatalog: language === "plpgsql" && isOnlyQueries(body) })];
}

/** Words with which a body could change the catalog itself, or run what it has put together. */
const changing: ReadonlySet<string> = new Set(
  "create alter drop truncate rename execute call import grant revoke comment security reindex cluster refresh".split(
    " ",
  ),
);

/** Words of the language before a bracket that call no function. */
const notCalls: ReadonlySet<string> = new Set(
  (
    "in values and or not exists any all some over as using on where when if elsif then while loop return select from by case else " +
    "into set array row coalesce greatest least nullif cast extract position substring trim overlay filter within varchar char " +
    "numeric decimal timestamp time interval bit returning union except intersect limit offset between like ilike conflict"
  ).split(" "),
);

/** Whether a body holds nothing but queries and writes of rows, and calls only PostgreSQL's own functions. */
function isOnlyQueries(body: string): boolean {
  let previous = "";
  let afterInto = false;
  for (let token = tokenAt(body, 0); token !== null; token = tokenAt(body, token.end)) {
    if (token.kind === "comment") continue;
    const text = body.slice(token.start, token.end);
    const word = token.kind === "word" ? text.toLowerCase() : token.kind === "quoted-identifier" ? text : "";
    if (token.kind === "word" && changing.has(word)) return false;
    // INSERT INTO table (columns): the name before the bracket is a table.
    const calls = text === "(" && previous !== "" && !notCalls.has(previous) && !afterInto;
    if (calls && builtinVolatility(previous) === null) return false;
    if (text !== "(" && text !== "." && previous !== "into") afterInto = false;
    if (previous === "into") afterInto = true;
    previous = word;
  }
  return true;
}
