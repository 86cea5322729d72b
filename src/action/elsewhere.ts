import { openApi } from "../github/api.ts";
import { digestsDeployed } from "../github/deployments.ts";
import { whoAmI } from "../github/people.ts";
import { readServer } from "../github/run.ts";
import type { Step } from "./step.ts";

/** What our own runs have written down on GitHub of another environment. */
export function deployedElsewhere({
  inputs: { token },
  env,
}: Step): (environment: string) => Promise<ReadonlySet<string> | null> {
  return async (environment) => {
    if (token === null) return null;
    const api = openApi(readServer(env, token));
    return digestsDeployed(api, environment, await whoAmI(api));
  };
}
