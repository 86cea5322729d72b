import { isSpace } from "../lexer.ts";
import { type Bodies, bodiesOf } from "./bodies.ts";
import type { Dialect } from "./dialect.ts";
import { endOfLine, type Lexer, nextToken, openLexer, type Token } from "./lexer.ts";

/** A stretch of a file that the database's own client would send as one statement, or would not send at all. */
export interface Piece {
  /** unclosed: a string, comment or body begins in it that does not end. */
  readonly kind: "statement" | "client-command" | "unclosed";
  /** Where its first token that is no comment stands, in UTF-16 units. */
  readonly start: number;
  /** After its last token that is no comment and no delimiter. */
  readonly end: number;
}

/**
 * Cuts a text where statements end, without understanding them: at semicolons, or at what DELIMITER has put in their place, but not
 * inside strings, comments and the bodies of triggers and routines.
 * @param comments takes the comments outside bodies, in order.
 */
export function* split(text: string, dialect: Dialect, comments: Token[] = []): Generator<Piece> {
  const lexer = openLexer(text, dialect);
  let open = fresh(dialect);
  let unclosed = 0;
  for (;;) {
    const command = clientCommand(lexer, open);
    if (command !== null) {
      yield* finish(open);
      open = fresh(dialect);
      yield command;
      continue;
    }
    const token = nextToken(lexer);
    const isEnd = token === null || token.kind === "delimiter" || isGo(token, lexer);
    if (isEnd && open.inside !== null && open.bodies.isOpen() && unclosed < mostUnclosed) {
      // A body that is never closed would swallow every statement after it: it ends at its first semicolon instead.
      unclosed++;
      yield { kind: "unclosed", start: open.start, end: open.inside.end };
      lexer.at = open.inside.next;
      lexer.delimiter = open.inside.delimiter;
      open = fresh(dialect);
      continue;
    }
    if (isEnd || (token.kind === "semicolon" && !open.bodies.isOpen())) {
      yield* finish(open);
      open = fresh(dialect);
      if (token === null) return;
      // \G is of two characters.
      if (token.kind === "sign") lexer.at = token.end + 1;
      continue;
    }
    if (token.kind === "comment") {
      // Not those of bodies, as those of PostgreSQL's are not: there they stand in a string.
      if (!open.bodies.isOpen()) comments.push(token);
      if (!token.closed && dialect !== "sqlite") extend(open, token);
      continue;
    }
    if (token.kind === "version-comment") {
      // The end of one that began in an earlier statement is no part of this one.
      if (lexer.inVersionComment) open.hasVersionComment = true;
      if (open.hasVersionComment) span(open, token);
      continue;
    }
    if (token.kind === "semicolon") open.inside ??= { end: open.end, next: token.end, delimiter: lexer.delimiter };
    extend(open, token);
    open.bodies.follow(token, text);
  }
}

/** Each costs another look at the rest of the text. */
const mostUnclosed = 10;

interface Open {
  start: number;
  end: number;
  /** Whether each string, name and comment of it is closed. */
  closed: boolean;
  /** Whether there is more than the ends of a version comment. */
  hasCode: boolean;
  hasVersionComment: boolean;
  readonly bodies: Bodies;
  /** The first semicolon inside a body: what stands before it, and where it goes on. */
  inside: { readonly end: number; readonly next: number; readonly delimiter: string | null } | null;
}

function fresh(dialect: Dialect): Open {
  return {
    start: -1,
    end: -1,
    closed: true,
    hasCode: false,
    hasVersionComment: false,
    bodies: bodiesOf(dialect),
    inside: null,
  };
}

function span(open: Open, token: Token): void {
  if (open.start === -1) open.start = token.start;
  open.end = token.end;
}

function extend(open: Open, token: Token): void {
  span(open, token);
  open.hasCode = true;
  if (!token.closed) open.closed = false;
}

function* finish({ start, end, closed, hasCode, bodies }: Open): Generator<Piece> {
  if (hasCode) yield { kind: closed && !bodies.isOpen() ? "statement" : "unclosed", start, end };
}

/** \g and \G end a statement in MySQL's client. */
function isGo(token: Token, { text, dialect }: Lexer): boolean {
  return (
    dialect !== "sqlite" && token.kind === "sign" && /^\\[gG](?![\w$])/.test(text.slice(token.start, token.start + 3))
  );
}

/**
 * A line that the database's client keeps for itself: DELIMITER, which may stand at the start of any line outside strings and
 * comments; at the start of a statement also \. file and source file of MySQL's client, and the dot commands of sqlite3.
 */
function clientCommand(lexer: Lexer, open: Open): Piece | null {
  const { text, dialect } = lexer;
  let start = lexer.at;
  while (isSpace(text.charCodeAt(start))) start++;
  const first = text[start] ?? "";
  if (!"dDsS\\.".includes(first) || first === "" || !isFirstOnLine(text, start)) return null;
  const end = endOfLine(text, start);
  let last = end;
  // Not trimEnd(): what JavaScript takes for white space beyond ASCII is a part of a word.
  while (isSpace(text.charCodeAt(last - 1))) last--;
  const line = text.slice(start, last);
  const command = { kind: "client-command", start, end: last } as const;
  if (dialect === "sqlite") {
    if (open.start !== -1 || !/^\.[a-z]/i.test(line)) return null;
    lexer.at = end;
    return command;
  }
  const delimiter = /^delimiter[ \t]+(\S+)/i.exec(line)?.[1];
  // Inside a statement a column may be called so: then what follows it is a word or a comma.
  if (delimiter !== undefined && (open.start === -1 || /^[^\w,(]/.test(delimiter))) {
    lexer.at = end;
    lexer.delimiter = delimiter === ";" ? null : delimiter;
    return command;
  }
  if (open.start !== -1 || !/^(?:\\[.!uURrTdehnqcCws#]|source[ \t]+[^\s=])/.test(line)) return null;
  lexer.at = end;
  return command;
}

function isFirstOnLine(text: string, at: number): boolean {
  for (let before = at - 1; before >= 0; before--) {
    const c = text.charCodeAt(before);
    if (c === 0x0a) return true;
    if (c !== 0x20 && c !== 0x09 && c !== 0x0d) return false;
  }
  return true;
}
