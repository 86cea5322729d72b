import { escapeUnseen, migrationValue } from "./json.ts";
import type { PlanReport, ReportPlan, ReportPlanned } from "./plan-report.ts";

/** The plan as JSON (schema 1, docs/plan.schema.json), put together key by key as the report of check is. */
export function renderPlanJson(report: PlanReport): string {
  const { server } = report;
  const value: PlanReport = {
    schema: report.schema,
    command: report.command,
    environment: report.environment,
    config: report.config,
    server: {
      database: server.database,
      user: server.user,
      version: server.version,
      systemIdentifier: server.systemIdentifier,
    },
    refused: report.refused,
    problems: report.problems.map(({ code, directory, version, message, hint, allow, allowed }) => {
      return { code, directory, version, message, hint, allow, allowed };
    }),
    ledgers: report.ledgers.map(({ directory, layout, tool, table, exists, writable, besides, ...more }) => {
      const { applyCommand, applied, pending } = more;
      return { directory, layout, tool, table, exists, writable, besides, applyCommand, applied, pending };
    }),
    versions: report.versions.map(({ directory, version, path, standing, appliedAt }) => {
      return { directory, version, path, standing, appliedAt };
    }),
    plan: report.plan === null ? null : plan(report.plan),
  };
  return `${escapeUnseen(JSON.stringify(value, null, 2))}\n`;
}

function plan(of: ReportPlan): ReportPlan {
  return {
    direction: of.direction,
    digest: of.digest,
    risk: of.risk,
    verdict: of.verdict,
    mode: of.mode,
    approvals: of.approvals,
    backup: of.backup,
    later: of.later,
    migrations: of.migrations.map(planned),
  };
}

function planned(of: ReportPlanned): ReportPlanned {
  return {
    directory: of.directory,
    version: of.version,
    path: of.path,
    digest: of.digest,
    risk: of.risk,
    outOfOrder: of.outOfOrder,
    again: of.again,
    lockMs: of.lockMs,
    tables: of.tables.map(({ table, rows, bytes, totalBytes, writes }) => ({ table, rows, bytes, totalBytes, writes })),
    sql: of.sql,
    check: migrationValue(of.check),
  };
}
