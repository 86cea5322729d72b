import type { RollbackTrigger } from "../config/environments.ts";
import type { Attempt } from "../plan/attempt.ts";
import type { RollbackResult } from "../plan/back-result.ts";
import type { PlanDatabase } from "../plan/database.ts";
import type { DeployResult, Refusal } from "../plan/deployed.ts";
import { exitStatusOf, type Outcome } from "../plan/outcome.ts";
import type { Plan } from "../plan/plan.ts";
import type { TakenBackup } from "../plan/taken-backup.ts";
import type { Target, Task } from "../plan/target.ts";
import { applyAll, unverified } from "./apply-all.ts";
import type { Around, Ending } from "./around.ts";
import { type Backups, backupFor } from "./backups.ts";
import { type Checks, checkAfter } from "./checks.ts";
import { type JobSources, jobsOf } from "./jobs.ts";
import { leadIn, refusalIn } from "./refusal.ts";
import { changedMeanwhile, type Request, refusalOf } from "./refuse.ts";
import { overlooking, resumable } from "./resume.ts";
import { verify } from "./verify.ts";

/** What a deploy needs from outside. */
export interface DeployPorts extends JobSources {
  /** Connects and takes the locks. Throws UserError. */
  open(): Promise<Target>;
  /** With the attempts that it may take up again. */
  plan(database: PlanDatabase, resumed: readonly Attempt[]): Promise<Plan>;
  /** Throws UserError with everything that speaks against beginning now. */
  preflight(plan: Plan, target: Target): Promise<void>;
  readonly backups: Backups;
  readonly checks: Checks;
  readonly around: Around;
  /** Takes back what this run has applied, where the config has agreed to that; null: it has not. */
  goBack(after: RollbackTrigger, versions: readonly string[], target: Target): Promise<RollbackResult> | null;
  readonly signal: AbortSignal;
}

/** plan → preflight → backup → apply → verify: the only place that knows the order. Throws UserError where the request itself is wrong. */
export async function deploy(request: Omit<Request, "makesBackup">, ports: DeployPorts): Promise<DeployResult> {
  let target: Target;
  try {
    target = await ports.open();
  } catch (thrown) {
    return { ...nothing, plan: null, refusal: refusalIn(thrown), exitStatus: 1 };
  }
  try {
    return await withTarget(request, target, ports);
  } finally {
    await target.close();
  }
}

async function withTarget(
  request: Omit<Request, "makesBackup">,
  target: Target,
  ports: DeployPorts,
): Promise<DeployResult> {
  let begin: Beginning;
  try {
    begin = await prepare(request, target, ports);
  } catch (thrown) {
    return { ...nothing, plan: null, refusal: refusalIn(thrown), exitStatus: 1 };
  }
  const { plan, refusal, jobs, broken, backup } = begin;
  if (refusal !== null) return { ...nothing, plan, refusal, backup, exitStatus: 1 };
  if (jobs.length > 0) {
    const stopped = await leadIn(ports.around, {
      ...{ command: "migrate", database: plan.server.database, digest: plan.digest, risk: plan.risk },
      versions: plan.migrations.map(({ migration }) => migration.version),
    });
    if (stopped !== null) return { ...nothing, plan, refusal: stopped, backup, exitStatus: 1 };
  }
  const outcomes = await applyAll(jobs, target, ports.signal);
  const verified = await verify({ plan, outcomes, broken }, target, ports).catch(unverified);
  const applied = exitStatusOf(outcomes);
  const statements = plan.migrations.flatMap(({ script }) => script.file.statements);
  const ledgers = plan.directories.map(({ ledger }) => ledger.table);
  const { signal } = ports;
  const checked = await checkAfter(ports.checks, { statements, ledgers }, { isDone: applied === 0, signal });
  const amiss = [...verified.amiss, ...checked.amiss];
  const status = applied === 0 && amiss.length > 0 ? 3 : applied;
  const health = checked.onlyHealth && verified.amiss.length === 0;
  const after = applied !== 0 ? "migration-failed" : health ? "health-failed" : "verify-failed";
  const rollback = status === 0 ? null : await afterFailure(after, outcomes, target, ports);
  const ending: Ending = status === 0 ? "done" : rollback?.exitStatus === 0 ? "rolled-back" : "failed";
  const late = await ports.around.end(ending);
  const warnings = [...withoutBackup(plan, jobs, backup), ...verified.warnings, ...checked.warnings];
  const done = { plan, refusal: null, backup, outcomes, amiss: [...amiss, ...late], warnings, rollback };
  // Gone back whole: the database is as it was.
  const end = ending === "rolled-back" ? 1 : status;
  return { ...done, exitStatus: late.length > 0 ? 3 : end };
}

