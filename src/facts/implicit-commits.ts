import type { StatementFacts } from "./facts.ts";
import { doesWork } from "./work.ts";

/** A statement that has ended its file's transaction by itself. */
export interface ImplicitCommit {
  readonly facts: StatementFacts;
  /** The statement that had begun the transaction; null where that was autocommit being off. */
  readonly begun: StatementFacts | null;
  /** What can no longer be rolled back: the statements since then that write rows. */
  readonly kept: readonly StatementFacts[];
  /** Rows that are written behind it and before the file's own COMMIT: each statement of them is a transaction of its own. */
  readonly apart: readonly StatementFacts[];
  /** Whether nothing else between the begin and the end of the transaction changes anything. */
  readonly isAlone: boolean;
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
      // Without an end of its own the file does not rely on one transaction behind this place.
      const rest = end === -1 ? [] : behind.slice(0, end);
      const kept = statements.slice(from, i).filter(writesRows);
      found.push({ facts, begun, kept, apart: rest.filter(writesRows), isAlone: ![...kept, ...rest].some(doesWork) });
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
