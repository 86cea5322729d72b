import { nextToken, openLexer } from "../../../sql/dialects/lexer.ts";
import { opaque } from "../../opaque.ts";
import { take, takeOne, takeTable, type Words } from "../words.ts";
import { besides, calls, readsOf, takeColumnList } from "./queries.ts";
import type { ReadContext, Reading } from "./reading.ts";

/** INSERT and REPLACE. An upsert is an insert: it writes no more rows than it brings. */
export function readInsert(words: Words, context: ReadContext): readonly Reading[] | null {
  const verb = takeOne(words, "insert", "replace");
  const replaces = verb === "replace" || (take(words, "or") && takeOne(words, "replace") !== null);
  while (takeOne(words, "low_priority", "delayed", "high_priority", "ignore", "abort", "fail", "rollback") !== null);
  take(words, "into");
  const table = takeTable(words);
  if (table === null) return null;
  takeColumnList(words);
  const { query, sql } = context.statement;
  const holdsQuery = query.kind !== "none";
  const values = holdsQuery ? null : valuesIn(sql, context);
  words.at = words.all.length;
  return [
    { kind: "insert", table, rows: values?.rows ?? null, reads: readsOf(query), notes: { replaces } },
    ...(values === null ? besides(query, "INSERT", context) : calls(values.calls, context)),
    ...(values !== null && values.rows === 0
      ? [opaque("unrecognised", "a part of this INSERT", { keepsCatalog: true })]
      : []),
  ];
}

interface Values {
  readonly rows: number;
  readonly calls: ReadonlySet<string>;
}

/**
 * The rows behind VALUES, and the calls in them and in what follows. The lexer alone goes through them, because a dump has
 * statements of many megabytes.
 */
function valuesIn(sql: string, { dialect }: ReadContext): Values {
  const lexer = openLexer(sql, dialect);
  const found = new Set<string>();
  let rows = 0;
  let depth = 0;
  let state: "head" | "values" | "behind" = "head";
  let previous = "";
  let schema = "";
  for (let token = nextToken(lexer); token !== null; token = nextToken(lexer)) {
    if (token.kind === "comment" || token.kind === "version-comment") continue;
    const isWord = token.kind === "word" || token.kind === "name";
    const is = isWord ? sql.slice(token.start, token.end).toLowerCase() : token.kind;
    if (token.kind === "open") {
      if (state === "values" && depth === 0) rows++;
      if (state !== "head" && previous !== "" && !notCalls.has(previous)) found.add(`${schema}${previous}`);
      depth++;
    } else if (token.kind === "close") depth--;
    else if (token.kind === "word" && depth === 0) {
      if (state === "head" && (is === "values" || is === "value")) state = "values";
      // INSERT … SET a = 1, and DEFAULT VALUES, are of one row.
      else if (state === "head" && is === "set") {
        rows = 1;
        state = "behind";
      } else if (state === "values" && is !== "row") state = "behind";
      if (state === "values" && previous === "default") rows = 1;
    }
    if (token.kind === "dot") schema = `${previous}.`;
    else if (previous !== "dot") schema = "";
    previous = isWord || token.kind === "dot" ? is : "";
  }
  return { rows, calls: found };
}

/** Words before a bracket that call nothing. */
const notCalls: ReadonlySet<string> = new Set(
  "values value row in and or not case when then else as on set conflict".split(" "),
);

/** LOAD DATA and LOAD XML: rows from a file. */
export function readLoad(words: Words): readonly Reading[] | null {
  take(words, "load");
  if (takeOne(words, "data", "xml") === null) return null;
  const at = words.all.findIndex(({ is }, i) => is === "into" && words.all[i + 1]?.is === "table");
  if (at === -1) return null;
  const replaces = words.all.slice(0, at).some(({ is }) => is === "replace");
  words.at = at + 2;
  const table = takeTable(words);
  words.at = words.all.length;
  return table === null ? null : [{ kind: "copy-from", table, from: "file", notes: { replaces } }];
}
