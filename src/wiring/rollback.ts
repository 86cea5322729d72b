import type { HowFar } from "../commands/back-choice.ts";
import { oneOf } from "../commands/option-values.ts";
import type { RollbackRequest } from "../commands/rollback.ts";
import type { Settings } from "../commands/settings.ts";
import { UserError } from "../errors.ts";
import { rollbackReasons } from "../plan/back.ts";
import type { RollbackReport } from "../report/rollback-report.ts";
import { rollbackVerdict } from "../report/rollback-words.ts";
import { type Listener, onTarget, type WriteOptions, type Writing } from "./migrate.ts";
import { otherWayOf } from "./other-way.ts";
import { requestOf, withDatabase } from "./plan.ts";

/** The options of `rollback`, as they are written. */
export interface RollbackOptions extends Omit<WriteOptions, "allow-out-of-order" | "allow-missing"> {
  readonly steps?: string | undefined;
  readonly reason?: string | undefined;
  readonly "confirm-loss"?: readonly string[] | undefined;
  readonly "dry-run"?: boolean | undefined;
}

/** `rollback`: takes migrations back. Throws UserError where the request is wrong. */
export async function doRollback(
  paths: readonly string[],
  values: RollbackOptions,
  listener: Listener<RollbackReport>,
): Promise<RollbackReport> {
  // Looked at before anything is connected to.
  const howFar = howFarOf(values);
  oneOf("--reason", values.reason ?? "manual", rollbackReasons);
  if (values["dry-run"] !== true) return goBack(paths, values, { howFar, listener });
  const report = await tryOut(paths, values);
  await listener.show(report);
  return report;
}

function goBack(
  paths: readonly string[],
  values: RollbackOptions,
  { howFar, listener }: { readonly howFar: HowFar | null; readonly listener: Listener<RollbackReport> },
): Promise<RollbackReport> {
  const work = async (on: Writing): Promise<RollbackReport> => {
    const { workspace, settings, open, signal, around, commands } = on;
    const [{ rollback }, { rollbackReport }, { preflightOf }, { backupsOf }, { checksOf }] = await Promise.all([
      import("../commands/rollback.ts"),
      import("../report/rollback-report.ts"),
      import("./preflight.ts"),
      import("./backups.ts"),
      import("./checks.ts"),
    ]);
    const checks = checksOf(on);
    const { say } = listener;
    const request = await requestFor(paths, values, { settings, howFar });
    // A way back waits neither for a window nor for another environment.
    const now = { ...settings, environment: { ...settings.environment, window: null, after: null } };
    const result = await rollback(request, settings, {
      ...{ workspace, open, signal, around, checks, commands },
      backups: backupsOf({ settings, workspace, values, signal, say }),
      preflight: preflightOf(now, on, values),
      now: () => new Date(),
    });
    const otherWay = await otherWayOf(result, settings, values);
    return rollbackReport(result, { dryRun: false, verification: checks.last(), otherWay });
  };
  return onTarget(values, values["backup-id"] ?? null, { ...listener, work, verdict: rollbackVerdict });
}

/** Says what going back would do; it takes no lock and writes nothing. */
async function tryOut(paths: readonly string[], values: RollbackOptions): Promise<RollbackReport> {
  return withDatabase(values, async ({ workspace, settings, session, commands }) => {
    const [{ backPlan }, { dryRunOf }, { countLosses }, { readJournal }, { readerOf }, { rollbackReport }] =
      await Promise.all([
        import("../commands/back-plan.ts"),
        import("../deploy/dry-run.ts"),
        import("../database/losses.ts"),
        import("../database/journal.ts"),
        import("../database/reader.ts"),
        import("../report/rollback-report.ts"),
      ]);
    await session.query("SET default_transaction_read_only = on; SET lock_timeout = '2s'");
    const request = await requestFor(paths, values, { settings, howFar: howFarOf(values) });
    const attempts = await readJournal(session);
    const result = await dryRunOf(request, attempts, readerOf(session), (database) =>
      backPlan(request, settings, {
        ...{ workspace, database, attempts, commands },
        losses: (losable) => countLosses(session, losable),
      }),
    );
    const otherWay = await otherWayOf(result, settings, values);
    return rollbackReport(result, { dryRun: true, verification: null, otherWay });
  });
}

async function requestFor(
  paths: readonly string[],
  values: RollbackOptions,
  { settings, howFar }: { readonly settings: Settings; readonly howFar: HowFar | null },
): Promise<RollbackRequest> {
  const { directories, layout } = await requestOf(paths, { layout: values.layout });
  const reason = oneOf("--reason", values.reason ?? "manual", rollbackReasons);
  // What the config has agreed to beforehand: after this failure, what the last run has applied.
  const automatic = howFar === null && settings.environment.rollbackOn.some((trigger) => trigger === reason);
  if (howFar === null && !automatic) {
    const named = settings.environment.rollbackOn.join(", ");
    throw new UserError("option-missing", "It is not said how far to go back.", {
      details:
        reason === "manual"
          ? []
          : [`rollback-on${named === "" ? " is not set" : ` names ${named}`}: ${reason} does not go back by itself.`],
      hint: "write --steps N, or --target-version V for the version that is to stay.",
    });
  }
  return {
    ...{ directories, layout, reason, automatic },
    howFar: howFar ?? { kind: "last-run" },
    expectDigest: values["expect-digest"] ?? null,
    backupId: values["backup-id"] ?? null,
    confirmed: values["confirm-loss"] ?? [],
  };
}

function howFarOf({ steps, "target-version": version }: RollbackOptions): HowFar | null {
  if (steps !== undefined && version !== undefined) {
    throw new UserError("option-invalid", "--steps and --target-version say two things.", {
      hint: "write one of them.",
    });
  }
  if (version !== undefined) return { kind: "version", version };
  if (steps === undefined) return null;
  if (/^[1-9]\d{0,5}$/.test(steps)) return { kind: "steps", steps: Number(steps) };
  throw new UserError("option-invalid", `--steps ${steps} is no number of migrations.`, {
    hint: "write how many are to be taken back: --steps 1.",
  });
}
