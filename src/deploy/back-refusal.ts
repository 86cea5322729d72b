import { inWords } from "../config/quantities.ts";
import { type BackPlan, losing } from "../plan/back.ts";
import type { Refusal } from "../plan/deployed.ts";
import { lossWords } from "../plan/loss-words.ts";
import { list } from "../text.ts";
import { backupRefusal } from "./backups.ts";

/** What whoever goes back says about the plan. */
export interface BackAgreement {
  readonly expectDigest: string | null;
  readonly backupId: string | null;
  /** Whether a backup is made where none is named. */
  readonly makesBackup: boolean;
  /** As --confirm-loss names them. */
  readonly confirmed: readonly string[];
  /** The config has agreed beforehand, to what loses nothing; null where a person has to. */
  readonly automatic: { readonly withinMs: number | null; readonly now: Date } | null;
}

/** Why this plan must not run; null where it may. */
export function backRefusalOf(plan: BackPlan, agreement: BackAgreement): Refusal | null {
  const { expectDigest, automatic, backupId, makesBackup } = agreement;
  const blocked = blockingRefusal(plan);
  if (blocked !== null) return blocked;
  if (automatic !== null) return automaticRefusal(plan, automatic);
  const lost = lossRefusal(plan, agreement.confirmed);
  if (lost !== null) return lost;
  if (expectDigest !== null && expectDigest !== plan.digest) {
    return {
      code: "plan-changed",
      message: "This is not the plan that was agreed to.",
      details: [`Agreed to: ${expectDigest}.`, `Now: ${plan.digest}, risk ${plan.risk}.`],
      hint: "look at it with --dry-run, and agree to what it is now.",
    };
  }
  if (expectDigest === null && plan.policy.deploy !== "automatic") {
    return {
      code: "plan-not-agreed",
      message: `Going back has risk ${plan.risk}, and the policy wants it ${plan.policy.deploy}: nobody has agreed to it.`,
      details: [`It would run ${plan.migrations.map(({ script }) => script.file.path).join(", ")}.`],
      hint: `look at it with --dry-run, and agree to exactly this: --expect-digest ${plan.digest}`,
    };
  }
  if (backupId === null && !makesBackup && needsBackup(plan)) {
    const refusal = backupRefusal(plan.risk);
    return losing(plan).length === 0 ? refusal : { ...refusal, message: "A backup is required before rows are lost." };
  }
  return null;
}

/** Why it is certain to fail; null where it is not. */
export function blockingRefusal(plan: BackPlan): Refusal | null {
  const blocking = plan.migrations.flatMap(({ findings }) => findings.filter(({ blocks }) => blocks));
  if (blocking.length === 0) return null;
  return {
    code: "plan-blocked",
    message: "Going back is blocked: a down script is certain to fail.",
    details: blocking.map(({ path, at, message }) => `${path}:${at.line} ${message}`),
    hint: "put the files right, or put things right with a new migration.",
  };
}

/** Whether there has to be a backup: where the policy says so, and wherever rows are lost. */
export function needsBackup(plan: BackPlan): boolean {
  return plan.policy.backup === "required" || losing(plan).length > 0;
}

function lossRefusal(plan: BackPlan, confirmed: readonly string[]): Refusal | null {
  const names = new Set(confirmed.map((name) => name.replace(/^public\./, "")));
  const known = new Set(plan.losses.map(({ name }) => name));
  const stray = [...names].find((name) => !known.has(name));
  if (stray !== undefined) {
    return {
      code: "loss-unknown",
      message: `--confirm-loss ${stray}: going back does not touch that.`,
      details: known.size === 0 ? ["It takes nothing away."] : [`It may take away ${list([...known])}.`],
      hint: "name what is to be lost, and nothing else.",
    };
  }
  const open = losing(plan).filter(({ name }) => !names.has(name));
  if (open.length === 0) return null;
  return {
    code: "would-lose-data",
    message: "Going back would lose data, and nobody has confirmed that.",
    details: open.map(lossWords),
    hint: `confirm each by its name: ${open.map(({ name }) => `--confirm-loss ${inShell(name)}`).join(" ")}`,
  };
}

function automaticRefusal(plan: BackPlan, { withinMs, now }: NonNullable<BackAgreement["automatic"]>): Refusal | null {
  const byHand =
    "look at it with lockkeeper rollback --dry-run, and go back by hand, or put things right with a new migration.";
  const lost = losing(plan);
  if (lost.length > 0) {
    return {
      code: "automatic-would-lose",
      message: "It was not gone back by itself: that would lose data.",
      details: lost.map(lossWords),
      hint: byHand,
    };
  }
  if (withinMs === null) return null;
  const late = plan.migrations.find(
    ({ appliedAt }) => appliedAt === null || now.getTime() - appliedAt.getTime() > withinMs,
  );
  if (late === undefined) return null;
  const since = late.appliedAt === null ? "at a time that nobody wrote down" : `at ${late.appliedAt.toISOString()}`;
  return {
    code: "automatic-too-late",
    message: `It was not gone back by itself: ${late.migration.version} was applied ${since}, not within ${inWords(withinMs)}.`,
    details: [],
    hint: byHand,
  };
}

function inShell(name: string): string {
  return /^[\w./:-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
