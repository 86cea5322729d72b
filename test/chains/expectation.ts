import type { ReportClass, ReportMigration, ReportRisk } from "../../src/report/report.ts";

/**
 * What is known of a chain of migrations, written by hand from the risk table and from what PostgreSQL does. The SQL stands beside
 * it in migrations/; a file that PostgreSQL can never run has a repaired twin in fixed/, for the sake of the files after it.
 */
export interface ExpectedChain {
  readonly layout: ChainLayout;
  /** In the order in which they are applied. Each is judged alone, with the earlier ones as its history. */
  readonly migrations: readonly ExpectedMigration[];
}

/** How the layout's own tool sends a file: golang-migrate as one string, `plain` as psql does, statement by statement with no transaction around them. */
export type ChainLayout = "golang-migrate" | "plain";

/** Who sends the SQL: the layout's own tool, or Lockkeeper (one transaction, unless the file has its own or cannot be in one). */
export type Runner = "tool" | "lockkeeper";

export interface ExpectedMigration {
  /** The file name of the up script. */
  readonly path: string;
  readonly version: string;
  /** The worst risk of its statements, whoever runs it. */
  readonly risk: ReportRisk;
  readonly verdict: Readonly<Record<Runner, ExpectedVerdict>>;
  /** Each with the line of its first token. A statement that the parser cannot read is opaque. */
  readonly statements: readonly ExpectedStatement[];
  /** What PostgreSQL does with the down script when it is run right after the up script; null where there is none. */
  readonly down: Readonly<Record<Runner, ExpectedRun>> | null;
}

export interface ExpectedStatement {
  readonly line: number;
  readonly class: ReportClass;
  readonly risk: ReportRisk;
}

export type ExpectedVerdict = { readonly outcome: Exclude<ReportMigration["verdict"], "blocked"> } | ExpectedRefusal;

export type ExpectedRun = { readonly outcome: "runs" } | ExpectedRefusal;

/** PostgreSQL is certain to refuse the script, whatever the data. */
export interface ExpectedRefusal {
  readonly outcome: "blocked";
  readonly sqlstate: string;
  /** Where the refused statement begins. */
  readonly line: number;
  /** The line to which PostgreSQL's own error position points; null where the error has none. */
  readonly errorLine: number | null;
  /** What a refused file leaves behind in the database. */
  readonly leaves: "nothing" | "part";
}

/** No statement is above low. */
export const pass = { outcome: "pass" } as const;

/** Some statement is medium or worse. */
export const needsApproval = { outcome: "needs-approval" } as const;

/** The down script is accepted. */
export const runs = { outcome: "runs" } as const;

/** A refusal; it leaves nothing behind and PostgreSQL points nowhere unless said. */
export function blocked(
  sqlstate: string,
  at: { readonly line: number; readonly errorLine?: number; readonly leaves?: "part" },
): ExpectedRefusal {
  return {
    outcome: "blocked",
    sqlstate,
    line: at.line,
    errorLine: at.errorLine ?? null,
    leaves: at.leaves ?? "nothing",
  };
}

/** The same under both runners. */
export function eitherWay<T>(expected: T): Readonly<Record<Runner, T>> {
  return { tool: expected, lockkeeper: expected };
}

/** A statement: the line of its first token, its change class and its risk. */
export function at(line: number, changeClass: ReportClass, risk: ReportRisk): ExpectedStatement {
  return { line, class: changeClass, risk };
}
