import type { Query } from "../../../sql/dialects/query.ts";
import type { QueryAnswer } from "../../../sql/dialects/script.ts";
import { key, type Relation } from "../../../sql/names.ts";
import { opaque } from "../../opaque.ts";
import { isHarmless } from "../functions.ts";
import { isDone, isNext, peek, take, takeBrackets, takeOne, takeTable, type Words } from "../words.ts";
import type { ReadContext, Reading } from "./reading.ts";

/** The relations that a statement's queries read, as far as the parser has read them. */
export function readsOf(query: QueryAnswer): readonly Relation[] {
  return query.kind === "read" ? query.query.reads : [];
}

/** What a statement may do besides its own action: calls of functions of which nothing is known, and what the parser has not read. */
export function besides(query: QueryAnswer, statement: string, context: ReadContext): readonly Reading[] {
  switch (query.kind) {
    case "none":
      return [];
    case "refused":
      return [opaque("unrecognised", `a part of this ${statement} (${query.why})`, { keepsCatalog: true })];
    case "read":
      return calls(query.query.calls, context);
  }
}

/** Each unknown function once. */
export function calls(called: Iterable<string>, { dialect }: ReadContext): readonly Reading[] {
  const unknown = [...new Set(called)].filter((call) => !isHarmless(call, dialect));
  return unknown.map((call) => opaque("function-call", `${call}()`));
}

export function readSelect(words: Words, context: ReadContext): readonly Reading[] {
  const { query } = context.statement;
  const own = words.all.map(({ is }) => is);
  words.at = words.all.length;
  const reads = readsOf(query);
  const into = own.findIndex((is, i) => is === "into" && (own[i + 1] === "outfile" || own[i + 1] === "dumpfile"));
  if (into !== -1) return [{ kind: "copy-to", reads, to: "file" }, ...besides(query, "SELECT", context)];
  const forUpdate = own.some(
    (is, i) => (is === "for" && own[i + 1] === "update") || (is === "lock" && own[i + 1] === "in"),
  );
  // A parser that has not read a query may have missed what writes in it.
  return [{ kind: "select", reads, forUpdate }, ...besides(query, "SELECT", context)];
}

/** WITH … and then SELECT, UPDATE, DELETE, INSERT or REPLACE: the verb is the first of these outside brackets. */
export function afterWith(words: Words): void {
  for (let depth = 0; !isDone(words); words.at++) {
    const is = peek(words);
    if (is === "open") depth++;
    if (is === "close") depth--;
    if (depth === 0 && ["select", "update", "delete", "insert", "replace", "table", "values"].includes(is)) return;
  }
}

export function readUpdate(words: Words, context: ReadContext): readonly Reading[] | null {
  const { statement, dialect } = context;
  take(words, "update");
  if (dialect === "sqlite" && take(words, "or")) words.at++;
  takeOne(words, "low_priority");
  takeOne(words, "ignore");
  const named = takeTable(words);
  const { query } = statement;
  const read = query.kind === "read" && query.query.kind === "update" ? query.query : null;
  const where = read !== null ? read.where : hasWhere(words);
  const limit = limitOf(words);
  words.at = words.all.length;
  const tables = read !== null && read.writes.length > 0 ? read.writes : named === null ? [] : [named];
  if (tables.length === 0) return null;
  const reads = read === null ? readsOf(query) : others(read, tables);
  return [
    ...tables.map((table): Reading => {
      const atMost = read !== null && tables.length === 1 ? mostRows(read, limit, table, context) : null;
      return { kind: "update", table, where: where ? "some" : "none", atMost, reads };
    }),
    ...besides(query, "UPDATE", context),
  ];
}

