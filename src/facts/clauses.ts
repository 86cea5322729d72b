import { tokenAt } from "../sql/lexer.ts";
import { longestIdentifierBytes } from "../sql/names.ts";
import { asNode, type Node, stringsOf, walk } from "../sql/nodes.ts";
import { builtinVolatility } from "./builtins.ts";

/** A stretch of an SQL text that a rule takes out or moves, in UTF-16 units from its start. */
export interface Clause {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A clause behind a column's type: DEFAULT …, NOT NULL, [CONSTRAINT name] CHECK (…), and so on. */
export interface ColumnClause extends Clause {
  /** The word that says what it is, lower case; the first of two. */
  readonly kind: string;
  /** Its name as it is written, null where PostgreSQL chooses it. */
  readonly name: string | null;
  /** What stands behind the kind: the expression of a default. */
  readonly body: string;
}

/** What ADD COLUMN says, in its parts and as they are written. */
export interface AddedColumn {
  /** ADD COLUMN [IF NOT EXISTS] name type, and nothing behind it. */
  readonly bare: string;
  readonly clauses: readonly ColumnClause[];
}

/** A token of a text that is no comment. */
export interface Word {
  /** Lower case; empty for everything but a word outside brackets. */
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** The tokens of a text without its comments. */
export function wordsOf(sql: string): Word[] {
  const words: Word[] = [];
  let depth = 0;
  for (let token = tokenAt(sql, 0); token !== null; token = tokenAt(sql, token.end)) {
    if (token.kind === "comment") continue;
    if (token.kind === "close") depth--;
    const isWord = token.kind === "word" && depth === 0;
    words.push({
      word: isWord ? sql.slice(token.start, token.end).toLowerCase() : "",
      start: token.start,
      end: token.end,
    });
    if (token.kind === "open") depth++;
  }
  return words;
}

/** The text from one token up to before another; null where there is nothing between them. */
function between(sql: string, words: readonly Word[], from: number, to: number): Clause | null {
  const first = words[from];
  const last = words[to - 1];
  if (first === undefined || last === undefined || from >= to) return null;
  return { start: first.start, end: last.end, text: sql.slice(first.start, last.end) };
}

/** A subcommand of ALTER TABLE without ALTER TABLE and the table's name, which a statement of one subcommand still has. */
export function subcommandOf(sql: string): string {
  const words = wordsOf(sql);
  const isAt = (at: number, ...wanted: readonly string[]): boolean => wanted.includes(words[at]?.word ?? "");
  if (!isAt(0, "alter") || !isAt(1, "table", "foreign", "view", "materialized")) return sql;
  let at = isAt(1, "foreign", "materialized") ? 3 : 2;
  if (isAt(at, "if") && isAt(at + 1, "exists")) at += 2;
  if (isAt(at, "only")) at++;
  // The name, which a schema may stand before, and the star of old.
  const sign = (): string => sql.slice(words[at]?.start, words[at]?.end);
  for (at++; sign() === "."; ) at += 2;
  if (sign() === "*") at++;
  return between(sql, words, at, words.length)?.text ?? sql;
}

/** Words that begin a clause behind a column's type (gram.y: ColQualList), and those that, right before one, make it part of another. */
const clauseStarts: ReadonlySet<string> = new Set(
  "constraint not null check unique primary references generated default collate".split(" "),
);
const notBefore: ReadonlySet<string> = new Set(["set", "by", "nulls"]);

/** The parts of ADD COLUMN; null for another subcommand. */
export function addedColumn(sql: string): AddedColumn | null {
  const text = subcommandOf(sql);
  const words = wordsOf(text);
  if (words[0]?.word !== "add") return null;
  const afterAdd = words[1]?.word === "column" ? 2 : 1;
  const optional = ["if", "not", "exists"].every((word, i) => words[afterAdd + i]?.word === word);
  const name = afterAdd + (optional ? 3 : 0);
  const starts: number[] = [];
  for (let i = name + 2; i < words.length; i++) {
    const { word = "" } = words[i] ?? {};
    const before = words[i - 1]?.word ?? "";
    const begun = starts.at(-1);
    // The word after NOT, DEFAULT or CONSTRAINT, and the one after a constraint's name, belong to what has begun.
    const inside =
      begun === i - 1
        ? ["not", "default", "constraint"].includes(before)
        : begun === i - 2 && words[begun]?.word === "constraint";
    // NOT DEFERRABLE and NOT ENFORCED belong to the constraint before them.
    const negated = word === "not" && words[i + 1]?.word !== "null";
    if (clauseStarts.has(word) && !negated && !inside && !notBefore.has(before)) starts.push(i);
  }
  const bare = between(text, words, 0, starts[0] ?? words.length);
  if (bare === null) return null;
  return {
    bare: bare.text,
    clauses: starts.flatMap((from, i) => columnClause(text, words, from, starts[i + 1] ?? words.length) ?? []),
  };
}

/** ADD COLUMN as it is written, without its clauses of these kinds; null for another subcommand. */
export function addedColumnWithout(sql: string, ...kinds: readonly string[]): string | null {
  const parts = addedColumn(sql);
  if (parts === null) return null;
  const kept = parts.clauses.filter(({ kind }) => !kinds.includes(kind));
  return [parts.bare, ...kept.map(({ name, text }) => (name === null ? text : `CONSTRAINT ${name} ${text}`))].join(" ");
}

function columnClause(sql: string, words: readonly Word[], from: number, to: number): ColumnClause | null {
  const isNamed = words[from]?.word === "constraint";
  const kind = from + (isNamed ? 2 : 0);
  const whole = between(sql, words, from, to);
  const without = between(sql, words, kind, to);
  if (whole === null || without === null) return null;
  return {
    start: whole.start,
    end: whole.end,
    text: without.text,
    kind: words[kind]?.word ?? "",
    name: isNamed ? (between(sql, words, from + 1, from + 2)?.text ?? null) : null,
    body: between(sql, words, kind + 1, to)?.text ?? "",
  };
}

/** The type behind ALTER COLUMN name [SET DATA] TYPE, as it is written; null where there is none. */
export function newTypeOf(sql: string): string | null {
  const text = subcommandOf(sql);
  const words = wordsOf(text);
  // ALTER [COLUMN] name: the column itself may be called type.
  const name = words[1]?.word === "column" ? 2 : 1;
  const type = words.findIndex(({ word }, i) => i > name && word === "type");
  const end = words.findIndex(({ word }, i) => i > type && (word === "using" || word === "collate"));
  return type === -1 ? null : (between(text, words, type + 1, end === -1 ? words.length : end)?.text ?? null);
}

/** What stands between WHERE and RETURNING or the end, outside brackets; null where there is no WHERE. */
export function whereOf(sql: string): Clause | null {
  const words = wordsOf(sql);
  const at = words.findIndex(({ word }) => word === "where");
  if (at === -1) return null;
  const next = words.findIndex(({ word }, i) => i > at && word === "returning");
  return between(sql, words, at + 1, next === -1 ? words.length : next);
}

/** What stands between the first of one word and the first of the next of the others, or the end; null where the first is missing. */
export function textBetween(sql: string, first: string, ...ends: readonly string[]): string | null {
  const words = wordsOf(sql);
  const from = words.findIndex(({ word }) => word === first);
  const to = words.findIndex(({ word }, i) => i > from && ends.includes(word));
  return from === -1 ? null : (between(sql, words, from + 1, to === -1 ? words.length : to)?.text ?? null);
}

/** Whether one of these words stands outside brackets. */
export function hasWord(sql: string, ...wanted: readonly string[]): boolean {
  return wordsOf(sql).some(({ word }) => wanted.includes(word));
}

/** Whether these words follow each other outside brackets. */
export function hasWords(sql: string, ...wanted: readonly string[]): boolean {
  const words = wordsOf(sql);
  return words.some((_, i) => wanted.every((word, j) => words[i + j]?.word === word));
}

/** The text with a word put behind the first time that another stands outside brackets; null where it does not. */
export function insertAfter(sql: string, after: string, inserted: string): string | null {
  const found = wordsOf(sql).find(({ word }) => word === after);
  return found === undefined ? null : `${sql.slice(0, found.end)} ${inserted}${sql.slice(found.end)}`;
}

/** The text without the first such word outside brackets and the space behind it. */
export function withoutWord(sql: string, unwanted: string): string {
  const found = wordsOf(sql).find(({ word }) => word === unwanted);
  return found === undefined ? sql : `${sql.slice(0, found.start)}${sql.slice(found.end).trimStart()}`;
}

/** A name made of another one, within the length at which PostgreSQL cuts names: cut, it would be the other's own again. */
export function nameFrom(name: string, suffix: string): string {
  let base = name;
  while (Buffer.byteLength(`${base}${suffix}`) > longestIdentifierBytes) base = [...base].slice(0, -1).join("");
  return `${base}${suffix}`;
}

/** What stands behind the table's name in CREATE INDEX … ON [ONLY] name; null where there is no ON. */
export function indexedPart(sql: string): string | null {
  const words = wordsOf(sql);
  const on = words.findIndex(({ word }) => word === "on");
  if (on === -1) return null;
  let at = on + (words[on + 1]?.word === "only" ? 3 : 2);
  while (sql.slice(words[at]?.start, words[at]?.end) === ".") at += 2;
  return between(sql, words, at, words.length)?.text ?? null;
}

/** Where a statement with CONCURRENTLY belongs, as a comment under it. */
export const aloneInFile = "-- alone in its migration file: it cannot run inside a transaction";

/** A comment of one line, whatever names it speaks of: what stands behind a line end would be SQL to who copies it. */
export function comment(text: string): string {
  return `-- ${text.replace(/\s+/g, " ")}`;
}

/**
 * Whether an UPDATE or DELETE can be repeated, a part of its rows at a time, and change in the end what it changes at once. Its
 * condition must be the same for a row each time it is asked: no volatile function, no look at the table itself. And a row that
 * an UPDATE has changed must not match again.
 */
export function canBeRepeated(node: Node): boolean {
  const change = asNode(node, "UpdateStmt") ?? asNode(node, "DeleteStmt");
  const where = change?.whereClause;
  if (change === null || where === undefined || !isSteady(where, change.relation?.relname)) return false;
  const update = asNode(node, "UpdateStmt");
  return update === null || rulesItselfOut(where, update.targetList ?? []);
}

function isSteady(where: Node, table: string | undefined): boolean {
  let steady = true;
  const stop = (isBad: boolean): boolean => {
    if (isBad) steady = false;
    return steady;
  };
  // The root of a walk is an object that holds nodes.
  walk([where], {
    FuncCall: (call) => stop(builtinVolatility(stringsOf(call.funcname).at(-1) ?? "") !== "immutable-or-stable"),
    SelectStmt: (query) => stop(query.limitCount !== undefined || query.limitOffset !== undefined),
    RangeVar: (range) => stop(range.relname === table),
  });
  return steady;
}

/** One of the conditions that AND joins compares a column with NULL or a constant, and that column gets a constant that it excludes. */
function rulesItselfOut(where: Node, assignments: readonly Node[]): boolean {
  const and = asNode(where, "BoolExpr");
  const conditions = and?.boolop === "AND_EXPR" ? (and.args ?? []) : [where];
  const set = new Map<string, Constant>();
  for (const each of assignments) {
    const target = asNode(each, "ResTarget");
    const value = constantOf(target?.val);
    if (target?.name !== undefined && target.indirection === undefined && value !== null) set.set(target.name, value);
  }
  return conditions.some((condition) => {
    const test = asNode(condition, "NullTest");
    if (test !== null) return test.nulltesttype === "IS_NULL" && set.has(columnOf(test.arg) ?? "");
    const comparison = asNode(condition, "A_Expr");
    const given = set.get(columnOf(comparison?.lexpr) ?? "");
    const compared = constantOf(comparison?.rexpr);
    if (comparison === null || given === undefined || compared === null) return false;
    const sign = comparison.kind === "AEXPR_OP" ? stringsOf(comparison.name).join("") : "";
    if (sign === "=") return !alike(given, compared);
    return (sign === "<>" || comparison.kind === "AEXPR_DISTINCT") && given === compared;
  });
}

type Constant = string | number | boolean;

/** The value of a constant; null for NULL and for everything else. A cast of a constant counts as it. */
function constantOf(node: Node | undefined): Constant | null {
  const cast = asNode(node, "TypeCast");
  if (cast !== null) return constantOf(cast.arg);
  const literal = asNode(node, "A_Const");
  if (literal === null) return null;
  if (literal.sval !== undefined) return literal.sval.sval ?? "";
  if (literal.ival !== undefined) return literal.ival.ival ?? 0;
  if (literal.boolval !== undefined) return literal.boolval.boolval ?? false;
  return literal.fval?.fval ?? null;
}

/** Whether a column could take two constants for the same: "01" and 1, and in citext "New" and "new". */
function alike(a: Constant, b: Constant): boolean {
  const numbers = [Number(a), Number(b)] as const;
  if (typeof a !== "boolean" && typeof b !== "boolean" && !numbers.some(Number.isNaN)) return numbers[0] === numbers[1];
  return typeof a !== typeof b || String(a).trim().toLowerCase() === String(b).trim().toLowerCase();
}

function columnOf(node: Node | undefined): string | null {
  const column = asNode(node, "ColumnRef");
  return column === null ? null : (stringsOf(column.fields).at(-1) ?? null);
}
