import { UserError } from "../errors.ts";
import { isCommand } from "../plan/command.ts";
import type { Outcome } from "../plan/outcome.ts";
import type { Target, Task } from "../plan/target.ts";
import type { Verified } from "./verified.ts";

/** What could not be looked at is not as planned. */
export function unverified(thrown: unknown): Verified {
  if (!(thrown instanceof UserError)) throw thrown;
  return { amiss: [`It could not be verified: ${thrown.message}`], warnings: [] };
}

/** One after the other; after the first that does not end well nothing more is begun. */
export async function applyAll(
  jobs: readonly Task[],
  target: Target,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const job of jobs) {
    const stopped = signal.aborted || outcomes.some(({ status }) => status !== "applied");
    if (stopped) outcomes.push(...migrationsIn(job).map(notRun));
    else if (isCommand(job)) outcomes.push(...(await target.run(job)));
    else outcomes.push(await target.apply(job));
  }
  return outcomes;
}

function migrationsIn(job: Task): readonly Pick<Outcome, "version" | "name" | "path">[] {
  return isCommand(job) ? job.tasks : [job.script];
}

function notRun({ version, name, path }: Pick<Outcome, "version" | "name" | "path">): Outcome {
  return { version, name, path, status: "not-run" };
}
