import { lazyBody } from "./bodies.ts";
import { isSpace, tokenAt } from "./lexer.ts";
import { moveLocations, type Node } from "./nodes.ts";
import type { Grammar, RawStatement } from "./postgres.ts";
import type { Script, Statement, Unread } from "./script.ts";
import { byteOffsets, type Lines, linesOf, type Span, unitsOfCodePoints } from "./spans.ts";
import { type Piece, split } from "./split.ts";
import { type TreelessStatements, treelessStatements } from "./trees.ts";
import { type Placeholder, placeholderAt, unfilled } from "./variables.ts";

export type { Script, Statement, Unread } from "./script.ts";

/** Larger texts are cut at statement ends first: the parser needs 80 times a text's size of memory, and one error would cost it all. */
const largestWholeText = 256 * 1024;

/**
 * Reads SQL with PostgreSQL's own parser. After a syntax error the other statements of the file are still read: the text is cut
 * lexically and each part is parsed alone. Lines are those of the text, but where they are given: of the file that the text was
 * filled in from.
 */
export async function readScript(text: string, grammar: Grammar, lines: Lines = linesOf(text)): Promise<Script> {
  const isLarge = text.length > largestWholeText;
  const source: Source = {
    text,
    lines,
    grammar,
    treeless: isLarge
      ? treelessStatements((part) => treesOf(grammar.parseAgain(part.text), part.text, part.base))
      : null,
  };
  if (!isLarge) {
    const answer = await grammar.parse(text);
    if (answer.kind === "parsed")
      return { text, grammar: grammar.major, lines, pieces: statementsOf(answer.statements, text, 0, source) };
  }
  const pieces: (Statement | Unread)[] = [];
  for (const chunk of chunks(text)) {
    const answer = chunk.length > 1 && isLarge ? await parseTogether(chunk, source) : null;
    if (answer !== null) for (const each of answer) pieces.push(each);
    else for (const piece of chunk) for (const each of await readPiece(piece, source)) pieces.push(each);
  }
  return { text, grammar: grammar.major, lines, pieces };
}

/** Pieces in groups of up to the largest whole text, so that a large file costs few calls of the parser. */
function* chunks(text: string): Generator<readonly Piece[]> {
  let group: Piece[] = [];
  for (const piece of split(text)) {
    const first = group[0];
    if (first !== undefined && piece.end - first.start > largestWholeText) {
      yield group;
      group = [];
    }
    group.push(piece);
  }
  if (group.length > 0) yield group;
}

async function parseTogether(chunk: readonly Piece[], source: Source): Promise<readonly Statement[] | null> {
  const first = chunk[0];
  const last = chunk.at(-1);
  if (first === undefined || last === undefined || chunk.some((piece) => piece.kind !== "statement")) return null;
  const part = source.text.slice(first.start, last.end);
  const answer = await source.grammar.parse(part);
  return answer.kind === "parsed" ? statementsOf(answer.statements, part, first.start, source) : null;
}

async function readPiece(piece: Piece, source: Source): Promise<readonly (Statement | Unread)[]> {
  const { text, lines, grammar } = source;
  const sql = text.slice(piece.start, piece.end);
  const span = lines.span(piece.start, piece.end);
  if (piece.kind === "psql-command") {
    const message = `${sql.split(/\s/, 1)[0]} is a command of psql, not SQL: only psql understands it.`;
    return [{ kind: "unread", span, sql, why: "psql-command", message, worksFrom: null, at: span }];
  }
  if (piece.kind === "copy-data") {
    const message =
      "These lines are data for COPY … FROM STDIN: only psql sends them; PostgreSQL would read them as SQL.";
    return [{ kind: "unread", span, sql, why: "copy-data", message, worksFrom: null, at: span }];
  }
  // With its semicolon, so that PostgreSQL's words are those that it says of the file: at or near ";", not at end of input.
  const part = text.slice(piece.start, endOfSemicolon(text, piece.end));
  const answer = await grammar.parse(part);
  if (answer.kind === "parsed") return statementsOf(answer.statements, part, piece.start, source);
  if (answer.kind === "gave-up") {
    const message = `PostgreSQL's parser could not take this statement: ${answer.why}.`;
    return [{ kind: "unread", span, sql, why: "gave-up", message, worksFrom: null, at: span }];
  }
  const placeholder = placeholderAt(sql, Math.min(unitsOfCodePoints(sql, answer.codePoint), sql.length));
  if (placeholder !== null) return [toFillIn(placeholder, { span, sql, base: piece.start, lines })];
  return [
    {
      kind: "unread",
      span,
      sql,
      why: "syntax-error",
      message: answer.message,
      worksFrom: await grammar.worksFrom(part),
      at: errorSpan(answer, part, piece.start, lines),
    },
  ];
}

