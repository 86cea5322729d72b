import type { DeployResult } from "../plan/deployed.ts";
import type { Outcome } from "../plan/outcome.ts";

/** What `migrate` says in public, schema 1: the JSON output is this value as it stands. */
export interface DeployReport {
  readonly schema: 1;
  readonly command: "migrate" | "resolve" | "force";
  readonly environment: string | null;
  readonly database: string | null;
  readonly digest: string | null;
  readonly risk: string | null;
  readonly backupId: string | null;
  readonly refusal: ReportRefusal | null;
  readonly outcomes: readonly ReportOutcome[];
  readonly amiss: readonly string[];
  readonly warnings: readonly string[];
  /** 0 done or nothing to do, 1 refused or failed and the database is as it was, 3 a migration is in it in part. */
  readonly exitStatus: 0 | 1 | 3;
}

export interface ReportRefusal {
  readonly code: string;
  readonly message: string;
  readonly details: readonly string[];
  readonly hint: string | null;
}

export interface ReportOutcome {
  readonly version: string;
  readonly path: string;
  readonly status: Outcome["status"];
  /** Milliseconds; null where it was not applied. */
  readonly ms: number | null;
  /** Rows that were changed; null where it was not applied. */
  readonly rows: number | null;
  readonly retries: number | null;
  /** Statements that are in the database of a migration that is there in part; null for others. */
  readonly done: number | null;
  readonly failure: ReportFailure | null;
}

export interface ReportFailure extends ReportRefusal {
  readonly sqlstate: string | null;
  /** The statement that it failed at; null where it was none. */
  readonly statement: number | null;
  readonly line: number | null;
  readonly column: number | null;
}

/** A deploy as it is shown. */
export function deployReport(result: DeployResult, backupId: string | null): DeployReport {
  const { plan, refusal, outcomes, amiss, warnings, exitStatus } = result;
  return {
    schema: 1,
    command: "migrate",
    environment: plan?.environment ?? null,
    database: plan?.server.database ?? null,
    digest: plan?.digest ?? null,
    risk: plan === null || plan.migrations.length === 0 ? null : plan.risk,
    backupId,
    refusal,
    outcomes: outcomes.map(reportOutcome),
    amiss,
    warnings,
    exitStatus,
  };
}

/** What was done to one migration, as it is shown. */
export function reportOutcome(outcome: Outcome): ReportOutcome {
  const { version, path, status } = outcome;
  const base = { version, path, status, ms: null, rows: null, retries: null, done: null, failure: null };
  switch (outcome.status) {
    case "applied":
      return { ...base, ms: outcome.ms, rows: outcome.rows, retries: outcome.retries };
    case "partial":
      return { ...base, done: outcome.done, failure: failureOf(outcome) };
    case "undone":
    case "unknown":
      return { ...base, failure: failureOf(outcome) };
    case "not-run":
      return base;
  }
}

function failureOf({ failure }: Extract<Outcome, { failure: unknown }>): ReportFailure {
  const { code, message, details, hint, sqlstate, at } = failure;
  return {
    ...{ code, message, details, hint, sqlstate },
    statement: at?.number ?? null,
    line: at?.span.line ?? null,
    column: at?.span.column ?? null,
  };
}
