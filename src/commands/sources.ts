import { defaultAppliedBy, defaultLedger } from "../config/config.ts";
import type { DeployPorts } from "../deploy/run.ts";
import type { Workspace } from "../ports.ts";
import type { Settings } from "./settings.ts";

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