/** What PostgreSQL's parser stops at because another program was to put a value there: sent as it is, it fails. */
function toFillIn(
  placeholder: Placeholder,
  { span, sql, base, lines }: { span: Span; sql: string; base: number; lines: Lines },
): Unread {
  const message = unfilled(placeholder, "postgresql");
  const { start, end } = placeholder;
  const at = lines.span(base + start, base + end);
  return { kind: "unread", span, sql, why: "placeholder", message, worksFrom: null, at };
}

/** Behind the semicolon that ends a statement; the same place where none does. */
function endOfSemicolon(text: string, end: number): number {
  let token = tokenAt(text, end);
  while (token?.kind === "comment") token = tokenAt(text, token.end);
  return token?.kind === "semicolon" ? token.end : end;
}

/** The token that PostgreSQL stopped at; at the end of input, the end of the statement. */
function errorSpan(error: { codePoint: number }, sql: string, base: number, lines: Lines): Span {
  const at = Math.min(unitsOfCodePoints(sql, error.codePoint), sql.length);
  const token = tokenAt(sql, at);
  if (token === null || at >= sql.length) return lines.span(base + sql.length, base + sql.length);
  // An unclosed string or comment runs to the end of the file: its first line says where it starts.
  const firstLine = sql.slice(token.start, token.end).split(/\r?\n/, 1)[0] ?? "";
  return lines.span(base + token.start, base + token.start + firstLine.length);
}

/** Where statements come from: the whole text, of which a part was parsed. */
interface Source {
  readonly text: string;
  readonly lines: Lines;
  readonly grammar: Grammar;
  /** For a large text; null where each statement keeps its tree. */
  readonly treeless: TreelessStatements | null;
}

/** The trees of a part that starts at this offset, with their places in the whole text. */
function treesOf(raw: readonly RawStatement[], text: string, base: number): Node[] {
  const toUnits = byteOffsets(text);
  const nodes: Node[] = [];
  for (const { stmt } of raw) {
    if (stmt === undefined) continue;
    if (toUnits !== null || base !== 0)
      moveLocations(stmt, (bytes) => base + (toUnits === null ? bytes : toUnits(bytes)));
    nodes.push(stmt);
  }
  return nodes;
}

function statementsOf(raw: readonly RawStatement[], text: string, base: number, source: Source): Statement[] {
  const { lines, grammar, treeless } = source;
  const part = { text, base };
  const toUnits = byteOffsets(text);
  if (treeless === null) treesOf(raw, text, base);
  const statements: Statement[] = [];
  for (const { stmt, stmt_location = 0, stmt_len } of raw) {
    if (stmt === undefined) continue;
    const from = toUnits === null ? stmt_location : toUnits(stmt_location);
    const limit = stmt_len === undefined ? text.length : stmt_location + stmt_len;
    const to = stmt_len === undefined ? limit : toUnits === null ? limit : toUnits(limit);
    const { start, end } = trim(text, from, to);
    const written = {
      span: lines.span(base + start, base + end),
      sql: text.slice(start, end),
      start: base + start,
    };
    const all = { ...written, body: lazyBody(stmt, written, source, grammar) };
    if (treeless === null) statements.push({ kind: "statement", ...all, node: stmt });
    else statements.push(treeless(all, part, statements.length));
  }
  return statements;
}

/** Without the white space and comments around the statement: the parser leaves them in where no semicolon follows. */
function trim(text: string, from: number, to: number): { start: number; end: number } {
  const part = text.slice(from, to);
  if (!part.includes("--") && !part.includes("/*")) {
    // Not trim(): what JavaScript takes for white space beyond ASCII is part of a name to PostgreSQL.
    let start = from;
    let end = to;
    while (start < to && isSpace(text.charCodeAt(start))) start++;
    while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
    return { start, end };
  }
  let start = -1;
  let end = 0;
  for (let token = tokenAt(part, 0); token !== null; token = tokenAt(part, token.end)) {
    if (token.kind === "comment") continue;
    if (start === -1) start = token.start;
    end = token.end;
  }
  return start === -1 ? { start: from, end: to } : { start: from + start, end: from + end };
}
