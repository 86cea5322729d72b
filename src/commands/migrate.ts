import { type Around, nothingAround } from "../deploy/around.ts";
import { type Backups, noStore } from "../deploy/backups.ts";
import { type Checks, nothingChecked } from "../deploy/checks.ts";
import { deploy } from "../deploy/run.ts";
import type { DeployResult } from "../plan/deployed.ts";
import type { Plan } from "../plan/plan.ts";
import type { Target } from "../plan/target.ts";
import type { Commands, Workspace } from "../ports.ts";
import { plan } from "./plan.ts";
import { rollbackHere } from "./rollback.ts";
import type { Settings } from "./settings.ts";
import { sourcesOf } from "./sources.ts";
import type { SurveyRequest } from "./survey.ts";

export { sourcesOf } from "./sources.ts";

/** What the user asked of `lockkeeper migrate`. */
export interface MigrateRequest extends SurveyRequest {
  readonly expectDigest: string | null;
  readonly backupId: string | null;
}

export interface MigratePorts {
  readonly workspace: Workspace;
  /** Connects and takes the locks. Throws UserError. */
  open(): Promise<Target>;
  /** Throws UserError with everything that speaks against beginning now. */
  preflight(plan: Plan, target: Target): Promise<void>;
  /** Where backups are made and found; nowhere where it is left out. */
  readonly backups?: Backups;
  /** What is looked at before and after; nothing where it is left out. */
  readonly checks?: Checks;
  /** Hooks, and people who are told; nothing where it is left out. */
  readonly around?: Around;
  readonly signal: AbortSignal;
  /** Runs the sql-command of a directory; none where it is left out. */
  readonly commands?: Commands | null;
}

/** Applies what is pending, as the plan says and the policy lets it. Throws UserError where the request itself is wrong. */
export function migrate(request: MigrateRequest, settings: Settings, ports: MigratePorts): Promise<DeployResult> {
  const { workspace, open, preflight, signal } = ports;
  const { commands = null, around = nothingAround, backups = noStore, checks = nothingChecked } = ports;
  const { expectDigest, backupId, directories, layout } = request;
  return deploy(
    { expectDigest, backupId, policy: settings.config.policy },
    {
      ...{ open, preflight, signal, around, backups, checks },
      ...sourcesOf(settings, workspace),
      plan: (database, resumed) => plan(request, settings, { workspace, database, commands, resumed }),
      goBack(reason, versions, target) {
        if (!settings.environment.rollbackOn.includes(reason)) return null;
        const howFar = { kind: "versions", versions } as const;
        const agreed = { expectDigest: null, confirmed: [], automatic: true } as const;
        return rollbackHere({ directories, layout, howFar, reason, backupId, ...agreed }, settings, {
          ...{ workspace, target, signal, commands },
          // All of it is inside of what goes on around the deploy, and was looked at before it. The backup is that of before.
          ...{ backups: noStore, around: nothingAround },
          checks: { before: async () => undefined, after: (done) => checks.after(done) },
          preflight: async () => undefined,
          now: () => new Date(),
        });
      },
    },
  );
}
