import { type Relation, same } from "../sql/names.ts";
import type { Effect, Lock, StatementFacts } from "./facts.ts";
import { blocksReads, type LockMode, stronger } from "./locks.ts";

/** Who waits while a lock of this mode is held on a table: the beginning of a sentence. */
export function whoWaits(mode: LockMode, table: string): string {
  return blocksReads(mode) ? `Nobody can read or write ${table}` : `Writes to ${table} wait`;
}

/** The strongest lock on a relation among these effects; null where there is none. */
export function lockOn(of: Relation, effects: readonly Effect[]): LockMode | null {
  let strongest: LockMode | null = null;
  for (const effect of effects) {
    if (effect.kind !== "lock" || effect.relation === null || !same(effect.relation, of)) continue;
    strongest = strongest === null ? effect.mode : stronger(strongest, effect.mode);
  }
  return strongest;
}

/** The line of the statement with which the transaction took a lock that it still holds when the statement at this place starts. */
export function takenOnLine(
  statements: readonly StatementFacts[],
  at: number,
  { relation, mode }: Lock,
): number | null {
  let line: number | null = null;
  for (let i = at - 1; i >= 0; i--) {
    const earlier = statements[i];
    if (earlier === undefined || endsTransaction(earlier)) break;
    if (lockOn(relation, earlier.effects) === mode) line = earlier.statement.span.line;
  }
  return line;
}

/** Whether a statement commits or rolls back what stands before it. */
export function endsTransaction({ actions }: StatementFacts): boolean {
  return actions.some(({ kind }) => kind === "commit" || kind === "rollback");
}
