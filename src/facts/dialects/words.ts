import type { Dialect } from "../../sql/dialects/dialect.ts";
import { codeTokens, type Token, unquoted } from "../../sql/dialects/lexer.ts";
import { tableName } from "../../sql/dialects/names.ts";
import type { Relation } from "../../sql/names.ts";

/** A token with what it says. */
export interface Word extends Token {
  /** As it is written. */
  readonly text: string;
  /** Lower case for a word; a sign as it stands; the token's kind for everything else. */
  readonly is: string;
}

/** The words of a statement, or of a part of it, gone through from left to right. */
export interface Words {
  readonly dialect: Dialect;
  readonly sql: string;
  readonly all: readonly Word[];
  at: number;
}

/** @param most only so many words from the start; null for all of them. */
export function wordsOf(sql: string, dialect: Dialect, most: number | null = null): Words {
  const all: Word[] = [];
  for (const token of codeTokens(sql, dialect, most)) {
    const { kind, start, end, closed } = token;
    const text = sql.slice(start, end);
    // Written out: a copy by ... of a hundred thousand tokens is what would take the time.
    all.push({ kind, start, end, closed, text, is: isOf(token, text) });
  }
  return { dialect, sql, all, at: 0 };
}

function isOf({ kind }: Token, text: string): string {
  if (kind === "word") return text.toLowerCase();
  return kind === "sign" || kind === "number" ? text : kind;
}

/** What the next word is, or one behind it; empty at the end. */
export function peek(words: Words, ahead = 0): string {
  return words.all[words.at + ahead]?.is ?? "";
}

/** Whether these words come next. */
export function isNext(words: Words, ...wanted: readonly string[]): boolean {
  return wanted.every((word, i) => peek(words, i) === word);
}

/** Goes past these words where they come next. */
export function take(words: Words, ...wanted: readonly string[]): boolean {
  if (!isNext(words, ...wanted)) return false;
  words.at += wanted.length;
  return true;
}

/** Goes past the next word where it is one of these. */
export function takeOne(words: Words, ...wanted: readonly string[]): string | null {
  const next = peek(words);
  if (next === "" || !wanted.includes(next)) return null;
  words.at++;
  return next;
}

/** IF EXISTS, or IF NOT EXISTS. */
export function takeIf(words: Words, what: "exists" | "not exists"): boolean {
  return what === "exists" ? take(words, "if", "exists") : take(words, "if", "not", "exists");
}

export function isDone(words: Words): boolean {
  return words.at >= words.all.length;
}

/** Goes past a name, quoted or not; null where none comes next. Both databases take a text in quotes for a name, in some modes. */
export function takeName(words: Words): string | null {
  const next = words.all[words.at];
  if (next === undefined) return null;
  if (next.kind === "word") {
    words.at++;
    return next.text;
  }
  if (next.kind !== "name" && next.kind !== "string") return null;
  words.at++;
  return unquoted(next.text);
}

/** Goes past a name with or without a schema; null where none comes next. */
export function takeTable(words: Words): Relation | null {
  const first = takeName(words);
  if (first === null) return null;
  const behind = words.at;
  const second = take(words, "dot") ? takeName(words) : null;
  if (second !== null) return tableName(words.dialect, first, second);
  words.at = behind;
  return tableName(words.dialect, null, first);
}

/** Goes past brackets and gives what is between them; null where none open here, or where they are not closed. */
export function takeBrackets(words: Words): Words | null {
  if (peek(words) !== "open") return null;
  const from = words.at + 1;
  let depth = 0;
  for (let at = words.at; at < words.all.length; at++) {
    const { is = "" } = words.all[at] ?? {};
    if (is === "open") depth++;
    if (is === "close") depth--;
    if (depth > 0) continue;
    words.at = at + 1;
    return { ...words, all: words.all.slice(from, at), at: 0 };
  }
  return null;
}

/** The parts that commas outside brackets divide. */
export function parts(words: Words): readonly Words[] {
  const found: Words[] = [];
  let from = words.at;
  let depth = 0;
  for (let at = words.at; at <= words.all.length; at++) {
    const is = words.all[at]?.is;
    if (is === "open") depth++;
    if (is === "close") depth--;
    if (is !== undefined && (is !== "comma" || depth > 0)) continue;
    if (at > from) found.push({ ...words, all: words.all.slice(from, at), at: 0 });
    from = at + 1;
  }
  return found;
}

/** The names of a list of columns, with their length, order or operator behind them; null for an expression among them. */
export function namesIn(list: Words): readonly (string | null)[] {
  return parts(list).map((part) => {
    const name = takeName(part);
    // A length, name(10), is of one number.
    if (peek(part) === "open" && /^\d+$/.test(peek(part, 1)) && peek(part, 2) === "close") part.at += 3;
    return isDone(part) || ["asc", "desc", "collate", "nulls"].includes(peek(part)) ? name : null;
  });
}

/** What stands between the first and the last of the words, as it is written. */
export function textOf({ sql, all }: Words): string {
  const first = all[0];
  const last = all.at(-1);
  return first === undefined || last === undefined ? "" : sql.slice(first.start, last.end);
}

/** The text from the next word on, in one line and not too long: for a message. */
export function rest(words: Words): string {
  const text = textOf({ ...words, all: words.all.slice(words.at) }).replace(/\s+/g, " ");
  return text.length > 60 ? `${[...text].slice(0, 60).join("")}…` : text;
}
