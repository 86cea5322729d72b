import type { Plan, PlannedMigration } from "../plan/plan.ts";
import { isRefused } from "../plan/plan.ts";
import type { Survey } from "../plan/survey.ts";
import { key } from "../sql/names.ts";
import { reportBuilder } from "./build.ts";
import { textOf } from "./printed-sql.ts";
import type { Report, ReportMigration, ReportRisk } from "./report.ts";

/**
 * What `plan` and `status` say in public, schema 1: the JSON output is this value as it stands. docs/plan.schema.json describes it; a test
 * holds the two equal.
 */
export interface PlanReport {
  readonly schema: 1;
  readonly command: "plan" | "status";
  readonly environment: string | null;
  readonly config: string | null;
  readonly server: ReportServer;
  /** True where `migrate` refuses it, whatever anybody agrees to. */
  readonly refused: boolean;
  readonly problems: readonly ReportProblem[];
  readonly ledgers: readonly ReportLedger[];
  readonly versions: readonly ReportVersion[];
  /** Null for `status`, which judges nothing. */
  readonly plan: ReportPlan | null;
}

export interface ReportServer {
  readonly database: string;
  readonly user: string;
  readonly version: string;
  readonly systemIdentifier: string | null;
}

export interface ReportProblem {
  readonly code: string;
  readonly directory: string;
  readonly version: string | null;
  readonly message: string;
  readonly hint: string;
  /** The option that goes over it, without its hyphens; null where none does. */
  readonly allow: string | null;
  readonly allowed: boolean;
}

export interface ReportLedger {
  readonly directory: string;
  readonly layout: string;
  readonly tool: string;
  readonly table: string;
  readonly exists: boolean;
  readonly writable: boolean;
  /** The tool's own ledger that is read beside it; null where there is none. */
  readonly besides: string | null;
  /** The command that applies what is pending; null where Lockkeeper does. */
  readonly applyCommand: string | null;
  readonly applied: number;
  readonly pending: number;
}

/** One version of a directory or of its ledger. */
export interface ReportVersion {
  readonly directory: string;
  readonly version: string;
  /** Null where there is no file. */
  readonly path: string | null;
  readonly standing: "applied" | "pending" | "out-of-order" | "edited" | "missing" | "unrecorded" | "unfinished";
  /** ISO 8601 in UTC; null where nobody knows. */
  readonly appliedAt: string | null;
}

export interface ReportPlan {
  readonly direction: "up";
  readonly digest: string;
  readonly risk: ReportRisk;
  readonly verdict: "pass" | "needs-approval" | "blocked";
  /** How it is deployed: by itself, after a review, or when a person starts it. */
  readonly mode: "automatic" | "reviewed" | "manual";
  readonly approvals: number;
  readonly backup: "optional" | "recommended" | "required";
  /** Pending migrations after the target version. */
  readonly later: number;
  readonly migrations: readonly ReportPlanned[];
}

/** A pending migration, with what the database adds to what `check` says of it. */
export interface ReportPlanned {
  readonly directory: string;
  readonly version: string;
  readonly path: string;
  /** SHA-256 over its scripts; null where one could not be read. */
  readonly digest: string | null;
  readonly risk: ReportRisk;
  readonly outOfOrder: boolean;
  readonly again: boolean;
  /** For how long others wait for its locks, by the sizes of the tables: an order of magnitude; null where it cannot be told. */
  readonly lockMs: number | null;
  readonly tables: readonly ReportTable[];
  /** What a sql-command has printed, which no file shows; null for files. */
  readonly sql: string | null;
  /** As in the report of `check`. */
  readonly check: ReportMigration;
}

/** What the server's statistics say of a table that is touched: estimates. */
export interface ReportTable {
  readonly table: string;
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly totalBytes: number | null;
  /** Rows written since the statistics were reset. */
  readonly writes: number | null;
}

/** The public report of a plan. */
export function planReport(plan: Plan): PlanReport {
  const { migrations } = checkReport(plan);
  return {
    ...surveyReport(plan, "plan"),
    refused: isRefused(plan),
    plan: {
      direction: plan.direction,
      digest: plan.digest,
      risk: plan.risk,
      verdict: plan.verdict,
      mode: plan.policy.deploy,
      approvals: plan.policy.approvals,
      backup: plan.policy.backup,
      later: plan.later,
      migrations: plan.migrations.flatMap((each, i) => {
        const said = migrations[i];
        if (said === undefined) return [];
        const { directory, outOfOrder, again, lockMs } = each;
        const { version, path, digest, risk } = said;
        const tables = tablesOf(each, said, plan);
        const printed = plan.printed.find((sql) => sql.path === path);
        const sql = printed === undefined ? null : textOf(printed.bytes);
        return [{ directory, version, path, digest, risk, outOfOrder, again, lockMs, tables, sql, check: said }];
      }),
    },
  };
}

/** The public report of what is applied and what is not. */
export function statusReport(survey: Survey): PlanReport {
  return surveyReport(survey, "status");
}

/** The pending migrations as `check` reports them. */
export function checkReport(plan: Plan): Report {
  const report = reportBuilder({ postgres: plan.server.major, config: plan.config, base: null });
  for (const migration of plan.migrations) {
    const program = plan.directories.find(({ directory }) => directory === migration.directory)?.program;
    report.add(migration, program?.sqlCommand == null ? undefined : { command: program.sqlCommand });
  }
  return report.build();
}

function surveyReport(survey: Survey, command: PlanReport["command"]): PlanReport {
  const { environment, config, server, problems, directories } = survey;
  return {
    schema: 1,
    command,
    environment,
    config,
    server: {
      database: server.database,
      user: server.user,
      version: server.version,
      systemIdentifier: server.systemIdentifier,
    },
    refused: problems.some(({ allowed }) => !allowed),
    problems,
    ledgers: directories.map(({ directory, layout, ledger, program, entries }) => ({
      directory,
      layout,
      tool: ledger.id,
      table: ledger.table,
      exists: ledger.state.exists,
      writable: ledger.writable,
      besides: ledger.besides,
      applyCommand: program?.applyCommand ?? null,
      applied: entries.filter(({ standing }) => !isPending(standing)).length,
      pending: entries.filter(({ standing }) => isPending(standing)).length,
    })),
    versions: directories.flatMap(({ directory, entries }) =>
      entries.map(({ version, migration, standing, appliedAt }) => ({
        directory,
        version,
        path: migration?.up ?? null,
        standing,
        appliedAt: appliedAt?.toISOString() ?? null,
      })),
    ),
    plan: null,
  };
}

function isPending(standing: ReportVersion["standing"]): boolean {
  return standing === "pending" || standing === "out-of-order";
}

/** The tables that its effects name and that the server has, in the order of their names. */
function tablesOf({ script }: PlannedMigration, said: ReportMigration, { sizes }: Plan): readonly ReportTable[] {
  const relations = script.file.statements.flatMap(({ effects }) => effects.flatMap(({ relation }) => relation ?? []));
  const named = new Map(relations.map((each) => [key(each), each]));
  const shown = new Set(said.statements.flatMap(({ effects }) => effects.flatMap(({ relation }) => relation ?? [])));
  return [...named]
    .flatMap(([name, { schema, name: table }]) => {
      const size = sizes.get(name);
      const display = schema === null ? table : `${schema}.${table}`;
      return size === undefined || !shown.has(display) ? [] : [{ table: display, ...size }];
    })
    .sort((a, b) => (a.table < b.table ? -1 : 1));
}
