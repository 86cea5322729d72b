import { isSpace } from "../lexer.ts";
import type { Dialect } from "./dialect.ts";

/** name: a quoted identifier. sign: any other single character. */
export type TokenKind =
  | "word"
  | "name"
  | "string"
  | "number"
  | "comment"
  /** Where a comment whose text the server runs begins, or ends. */
  | "version-comment"
  | "semicolon"
  | "open"
  | "close"
  | "comma"
  | "dot"
  | "sign"
  /** A word, or what else stands for the semicolon since DELIMITER was told so. */
  | "delimiter";

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** False for what runs to the end of the text without being closed. */
  readonly closed: boolean;
}

/** A place in a text that is gone through token by token. */
export interface Lexer {
  readonly text: string;
  readonly dialect: Dialect;
  at: number;
  /** Null for the semicolon alone. */
  delimiter: string | null;
  /** Inside a comment whose text the server runs: its end is the end of a comment, too. */
  inVersionComment: boolean;
}

/** Goes through a text from its start, or from another place. */
export function openLexer(text: string, dialect: Dialect, at = 0): Lexer {
  return { text, dialect, at, delimiter: null, inVersionComment: false };
}

/**
 * The next token, white space skipped; null at the end of the text. The rules are those of
 * https://dev.mysql.com/doc/refman/8.4/en/language-structure.html and https://sqlite.org/lang.html (tokenize.c), just as much as is
 * needed to find where statements end and which words are code.
 */
export function nextToken(lexer: Lexer): Token | null {
  const { text } = lexer;
  let start = lexer.at;
  while (start < text.length && isSpace(text.charCodeAt(start))) start++;
  lexer.at = start;
  if (start >= text.length) return null;
  const token = tokenAt(lexer, start);
  lexer.at = token.end;
  return token;
}

/**
 * The tokens of a text that are code, in order: without comments, but with what stands in comments that the server runs.
 * @param most only so many from the start; null for all of them.
 */
export function codeTokens(text: string, dialect: Dialect, most: number | null = null): readonly Token[] {
  const lexer = openLexer(text, dialect);
  const tokens: Token[] = [];
  for (let token = nextToken(lexer); token !== null && tokens.length !== most; token = nextToken(lexer)) {
    if (token.kind !== "comment" && token.kind !== "version-comment") tokens.push(token);
  }
  return tokens;
}

function tokenAt(lexer: Lexer, start: number): Token {
  const { text, dialect, delimiter } = lexer;
  if (delimiter !== null && text.startsWith(delimiter, start))
    return token("delimiter", start, start + delimiter.length);
  const c = text.charCodeAt(start);
  const next = text.charCodeAt(start + 1);
  switch (c) {
    case 0x2d:
      if (next === 0x2d && startsLineComment(text, start, dialect))
        return token("comment", start, endOfLine(text, start));
      break;
    case 0x23:
      if (dialect !== "sqlite") return token("comment", start, endOfLine(text, start));
      break;
    case 0x2f:
      if (next === 0x2a) return blockComment(lexer, start);
      break;
    case 0x2a:
      if (next === 0x2f && lexer.inVersionComment) {
        lexer.inVersionComment = false;
        return token("version-comment", start, start + 2);
      }
      break;
    case 0x27:
      return quoted(text, start, "string", 0x27, dialect !== "sqlite");
    case 0x22:
      // Without ANSI_QUOTES, which a server may have, MySQL's double quotes hold a string.
      return dialect === "sqlite"
        ? quoted(text, start, "name", 0x22, false)
        : quoted(text, start, "string", 0x22, true);
    case 0x60:
      return quoted(text, start, "name", 0x60, false);
    case 0x5b:
      if (dialect === "sqlite") return bracketed(text, start);
      break;
    case 0x3b:
      return token("semicolon", start, start + 1);
    case 0x28:
      return token("open", start, start + 1);
    case 0x29:
      return token("close", start, start + 1);
    case 0x2c:
      return token("comma", start, start + 1);
    case 0x2e:
      return token("dot", start, start + 1);
  }
  return isWordPart(c) ? word(lexer, start) : token("sign", start, start + 1);
}

function token(kind: TokenKind, start: number, end: number, closed = true): Token {
  return { kind, start, end, closed };
}

/** Letters, digits, $ and _ and everything beyond ASCII: MySQL takes a name that begins with a digit, as long as it is not all digits. */
function word({ text, delimiter }: Lexer, start: number): Token {
  let end = start;
  // END$$ is a word and a delimiter.
  const isOver = (): boolean => delimiter !== null && end > start && text.startsWith(delimiter, end);
  while (end < text.length && isWordPart(text.charCodeAt(end)) && !isOver()) end++;
  const run = text.slice(start, end);
  if (/^(?:\d+(?:[eE]\d*)?|0[xX][0-9a-fA-F]+)$/.test(run)) {
    if (/^\d+$/.test(run) && text.charCodeAt(end) === 0x2e) {
      end++;
      while (end < text.length && isWordPart(text.charCodeAt(end)) && !isOver()) end++;
    }
    return token("number", start, end);
  }
  return token("word", start, end);
}

/** MySQL wants white space or a control character behind the two dashes: 5--3 is 8. */
function startsLineComment(text: string, start: number, dialect: Dialect): boolean {
  if (dialect === "sqlite" || start + 2 >= text.length) return true;
  return text.charCodeAt(start + 2) <= 0x20;
}

/** Both databases end such a comment at a line feed and at nothing else. */
export function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

/**
 * Comments do not nest. The text of a MySQL version comment, such as the one that begins with slash, star, exclamation mark and
 * 50110, is code for servers from that version on, and so it is read as code.
 */
function blockComment(lexer: Lexer, start: number): Token {
  const { text, dialect } = lexer;
  if (dialect !== "sqlite") {
    versionComment.lastIndex = start;
    const opening = versionComment.exec(text)?.[0];
    if (opening !== undefined && (dialect === "mariadb" || opening[2] === "!")) {
      lexer.inVersionComment = true;
      return token("version-comment", start, start + opening.length);
    }
  }
  const end = text.indexOf("*/", start + 2);
  // SQLite takes one that is never closed as a comment to the end; it is for who reads it to say more.
  return end === -1 ? token("comment", start, text.length, false) : token("comment", start, end + 2);
}

const versionComment = /\/\*M?!(?:\d{5,6})?/y;

function quoted(text: string, start: number, kind: TokenKind, quote: number, escapes: boolean): Token {
  for (let at = start + 1; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (escapes && c === 0x5c) at++;
    else if (c === quote) {
      if (text.charCodeAt(at + 1) !== quote) return token(kind, start, at + 1);
      at++;
    }
  }
  return token(kind, start, text.length, false);
}

function bracketed(text: string, start: number): Token {
  const end = text.indexOf("]", start);
  return end === -1 ? token("name", start, text.length, false) : token("name", start, end + 1);
}

/** What a name or a string says without its quotes; a backslash is kept as it stands, because no name holds one. */
export function unquoted(text: string): string {
  const quote = text[0] ?? "";
  if (quote === "[") return text.slice(1, -1);
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}

function isWordPart(c: number): boolean {
  const isDigit = c >= 0x30 && c <= 0x39;
  const isLetter = (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a);
  return isDigit || isLetter || c === 0x5f || c === 0x24 || c >= 0x80;
}
