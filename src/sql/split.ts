import { endOfLine, type Token, tokenAt } from "./lexer.ts";

/** A stretch of a file that psql would send as one statement, or that is not SQL at all. Offsets in UTF-16 units. */
export interface Piece {
  readonly kind: "statement" | "psql-command" | "copy-data";
  /** Where the first token that is no comment stands. */
  readonly start: number;
  /** After the last token that is no comment and no semicolon. */
  readonly end: number;
  /** False for a statement that only ends because the text does. */
  readonly terminated: boolean;
}

/**
 * Cuts a text at the semicolons that end statements, without understanding them: strings, comments and brackets are skipped, and
 * the bodies of functions written with BEGIN ATOMIC … END are kept whole. Used where the parser cannot be: after a syntax error,
 * and to read a large file part by part. psql's meta-commands and the data after COPY … FROM STDIN are named as what they are.
 */
export function* split(text: string): Generator<Piece> {
  let current = fresh();
  let at = 0;
  let unclosed = 0;
  for (let token = tokenAt(text, at); ; token = tokenAt(text, at)) {
    if (token === null) {
      // A bracket that is never closed would swallow every statement after it: it ends at the first semicolon instead.
      if (current.inside === null || current.depth <= 0 || unclosed === mostUnclosed) break;
      unclosed++;
      yield { kind: "statement", start: current.start, end: current.inside.end, terminated: true };
      at = current.inside.next;
      current = fresh();
      continue;
    }
    at = token.end;
    if (token.kind === "comment") {
      // An unclosed comment swallows the rest: it belongs to the statement, so that the parser can say so.
      if (!token.closed) current = extend(current, token);
      continue;
    }
    if (token.kind === "backslash") {
      if (current.start !== -1) yield { kind: "statement", start: current.start, end: current.end, terminated: true };
      const end = endOfLine(text, token.start);
      yield { kind: "psql-command", start: token.start, end, terminated: true };
      current = fresh();
      at = end;
      continue;
    }
    if (token.kind === "semicolon" && current.depth <= 0 && current.blocks <= 0) {
      if (current.start !== -1) {
        yield { kind: "statement", start: current.start, end: current.end, terminated: true };
        if (current.copiesFromStdin) {
          const data = copyData(text, token.end);
          if (data !== null) {
            yield { kind: "copy-data", start: data.start, end: data.end, terminated: data.terminated };
            at = data.next;
          }
        }
      }
      current = fresh();
      continue;
    }
    if (token.kind === "semicolon") current.inside ??= { end: current.end, next: token.end };
    current = extend(current, token);
    follow(current, text, token);
  }
  if (current.start !== -1) yield { kind: "statement", start: current.start, end: current.end, terminated: false };
}

/** Each costs another look at the rest of the text. */
const mostUnclosed = 10;

interface Open {
  start: number;
  end: number;
  depth: number;
  /** How many BEGIN ATOMIC and CASE of a function body are open. */
  blocks: number;
  /** The first words, lower case: what kind of statement it is. */
  readonly words: string[];
  previous: string;
  copiesFromStdin: boolean;
  /** The first semicolon inside brackets: what stands before it, and where it goes on. */
  inside: { readonly end: number; readonly next: number } | null;
}

function fresh(): Open {
  return { start: -1, end: -1, depth: 0, blocks: 0, words: [], previous: "", copiesFromStdin: false, inside: null };
}

function extend(open: Open, token: Token): Open {
  if (open.start === -1) open.start = token.start;
  open.end = token.end;
  return open;
}

function follow(open: Open, text: string, token: Token): void {
  if (token.kind === "open") open.depth++;
  else if (token.kind === "close") open.depth--;
  else if (token.kind === "word") {
    const word = text.slice(token.start, token.end).toLowerCase();
    if (open.words.length < 4) open.words.push(word);
    if (word === "stdin" && open.previous === "from" && open.depth === 0 && open.words[0] === "copy")
      open.copiesFromStdin = true;
    if (word === "atomic" && open.previous === "begin" && (open.blocks > 0 || createsRoutine(open.words)))
      open.blocks++;
    else if (open.blocks > 0 && open.previous !== "as" && open.previous !== ".") {
      // After AS or a dot these are names of columns.
      if (word === "case") open.blocks++;
      else if (word === "end") open.blocks--;
    }
    open.previous = word;
    return;
  }
  open.previous = text.charCodeAt(token.start) === 0x2e ? "." : "";
}

function createsRoutine(words: readonly string[]): boolean {
  if (words[0] !== "create") return false;
  const what = words[1] === "or" ? words[3] : words[1];
  return what === "function" || what === "procedure";
}

/** The lines after COPY … FROM STDIN; up to the one that is \. alone; null when there is not even one line. */
function copyData(
  text: string,
  from: number,
): { start: number; end: number; next: number; terminated: boolean } | null {
  let start = endOfLine(text, from);
  if (text.slice(from, start).trim() !== "") return null;
  if (text.charCodeAt(start) === 0x0d) start++;
  if (text.charCodeAt(start) === 0x0a) start++;
  if (start >= text.length) return null;
  const close = /^\\\.[ \t]*\r?$/gm;
  close.lastIndex = start;
  const match = close.exec(text);
  // Without the closing line everything to the end is data, as psql takes it; but a file whose COPY has no data at all goes on.
  if (match === null) return { start, end: text.length, next: text.length, terminated: false };
  return { start, end: match.index + 2, next: match.index + match[0].length, terminated: true };
}
