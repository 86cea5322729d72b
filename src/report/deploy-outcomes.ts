import type { Outcome } from "../plan/outcome.ts";

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
  /** The versions of the tool's own ledger, where a command has done it; null where Lockkeeper has. */
  readonly ledger: { readonly before: readonly string[]; readonly after: readonly string[] } | null;
  readonly failure: ReportFailure | null;
}

export interface ReportFailure extends ReportRefusal {
  readonly sqlstate: string | null;
  /** The statement that it failed at; null where it was none. */
  readonly statement: number | null;
  readonly line: number | null;
  readonly column: number | null;
}

/** What was done to one migration, as it is shown. */
export function reportOutcome(outcome: Outcome): ReportOutcome {
  const { version, path, status, ledger = null } = outcome;
  const base = { version, path, status, ms: null, rows: null, retries: null, done: null, ledger, failure: null };
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
