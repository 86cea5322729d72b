import { UserError } from "../errors.ts";
import type { RollbackResult } from "../plan/back-result.ts";
import type { PlanDatabase } from "../plan/database.ts";
import type { DeployResult, Refusal } from "../plan/deployed.ts";
import { exitStatusOf } from "../plan/outcome.ts";
import type { Plan } from "../plan/plan.ts";
import type { Target, Task } from "../plan/target.ts";
import { applyAll, unverified } from "./apply-all.ts";
import type { Around, Ending } from "./around.ts";
import { type JobSources, jobsOf } from "./jobs.ts";
import { type Request, refusalOf } from "./refuse.ts";
import { overlooking, resumable } from "./resume.ts";
import { verify } from "./verify.ts";

/** What a deploy needs from outside. */
export interface DeployPorts extends JobSources {
  /** Connects and takes the locks. Throws UserError. */
  open(): Promise<Target>;
  plan(database: PlanDatabase): Promise<Plan>;
  /** Throws UserError with everything that speaks against beginning now. */
  preflight(plan: Plan, target: Target): Promise<void>;
  readonly around: Around;
  /** Takes back what this run has applied, where the config has agreed to that; null: it has not. */
  goBack(
    after: "migration-failed" | "verify-failed",
    versions: readonly string[],
    target: Target,
  ): Promise<RollbackResult> | null;
  readonly signal: AbortSignal;
}

/** plan → preflight → apply → verify: the only place that knows the order. Throws UserError where the request itself is wrong. */
export async function deploy(request: Request, ports: DeployPorts): Promise<DeployResult> {
  let target: Target;
  try {
    target = await ports.open();
  } catch (thrown) {
    return refused(null, thrown);
  }
  try {
    return await withTarget(request, target, ports);
  } finally {
    await target.close();
  }
}

async function withTarget(request: Request, target: Target, ports: DeployPorts): Promise<DeployResult> {
  let begin: Beginning;
  try {
    begin = await prepare(request, target, ports);
  } catch (thrown) {
    return refused(null, thrown);
  }
  const { plan, refusal, jobs, broken } = begin;
  if (refusal !== null) return { ...nothing, plan, refusal, exitStatus: 1 };
  if (jobs.length > 0) {
    const stopped = await ports.around.begin({
      ...{ command: "migrate", database: plan.server.database, digest: plan.digest, risk: plan.risk },
      versions: plan.migrations.map(({ migration }) => migration.version),
    });
    if (stopped !== null) {
      const details = await ports.around.end("failed");
      const hook: Refusal = {
        code: "hook-failed",
        message: stopped,
        details,
        hint: "put it right, then run it again: nothing of the plan was begun.",
      };
      return { ...nothing, plan, refusal: hook, exitStatus: 1 };
    }
  }
  const outcomes = await applyAll(jobs, target, ports.signal);
  const { amiss, warnings } = await verify({ plan, outcomes, broken }, target, ports).catch(unverified);
  const applied = exitStatusOf(outcomes);
  const status = applied === 0 && amiss.length > 0 ? 3 : applied;
  const rollback = status === 0 ? null : await afterFailure({ outcomes, amiss }, target, ports);
  const ending: Ending = status === 0 ? "done" : rollback?.exitStatus === 0 ? "rolled-back" : "failed";
  const late = await ports.around.end(ending);
  const done = { plan, refusal: null, outcomes, amiss: [...amiss, ...late], warnings, rollback };
  // Gone back whole: the database is as it was.
  const end = ending === "rolled-back" ? 1 : status;
  return { ...done, exitStatus: late.length > 0 ? 3 : end };
}

/** Goes back where the config says so: never after a cancel, and not where a migration is in the database in part. */
async function afterFailure(
  { outcomes, amiss }: Pick<DeployResult, "outcomes" | "amiss">,
  target: Target,
  { goBack, signal }: DeployPorts,
): Promise<RollbackResult | null> {
  const versions = outcomes.filter(({ status }) => status === "applied").map(({ version }) => version);
  const isClean = outcomes.every(({ status }) => status !== "partial" && status !== "unknown");
  if (signal.aborted || !isClean || versions.length === 0) return null;
  const failed = outcomes.some(({ status }) => status === "undone");
  if (!failed && amiss.length === 0) return null;
  return goBack(failed ? "migration-failed" : "verify-failed", versions, target);
}

interface Beginning {
  readonly plan: Plan;
  readonly refusal: Refusal | null;
  readonly jobs: readonly Task[];
  /** Indexes that are INVALID already. */
  readonly broken: ReadonlySet<string>;
}

/** Everything that only reads. Throws UserError where the request is wrong, or the database does not answer. */
async function prepare(request: Request, target: Target, ports: DeployPorts): Promise<Beginning> {
  const attempts = resumable(await target.attempts());
  const plan = await ports.plan(overlooking(attempts, target.database));
  const begin = { plan, refusal: null, jobs: [], broken: new Set<string>() };
  const refusal = refusalOf(plan, request, attempts);
  if (refusal !== null) return { ...begin, refusal };
  const prepared = jobsOf(plan, attempts, ports);
  if (prepared.kind === "refused") return { ...begin, refusal: prepared.refusal };
  const { jobs } = prepared;
  if (jobs.length > 0) await ports.preflight(plan, target);
  return { ...begin, jobs, broken: new Set(await target.brokenIndexes()) };
}

const nothing = { refusal: null, outcomes: [], amiss: [], warnings: [], rollback: null } as const;

/** What the database or its server speaks against is a refusal; everything else goes on up. */
function refused(plan: Plan | null, thrown: unknown): DeployResult {
  if (!(thrown instanceof UserError)) throw thrown;
  const { code, message, details, hint } = thrown;
  return { ...nothing, plan, refusal: { code, message, details, hint }, exitStatus: 1 };
}
