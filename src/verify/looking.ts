import { DatabaseError } from "../database/errors.ts";
import { number, type Row } from "../database/rows.ts";
import type { ApplySession, Session } from "../database/session.ts";
import type { Looked, VerifyCheck, VerifyProblem } from "../report/verification.ts";

/** Collects what one kind of check finds. */
export interface Looking {
  /** Something was looked at. */
  look(): void;
  error(message: string, more?: Said): void;
  warning(message: string, more?: Said): void;
  readonly result: Looked;
}

type Said = Partial<Omit<VerifyProblem, "check" | "message">>;

export function startLooking(check: VerifyCheck): Looking {
  const errors: VerifyProblem[] = [];
  const warnings: VerifyProblem[] = [];
  let looked = 0;
  const problem = (
    message: string,
    { table = null, field = null, hint = null, rows = [] }: Said = {},
  ): VerifyProblem => {
    return { check, table, field, message, hint, rows };
  };
  return {
    look() {
      looked += 1;
    },
    error: (message, more) => void errors.push(problem(message, more)),
    warning: (message, more) => void warnings.push(problem(message, more)),
    get result() {
      return { check, looked, errors, warnings };
    },
  };
}

/**
 * Asks the database in a transaction that can only read and is rolled back, for at most so long. Null where it took longer; what the
 * server refuses otherwise is thrown.
 */
export async function ask<T>(
  session: Session,
  { timeoutMs }: { readonly timeoutMs: number },
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    // A table that somebody holds is not waited for: nobody is to wait behind a check either.
    await session.query(
      `BEGIN TRANSACTION READ ONLY; SET LOCAL statement_timeout = ${Math.ceil(timeoutMs)};
       SET LOCAL lock_timeout = ${Math.ceil(Math.min(timeoutMs, 5000))}; SET LOCAL idle_in_transaction_session_timeout = 0`,
    );
    return await work();
  } catch (thrown) {
    if (isTooLong(thrown)) return null;
    throw thrown;
  } finally {
    await session.query("ROLLBACK").catch(() => undefined);
  }
}

const mostAtOnce = 50;

/**
 * Asks a query of one row for each of many, fifty in one round trip: a server far away would be waited for hundreds of times. When a
 * batch fails or takes too long, its members and the rest are not answered: they are to be asked for one by one.
 */
export async function askMany<T>(
  session: Session,
  { timeoutMs, first = "" }: { readonly timeoutMs: number; readonly first?: string },
  { all, query }: { readonly all: readonly T[]; query(one: T): string },
): Promise<ReadonlyMap<T, Row>> {
  const answers = new Map<T, Row>();
  for (let from = 0; from < all.length; from += mostAtOnce) {
    const some = all.slice(from, from + mostAtOnce);
    const union = some.map((one, i) => `SELECT ${i} AS place, asked.* FROM (${query(one)}) asked`).join(" UNION ALL ");
    const rows = await ask(session, { timeoutMs }, async () => (await session.query(first + union)).rows).catch(
      (thrown: unknown) => {
        if (!(thrown instanceof DatabaseError) || thrown.lost) throw thrown;
        return null;
      },
    );
    if (rows === null) return answers;
    for (const row of rows) {
      const one = some[number(row, "place")];
      if (one !== undefined) answers.set(one, row);
    }
  }
  return answers;
}

/** A connection that can also send one statement alone. */
export type VerifySession = Session & Pick<ApplySession, "send">;

/**
 * Sends what somebody else has written, as one statement: a text of several would be run whole, and with a COMMIT in it the
 * transaction would not hold the rest to reading. Returns its last row as text.
 */
export async function sendAlone(session: VerifySession, sql: string): Promise<readonly (string | null)[]> {
  const answer = await session.send([{ sql }]);
  if (answer.kind === "failed") throw answer.error;
  return answer.lastRow;
}

/** The limit of time, or a lock that was not to be had. */
function isTooLong(thrown: unknown): boolean {
  return thrown instanceof DatabaseError && (thrown.sqlstate === "57014" || thrown.sqlstate === "55P03");
}

/** What the server said, without any row of a table: it can be shown. */
export function inWords(error: DatabaseError): string {
  return `${error.message}${error.sqlstate === null ? "" : ` (${error.sqlstate})`}`;
}
