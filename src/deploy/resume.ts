import { type Attempt, type Direction, sameNumber } from "../plan/attempt.ts";
import type { PlanDatabase } from "../plan/database.ts";

/** The attempts that stopped inside a script, the last of each version, where nothing has come after them. */
export function resumable(attempts: readonly Attempt[], wanted: Direction = "up"): readonly Attempt[] {
  const last = new Map<string, Attempt>();
  for (const attempt of attempts) last.set(`${attempt.ledger} ${attempt.version}`, attempt);
  return [...last.values()].filter(({ status, direction, statements }) => {
    // What a command has begun has no statement at which it could go on.
    return direction === wanted && statements > 0 && (status === "started" || status === "partial");
  });
}

/**
 * The database as a plan sees it when it may take those attempts up again: their versions are pending, not unfinished. golang-migrate's
 * ledger says by its one row that such a version is dirty, and that all below it are applied.
 */
export function overlooking(attempts: readonly Attempt[], database: PlanDatabase): PlanDatabase {
  return {
    ...database,
    async journal(table) {
      const entries = await database.journal(table);
      const ours = new Set(attempts.filter(({ ledger }) => ledger === table).map(({ version }) => version));
      return entries.filter(({ version, status }) => {
        return !ours.has(version) || (status !== "started" && status !== "partial");
      });
    },
    async ledger(choice) {
      const reading = await database.ledger(choice);
      const { dirty, upTo } = reading.state;
      const isOurs = attempts.some(({ ledger, version }) => ledger === reading.table && sameNumber(version, dirty));
      if (!isOurs || dirty === null) return reading;
      const below = upTo === dirty ? (BigInt(dirty) - 1n).toString() : upTo;
      return {
        ...reading,
        state: {
          ...reading.state,
          applied: reading.state.applied.filter(({ version }) => !sameNumber(version, dirty)),
          dirty: null,
          upTo: below === "0" || below === "-1" ? null : below,
        },
      };
    },
  };
}
