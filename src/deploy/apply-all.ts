import { UserError } from "../errors.ts";
import type { Outcome } from "../plan/outcome.ts";
import type { Job, Target } from "../plan/target.ts";
import type { Verified } from "./verify.ts";

/** What could not be looked at is not as planned. */
export function unverified(thrown: unknown): Verified {
  if (!(thrown instanceof UserError)) throw thrown;
  return { amiss: [`It could not be verified: ${thrown.message}`], warnings: [] };
}

/** One after the other; after the first that does not end well nothing more is begun. */
export async function applyAll(jobs: readonly Job[], target: Target, signal: AbortSignal): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const job of jobs) {
    const { version, name, path } = job.script;
    const stopped = signal.aborted || outcomes.some(({ status }) => status !== "applied");
    outcomes.push(stopped ? { version, name, path, status: "not-run" } : await target.apply(job));
  }
  return outcomes;
}
