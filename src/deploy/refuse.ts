import type { Policy } from "../config/config.ts";
import type { Refusal } from "../plan/deployed.ts";
import { agreesTo, type Plan } from "../plan/plan.ts";
import { backupRefusal } from "./backups.ts";

/** What whoever starts a deploy says about the plan. */
export interface Request {
  /** The digest of the plan that somebody has agreed to; null where nobody was asked. */
  readonly expectDigest: string | null;
  /** What the backup is called that was made before; null where none is named. */
  readonly backupId: string | null;
  /** Whether one is made where none is named. */
  readonly makesBackup: boolean;
  readonly policy: Policy;
}

/** Why this plan must not run; null where it may. */
export function refusalOf(plan: Plan, { expectDigest, backupId, makesBackup, policy }: Request): Refusal | null {
  const problems = plan.problems.filter(({ allowed }) => !allowed);
  const [first] = problems;
  if (first !== undefined) {
    return {
      code: first.code,
      message: first.message,
      details: problems.slice(1).map(({ message }) => message),
      hint: first.hint,
    };
  }
  const blocking = plan.migrations.flatMap(({ findings }) => findings.filter(({ blocks }) => blocks));
  if (blocking.length > 0) {
    return {
      code: "plan-blocked",
      message: "The plan is blocked: it is certain to fail, or to be refused.",
      details: blocking.map(({ path, at, message }) => `${path}:${at.line} ${message}`),
      hint: "put the files right; lockkeeper plan shows the whole of it.",
    };
  }
  if (plan.migrations.length === 0) return null;
  const agreed = expectDigest !== null && agreesTo(plan, expectDigest, policy);
  if (expectDigest !== null && !agreed) {
    return changed("This is not the plan that was agreed to.", `Agreed to: ${expectDigest}.`, plan);
  }
  if (!agreed && plan.policy.deploy !== "automatic") {
    return {
      code: "plan-not-agreed",
      message: `The plan has risk ${plan.risk}, and the policy wants it ${plan.policy.deploy}: nobody has agreed to it.`,
      details: [`Pending: ${plan.migrations.map(({ migration }) => migration.up ?? migration.version).join(", ")}.`],
      hint: `look at it with lockkeeper plan, and agree to exactly this one: --expect-digest ${plan.digest}`,
    };
  }
  if (plan.policy.backup === "required" && backupId === null && !makesBackup) return backupRefusal(plan.risk);
  return null;
}

/** Why nothing is begun after a backup during which the database or the files became others. */
export function changedMeanwhile(before: PlanName, now: PlanName): Refusal {
  return changed("The plan has changed while the backup was made.", `Before: ${before.digest}.`, now);
}

/** What a plan is told by, on or back. */
type PlanName = Pick<Plan, "digest" | "risk">;

function changed(message: string, before: string, { digest, risk }: PlanName): Refusal {
  return {
    code: "plan-changed",
    message,
    details: [before, `Now: ${digest}, risk ${risk}.`],
    hint: "look at it with lockkeeper plan, and agree to what it is now.",
  };
}
