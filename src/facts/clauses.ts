import { tokenAt } from "../sql/lexer.ts";

/** A stretch of an SQL text that a rule takes out or moves, in UTF-16 units from its start. */
export interface Clause {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Word {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** The words outside brackets, lower case, with brackets and everything else as empty words. */
function outerWords(sql: string): Word[] {
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

/** Words that end the expression of DEFAULT in a column's definition: what follows it is another clause (gram.y, ColConstraintElem). */
const afterDefault: ReadonlySet<string> = new Set([
  "constraint",
  "not",
  "null",
  "check",
  "unique",
  "primary",
  "references",
  "generated",
  "collate",
  "deferrable",
  "initially",
]);

/** The expression of a column's DEFAULT; null where it has none. */
export function defaultOf(columnSql: string): Clause | null {
  const words = outerWords(columnSql);
  const at = words.findIndex(({ word }) => word === "default");
  const first = words[at + 1];
  if (at === -1 || first === undefined) return null;
  // The first word belongs to the expression whatever it is: DEFAULT NULL.
  const next = words.findIndex(({ word }, i) => i > at + 1 && afterDefault.has(word));
  const last = words[next === -1 ? words.length - 1 : next - 1] ?? first;
  return { start: words[at]?.start ?? 0, end: last.end, text: columnSql.slice(first.start, last.end) };
}

/** [CONSTRAINT name] CHECK (…) of a column; null where it has none. */
export function checkOf(columnSql: string): Clause | null {
  const words = outerWords(columnSql);
  const at = words.findIndex(({ word }) => word === "check");
  if (at === -1) return null;
  const named = words[at - 2]?.word === "constraint" ? (words[at - 2] ?? null) : null;
  let depth = 0;
  for (let token = tokenAt(columnSql, words[at]?.end ?? 0); token !== null; token = tokenAt(columnSql, token.end)) {
    if (token.kind === "open") depth++;
    if (token.kind === "close" && --depth === 0) {
      return {
        start: named?.start ?? words[at]?.start ?? 0,
        end: token.end,
        text: columnSql.slice(words[at]?.start ?? 0, token.end),
      };
    }
  }
  return null;
}

/** What stands between WHERE and RETURNING or the end, outside brackets; null where there is no WHERE. */
export function whereOf(sql: string): Clause | null {
  const words = outerWords(sql);
  const at = words.findIndex(({ word }) => word === "where");
  const first = words[at + 1];
  if (at === -1 || first === undefined) return null;
  const next = words.findIndex(({ word }, i) => i > at && word === "returning");
  const last = words[next === -1 ? words.length - 1 : next - 1] ?? first;
  return { start: words[at]?.start ?? 0, end: last.end, text: sql.slice(first.start, last.end) };
}

/** Whether one of these words stands outside brackets. */
export function hasWord(sql: string, ...wanted: readonly string[]): boolean {
  return outerWords(sql).some(({ word }) => wanted.includes(word));
}

/** The text with a word put behind the first time these words follow each other; null where they do not. */
export function insertAfter(sql: string, after: string, inserted: string): string | null {
  const found = outerWords(sql).find(({ word }) => word === after);
  return found === undefined ? null : `${sql.slice(0, found.end)} ${inserted}${sql.slice(found.end)}`;
}
