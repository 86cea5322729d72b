/** What was found in a database, before or after migrations. Public: schema 1. */
export interface Verification {
  readonly schema: 1;
  readonly command: "verify";
  readonly valid: boolean;
  readonly errors: readonly VerifyProblem[];
  readonly warnings: readonly VerifyProblem[];
  readonly summary: {
    /** What was looked at: one index, one query, one address. */
    readonly looked: number;
    readonly errors: number;
    readonly warnings: number;
  };
  /** How many things each kind of check looked at; 0: nothing was asked of it, or there is nothing. */
  readonly checks: Readonly<Record<VerifyCheck, number>>;
}

export const verifyChecks = [
  "ledger",
  "indexes",
  "constraints",
  "sequences",
  "tables",
  "rows",
  "queries",
  "performance",
  "commands",
  "health",
] as const;
export type VerifyCheck = (typeof verifyChecks)[number];

/** One thing that is wrong, or that a person should know. */
export interface VerifyProblem {
  readonly check: VerifyCheck;
  /** As SQL names it; null where it is about none. */
  readonly table: string | null;
  /** Columns of the table; null where it is about none. */
  readonly field: string | null;
  readonly message: string;
  readonly hint: string | null;
  /** Rows of a failed query, as text, where the config has them shown. */
  readonly rows: readonly string[];
}

/** What one kind of check has found. */
export interface Looked {
  readonly check: VerifyCheck;
  readonly looked: number;
  readonly errors: readonly VerifyProblem[];
  readonly warnings: readonly VerifyProblem[];
}

/** All of it together. */
export function verificationOf(all: readonly Looked[]): Verification {
  const errors = all.flatMap((each) => each.errors);
  const warnings = all.flatMap((each) => each.warnings);
  const lookedAt = (check: VerifyCheck): number =>
    all.filter((each) => each.check === check).reduce((sum, { looked }) => sum + looked, 0);
  return {
    schema: 1,
    command: "verify",
    valid: errors.length === 0,
    errors,
    warnings,
    summary: {
      looked: all.reduce((sum, { looked }) => sum + looked, 0),
      errors: errors.length,
      warnings: warnings.length,
    },
    checks: {
      ledger: lookedAt("ledger"),
      indexes: lookedAt("indexes"),
      constraints: lookedAt("constraints"),
      sequences: lookedAt("sequences"),
      tables: lookedAt("tables"),
      rows: lookedAt("rows"),
      queries: lookedAt("queries"),
      performance: lookedAt("performance"),
      commands: lookedAt("commands"),
      health: lookedAt("health"),
    },
  };
}
