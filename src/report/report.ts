/**
 * What Lockkeeper says in public, schema 1: the JSON output is this value as it stands, and the terminal output is written from
 * it. A type of its own, so that the inner types can change without breaking who reads the JSON. docs/report.schema.json
 * describes it; a test holds the two equal.
 */
export interface Report {
  readonly schema: 1;
  readonly command: "check";
  /** The major version of PostgreSQL that was judged for, where the SQL is PostgreSQL's. */
  readonly postgres: number;
  /** The config file that was used; null where there was none. */
  readonly config: string | null;
  /** The commit whose migrations count as applied, in full; null: every migration was judged, each with the earlier ones as its history. */
  readonly base: string | null;
  /** SHA-256 over the versions and digests of the migrations, in their order: the same for the same SQL. */
  readonly digest: string;
  readonly risk: ReportRisk;
  readonly verdict: ReportVerdict;
  readonly coverage: ReportCoverage;
  readonly migrations: readonly ReportMigration[];
}

export type ReportRisk = "low" | "medium" | "high" | "critical";
export type ReportDialect = "postgresql" | "sqlite" | "mysql" | "mariadb";
export type ReportClass =
  | "add"
  | "session"
  | "index"
  | "constraint"
  | "routine"
  | "permission"
  | "rename"
  | "type-change"
  | "maintenance"
  | "opaque"
  | "drop"
  | "data";

export interface ReportVerdict {
  readonly outcome: "pass" | "needs-approval" | "blocked";
  /** Empty when the outcome is pass. The worst first, at most one reason a place and rule. */
  readonly because: readonly ReportReason[];
}

export type ReportReason =
  | {
      /** A finding that blocks, or one whose risk asks for approval. */
      readonly kind: "finding";
      readonly rule: string;
      readonly risk: ReportRisk;
      readonly path: string;
      readonly line: number;
    }
  | {
      /** A statement whose class and effects ask for approval by the policy, where no finding says so already. */
      readonly kind: "statement";
      readonly class: ReportClass;
      readonly risk: ReportRisk;
      readonly path: string;
      readonly line: number;
    };

export interface ReportCoverage {
  readonly migrations: number;
  /** Script files of the judged migrations, up and down. */
  readonly files: number;
  /** Statements found, whether they could be read or not. */
  readonly statements: number;
  /** Statements that the parser read. */
  readonly read: number;
  /** Statements read whose doing is not known (a DO block, a call of an unknown function). */
  readonly opaque: number;
  /** Files of which nothing could be read, by path. */
  readonly unreadable: readonly string[];
  readonly rehearsed: boolean;
  /** Files in the directory that are no migration in its layout. */
  readonly ignored: readonly string[];
}

export interface ReportMigration {
  readonly path: string;
  readonly version: string;
  /** SHA-256 over its scripts, whatever their line ends; null where one could not be read. */
  readonly digest: string | null;
  readonly direction: "up" | "down";
  /** The database whose SQL it is. */
  readonly dialect: ReportDialect;
  readonly risk: ReportRisk;
  readonly verdict: "pass" | "needs-approval" | "blocked";
  /** What the policy asks for this risk. */
  readonly policy: {
    readonly deploy: "automatic" | "reviewed" | "manual";
    readonly approvals: number;
    readonly backup: "optional" | "recommended" | "required";
  };
  /** Who sends the SQL, which decides what fails: the tool by name, or "lockkeeper". */
  readonly appliedBy: string;
  readonly down: string | null;
  /** Only of SQL that the project's code has printed; its path is that of no file. */
  readonly generated?: ReportGenerated;
  readonly statements: readonly ReportStatement[];
  readonly findings: readonly ReportFinding[];
}

export interface ReportGenerated {
  /** The sql-command that has printed it. */
  readonly command: string;
}

export interface ReportSpan {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface ReportStatement extends ReportSpan {
  /** Which transaction of its script it runs in, counted from 1: locks are held until the end of it. Null where it is its own. */
  readonly transaction: number | null;
  readonly class: ReportClass;
  readonly risk: ReportRisk;
  readonly actions: readonly { readonly kind: string; readonly class: ReportClass; readonly risk: ReportRisk }[];
  readonly effects: readonly ReportEffect[];
}

export type LockModeName =
  | "ACCESS SHARE"
  | "ROW SHARE"
  | "ROW EXCLUSIVE"
  | "SHARE UPDATE EXCLUSIVE"
  | "SHARE"
  | "SHARE ROW EXCLUSIVE"
  | "EXCLUSIVE"
  | "ACCESS EXCLUSIVE";

export type ReportEffect = (
  | {
      readonly kind: "lock";
      readonly mode: LockModeName;
      readonly lasts: "instant" | "scan" | "rewrite" | "index-build";
    }
  | { readonly kind: "rewrite" | "scan" | "index-rebuild"; readonly why: string }
  | { readonly kind: "fails"; readonly sqlstate: string; readonly why: string }
  | { readonly kind: "no-transaction-block" }
  | { readonly kind: "data-loss"; readonly what: "table" | "column" | "rows" | "precision" }
  | { readonly kind: "breaks-clients"; readonly what: "renamed" | "removed" | "stricter" }
) & { readonly relation: string | null; readonly certainty: "certain" | "possible" };

/** A finding, with its span (a ReportSpan) behind its path. */
export interface ReportFinding {
  readonly rule: string;
  readonly risk: ReportRisk;
  readonly certainty: "certain" | "possible";
  /** True when PostgreSQL or the tool is certain to refuse the file: no approval opens the gate. */
  readonly blocks: boolean;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly message: string;
  /** SQL or advice that does the same with less risk; null where there is none. */
  readonly safer: string | null;
  /** The reason of the allowance that accepts it; null where there is none. */
  readonly allowed: string | null;
}
