import type { Node } from "@pgsql/types";
import { mayHaveDirectives } from "../comments.ts";
import { databaseName } from "../databases.ts";
import type { Unread } from "../script.ts";
import { type Lines, linesOf } from "../spans.ts";
import { type Placeholder, placeholders, unfilled } from "../variables.ts";
import type { Dialect } from "./dialect.ts";
import { codeTokens, type Token } from "./lexer.ts";
import { openParser, type Parser } from "./parser.ts";
import { merged, type Part, partsOf } from "./parts.ts";
import { plainText } from "./plain.ts";
import { type Query, queryOf } from "./query.ts";
import type { DialectScript, DialectStatement, QueryAnswer } from "./script.ts";
import { split } from "./split.ts";

/** No tree: PostgreSQL's readers, which look for nodes by their names, find none in it. */
const noNode = {} as unknown as Node;

/** A query longer than this is not given to the parser: what it keeps while it reads is a hundred times as large. */
const longestQuery = 64 * 1024;

/**
 * Reads SQL of another database. The text is cut by a lexer of that dialect. What a statement does is then said by its words, and
 * of its queries by node-sql-parser, which is loaded for the first one that needs it. No part of a text is left out: what neither
 * can read is an Unread, and never a syntax error, because neither is the database.
 * @param lines the lines and columns of the file as it is written, where the text is not that.
 */
export async function readDialectScript(
  text: string,
  dialect: Dialect,
  lines: Lines = linesOf(text),
): Promise<DialectScript> {
  const pieces: (DialectStatement | Unread)[] = [];
  const comments: Token[] = [];
  for (const { kind, start, end } of split(text, dialect, comments)) {
    const sql = text.slice(start, end);
    const span = lines.span(start, end);
    if (kind === "unclosed") {
      const message = `This could not be read as ${databaseName(dialect)}: a string, a comment or a body that begins here does not end.`;
      pieces.push({ kind: "unread", span, sql, why: "gave-up", message, worksFrom: null, at: span });
      continue;
    }
    const placeholder = placeholderIn(sql, dialect);
    if (placeholder !== null) {
      const at = lines.span(start + placeholder.start, start + placeholder.end);
      const message = unfilled(placeholder, dialect);
      pieces.push({ kind: "unread", span, sql, why: "gave-up", message, worksFrom: null, at });
      continue;
    }
    const clientCommand = kind === "client-command";
    const query = clientCommand ? none : await answer(sql, dialect);
    pieces.push({ kind: "statement", span, sql, node: noNode, start, body: null, query, clientCommand });
  }
  return { text, grammar: 0, lines, dialect, comments: mayHaveDirectives(text) ? comments : [], pieces };
}

/** What another program was to put a value in the place of; in a string or a name it may as well be meant so. */
function placeholderIn(sql: string, dialect: Dialect): Placeholder | null {
  if (!/\$\{|\{\{/.test(sql)) return null;
  const texts = codeTokens(sql, dialect).filter(({ kind }) => kind === "string" || kind === "name");
  let at = 0;
  for (const placeholder of placeholders(sql, dialect)) {
    while ((texts[at]?.end ?? sql.length) <= placeholder.start) at++;
    if ((texts[at]?.start ?? sql.length) > placeholder.start) return placeholder;
  }
  return null;
}

const none: QueryAnswer = { kind: "none" };

async function answer(sql: string, dialect: Dialect): Promise<QueryAnswer> {
  // A file of a million INSERTs costs one look at each.
  if (!/\b(?:select|update|delete|with|table)\b/i.test(sql)) return none;
  const tokens = codeTokens(sql, dialect);
  const words = tokens.map(({ kind, start, end }) => (kind === "word" ? sql.slice(start, end).toLowerCase() : kind));
  const from = queryIn(words);
  if (from === null) return none;
  if (sql.length > longestQuery) return { kind: "refused", why: "it is too long for the parser" };
  const parser = await openParser(dialect);
  const found: Query[] = [];
  for (const part of partsOf({ tokens: tokens.slice(from), words: words.slice(from) }, dialect)) {
    const query = parsePart(part, sql, parser, dialect);
    if (query === null) return { kind: "refused", why: "the parser does not know this form of it" };
    found.push(query);
  }
  const query = merged(found);
  return query === null ? none : { kind: "read", query };
}

function parsePart({ tokens, suffix }: Part, sql: string, parser: Parser, dialect: Dialect): Query | null {
  for (const plainWords of ["all", "keywords"] as const) {
    const text = plainText(sql, tokens, dialect, { plainWords });
    const parsed = parser.parse(`${text.sql}${suffix}`);
    const query = parsed.kind === "parsed" ? queryOf(parsed.tree, text, dialect) : null;
    if (query !== null) return query;
  }
  return null;
}

/** The token at which the part begins that is for the parser: a statement that reads or writes rows, or the query of a new table or view. */
function queryIn(words: readonly string[]): number | null {
  const has = (...wanted: readonly string[]): boolean => words.some((word) => wanted.includes(word));
  switch (words[0]) {
    case "select":
    case "with":
    case "update":
    case "delete":
      return 0;
    case "open":
      return has("select") ? 0 : null;
    case "insert":
    case "replace":
      // Rows of constants and calls are counted and looked at by their words.
      return has("select", "with", "table") ? 0 : null;
    case "create": {
      const what = words.find((word) => word === "table" || word === "view" || routines.has(word));
      if (what === undefined || routines.has(what)) return null;
      // WITH SYSTEM VERSIONING is no query.
      const at = words.findIndex((word, i) => word === "select" || (word === "with" && beginsWith(words, i)));
      return at === -1 ? null : at;
    }
    default:
      return null;
  }
}

function beginsWith(words: readonly string[], at: number): boolean {
  return words[at + 1] === "recursive" || words[at + 2] === "as" || words[at + 2] === "open";
}

const routines: ReadonlySet<string> = new Set(["trigger", "procedure", "function", "event"]);
