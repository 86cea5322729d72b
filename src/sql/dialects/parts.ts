import { key } from "../names.ts";
import type { Dialect } from "./dialect.ts";
import type { Token } from "./lexer.ts";
import type { Query } from "./query.ts";

/** A statement's tokens, and what each is: its word in lower case, or its kind. */
export interface Spelled {
  readonly tokens: readonly Token[];
  readonly words: readonly string[];
}

/** A stretch of tokens that the parser can be given, and what must stand behind it to make it whole. */
export interface Part {
  readonly tokens: readonly Token[];
  readonly suffix: string;
}

/**
 * A statement in the parts that the parser knows. Its SQLite has no WITH before INSERT, UPDATE and DELETE, and no ON CONFLICT and
 * RETURNING behind them, its MariaDB no ORDER BY and LIMIT: the queries of WITH are read by themselves, and what follows a change is
 * left out where it calls nothing.
 */
export function partsOf(statement: Spelled, dialect: Dialect): readonly Part[] {
  const { tokens, words } = statement;
  const verb = dialect === "sqlite" && words[0] === "with" ? verbAfterWith(words) : 0;
  const end = words[verb] === "select" || words[verb] === "open" ? words.length : endOfChange(words, verb);
  const change = { tokens: tokens.slice(verb, end), suffix: "" };
  if (verb === 0 || words[verb] === "select") return [{ ...change, tokens: tokens.slice(0, end) }];
  return [{ tokens: tokens.slice(0, verb), suffix: " SELECT 1" }, change];
}

function verbAfterWith(words: readonly string[]): number {
  const at = outsideBrackets(words, 1, (i) =>
    ["select", "insert", "replace", "update", "delete"].includes(words[i] ?? ""),
  );
  return at ?? 0;
}

/** Where a clause begins that changes only which rows are written; the end where there is none, or where a function is called behind it. */
function endOfChange(words: readonly string[], from: number): number {
  const isInsert = words[from] === "insert" || words[from] === "replace";
  const at = outsideBrackets(words, from, (i) => {
    const next = words[i + 1];
    if (words[i] === "returning" || (words[i] === "on" && next === "conflict")) return true;
    // Behind INSERT … SELECT they are the query's.
    return !isInsert && ((words[i] === "order" && next === "by") || (words[i] === "limit" && next === "number"));
  });
  if (at === null) return words.length;
  const calls = words.some((word, i) => i > at && words[i + 1] === "open" && !notCalls.has(word));
  return calls ? words.length : at;
}

const notCalls: ReadonlySet<string> = new Set(
  "conflict and or not in set where comma open close sign string number when then else case select from".split(" "),
);

function outsideBrackets(words: readonly string[], from: number, is: (at: number) => boolean): number | null {
  let depth = 0;
  for (let i = from; i < words.length; i++) {
    if (words[i] === "open") depth++;
    else if (words[i] === "close") depth--;
    else if (depth === 0 && is(i)) return i;
  }
  return null;
}

/** The parts of one statement together: what its last one does, and what all of them read and call. */
export function merged(parts: readonly Query[]): Query | null {
  const last = parts.at(-1);
  if (last === undefined) return null;
  const queries = new Set(parts.flatMap(({ named }) => named));
  const reads = parts
    .flatMap((part) => part.reads)
    .filter(({ schema, name }) => schema !== null || !queries.has(name.toLowerCase()));
  const distinct = [...new Map(reads.map((each) => [key(each), each])).values()];
  return { ...last, reads: distinct, calls: parts.flatMap(({ calls }) => calls) };
}
