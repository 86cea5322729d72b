import { type BackupConfig, defaultBackup } from "./backup.ts";
import type { Environment } from "./environments.ts";
import { defaultHooks, type Hooks } from "./hooks.ts";
import type { NotifyConfig } from "./notify.ts";
import { defaultPreflight, type Preflight } from "./preflight.ts";
import { defaultVerify, type VerifyConfig } from "./verify.ts";

/** The one scale everything is measured on, the least first. */
export const risks = ["low", "medium", "high", "critical"] as const;
export type Risk = (typeof risks)[number];

/** How a change reaches the database: by itself, after a review, or when a person starts it. */
export const deploys = ["automatic", "reviewed", "manual"] as const;
export type Deploy = (typeof deploys)[number];

/** What is asked about a backup before a change. */
export const backups = ["optional", "recommended", "required"] as const;
export type Backup = (typeof backups)[number];

/** How migration files are named and nested. */
export const layouts = [
  "golang-migrate",
  "dbmate",
  "goose",
  "sql-migrate",
  "flyway",
  "prisma",
  "drizzle",
  "supabase",
  "sqlx",
  "diesel",
  "node-pg-migrate",
  "plain",
] as const;
export type Layout = (typeof layouts)[number];

/** How what is applied is recorded in the database: by the tools, or by Lockkeeper itself. */
export const ledgers = [
  "golang-migrate",
  "dbmate",
  "flyway",
  "sql-migrate",
  "goose",
  "sqlx",
  "diesel",
  "prisma",
  "drizzle",
  "supabase",
  "node-pg-migrate",
  "rails",
  "alembic",
  "django",
  "custom",
  "lockkeeper",
] as const;
export type LedgerId = (typeof ledgers)[number];

/** Where a directory's ledger is. */
export interface LedgerConfig {
  /** Null: the layout's own tool. */
  readonly tool: LedgerId | null;
  /** schema.table; null: where the tool keeps it. */
  readonly table: string | null;
  /** Which column of a tool that is not known here has the version, one row for each; left out for the tools that are. */
  readonly column?: string | null;
}

/** Who sends the SQL to PostgreSQL: the layout's own tool in its own way, or Lockkeeper statement by statement. */
export const appliers = ["tool", "lockkeeper"] as const;
export type AppliedBy = (typeof appliers)[number];

/** The databases beside PostgreSQL whose SQL is read, for `check` alone. */
export const otherDialects = ["sqlite", "mysql", "mariadb"] as const;
export type OtherDialect = (typeof otherDialects)[number];

/** The database whose SQL a directory holds. */
export const databases = ["postgresql", ...otherDialects] as const;
export type Database = (typeof databases)[number];

/** The server's major versions that are known. */
export const postgresVersions = [14, 15, 16, 17, 18] as const;
export type PostgresVersion = (typeof postgresVersions)[number];

/** From which risk on approval is needed; never: report, and block nothing. */
export const failOnChoices = [...risks, "never"] as const;
export type FailOn = (typeof failOnChoices)[number];

/** Whose approval counts; with both lists empty everybody's who may write to the repository. */
export interface Approvers {
  /** Names as GitHub has them, without "@". */
  readonly people: readonly string[];
  /** Teams of the organisation: their names in addresses, with the organisation before a "/" or without. */
  readonly teams: readonly string[];
}

/** What the policy asks for one risk. */
export interface PolicyRow {
  readonly deploy: Deploy;
  readonly approvals: number;
  readonly approvers: Approvers;
  readonly backup: Backup;
}

/** How people approve on GitHub: by a review of the commit, or by a label that names what is approved. */
export const approveByChoices = ["review", "label"] as const;
export type ApproveBy = (typeof approveByChoices)[number];

/** What is asked at each risk, and from which risk on the gate needs approval. */
export interface Policy extends Readonly<Record<Risk, PolicyRow>> {
  readonly failOn: FailOn;
}

/** One directory of migrations, relative to the root of the repository, without "./" and without a "/" at the end. */
export interface MigrationsConfig {
  readonly directory: string;
  /** Null: found by the names of the files. */
  readonly layout: Layout | null;
  readonly appliedBy: AppliedBy;
  readonly ledger: LedgerConfig;
  readonly dialect: Database;
  /** Prints the SQL, in place of the directory's files; null: the files are the SQL. */
  readonly sqlCommand: string | null;
  /** Applies what is pending; null: Lockkeeper does, or nobody from here. */
  readonly applyCommand: string | null;
  /** Takes migrations back, and prints what it would do; null: there is none. */
  readonly rollbackCommand: string | null;
  readonly rollbackSqlCommand: string | null;
}

/** What a team says about one rule. A rule that is not named is on, with its own risk. */
export type RuleSetting = { readonly kind: "off" } | { readonly kind: "risk"; readonly risk: Risk };

/** ask: an allowance needs somebody's approval, as a migration does; on: it counts as it stands; off: it changes nothing. */
export const allowanceChoices = ["ask", "on", "off"] as const;
export type Allowances = (typeof allowanceChoices)[number];

/** What a team has decided, with the defaults filled in. */
export interface Config {
  readonly postgres: PostgresVersion;
  readonly migrations: readonly MigrationsConfig[];
  readonly policy: Policy;
  /** By rule id; only the rules that the file names. */
  readonly rules: ReadonlyMap<string, RuleSetting>;
  readonly allowances: Allowances;
  readonly approveBy: ApproveBy;
  /** What another program puts in the place of {{ name }}, ${name} and :name before the SQL is sent, by name. */
  readonly variables: ReadonlyMap<string, string>;
  /** By name. */
  readonly environments: ReadonlyMap<string, Environment>;
  /** Where no environment says otherwise. */
  readonly preflight: Preflight;
  readonly backup: BackupConfig;
  readonly verify: VerifyConfig;
  /** Where no environment says otherwise. */
  readonly hooks: Hooks;
  /** Where no environment says otherwise. */
  readonly notify: readonly NotifyConfig[];
}

/** Everybody who may write to the repository. */
export const anybody: Approvers = { people: [], teams: [] };

/** The policy where no config file says otherwise. */
export const defaultPolicy: Policy = {
  low: { deploy: "automatic", approvals: 0, approvers: anybody, backup: "optional" },
  medium: { deploy: "reviewed", approvals: 1, approvers: anybody, backup: "recommended" },
  high: { deploy: "manual", approvals: 1, approvers: anybody, backup: "required" },
  critical: { deploy: "manual", approvals: 2, approvers: anybody, backup: "required" },
  failOn: "medium",
};

/** The config of a project that has no config file. */
export const defaultConfig: Config = {
  postgres: 18,
  migrations: [],
  policy: defaultPolicy,
  rules: new Map(),
  allowances: "ask",
  approveBy: "review",
  variables: new Map(),
  environments: new Map(),
  preflight: defaultPreflight,
  backup: defaultBackup,
  verify: defaultVerify,
  hooks: defaultHooks,
  notify: [],
};

/** Who applies the migrations of a directory that does not say so. */
export const defaultAppliedBy: AppliedBy = "tool";

/** The ledger of a directory that does not say. */
export const defaultLedger: LedgerConfig = { tool: null, table: null };

/** The database of a directory that does not say so. */
export const defaultDialect: Database = "postgresql";
