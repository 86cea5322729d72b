import type { Database } from "../config/config.ts";
import { databaseName } from "./databases.ts";
import { tokenAt } from "./lexer.ts";
import { type Lines, linesOf } from "./spans.ts";

/** A place of a text that another program fills in before the SQL is sent: `{{ name }}`, `${name}`, psql's `:name`. */
export interface Placeholder {
  readonly start: number;
  readonly end: number;
  /** As it is written. */
  readonly written: string;
  /** Null where it is more than a name: an expression of a template. */
  readonly name: string | null;
}

/** A text in which the placeholders of known variables have their values. */
export interface Filled {
  readonly text: string;
  /** Lines and columns of the file as it is written, by offsets of the filled text. */
  readonly lines: Lines;
}

/**
 * The text with the values of these variables in place of their placeholders; the same text where it has none. psql's are filled in
 * for PostgreSQL alone: in the SQL of other databases `:name` is something else.
 */
export function fillIn(text: string, variables: ReadonlyMap<string, string>, dialect: Database = "postgresql"): Filled {
  const lines = linesOf(text);
  if (variables.size === 0) return { text, lines };
  const pieces: string[] = [];
  /** For each value: where it starts in both texts, and how long it is in both. */
  const moves: { readonly from: number; readonly length: number; readonly written: number; readonly at: number }[] = [];
  let done = 0;
  let length = 0;
  for (const { start, end, written, name } of placeholders(text, dialect)) {
    const value = name === null ? undefined : substitute(written, variables.get(name));
    if (value === undefined) continue;
    length += start - done + value.length;
    pieces.push(text.slice(done, start), value);
    moves.push({ from: length - value.length, length: value.length, written: end - start, at: start });
    done = end;
  }
  if (moves.length === 0) return { text, lines };
  pieces.push(text.slice(done));
  const original = (offset: number, isEnd: boolean): number => {
    const last = moves[lastBefore(moves, offset, isEnd)];
    if (last === undefined) return offset;
    const behind = offset - last.from - last.length;
    if (behind >= 0) return last.at + last.written + behind;
    // Inside of a value there is only the placeholder to point at.
    return isEnd ? last.at + last.written : last.at;
  };
  return {
    text: pieces.join(""),
    lines: { span: (start, end) => lines.span(original(start, false), original(end, end > start)) },
  };
}

/** The last value that starts before the offset; one that starts at it counts too, but not for the end of a stretch. */
function lastBefore(moves: readonly { readonly from: number }[], offset: number, isEnd: boolean): number {
  let low = -1;
  let high = moves.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const { from } = moves[middle] ?? { from: 0 };
    if (isEnd ? from < offset : from <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** As psql does it: :'name' is a string, :"name" an identifier, and everything else the value itself. */
function substitute(written: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (written.startsWith(":'")) return `'${value.replaceAll("'", "''")}'`;
  if (written.startsWith(':"')) return `"${value.replaceAll('"', '""')}"`;
  return value;
}

/** What is wrong with a placeholder that has no value, and what to do. */
export function unfilled({ written, name }: Placeholder, database: Database): string {
  const remedy =
    name === null
      ? "write what that program makes of the file."
      : `write its value under variables in the config (${name}: …), and the statement is read.`;
  return `${databaseName(database)} does not take ${written}: it is a placeholder. Where another program fills it in, ${remedy}`;
}

const braces = /\{\{-?\s*\.?([A-Za-z_][\w.]*)?[^{}]*\}\}|\$\{([^{}]*)\}/y;
const name = /^[A-Za-z_][\w.:-]*$/;

/** The placeholders of a text, in order. Those with braces are filled in anywhere, as templates are; psql's outside of strings. */
export function* placeholders(text: string, dialect: Database = "postgresql"): Generator<Placeholder> {
  const open = /\{\{|\$\{|:/g;
  const couldHaveColons = dialect === "postgresql" && /(?<![:\w]):["'A-Za-z_]/.test(text);
  if (!couldHaveColons && !/\{\{|\$\{/.test(text)) return;
  const code = couldHaveColons ? codeOf(text) : () => false;
  for (let found = open.exec(text); found !== null; found = open.exec(text)) {
    const placeholder =
      found[0] === ":" ? (code(found.index) ? colonAt(text, found.index) : null) : braceAt(text, found.index);
    if (placeholder === null) continue;
    yield placeholder;
    open.lastIndex = placeholder.end;
  }
}

/** The placeholder that starts at this offset; null where none does. */
export function placeholderAt(text: string, start: number): Placeholder | null {
  return text[start] === ":" ? colonAt(text, start) : braceAt(text, start);
}

function braceAt(text: string, start: number): Placeholder | null {
  braces.lastIndex = start;
  const found = braces.exec(text);
  if (found === null) return null;
  const written = found[0];
  const inner = written.startsWith("${") ? (found[2] ?? "") : written.slice(2, -2).trim().replace(/^\./, "");
  return { start, end: start + written.length, written, name: name.test(inner) ? inner : null };
}

const colon = /:(?:'(\w+)'|"(\w+)"|([A-Za-z_]\w*))/y;

function colonAt(text: string, start: number): Placeholder | null {
  // :: is a cast, := an assignment, and a colon behind a word or a number the bound of a slice.
  if (start > 0 && /[:\w\]]/.test(text[start - 1] ?? "")) return null;
  colon.lastIndex = start;
  const found = colon.exec(text);
  if (found === null) return null;
  const written = found[0];
  return { start, end: start + written.length, written, name: found[1] ?? found[2] ?? found[3] ?? null };
}

/** Whether an offset stands outside of strings and comments; offsets are asked for in order. */
function codeOf(text: string): (offset: number) => boolean {
  let token = tokenAt(text, 0);
  return (offset) => {
    while (token !== null && token.end <= offset) token = tokenAt(text, token.end);
    return token === null || token.start > offset || token.kind === "other";
  };
}
