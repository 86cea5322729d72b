import type { Policy } from "../config/config.ts";
import { agreesTo, type Plan } from "../plan/plan.ts";

/** Why a deploy was not begun. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly details: readonly string[];
  readonly hint: string | null;
}

/** What whoever starts a deploy says about the plan. */
export interface Request {
  /** The digest of the plan that somebody has agreed to; null where nobody was asked. */
  readonly expectDigest: string | null;
  /** What the backup is called that was made before; null where none is named. */
  readonly backupId: string | null;
  readonly policy: Policy;
}

/** Why this plan must not run; null where it may. */
export function refusalOf(plan: Plan, { expectDigest, backupId, policy }: Request): Refusal | null {
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
  const blocked = plan.migrations.filter(({ verdict }) => verdict.outcome === "blocked");
  if (blocked.length > 0) {
    return {
      code: "plan-blocked",
      message: "The plan is blocked: it is certain to fail, or to be refused.",
      details: blocked.flatMap(({ findings }) => {
        return findings.filter(({ blocks }) => blocks).map(({ path, at, message }) => `${path}:${at.line} ${message}`);
      }),
      hint: "put the files right; lockkeeper plan shows the whole of it.",
    };
  }
  if (plan.migrations.length === 0) return null;
  const agreed = expectDigest !== null && agreesTo(plan, expectDigest, policy);
  if (expectDigest !== null && !agreed) {
    return {
      code: "plan-changed",
      message: "This is not the plan that was agreed to.",
      details: [`Agreed to: ${expectDigest}.`, `Now: ${plan.digest}, risk ${plan.risk}.`],
      hint: "look at it with lockkeeper plan, and agree to what it is now.",
    };
  }
  if (!agreed && plan.policy.deploy !== "automatic") {
    return {
      code: "plan-not-agreed",
      message: `The plan has risk ${plan.risk}, and the policy wants it ${plan.policy.deploy}: nobody has agreed to it.`,
      details: [`Pending: ${plan.migrations.map(({ migration }) => migration.up ?? migration.version).join(", ")}.`],
      hint: `look at it with lockkeeper plan, and agree to exactly this one: --expect-digest ${plan.digest}`,
    };
  }
  if (plan.policy.backup === "required" && backupId === null) {
    return {
      code: "backup-required",
      message: `The policy requires a backup before a plan of risk ${plan.risk}.`,
      details: [],
      hint: "make one, and name it: --backup-id TEXT. It is written into the journal.",
    };
  }
  return null;
}
