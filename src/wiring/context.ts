import type { RunContext } from "../plan/attempt.ts";

/** Who runs this, as GitHub tells it. */
export function contextOf(
  env: Readonly<Record<string, string | undefined>>,
): Omit<RunContext, "planDigest" | "backupId"> {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  const known = server !== undefined && repository !== undefined && id !== undefined;
  return {
    commit: env.GITHUB_SHA ?? null,
    runUrl: known ? `${server}/${repository}/actions/runs/${id}` : null,
    actor: env.GITHUB_ACTOR ?? env.USER ?? null,
  };
}
