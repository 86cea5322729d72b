import type { Host } from "./address.ts";
import type { DatabaseError } from "./errors.ts";

/** What a query has answered. */
export interface QueryResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly rowCount: number | null;
  readonly command: string;
}

/** One pinned connection to the target. Without values the text goes by the simple protocol, and may hold several statements or none. */
export interface Session {
  /** Throws DatabaseError where the server refuses. */
  query(sql: string, values?: readonly unknown[]): Promise<QueryResult>;
  readonly pid: number;
  /** As the server counts: 180004. */
  readonly serverVersion: number;
  close(): Promise<void>;
}

/** One statement, as it is sent. */
export interface Sent {
  readonly sql: string;
  readonly values?: readonly unknown[];
}

/** What became of statements that were sent together. Nothing after the one that failed has run. */
export type Answer =
  | {
      readonly kind: "done";
      /** Rows that each of them counted; null where it counts none. */
      readonly rowCounts: readonly (number | null)[];
      /** The last row that any of them returned, as text. */
      readonly lastRow: readonly (string | null)[];
    }
  | { readonly kind: "failed"; readonly index: number; readonly error: DatabaseError };

/** The connection that migrations run on. */
export interface ApplySession extends Session {
  /** The server that it leads to. */
  readonly at: Host;
  /**
   * Sends the statements at once and waits for all answers: one round trip, and still one statement at a time for the server, which
   * skips all that follow an error. Each must be one statement alone.
   */
  send(statements: readonly Sent[], onDone?: (index: number) => void): Promise<Answer>;
  /** What the server last said of the transaction. */
  readonly transaction: "none" | "open" | "failed";
  /** When the request that is out was sent, in milliseconds of `performance.now()`; null while none is. */
  readonly waitingSince: number | null;
  /** Whether a watch looks after it: then a request may take as long as it needs. Otherwise the connection is given up after a while. */
  isWatched: boolean;
  /** Breaks the connection off, for answers that will not come. */
  abandon(): void;
}