export function readDelete(words: Words, context: ReadContext): readonly Reading[] | null {
  const { query } = context.statement;
  take(words, "delete");
  while (takeOne(words, "low_priority", "quick", "ignore", "history") !== null);
  const read = query.kind === "read" && query.query.kind === "delete" ? query.query : null;
  // DELETE FROM t, DELETE FROM a, b USING …, DELETE a, b FROM …
  take(words, "from");
  const named: Relation[] = [];
  for (let table = takeTable(words); table !== null; table = takeTable(words)) {
    named.push(table);
    take(words, "dot");
    take(words, "*");
    if (!take(words, "comma")) break;
  }
  const where = read !== null ? read.where : hasWhere(words);
  const limit = limitOf(words);
  words.at = words.all.length;
  const tables = read !== null && read.writes.length > 0 ? read.writes : named;
  if (tables.length === 0) return null;
  const reads = read === null ? readsOf(query) : others(read, tables);
  return [
    ...tables.map((table): Reading => {
      const atMost = read !== null && tables.length === 1 ? mostRows(read, limit, table, context) : null;
      return { kind: "delete", table, where: where ? "some" : "none", atMost, reads };
    }),
    ...besides(query, "DELETE", context),
  ];
}

function others({ reads }: Query, tables: readonly Relation[]): readonly Relation[] {
  const written = new Set(tables.map(key));
  return reads.filter((each) => !written.has(key(each)));
}

function hasWhere(words: Words): boolean {
  return outsideBrackets(words, "where") !== null;
}

/** The number behind LIMIT. */
function limitOf(words: Words): number | null {
  const at = outsideBrackets(words, "limit");
  const next = at === null ? undefined : words.all[at + 1];
  return next?.kind === "number" && words.all[(at ?? 0) + 2]?.is !== "comma" ? Number(next.is) : null;
}

function outsideBrackets(words: Words, wanted: string): number | null {
  let depth = 0;
  for (const [i, { is }] of words.all.entries()) {
    if (is === "open") depth++;
    if (is === "close") depth--;
    if (depth === 0 && is === wanted) return i;
  }
  return null;
}

/**
 * How many rows it can write at the most: those of LIMIT, or one for each constant that a unique column must equal. Rows that a
 * foreign key takes with them are not among them, so then nothing is known.
 */
function mostRows(
  query: Query,
  limit: number | null,
  table: Relation,
  { catalog, dialect }: ReadContext,
): number | null {
  const known = catalog.table(table);
  const spreads = catalog.referencing(table).some(({ constraints }) => {
    return [...constraints.values()].some(({ references, onDelete }) => {
      return references !== null && key(references.table) === key(table) && onDelete === "change";
    });
  });
  if (spreads && query.kind === "delete") return null;
  const limits = limit === null ? [] : [limit];
  for (const { column, constants, numbers } of query.keys) {
    const name = column.toLowerCase();
    const isKey = [...(known?.constraints.values() ?? [])].some(({ type, columns }) => {
      const isUnique = type === "primary-key" || type === "unique";
      return isUnique && columns.length === 1 && columns[0]?.toLowerCase() === name;
    });
    const type = [...(known?.columns ?? [])].find(([each]) => each.toLowerCase() === name)?.[1].type.name ?? "";
    const isNumeric = /\b(?:int|integer|tinyint|smallint|mediumint|bigint|serial|decimal|numeric)\b/.test(type);
    if (isKey && (dialect === "sqlite" || !numbers || isNumeric)) limits.push(constants);
  }
  return limits.length === 0 ? null : Math.min(...limits);
}

/** Gone past: the list of columns behind a table's name. */
export function takeColumnList(words: Words): void {
  if (peek(words) === "open" && !isNext(words, "open", "select") && !isNext(words, "open", "with")) takeBrackets(words);
}

/** Whether anything in brackets looks like a call; the names of the calls, lower case, with their schema. */
export function callsIn(words: Words): readonly string[] {
  const found: string[] = [];
  for (const [i, { kind, is, text }] of words.all.entries()) {
    if ((kind !== "word" && kind !== "name") || words.all[i + 1]?.is !== "open" || notCalls.has(is)) continue;
    const schema = words.all[i - 1]?.is === "dot" ? `${words.all[i - 2]?.text ?? ""}.` : "";
    found.push(`${schema}${kind === "word" ? is : text}`.toLowerCase());
  }
  return found;
}

const notCalls: ReadonlySet<string> = new Set(
  "values value row in and or not case when then else as on set conflict select from where is between like union all exists key".split(
    " ",
  ),
);
