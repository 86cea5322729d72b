import type { RollbackResult } from "../plan/back-result.ts";
import { lossWords } from "../plan/loss-words.ts";
import type { LossKind } from "../plan/losses.ts";
import { type ReportOutcome, type ReportRefusal, reportOutcome } from "./deploy-outcomes.ts";
import { textOf } from "./printed-sql.ts";
import type { Verification } from "./verification.ts";

/** What `rollback` says in public, schema 1: the JSON output is this value as it stands. */
export interface RollbackReport {
  readonly schema: 1;
  readonly command: "rollback";
  /** Whether it only says what it would do. */
  readonly dryRun: boolean;
  readonly environment: string | null;
  readonly database: string | null;
  readonly reason: string;
  /** Whether the config had agreed to it, and no person was asked. */
  readonly automatic: boolean;
  readonly digest: string | null;
  readonly risk: string | null;
  readonly deploy: string | null;
  readonly backup: string | null;
  readonly backupId: string | null;
  /** How far that backup is proved; null where there is none, or where it is in no store that could be asked. */
  readonly backupProof: string | null;
  readonly refusal: ReportRefusal | null;
  /** The newest version that was applied before; null where there was none, or where it is not known. */
  readonly before: string | null;
  /** The newest that is applied now, for a dry run the one that would be; null where there is none, or where it is not known. */
  readonly after: string | null;
  /** The newest first. */
  readonly migrations: readonly {
    readonly version: string;
    readonly path: string;
    readonly risk: string;
    readonly appliedAt: string | null;
    /** What a rollback-sql-command has printed, which no file shows; null for files. */
    readonly sql: string | null;
  }[];
  readonly losses: readonly ReportLoss[];
  readonly outcomes: readonly ReportOutcome[];
  readonly amiss: readonly string[];
  readonly warnings: readonly string[];
  /** What was found in the database afterwards; null where nobody looked. */
  readonly verification: Verification | null;
  /** How the database comes back from a backup, where the down scripts are no way or lose something: lines for a person. */
  readonly otherWay: readonly string[];
  /** 0 done, 1 refused or failed and nothing of the migration that failed was taken back, 3 one is taken back in part. */
  readonly exitStatus: 0 | 1 | 3;
}

/** What goes with a migration that is taken back. */
export interface ReportLoss {
  readonly name: string;
  readonly what: LossKind;
  /** Rows that have something there; null where they could not be counted. */
  readonly rows: number | null;
  readonly orMore: boolean;
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** What is said beside what going back did. */
export type Beside = Pick<RollbackReport, "dryRun" | "verification" | "otherWay">;

/** What going back did, or would do, as it is shown. */
export function rollbackReport(result: RollbackResult, { dryRun, verification, otherWay }: Beside): RollbackReport {
  const { plan, reason, automatic, refusal, outcomes, amiss, warnings, exitStatus } = result;
  return {
    ...{ schema: 1, command: "rollback", dryRun },
    environment: plan?.environment ?? null,
    database: plan?.server.database ?? null,
    ...{ reason, automatic },
    digest: plan?.digest ?? null,
    risk: plan?.risk ?? null,
    deploy: plan?.policy.deploy ?? null,
    backup: plan?.policy.backup ?? null,
    ...{ backupId: result.backup?.id ?? null, backupProof: result.backup?.proof ?? null, refusal },
    before: plan?.from ?? null,
    after: afterwards(result, dryRun),
    migrations: (plan?.migrations ?? []).map(({ migration, script, printed = null, risk, appliedAt }) => {
      const sql = printed === null ? null : textOf(printed);
      return {
        ...{ version: migration.version, path: script.file.path, risk, sql },
        appliedAt: appliedAt?.toISOString() ?? null,
      };
    }),
    losses: (plan?.losses ?? []).map((loss) => {
      const { name, what, rows, orMore, path, line } = loss;
      return { name, what, rows, orMore, path, line, message: lossWords(loss) };
    }),
    outcomes: outcomes.map(reportOutcome),
    ...{ amiss, warnings, verification, otherWay, exitStatus },
  };
}

function afterwards({ plan, outcomes, refusal }: RollbackResult, dryRun: boolean): string | null {
  if (plan === null) return null;
  if (dryRun) return plan.to;
  if (refusal !== null) return plan.from;
  if (outcomes.some(({ status }) => status === "unknown")) return null;
  const ledger = outcomes[0]?.ledger;
  if (plan.directory.program?.sqlCommand != null && ledger !== undefined) return ledger.after.join("+") || null;
  const back = outcomes.filter(({ status }) => status === "applied").length;
  const last = plan.migrations[back - 1];
  return last === undefined ? plan.from : (last.below?.version ?? null);
}
