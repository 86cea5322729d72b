import { defaultAppliedBy, defaultLedger } from "../config/config.ts";
import { type DeployPorts, deploy } from "../deploy/run.ts";
import type { DeployResult } from "../plan/deployed.ts";
import type { Plan } from "../plan/plan.ts";
import type { Target } from "../plan/target.ts";
import type { Workspace } from "../ports.ts";
import { plan } from "./plan.ts";
import type { Settings } from "./settings.ts";
import type { SurveyRequest } from "./survey.ts";

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
  readonly signal: AbortSignal;
}

/** Applies what is pending, as the plan says and the policy lets it. Throws UserError where the request itself is wrong. */
export function migrate(request: MigrateRequest, settings: Settings, ports: MigratePorts): Promise<DeployResult> {
  const { workspace, open, preflight, signal } = ports;
  const { expectDigest, backupId } = request;
  return deploy(
    { expectDigest, backupId, policy: settings.config.policy },
    {
      open,
      preflight,
      signal,
      ...sourcesOf(settings, workspace),
      plan: (database) => plan(request, settings, { workspace, database }),
    },
  );
}

/** The files, and the ledgers as the config says. */
export function sourcesOf({ config }: Settings, workspace: Workspace): Pick<DeployPorts, "read" | "ledgerOf"> {
  return {
    read(path) {
      const content = workspace.read(path);
      // It was read a moment ago for the plan; whatever happened since, nothing of it is applied.
      if (content.kind === "unreadable") throw new Error(`${path} ${content.why}.`);
      return content.bytes;
    },
    ledgerOf({ directory, layout }) {
      const set = config.migrations.find((each) => each.directory === directory);
      return { layout, appliedBy: set?.appliedBy ?? defaultAppliedBy, config: set?.ledger ?? defaultLedger };
    },
  };
}
