import { type Word, wordsOf } from "./clauses.ts";

/** What UNIQUE or PRIMARY KEY says, divided between the index that it needs and the constraint that leans on it. */
export interface KeyClause {
  /** What stands behind the table in CREATE UNIQUE INDEX; it begins with a bracket where the constraint names its columns. */
  readonly index: string;
  /** DEFERRABLE and the like, with a space before it; empty where there is none. */
  readonly timing: string;
}

/** The clauses of an index, in the order of CREATE INDEX (gram.y: IndexStmt); the constraint has them in another one (ConstraintElem). */
const clauses = ["columns", "include", "distinct", "options", "tablespace"] as const;

/**
 * Takes a UNIQUE or PRIMARY KEY constraint apart, as it is written. Null for what no unique index can do: WITHOUT OVERLAPS, or a
 * constraint of another kind.
 */
export function keyClauseOf(sql: string): KeyClause | null {
  const words = wordsOf(sql);
  const start = words.findIndex(({ word }) => word === "unique" || word === "primary");
  if (start === -1 || /\bwithout\s+overlaps\b/i.test(sql)) return null;
  const found = new Map<(typeof clauses)[number], string>();
  const text = (from: number, to: number): string => sql.slice(words[from]?.start, words[to - 1]?.end);
  let at = start + (words[start]?.word === "primary" ? 2 : 1);
  while (at < words.length) {
    const clause = clauseAt(sql, words, at);
    if (clause === null) break;
    found.set(clause.name, text(clause.from, clause.end));
    at = clause.end;
  }
  const timing = at < words.length ? ` ${text(at, words.length)}` : "";
  return { index: clauses.flatMap((name) => found.get(name) ?? []).join(" "), timing };
}

function clauseAt(
  sql: string,
  words: readonly Word[],
  from: number,
): { readonly name: (typeof clauses)[number]; readonly from: number; readonly end: number } | null {
  const next = words[from + 1]?.word;
  if (sql[words[from]?.start ?? 0] === "(") return { name: "columns", from, end: behindBrackets(sql, words, from) };
  switch (words[from]?.word) {
    case "include":
      return { name: "include", from, end: behindBrackets(sql, words, from + 1) };
    case "with":
      return { name: "options", from, end: behindBrackets(sql, words, from + 1) };
    case "nulls":
      return { name: "distinct", from, end: from + (next === "not" ? 3 : 2) };
    case "using":
      // USING INDEX TABLESPACE name is TABLESPACE name.
      return next === "index" ? { name: "tablespace", from: from + 2, end: from + 4 } : null;
    default:
      return null;
  }
}

/** The token behind the bracket that closes the one that opens here. */
function behindBrackets(sql: string, words: readonly Word[], open: number): number {
  let depth = 0;
  for (let at = open; at < words.length; at++) {
    const sign = sql[words[at]?.start ?? 0];
    if (sign === "(") depth++;
    if (sign === ")") depth--;
    if (depth === 0) return at + 1;
  }
  return words.length;
}
