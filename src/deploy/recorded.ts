import type { LedgerState } from "../migrations/recorded.ts";

/** Whether a ledger counts a version as applied. */
export function isRecorded(state: LedgerState, version: string, order: (version: string) => bigint | string): boolean {
  const place = order(version);
  const same = (other: string): boolean => {
    try {
      return order(other) === place;
    } catch {
      return false;
    }
  };
  if (state.applied.some((each) => same(each.version))) return true;
  return state.upTo !== null && order(state.upTo) >= place;
}
