import type { Policy, PolicyRow, Risk } from "../config/config.ts";
import { worst } from "../gate/classify.ts";
import { type Decision, type Judged, type Outcome, worstOutcome } from "../gate/decide.ts";
import type { Migration } from "../migrations/migration.ts";
import type { ServerIdentity } from "./database.ts";
import { planDigest } from "./digest.ts";
import type { SurveyedDirectory } from "./directory.ts";
import type { Loss } from "./losses.ts";

export { type RollbackReason, rollbackReasons } from "../config/environments.ts";

/** A migration that would be taken back. */
export interface BackMigration extends Decision {
  readonly migration: Migration;
  /** SHA-256 over its scripts. */
  readonly digest: string;
  /** Its down script. */
  readonly script: Judged;
  /** The newest one that is applied when this one is not any more; null where none is. */
  readonly below: { readonly version: string; readonly name: string } | null;
  /** What a command has printed of it; null for a file, and where nothing prints it. */
  readonly printed?: Uint8Array | null;
  /** What its up script took away for good, in a line each. */
  readonly gone: readonly string[];
  /** When it was applied, as far as somebody has written that down. */
  readonly appliedAt: Date | null;
}

/** What going back would do now. Data, as the plan of a deploy is. */
export interface BackPlan {
  readonly environment: string | null;
  readonly server: ServerIdentity;
  readonly directory: SurveyedDirectory;
  /** The newest first, as they are taken back. */
  readonly migrations: readonly BackMigration[];
  /** The newest version that is applied, now and afterwards; null where none is. */
  readonly from: string | null;
  readonly to: string | null;
  /** What the down scripts take with them, and how much of it there is; what holds nothing is among them. */
  readonly losses: readonly Loss[];
  /** What the command is asked that goes back; null where Lockkeeper does. */
  readonly asked: BackAsked | null;
  readonly risk: Risk;
  readonly verdict: Outcome;
  readonly policy: PolicyRow;
  readonly digest: string;
}

/** How far a command is told to go back: by so many, or to a version. */
export interface BackAsked {
  readonly steps: number | null;
  readonly targetVersion: string | null;
}

/** The plan of going back, with its digest. */
export function backPlanOf(plan: Omit<BackPlan, "risk" | "verdict" | "policy" | "digest">, policy: Policy): BackPlan {
  const { environment, server, directory, migrations } = plan;
  const risk = worst(migrations.map((each) => each.risk));
  const verdict = worstOutcome(migrations.map((each) => each.verdict.outcome));
  const { deploy, backup, approvals } = policy[risk];
  const digest = planDigest({
    direction: "down",
    environment,
    systemIdentifier: server.systemIdentifier,
    database: server.database,
    major: server.major,
    migrations: migrations.map((each) => ({
      directory: directory.directory,
      version: each.migration.version,
      digest: each.digest,
    })),
    outcome: { verdict, deploy, backup, approvals },
  });
  return { ...plan, risk, verdict, policy: policy[risk], digest };
}

/** What holds something: rows, or nobody knows how many. */
export function losing({ losses }: Pick<BackPlan, "losses">): readonly Loss[] {
  return losses.filter(({ rows }) => rows !== 0);
}
