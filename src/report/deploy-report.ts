import { isGenerated } from "../migrations/generated.ts";
import type { DeployResult } from "../plan/deployed.ts";
import { type ReportOutcome, type ReportRefusal, reportOutcome } from "./deploy-outcomes.ts";
import { type RollbackReport, rollbackReport } from "./rollback-report.ts";
import type { Verification } from "./verification.ts";

export { type ReportFailure, type ReportOutcome, type ReportRefusal, reportOutcome } from "./deploy-outcomes.ts";

/** What `migrate` says in public, schema 1: the JSON output is this value as it stands. */
export interface DeployReport {
  readonly schema: 1;
  readonly command: "migrate" | "resolve" | "force";
  readonly environment: string | null;
  readonly database: string | null;
  readonly digest: string | null;
  readonly risk: string | null;
  readonly verdict: string | null;
  /** How the policy has it deployed, and what it says of a backup; null where nothing is pending. */
  readonly deploy: string | null;
  readonly backup: string | null;
  /** How many migrations were to be applied; null where that could not be told. */
  readonly pending: number | null;
  readonly backupId: string | null;
  /** How far that backup is proved; null where there is none, or where it is in no store that could be asked. */
  readonly backupProof: string | null;
  readonly refusal: ReportRefusal | null;
  readonly outcomes: readonly ReportDeployed[];
  readonly amiss: readonly string[];
  readonly warnings: readonly string[];
  /** What was found in the database at last; null where nobody looked. */
  readonly verification: Verification | null;
  /** What became of going back after a failure; null where that was not tried. */
  readonly rollback: RollbackReport | null;
  /** 0 done or nothing to do, 1 refused or failed and the database is as it was, 3 a migration is in it in part. */
  readonly exitStatus: 0 | 1 | 3;
}

/** What was done to one migration, with the digest of its scripts, by which a later environment knows it again; null where one could not be read. */
export interface ReportDeployed extends ReportOutcome {
  readonly digest: string | null;
}

/** A deploy as it is shown. */
export function deployReport(result: DeployResult, verification: Verification | null): DeployReport {
  const { plan, refusal, backup, outcomes, amiss, warnings, rollback, exitStatus } = result;
  const judged = plan === null || plan.migrations.length === 0 ? null : plan;
  return {
    schema: 1,
    command: "migrate",
    environment: plan?.environment ?? null,
    database: plan?.server.database ?? null,
    digest: plan?.digest ?? null,
    risk: judged?.risk ?? null,
    verdict: judged?.verdict ?? null,
    deploy: judged?.policy.deploy ?? null,
    backup: judged?.policy.backup ?? null,
    pending: plan?.migrations.length ?? null,
    backupId: backup?.id ?? null,
    backupProof: backup?.proof ?? null,
    refusal,
    outcomes: outcomes.map((outcome) => ({ ...reportOutcome(outcome), digest: digestOf(outcome, plan) })),
    amiss,
    warnings,
    verification,
    rollback: rollback === null ? null : rollbackReport(rollback, { dryRun: false, verification: null, otherWay: [] }),
    exitStatus,
  };
}

function digestOf({ path, version }: DeployResult["outcomes"][number], plan: DeployResult["plan"]): string | null {
  // Which version a command has led to was not known when it was planned: there is one for its directory.
  const found = plan?.migrations.find(({ migration }) => {
    return migration.up === path && (isGenerated(path) || migration.version === version);
  });
  return found?.digest ?? null;
}
