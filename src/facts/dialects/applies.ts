import { type Dialect, dialects } from "../../sql/dialects/dialect.ts";

const mysqlOnly: readonly Dialect[] = ["mysql", "mariadb"];

/**
 * The rules whose words hold for other databases than PostgreSQL. Every other rule speaks of PostgreSQL's locks, of CONCURRENTLY, NOT
 * VALID or its errors, and is silent there; a rule that is new is, until somebody has thought of it here.
 */
const holdsFor: ReadonlyMap<string, readonly Dialect[]> = new Map([
  // About files and what their authors say in them: the same everywhere.
  ["accepted-finding", dialects],
  ["duplicate-version", dialects],
  ["invalid-directive", dialects],
  ["missing-down", dialects],
  ["missing-up", dialects],
  ["unreadable-file", dialects],
  ["unrecognised-file", dialects],
  ["unused-allowance", dialects],
  // About what is lost, whoever stores it, and about what nobody has read.
  ["drop-column", dialects],
  ["drop-object", mysqlOnly],
  ["drop-table", dialects],
  ["opaque-statement", dialects],
  ["truncate-table", mysqlOnly],
  ["unbatched-write", dialects],
]);

/** Whether what a rule says is true of the dialect. */
export function appliesTo(ruleId: string, dialect: Dialect): boolean {
  return holdsFor.get(ruleId)?.includes(dialect) === true;
}

/** The ids of the rules that hold for some other database. */
export function rulesOfDialects(): readonly string[] {
  return [...holdsFor.keys()];
}
