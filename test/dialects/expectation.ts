import type { Dialect } from "../../src/sql/dialects/dialect.ts";
import type { ExpectedStatement } from "../chains/expectation.ts";

/** What is known of a chain of migrations of another database, written by hand from the risk table and from that database's documentation. */
export interface ExpectedDialectChain {
  readonly dialect: Dialect;
  /** In the order in which they are applied. Each is judged alone, with the earlier ones as its history. */
  readonly migrations: readonly { readonly path: string; readonly statements: readonly ExpectedStatement[] }[];
}
