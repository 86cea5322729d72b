/**
 * A lexer for PostgreSQL's SQL, just as much as is needed to find where statements end and what is a comment: strings of all
 * kinds, dollar quotes, quoted identifiers, nested comments, words, brackets. The rules are those of PostgreSQL's own scanner
 * (https://www.postgresql.org/docs/current/sql-syntax-lexical.html), with standard_conforming_strings on.
 */
export type TokenKind =
  | "word"
  | "quoted-identifier"
  | "string"
  | "number"
  | "comment"
  | "semicolon"
  | "open"
  | "close"
  | "comma"
  | "backslash"
  | "other";

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** False for a string, quoted identifier or comment that runs to the end of the text without being closed. */
  readonly closed: boolean;
}

/** The next token at or after the offset, white space skipped; null at the end of the text. */
export function tokenAt(text: string, from: number): Token | null {
  let start = from;
  while (start < text.length && isSpace(text.charCodeAt(start))) start++;
  if (start >= text.length) return null;
  const c = text.charCodeAt(start);
  const next = text.charCodeAt(start + 1);

  if (c === 0x2d && next === 0x2d) return token("comment", start, endOfLine(text, start));
  if (c === 0x2f && next === 0x2a) return blockComment(text, start);
  if (c === 0x27) return quoted(text, start, start + 1, "string", 0x27, false);
  if (c === 0x22) return quoted(text, start, start + 1, "quoted-identifier", 0x22, false);
  if (c === 0x24) return dollar(text, start);
  if (isWordStart(c)) {
    const prefixed = prefixedString(text, start);
    if (prefixed !== null) return prefixed;
    let end = start + 1;
    while (end < text.length && isWordPart(text.charCodeAt(end))) end++;
    return token("word", start, end);
  }
  if (isDigit(c)) {
    let end = start + 1;
    while (end < text.length && (isWordPart(text.charCodeAt(end)) || text.charCodeAt(end) === 0x2e)) {
      if (text.charCodeAt(end) === 0x24) break;
      // The range 1..10 of PL/pgSQL is two numbers.
      if (text.charCodeAt(end) === 0x2e && text.charCodeAt(end + 1) === 0x2e) break;
      end++;
    }
    return token("number", start, end);
  }
  return token(punctuation(c), start, start + 1);
}

function punctuation(c: number): TokenKind {
  switch (c) {
    case 0x3b:
      return "semicolon";
    case 0x28:
    case 0x5b:
      return "open";
    case 0x29:
    case 0x5d:
      return "close";
    case 0x2c:
      return "comma";
    case 0x5c:
      return "backslash";
    default:
      return "other";
  }
}

function token(kind: TokenKind, start: number, end: number, closed = true): Token {
  return { kind, start, end, closed };
}

/** E'…' with backslash escapes, B'…', X'…', N'…', U&'…' and U&"…"; null when the letter starts an ordinary word. */
function prefixedString(text: string, start: number): Token | null {
  const letter = text.charCodeAt(start) | 0x20;
  const next = text.charCodeAt(start + 1);
  if (next === 0x27 && (letter === 0x65 || letter === 0x62 || letter === 0x78 || letter === 0x6e)) {
    return quoted(text, start, start + 2, "string", 0x27, letter === 0x65);
  }
  if (letter === 0x75 && next === 0x26) {
    const quote = text.charCodeAt(start + 2);
    if (quote === 0x27) return quoted(text, start, start + 3, "string", 0x27, false);
    if (quote === 0x22) return quoted(text, start, start + 3, "quoted-identifier", 0x22, false);
  }
  return null;
}

function quoted(text: string, start: number, body: number, kind: TokenKind, quote: number, escapes: boolean): Token {
  for (let at = body; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (escapes && c === 0x5c) at++;
    else if (c === quote) {
      if (text.charCodeAt(at + 1) === quote) at++;
      else {
        const next = kind === "string" ? goesOn(text, at + 1) : null;
        if (next === null) return token(kind, start, at + 1);
        at = next;
      }
    }
  }
  return token(kind, start, text.length, false);
}

/** The quote with which a string goes on in a later line, still read as its first part is: 'a' and 'b' below each other are 'ab'. */
function goesOn(text: string, from: number): number | null {
  let at = from;
  let newLine = false;
  for (let c = text.charCodeAt(at); isSpace(c); c = text.charCodeAt(at)) {
    if (c === 0x0a || c === 0x0d) newLine = true;
    at++;
  }
  return newLine && text.charCodeAt(at) === 0x27 ? at : null;
}

/** $$…$$ or $tag$…$tag$; a parameter, $1; a dollar that starts none of them is a token of one character. */
function dollar(text: string, start: number): Token {
  let at = start + 1;
  if (isDigit(text.charCodeAt(at))) {
    while (isDigit(text.charCodeAt(at))) at++;
    return token("other", start, at);
  }
  if (at < text.length && isWordStart(text.charCodeAt(at))) {
    at++;
    while (at < text.length && isWordPart(text.charCodeAt(at)) && text.charCodeAt(at) !== 0x24) at++;
  }
  if (text.charCodeAt(at) !== 0x24) return token("other", start, start + 1);
  const tag = text.slice(start, at + 1);
  const close = text.indexOf(tag, at + 1);
  if (close === -1) return token("string", start, text.length, false);
  return token("string", start, close + tag.length);
}

function blockComment(text: string, start: number): Token {
  let depth = 1;
  let at = start + 2;
  while (at < text.length) {
    if (text.charCodeAt(at) === 0x2a && text.charCodeAt(at + 1) === 0x2f) {
      depth--;
      at += 2;
      if (depth === 0) return token("comment", start, at);
    } else if (text.charCodeAt(at) === 0x2f && text.charCodeAt(at + 1) === 0x2a) {
      depth++;
      at += 2;
    } else at++;
  }
  return token("comment", start, text.length, false);
}

/** A line comment ends at a carriage return too: PostgreSQL's scanner treats it as an end of line. */
export function endOfLine(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== 0x0a && text.charCodeAt(at) !== 0x0d) at++;
  return at;
}

/** The characters that PostgreSQL skips between tokens; all others beyond ASCII are letters to it. */
export function isSpace(c: number): boolean {
  return c === 0x20 || (c >= 0x09 && c <= 0x0d);
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

/** Letters, the underscore, and every character outside ASCII: PostgreSQL takes all of those in an identifier. */
function isWordStart(c: number): boolean {
  return (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || c === 0x5f || c >= 0x80;
}

function isWordPart(c: number): boolean {
  return isWordStart(c) || isDigit(c) || c === 0x24;
}
