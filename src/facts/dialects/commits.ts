import type { Dialect } from "../../sql/dialects/dialect.ts";
import { isNext, peek, type Words } from "./words.ts";

/**
 * Whether a statement ends the transaction that is open before it does anything, without being asked
 * (https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html,
 * https://mariadb.com/kb/en/sql-statements-that-cause-an-implicit-commit/). SQLite has no such statement.
 */
export function commitsByItself(
  words: Words,
  dialect: Dialect,
  { autocommit }: { readonly autocommit: boolean },
): boolean {
  if (dialect === "sqlite") return false;
  const first = peek(words);
  switch (first) {
    case "create":
    case "drop":
      // A temporary table is the session's alone.
      return (
        !isNext(words, first, "temporary") &&
        !isNext(words, first, "prepare") &&
        !isNext(words, first, "or", "replace", "temporary")
      );
    case "set":
      // Where autocommit is on already, to turn it on does nothing.
      return isNext(words, "set", "password") || (!autocommit && isOn(autocommitOf(words)));
    case "start":
    case "begin":
      return true;
    case "load":
      return isNext(words, "load", "index");
    case "analyze":
    case "check":
      return isNext(words, first, "table") || isNext(words, first, "tables") || isNext(words, first, "local", "table");
    default:
      return endings.has(first);
  }
}

const endings: ReadonlySet<string> = new Set(
  "alter rename truncate grant revoke lock cache flush optimize repair reset stop change install uninstall import shutdown".split(
    " ",
  ),
);

/** The value that SET gives to autocommit; null for every other statement. */
export function autocommitOf(words: Words): string | null {
  const at = words.all.findIndex(({ is }) => is === "autocommit");
  if (peek(words) !== "set" || at === -1) return null;
  const value = words.all.slice(at + 1).find(({ is }) => is !== "=" && is !== ":");
  return value?.is ?? null;
}

/** Whether SET turns autocommit on with this value. */
export function isOn(value: string | null): boolean {
  return value !== null && /^(?:1|on|true)$/.test(value);
}
