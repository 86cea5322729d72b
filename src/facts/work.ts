import type { ActionKind } from "./actions.ts";
import type { StatementFacts } from "./facts.ts";

/** Actions that leave nothing behind in the database. */
const idle: ReadonlySet<ActionKind> = new Set<ActionKind>([
  "begin",
  "commit",
  "rollback",
  "savepoint",
  "rollback-to",
  "release",
  "set",
  "session-other",
  "select",
  "copy-to",
  "lock-table",
]);

/** Whether a statement changes anything that a commit keeps and a rollback undoes. */
export function doesWork({ actions }: StatementFacts): boolean {
  return actions.some(({ kind }) => !idle.has(kind));
}
