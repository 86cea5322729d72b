/** What a team wants done around a deploy: hooks, and people who are told. */
export interface Around {
  /** Before anything is done. What went wrong, so that nothing is begun; null: go on. */
  begin(what: Begun): Promise<string | null>;
  /** When it is over, however it ended; may be called more than once, and does its work once. What went wrong, one line each. */
  end(how: Ending): Promise<readonly string[]>;
}

/** What is about to be done. */
export interface Begun {
  readonly command: "migrate" | "rollback";
  readonly database: string;
  readonly digest: string;
  readonly risk: string;
  /** In the order in which they run. */
  readonly versions: readonly string[];
}

export type Ending = "done" | "failed" | "rolled-back";

/** Nobody wants anything. */
export const nothingAround: Around = { begin: async () => null, end: async () => [] };
