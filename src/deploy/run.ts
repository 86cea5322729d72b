import { UserError } from "../errors.ts";
import type { PlanDatabase } from "../plan/database.ts";
import type { DeployResult, Refusal } from "../plan/deployed.ts";
import { exitStatusOf, type Outcome } from "../plan/outcome.ts";
import type { Plan } from "../plan/plan.ts";
import type { Job, Target } from "../plan/target.ts";
import { type JobSources, jobsOf } from "./jobs.ts";
import { type Request, refusalOf } from "./refuse.ts";
import { overlooking, resumable } from "./resume.ts";
import { type Verified, verify } from "./verify.ts";

/** What a deploy needs from outside. */
export interface DeployPorts extends JobSources {
  /** Connects and takes the locks. Throws UserError. */
  open(): Promise<Target>;
  plan(database: PlanDatabase): Promise<Plan>;
  /** Throws UserError with everything that speaks against beginning now. */
  preflight(plan: Plan, target: Target): Promise<void>;
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
  const outcomes = await applyAll(jobs, target, ports.signal);
  const { amiss, warnings } = await verify({ plan, outcomes, broken }, target, ports).catch(unverified);
  const status = exitStatusOf(outcomes);
  return { plan, refusal: null, outcomes, amiss, warnings, exitStatus: status === 0 && amiss.length > 0 ? 3 : status };
}

interface Beginning {
  readonly plan: Plan;
  readonly refusal: Refusal | null;
  readonly jobs: readonly Job[];
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

const nothing = { refusal: null, outcomes: [], amiss: [], warnings: [] } as const;

/** What the database or its server speaks against is a refusal; everything else goes on up. */
function refused(plan: Plan | null, thrown: unknown): DeployResult {
  if (!(thrown instanceof UserError)) throw thrown;
  const { code, message, details, hint } = thrown;
  return { ...nothing, plan, refusal: { code, message, details, hint }, exitStatus: 1 };
}
