import type { Outputs, Result } from "../github/outputs.ts";
import type { Resolved } from "../plan/resolution.ts";
import type { BackupReport } from "../report/backup-report.ts";
import type { DeployReport, ReportOutcome } from "../report/deploy-report.ts";
import type { Planned } from "../report/forms.ts";
import type { ReportVersion } from "../report/plan-report.ts";
import type { RollbackReport } from "../report/rollback-report.ts";
import type { Verification } from "../report/verification.ts";
import type { Looked } from "./look-forms.ts";

type Some = Partial<Outputs>;

/** What later steps can read of a plan, or of a status, which judges nothing. */
export function planOutputs({ report }: Planned): Some {
  const { environment, server, refused, plan, ledgers, versions } = report;
  const pending = ledgers.reduce((sum, each) => sum + each.pending, 0);
  const base = { environment: environment ?? "", database: server.database, "current-version": newest(versions) };
  if (plan === null) {
    return { ...base, result: refused ? "refused" : pending === 0 ? "nothing" : "done", ...ended(!refused), pending };
  }
  const { risk, verdict, digest, backup, mode, later, migrations } = plan;
  return {
    ...{ risk, verdict, digest, later, deploy: mode },
    findings: migrations.reduce((sum, { check }) => sum + check.findings.length, 0),
    pending: migrations.length,
    "backup-required": backup === "required",
    ...base,
    result: refused ? "refused" : planned(migrations.length, mode),
    ...ended(!refused),
  };
}

/** What later steps can read of a deploy. */
export function deployOutputs(report: DeployReport): Some {
  const { risk, verdict, digest, deploy, backup, pending, environment, database, outcomes } = report;
  const { backupId, verification, rollback } = report;
  const isBack = rollback?.exitStatus === 0;
  const applied = isBack ? [] : versionsOf(outcomes);
  const newest = isBack ? (rollback.after ?? "") : applied.at(-1);
  return {
    ...known({ risk, verdict, digest, deploy, pending }),
    ...(backup === null ? {} : { "backup-required": backup === "required" }),
    ...{ environment: environment ?? "", database: database ?? "", applied: applied.join(" ") },
    ...(newest === undefined ? {} : { "current-version": newest }),
    "backup-id": backupId ?? "",
    ...(verification === null ? {} : { valid: verification.valid }),
    result: resultOf(report),
    "exit-status": report.exitStatus,
  };
}

/** What later steps can read of a way back. */
export function rollbackOutputs(report: RollbackReport): Some {
  const { risk, digest, deploy, backup, environment, database, outcomes, backupId, before, after, migrations } = report;
  return {
    ...known({ risk, digest, deploy }),
    ...(backup === null ? {} : { "backup-required": backup === "required" }),
    pending: migrations.length,
    ...{ environment: environment ?? "", database: database ?? "", applied: versionsOf(outcomes).join(" ") },
    "current-version": (report.dryRun ? before : after) ?? "",
    "backup-id": backupId ?? "",
    ...(report.verification === null ? {} : { valid: report.verification.valid }),
    result: report.dryRun && report.refusal === null ? planned(migrations.length, deploy) : resultOf(report),
    "exit-status": report.exitStatus,
  };
}

/** What later steps can read of a verification. */
export function verifyOutputs({ valid }: Verification): Some {
  return { valid, result: valid ? "done" : "failed", ...ended(valid) };
}

/** What later steps can read of a backup, or of all that a store holds. */
export function backupOutputs(report: BackupReport): Some {
  if (report.command === "backup list") {
    return { result: report.backups.length === 0 ? "nothing" : "done", ...ended(true) };
  }
  const { backup, outcome } = report;
  const of = backup === null ? {} : { environment: backup.environment ?? "", database: backup.database };
  return { ...of, "backup-id": backup?.id ?? "", result: outcome, ...ended(outcome === "done") };
}

/** What later steps can read of a deploy that was to do nothing. */
export function lookOutputs({ planned, verification }: Looked): Some {
  const { result: _ofPlan, ...plan } = planOutputs(planned);
  const { valid } = verification;
  const result = planned.report.refused ? "refused" : valid ? "nothing" : "failed";
  return { ...plan, valid, applied: "", result, ...ended(result === "nothing") };
}

/** What later steps can read of unfinished migrations, and of what was decided. */
export function resolveOutputs({ unfinished, decided }: Resolved, exitStatus: 0 | 1 | 3): Some {
  const open = unfinished.length === 0 ? "nothing" : "waiting";
  const status = decided?.outcome?.status ?? "applied";
  const after = status === "applied" ? "done" : status === "undone" || status === "not-run" ? "failed" : "partial";
  return { result: decided === null ? open : after, "exit-status": exitStatus };
}

/** The outputs that are not null: those of what could not be told are not set. */
function known(outputs: { readonly [Name in keyof Outputs]?: Outputs[Name] | null }): Some {
  return Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== null));
}

/** The exit status of a command that knows only two. */
export function ended(isDone: boolean): Pick<Outputs, "exit-status"> {
  return { "exit-status": isDone ? 0 : 1 };
}

/** What a plan says of a deploy that has not begun. */
function planned(migrations: number, deploy: string | null): Result {
  if (migrations === 0) return "nothing";
  return deploy === "automatic" ? "done" : "waiting";
}

function resultOf({
  refusal,
  outcomes,
  exitStatus,
}: Pick<RollbackReport, "refusal" | "outcomes" | "exitStatus">): Result {
  if (refusal !== null) return refusal.code === "plan-not-agreed" ? "waiting" : "refused";
  if (exitStatus === 0) return outcomes.length === 0 ? "nothing" : "done";
  return outcomes.some(({ status }) => status === "partial" || status === "unknown") ? "partial" : "failed";
}

function versionsOf(outcomes: readonly ReportOutcome[]): readonly string[] {
  return outcomes.filter(({ status }) => status === "applied").map(({ version }) => version);
}

function newest(versions: readonly ReportVersion[]): string {
  return versions.findLast(({ standing }) => standing !== "pending" && standing !== "out-of-order")?.version ?? "";
}
