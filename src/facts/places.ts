import { tokenAt } from "../sql/lexer.ts";
import type { Script, Statement } from "../sql/parse.ts";
import type { Place } from "./facts.ts";

/**
 * The places of the subcommands of an ALTER TABLE: the parser does not say where they stand, but they are what the commas outside
 * brackets divide. Null where that gives another number of them than the parser found.
 */
export function subcommandPlaces(statement: Statement, script: Script, count: number): readonly Place[] | null {
  if (count <= 1) return null;
  const { sql, start } = statement;
  const parts: { start: number; end: number }[] = [];
  let depth = 0;
  let open: { start: number; end: number } | null = null;
  for (let token = tokenAt(sql, 0); token !== null; token = tokenAt(sql, token.end)) {
    if (token.kind === "comment") continue;
    if (token.kind === "comma" && depth === 0) {
      if (open !== null) parts.push(open);
      open = null;
      continue;
    }
    if (token.kind === "open") depth++;
    if (token.kind === "close") depth--;
    if (open === null) open = { start: token.start, end: token.end };
    else open.end = token.end;
  }
  if (open !== null) parts.push(open);
  const first = parts[0];
  if (parts.length !== count || first === undefined) return null;
  first.start = afterTableName(sql, first.start);
  return parts.map((part) => ({
    span: script.lines.span(start + part.start, start + part.end),
    sql: sql.slice(part.start, part.end),
  }));
}

/** Where the first subcommand begins: after ALTER [FOREIGN] TABLE [IF EXISTS] [ONLY] name [*]. */
function afterTableName(sql: string, from: number): number {
  let named = false;
  for (let token = tokenAt(sql, from); token !== null; token = tokenAt(sql, token.end)) {
    if (token.kind === "comment") continue;
    const word = sql.slice(token.start, token.end).toLowerCase();
    if (!named) {
      if (token.kind === "word" && leading.has(word)) continue;
      named = true;
      continue;
    }
    // The rest of a qualified name, or the star of old.
    if (word === "." || word === "*") {
      if (word === ".") named = false;
      continue;
    }
    return token.start;
  }
  return from;
}

const leading: ReadonlySet<string> = new Set([
  "alter",
  "foreign",
  "table",
  "materialized",
  "view",
  "index",
  "type",
  "sequence",
  "if",
  "exists",
  "only",
]);
