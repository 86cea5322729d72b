import type { Dialect } from "../../sql/dialects/dialect.ts";
import { isSteadyFunction } from "./functions.ts";
import type { Reading } from "./read/reading.ts";
import { isDone, isNext, take, takeTable, type Words } from "./words.ts";

/**
 * A DELETE by a condition over at most a thousand rows, which does the same when it is run until no row is left. Null for every
 * other statement: a second table, a query or a call that may answer otherwise the next time makes parts of it another thing.
 */
export function inBatchesOf(action: Reading, all: Words, dialect: Dialect): string | null {
  if (action.kind !== "delete") return null;
  const words = { ...all, at: 0 };
  if (!take(words, "delete", "from")) return null;
  const from = words.at;
  const table = takeTable(words) === null ? null : textBetween(words, from, words.at);
  if (table === null || !take(words, "where") || isDone(words) || !isSteady(words)) return null;
  if (dialect !== "sqlite") return `${all.sql} LIMIT 1000;`;
  const condition = textBetween(words, words.at, words.all.length);
  return `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${condition} LIMIT 1000);`;
}

function textBetween({ sql, all }: Words, from: number, to: number): string {
  return sql.slice(all[from]?.start, all[to - 1]?.end);
}

/** A condition of columns and constants. Comments that the server runs are no words. */
function isSteady({ sql, all, at, dialect }: Words): boolean {
  if (/\/\*M?!/.test(sql)) return false;
  return all.slice(at).every(({ is, kind }, i) => {
    const isCall = kind === "word" && isNext({ dialect, sql, all, at: at + i + 1 }, "open") && !beforeBrackets.has(is);
    return !unsteady.has(is) && (!isCall || isSteadyFunction(is, dialect));
  });
}

const beforeBrackets: ReadonlySet<string> = new Set([
  "where",
  "in",
  "and",
  "or",
  "not",
  "xor",
  "between",
  "like",
  "is",
]);
const unsteady: ReadonlySet<string> = new Set([
  "select",
  "with",
  "limit",
  "order",
  "returning",
  "using",
  "join",
  "delimiter",
  "@",
  "?",
]);
