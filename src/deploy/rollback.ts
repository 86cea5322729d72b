import type { Attempt } from "../plan/attempt.ts";
import type { BackPlan, RollbackReason } from "../plan/back.ts";
import type { RollbackResult } from "../plan/back-result.ts";
import type { PlanDatabase } from "../plan/database.ts";
import type { Refusal } from "../plan/deployed.ts";
import { exitStatusOf } from "../plan/outcome.ts";
import type { TakenBackup } from "../plan/taken-backup.ts";
import type { Target, Task } from "../plan/target.ts";
import { applyAll, unverified } from "./apply-all.ts";
import type { Around } from "./around.ts";
import { backJobsOf } from "./back-jobs.ts";
import { type BackAgreement, backRefusalOf, needsBackup } from "./back-refusal.ts";
import { verifyBack } from "./back-verify.ts";
import { type Backups, backupFor } from "./backups.ts";
import { type Checks, checkAfter } from "./checks.ts";
import type { JobSources } from "./jobs.ts";
import { leadIn, refusalIn } from "./refusal.ts";
import { changedMeanwhile } from "./refuse.ts";
import { overlooking, resumable } from "./resume.ts";

/** What going back needs from outside. */
export interface RollbackPorts extends JobSources {
  /** What going back would do; the attempts are those of the journal. Throws UserError. */
  plan(database: PlanDatabase, target: Pick<Target, "losses">, attempts: readonly Attempt[]): Promise<BackPlan>;
  /** Throws UserError with everything that speaks against beginning now. */
  preflight(plan: BackPlan): Promise<void>;
  readonly backups: Backups;
  readonly checks: Checks;
  readonly around: Around;
  readonly signal: AbortSignal;
}

/** What is asked of going back. */
export interface RollbackRequest extends Omit<BackAgreement, "makesBackup"> {
  readonly reason: RollbackReason;
}

/** plan → preflight → backup → take back → verify, on a database that is open and locked. */
export async function rollbackOn(
  request: RollbackRequest,
  target: Target,
  ports: RollbackPorts,
): Promise<RollbackResult> {
  const { reason, automatic } = request;
  const base: RollbackResult = {
    ...{ reason, automatic: automatic !== null, plan: null, refusal: null, backup: null },
    ...{ outcomes: [], amiss: [], warnings: [], exitStatus: 1 },
  };
  let begin: Beginning;
  try {
    begin = await prepare(request, target, ports);
  } catch (thrown) {
    return { ...base, refusal: refusalIn(thrown) };
  }
  const { plan, refusal, jobs, broken, backup } = begin;
  if (refusal !== null) return { ...base, plan, refusal, backup };
  const { around, signal } = ports;
  const stopped = await leadIn(around, {
    ...{ command: "rollback", database: plan.server.database, digest: plan.digest, risk: plan.risk },
    versions: plan.migrations.map(({ migration }) => migration.version),
  });
  if (stopped !== null) return { ...base, plan, backup, refusal: stopped };
  const outcomes = await applyAll(jobs, target, signal);
  const verified = await verifyBack({ plan, outcomes, broken }, target, ports).catch(unverified);
  const status = exitStatusOf(outcomes);
  const statements = plan.migrations.flatMap(({ script }) => script.file.statements);
  const done = { statements, ledgers: [plan.directory.ledger.table] };
  const checked = await checkAfter(ports.checks, done, { isDone: status === 0, signal });
  const wrong = [...verified.amiss, ...checked.amiss];
  const amiss = [...wrong, ...(await around.end(status === 0 && wrong.length === 0 ? "rolled-back" : "failed"))];
  const gone = plan.migrations.flatMap((each, i) => (outcomes[i]?.status === "applied" ? each.gone : []));
  const warnings = [...gone, ...verified.warnings, ...checked.warnings];
  const exitStatus = amiss.length > 0 && status === 0 ? 3 : status;
  return { ...base, plan, backup, outcomes, amiss, warnings, exitStatus };
}

/** Connects, takes the locks and goes back. Throws what is no word of the database or the request. */
export async function rollback(
  request: RollbackRequest,
  ports: RollbackPorts & { open(): Promise<Target> },
): Promise<RollbackResult> {
  let target: Target;
  try {
    target = await ports.open();
  } catch (thrown) {
    const { reason, automatic } = request;
    return {
      ...{ reason, automatic: automatic !== null, plan: null, refusal: refusalIn(thrown), backup: null },
      ...{ outcomes: [], amiss: [], warnings: [], exitStatus: 1 },
    };
  }
  try {
    return await rollbackOn(request, target, ports);
  } finally {
    await target.close();
  }
}

interface Beginning {
  readonly plan: BackPlan;
  readonly refusal: Refusal | null;
  readonly jobs: readonly Task[];
  readonly broken: ReadonlySet<string>;
  readonly backup: TakenBackup | null;
}

async function prepare(request: RollbackRequest, target: Target, ports: RollbackPorts): Promise<Beginning> {
  const all = await target.attempts();
  const attempts = resumable(all, "down");
  const plan = await ports.plan(overlooking(attempts, target.database), target, all);
  const begin = { plan, refusal: null, jobs: [], broken: new Set<string>(), backup: null };
  const refusal = backRefusalOf(plan, { ...request, makesBackup: ports.backups.make !== null && ports.backups.counts });
  if (refusal !== null) return { ...begin, refusal };
  const prepared = backJobsOf(plan, attempts, ports);
  if (prepared.kind === "refused") return { ...begin, refusal: prepared.refusal };
  await ports.preflight(plan);
  // What the config has agreed to loses nothing.
  const isRequired = request.automatic === null && needsBackup(plan);
  const of = { server: plan.server, directories: [plan.directory] };
  const backup = await backupFor({ ...of, id: request.backupId, isRequired }, ports.backups);
  if (backup?.made === true) {
    // It may have taken hours, in which others than Lockkeeper could do what they liked.
    const now = await ports.plan(overlooking(attempts, target.database), target, all);
    if (now.digest !== plan.digest) return { ...begin, backup, refusal: changedMeanwhile(plan, now) };
    await ports.preflight(now);
  }
  await ports.checks.before();
  await target.begin();
  const broken = new Set(await target.brokenIndexes());
  const jobs = prepared.jobs.map((job) => ({ ...job, backupId: backup?.id ?? null }));
  return { ...begin, jobs, broken, backup };
}
