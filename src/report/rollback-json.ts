import { escapeUnseen } from "./json.ts";
import type { RollbackReport } from "./rollback-report.ts";
import { verifyJson } from "./verify-json.ts";

/** What going back did, as JSON (schema 1), put together key by key as the other reports are. */
export function renderRollbackJson(report: RollbackReport): string {
  return `${escapeUnseen(JSON.stringify(rollbackJson(report), null, 2))}\n`;
}

/** The public value, with nothing in it that its type does not name. */
export function rollbackJson(report: RollbackReport): RollbackReport {
  return {
    schema: report.schema,
    command: report.command,
    dryRun: report.dryRun,
    environment: report.environment,
    database: report.database,
    reason: report.reason,
    automatic: report.automatic,
    digest: report.digest,
    risk: report.risk,
    deploy: report.deploy,
    backup: report.backup,
    backupId: report.backupId,
    backupProof: report.backupProof,
    exitStatus: report.exitStatus,
    refusal: report.refusal,
    before: report.before,
    after: report.after,
    migrations: report.migrations.map(({ version, path, risk, appliedAt, sql }) => {
      return { version, path, risk, appliedAt, sql };
    }),
    losses: report.losses.map(({ name, what, rows, orMore, path, line, message }) => {
      return { name, what, rows, orMore, path, line, message };
    }),
    outcomes: report.outcomes.map(({ version, path, status, ms, rows, retries, done, ledger, failure }) => {
      return { version, path, status, ms, rows, retries, done, ledger, failure };
    }),
    amiss: report.amiss,
    warnings: report.warnings,
    otherWay: report.otherWay,
    verification: report.verification === null ? null : verifyJson(report.verification),
  };
}
