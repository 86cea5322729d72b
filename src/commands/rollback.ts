import type { Around } from "../deploy/around.ts";
import { rollback as goBack, type RollbackPorts, rollbackOn } from "../deploy/rollback.ts";
import type { Work } from "../deploy/surroundings.ts";
import type { BackPlan, RollbackReason } from "../plan/back.ts";
import type { RollbackResult } from "../plan/back-result.ts";
import type { Target } from "../plan/target.ts";
import type { Commands, Workspace } from "../ports.ts";
import type { HowFar } from "./back-choice.ts";
import { backPlan } from "./back-plan.ts";
import type { Settings } from "./settings.ts";
import { sourcesOf } from "./sources.ts";
import type { SurveyRequest } from "./survey.ts";

/** What the user asked of `lockkeeper rollback`. */
export interface RollbackRequest extends Pick<SurveyRequest, "directories" | "layout"> {
  readonly howFar: HowFar;
  readonly reason: RollbackReason;
  readonly expectDigest: string | null;
  readonly backupId: string | null;
  /** What may be lost, by its name. */
  readonly confirmed: readonly string[];
  /** Whether the config, and not a person, has agreed to it. */
  readonly automatic: boolean;
}

export interface BackPorts {
  readonly workspace: Workspace;
  /** Throws UserError with everything that speaks against beginning now. */
  preflight(work: Work): Promise<void>;
  readonly backups: RollbackPorts["backups"];
  readonly checks: RollbackPorts["checks"];
  readonly around: Around;
  readonly signal: AbortSignal;
  /** Runs the rollback-sql-command of a directory; none where it is left out. */
  readonly commands?: Commands | null;
  now(): Date;
}

/** Takes migrations back, as the plan says and the policy lets it. */
export function rollback(
  request: RollbackRequest,
  settings: Settings,
  ports: BackPorts & { open(): Promise<Target> },
): Promise<RollbackResult> {
  const { deployPorts, agreement } = forDeploy(request, settings, ports);
  return goBack(agreement, { ...deployPorts, open: ports.open });
}

/** The same on a database that is open and locked already. */
export function rollbackHere(
  request: RollbackRequest,
  settings: Settings,
  ports: BackPorts & { readonly target: Target },
): Promise<RollbackResult> {
  const { deployPorts, agreement } = forDeploy(request, settings, ports);
  return rollbackOn(agreement, ports.target, deployPorts);
}

function forDeploy(request: RollbackRequest, settings: Settings, ports: BackPorts) {
  const { workspace, preflight, backups, checks, around, signal, now, commands = null } = ports;
  const { reason, expectDigest, backupId, confirmed } = request;
  const { rollbackWithinMs } = settings.environment;
  const automatic = request.automatic ? { withinMs: rollbackWithinMs, now: now() } : null;
  const deployPorts: RollbackPorts = {
    ...{ backups, checks, around, signal },
    ...sourcesOf(settings, workspace),
    preflight: (plan) => preflight(workOf(plan)),
    plan: (database, { losses }, attempts) =>
      backPlan(request, settings, {
        ...{ workspace, database, attempts, commands },
        losses: (losable) => losses(losable),
      }),
  };
  return { deployPorts, agreement: { reason, expectDigest, backupId, confirmed, automatic } };
}

/** A way back, as it is looked at before it begins. */
function workOf({ server, directory, migrations }: BackPlan): Work {
  return {
    server,
    directories: [directory],
    migrations: migrations.map(({ migration, digest, script }) => {
      return { migration, digest, script, directory: directory.directory };
    }),
  };
}
