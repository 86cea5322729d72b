import type { Dialect } from "../../sql/dialects/dialect.ts";
import type { StatementFacts } from "../facts.ts";
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

/** A statement that has ended its file's transaction by itself. */
export interface ImplicitCommit {
  readonly facts: StatementFacts;
  /** The statement that had begun the transaction; null where that was autocommit being off. */
  readonly begun: StatementFacts | null;
  /** What can no longer be rolled back: the statements since then that write rows. */
  readonly kept: readonly StatementFacts[];
  /** Rows that are written behind it and before the file's own COMMIT: each statement of them is a transaction of its own. */
  readonly apart: readonly StatementFacts[];
}

/**
 * The statements of a file that end its transaction by themselves, for a rule to say so: what stands before them stays when the
 * rest fails, and so does what stands behind them. Empty for SQLite and for PostgreSQL.
 */
export function implicitCommits(statements: readonly StatementFacts[]): readonly ImplicitCommit[] {
  const found: ImplicitCommit[] = [];
  // Where the transaction that is open has begun: behind BEGIN, and behind what ended the one before.
  let from = 0;
  let begun: StatementFacts | null = null;
  for (const [i, facts] of statements.entries()) {
    const isImplicit = facts.effects.some(({ kind }) => kind === "no-transaction-block");
    if (isImplicit) {
      const behind = statements.slice(i + 1);
      const end = behind.findIndex(isEnd);
      const kept = statements.slice(from, i).filter(writesRows);
      // Without an end of its own the file does not rely on one transaction behind this place.
      found.push({ facts, begun, kept, apart: end === -1 ? [] : behind.slice(0, end).filter(writesRows) });
    }
    const begins = facts.actions.some(({ kind }) => kind === "begin");
    if (!isImplicit && !begins && !isEnd(facts)) continue;
    from = i + 1;
    begun = begins ? facts : null;
  }
  return found;
}

function isEnd({ actions }: StatementFacts): boolean {
  return actions.some(({ kind }) => kind === "commit" || kind === "rollback");
}

function writesRows({ actions }: StatementFacts): boolean {
  return actions.some(({ kind }) => ["insert", "update", "delete", "copy-from", "opaque"].includes(kind));
}
