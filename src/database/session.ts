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
