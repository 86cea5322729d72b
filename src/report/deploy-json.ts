import type { DeployReport } from "./deploy-report.ts";
import { escapeUnseen } from "./json.ts";
import { rollbackJson } from "./rollback-json.ts";
import { verifyJson } from "./verify-json.ts";

/** What a deploy did, as JSON (schema 1), put together key by key as the other reports are. */
export function renderDeployJson(report: DeployReport): string {
  const value: DeployReport = {
    schema: report.schema,
    command: report.command,
    environment: report.environment,
    database: report.database,
    digest: report.digest,
    risk: report.risk,
    verdict: report.verdict,
    deploy: report.deploy,
    backup: report.backup,
    pending: report.pending,
    backupId: report.backupId,
    backupProof: report.backupProof,
    exitStatus: report.exitStatus,
    refusal: report.refusal,
    outcomes: report.outcomes.map(({ version, path, digest, status, ms, rows, retries, done, ledger, failure }) => {
      return { version, path, digest, status, ms, rows, retries, done, ledger, failure };
    }),
    amiss: report.amiss,
    warnings: report.warnings,
    verification: report.verification === null ? null : verifyJson(report.verification),
    rollback: report.rollback === null ? null : rollbackJson(report.rollback),
  };
  return `${escapeUnseen(JSON.stringify(value, null, 2))}\n`;
}
