import { UserError } from "../errors.ts";
import type { Server } from "./api.ts";

/** The run that this step belongs to. */
export interface Run {
  readonly id: number;
  readonly attempt: number;
  /** Its page. */
  readonly url: string;
  /** Where the repository is shown. */
  readonly repositoryUrl: string;
  /** Where the pages of our rules are, in the version that runs; null where the action lies in the repository itself. */
  readonly rulesUrl: string | null;
  /** The file of the workflow and the job in it, as one word. */
  readonly job: string;
  /** Whether it was started by a program whose runs get tokens that can only read, although they are no forks. */
  readonly isDependabot: boolean;
}

export function readRun(env: NodeJS.ProcessEnv): Run {
  const repositoryUrl = `${env.GITHUB_SERVER_URL ?? ""}/${env.GITHUB_REPOSITORY ?? ""}`;
  const id = Number(env.GITHUB_RUN_ID ?? 0);
  const workflow = (env.GITHUB_WORKFLOW_REF ?? "").replace(/@.*$/s, "").split("/").slice(2).join("/");
  return {
    id: Number.isSafeInteger(id) ? id : 0,
    attempt: Number(env.GITHUB_RUN_ATTEMPT ?? 1) || 1,
    url: `${repositoryUrl}/actions/runs/${id}`,
    repositoryUrl,
    rulesUrl:
      env.GITHUB_ACTION_REPOSITORY && env.GITHUB_ACTION_REF
        ? `${env.GITHUB_SERVER_URL ?? ""}/${env.GITHUB_ACTION_REPOSITORY}/blob/${env.GITHUB_ACTION_REF}/docs/rules`
        : null,
    job: encodeURIComponent(`${workflow}:${env.GITHUB_JOB ?? ""}`),
    isDependabot: env.GITHUB_ACTOR === "dependabot[bot]",
  };
}

/** The GitHub that this runner belongs to, for this repository. Throws UserError: no address is guessed. */
export function readServer(env: NodeJS.ProcessEnv, token: string): Server {
  const [owner = "", repo = "", ...more] = (env.GITHUB_REPOSITORY ?? "").split("/");
  if (owner === "" || repo === "" || more.length > 0) throw notSet("GITHUB_REPOSITORY");
  const apiUrl = (env.GITHUB_API_URL ?? "").replace(/\/+$/, "");
  if (!URL.canParse(apiUrl)) throw notSet("GITHUB_API_URL");
  const graphqlUrl = env.GITHUB_GRAPHQL_URL ?? apiUrl.replace(/(?:\/v3)?$/, "/graphql");
  return { apiUrl, graphqlUrl, token, owner, repo };
}

function notSet(variable: string): UserError {
  return new UserError("runner-unexpected", `${variable} is not set, so that GitHub cannot be asked.`, {
    hint: "leave the variables as the runner sets them.",
  });
}
