import type { Policy, PolicyRow, Risk } from "../config/config.ts";
import { risks } from "../config/config.ts";
import { worst } from "../gate/classify.ts";
import { type Decision, type Judged, type Outcome, worstOutcome } from "../gate/decide.ts";
import type { TableSize } from "./database.ts";
import { planDigest } from "./digest.ts";
import { estimatedLockMs } from "./estimate.ts";
import type { PendingMigration, Survey } from "./survey.ts";

/** A pending migration as it was judged with the database as it is. */
export interface JudgedMigration extends PendingMigration, Decision {
  readonly script: Judged;
  /** Its way back; null where there is none. */
  readonly down: Judged | null;
}

export interface PlannedMigration extends JudgedMigration {
  /** What the policy asks for its risk. */
  readonly policy: PolicyRow;
  /** For how long others wait for its locks, by the sizes of the tables; null where that cannot be told. */
  readonly lockMs: number | null;
}

/** What a deploy would do now. Data: it can be printed, hashed, and refused before anything runs. */
export interface Plan extends Survey {
  readonly direction: "up";
  readonly migrations: readonly PlannedMigration[];
  readonly risk: Risk;
  readonly verdict: Outcome;
  /** What the policy asks for the worst of them. */
  readonly policy: PolicyRow;
  /** The sizes of the tables that are touched, by the key of the relation. */
  readonly sizes: ReadonlyMap<string, TableSize>;
  readonly digest: string;
}

/** The plan for what was surveyed and judged. */
export function planOf(
  survey: Survey,
  judged: readonly JudgedMigration[],
  { policy, sizes }: { readonly policy: Policy; readonly sizes: ReadonlyMap<string, TableSize> },
): Plan {
  const migrations = judged.map((each) => ({
    ...each,
    policy: policy[each.risk],
    lockMs: estimatedLockMs(each.script.file.statements, sizes),
  }));
  const risk = worst(migrations.map((each) => each.risk));
  const verdict = worstOutcome(migrations.map((each) => each.verdict.outcome));
  const asked = policy[risk];
  const plan = { ...survey, direction: "up", migrations, risk, verdict, policy: asked, sizes } as const;
  return { ...plan, digest: digestOf(plan, verdict, asked) };
}

/**
 * Whether this is a digest of the plan, or of the same plan when its risk was thought to be higher: who agreed to more has agreed to
 * less. A risk that has risen is not agreed to.
 */
export function agreesTo(plan: Plan, digest: string, policy: Policy): boolean {
  if (plan.digest === digest) return true;
  if (plan.verdict === "blocked") return false;
  const higher = risks.slice(risks.indexOf(plan.risk) + 1);
  return higher.some((risk) => digestOf(plan, "needs-approval", policy[risk]) === digest);
}

/** Why a plan is refused whatever anybody agrees to: problems that no option goes over, and migrations that are certain to fail. */
export function isRefused({ problems, verdict }: Pick<Plan, "problems" | "verdict">): boolean {
  return verdict === "blocked" || problems.some(({ allowed }) => !allowed);
}

function digestOf(plan: Omit<Plan, "digest">, verdict: Outcome, { deploy, backup, approvals }: PolicyRow): string {
  return planDigest({
    direction: plan.direction,
    environment: plan.environment,
    systemIdentifier: plan.server.systemIdentifier,
    database: plan.server.database,
    major: plan.server.major,
    migrations: plan.migrations.map(({ directory, migration, digest }) => ({
      directory,
      version: migration.version,
      digest,
    })),
    outcome: { verdict, deploy, backup, approvals },
  });
}