/** Goes back where the config says so: never after a cancel, and not where a migration is in the database in part. */
async function afterFailure(
  after: RollbackTrigger,
  outcomes: readonly Outcome[],
  target: Target,
  { goBack, signal }: DeployPorts,
): Promise<RollbackResult | null> {
  const versions = outcomes.filter(({ status }) => status === "applied").map(({ version }) => version);
  const isClean = outcomes.every(({ status }) => status !== "partial" && status !== "unknown");
  // Replicas that are behind are no fault of the migrations: taking some back would only give them more to catch up with.
  const isBraked = outcomes.some((each) => each.status === "undone" && each.failure.code === "replica-lag");
  if (signal.aborted || !isClean || isBraked || versions.length === 0) return null;
  return goBack(after, versions, target);
}

/** A recommendation that nobody followed. */
function withoutBackup({ policy, risk }: Plan, jobs: readonly Task[], backup: TakenBackup | null): readonly string[] {
  if (policy.backup !== "recommended" || backup !== null || jobs.length === 0) return [];
  return [`A backup is recommended before a plan of risk ${risk}, and there is none: --backup always makes one.`];
}

interface Beginning {
  readonly plan: Plan;
  readonly refusal: Refusal | null;
  readonly jobs: readonly Task[];
  /** Indexes that are INVALID already. */
  readonly broken: ReadonlySet<string>;
  readonly backup: TakenBackup | null;
}

/** Everything that only reads. Throws UserError where the request is wrong, or the database does not answer. */
async function prepare(request: Omit<Request, "makesBackup">, target: Target, ports: DeployPorts): Promise<Beginning> {
  const attempts = resumable(await target.attempts());
  const plan = await ports.plan(overlooking(attempts, target.database), attempts);
  const begin = { plan, refusal: null, jobs: [], broken: new Set<string>(), backup: null };
  const makesBackup = ports.backups.make !== null && ports.backups.counts;
  const refusal = refusalOf(plan, { ...request, makesBackup });
  if (refusal !== null) return { ...begin, refusal };
  const prepared = jobsOf(plan, attempts, ports);
  if (prepared.kind === "refused") return { ...begin, refusal: prepared.refusal };
  if (prepared.jobs.length === 0) return begin;
  await ports.preflight(plan, target);
  const { server, directories, policy } = plan;
  const wanted = { id: request.backupId, isRequired: policy.backup === "required", server, directories };
  const backup = await backupFor(wanted, ports.backups);
  if (backup?.made === true) {
    // It may have taken hours, in which others than Lockkeeper could do what they liked.
    const now = await ports.plan(overlooking(attempts, target.database), attempts);
    if (now.digest !== plan.digest) return { ...begin, backup, refusal: changedMeanwhile(plan, now) };
    await ports.preflight(now, target);
  }
  await ports.checks.before();
  await target.begin();
  const jobs = prepared.jobs.map((job) => ({ ...job, backupId: backup?.id ?? null }));
  return { ...begin, jobs, backup, broken: new Set(await target.brokenIndexes()) };
}

const nothing = { refusal: null, backup: null, outcomes: [], amiss: [], warnings: [], rollback: null } as const;
