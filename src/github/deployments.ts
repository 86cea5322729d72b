import { posix } from "node:path";
import { type Api, once } from "./api.ts";
import { at, listAt } from "./payload.ts";
import type { Account } from "./people.ts";
import { type Asking, asking } from "./refused.ts";

/** What a run has done in an environment, as its deployment on GitHub keeps it for later runs. */
export interface Deployed {
  readonly environment: string;
  readonly digest: string | null;
  /** What has become of the migrations that are named. */
  readonly result: DeployedResult;
  readonly migrations: readonly DeployedMigration[];
}

export type DeployedResult = "applied" | "failed" | "rolled-back";

/** One version; its digest where it is applied and nothing is amiss, null where it is not, or where a script could not be read. */
export interface DeployedMigration {
  readonly path: string;
  readonly version: string;
  readonly digest: string | null;
}

/** Tells our deployments from those that GitHub makes for each job with an environment, which have no payload. */
const task = "lockkeeper";
const writing: Asking = { to: "write the deployment", permission: "deployments: write" };
const reading: Asking = { to: "read the deployments", permission: "deployments: read" };

const states = { applied: "success", failed: "failure", "rolled-back": "success" } as const;

/** GitHub's limit. */
const longestDescription = 140;

/** Writes down what a run has done, for people and for later runs. Throws UserError. */
export async function recordDeployment(
  api: Api,
  deployed: Deployed,
  { commit, runUrl, says }: { readonly commit: string; readonly runUrl: string; readonly says: string },
): Promise<void> {
  const { environment, digest, result, migrations } = deployed;
  const description = says.slice(0, longestDescription);
  const { data } = await asking(writing, () =>
    api.request("POST /repos/{owner}/{repo}/deployments", {
      ...api.here,
      ref: commit,
      task,
      environment,
      description,
      // The migrations are in the database already: nothing is merged for it, and no check is waited for.
      auto_merge: false,
      required_contexts: [],
      payload: { lockkeeper: { schema: 1, environment, digest, migrations, result } },
      ...once,
    }),
  );
  const id = numberOf(data);
  await asking(writing, () =>
    api.request("POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", {
      ...api.here,
      deployment_id: id,
      state: states[result],
      environment,
      log_url: runUrl,
      description,
      // What earlier runs have applied is still there.
      auto_inactive: false,
      ...once,
    }),
  );
}

/**
 * The digests of the migrations that are applied in an environment, by what our own runs have written down of it; null where they
 * have written nothing. Anybody who may write can make deployments: those of other accounts do not count.
 */
export async function digestsDeployed(
  api: Api,
  environment: string,
  self: Account,
): Promise<ReadonlySet<string> | null> {
  const all = await asking(reading, () =>
    api.pages("GET /repos/{owner}/{repo}/deployments", { ...api.here, environment, task, per_page: 100 }),
  );
  const ours = all
    .filter(({ creator }) => creator?.id === self.id)
    .sort((a, b) => Number(b.id) - Number(a.id))
    .flatMap(({ payload }) => deployedIn(payload) ?? [])
    .filter((each) => each.environment === environment);
  if (ours.length === 0) return null;
  // The newest word on a version counts.
  const standing = new Map<string, string | null>();
  for (const { migrations } of ours) {
    for (const { path, version, digest } of migrations) {
      const key = `${posix.dirname(path)} ${version}`;
      if (!standing.has(key)) standing.set(key, digest);
    }
  }
  return new Set([...standing.values()].filter((digest) => digest !== null));
}

/** What a deployment's payload says; null where it is none of ours. GitHub hands on an object, or the text that it was. */
function deployedIn(payload: unknown): Deployed | null {
  const said = at(typeof payload === "string" ? parsed(payload) : payload, "lockkeeper");
  const [environment, result] = [at(said, "environment"), at(said, "result")];
  const known = (["applied", "failed", "rolled-back"] as const).find((each) => each === result);
  if (at(said, "schema") !== 1 || typeof environment !== "string" || known === undefined) return null;
  const digest = at(said, "digest");
  const migrations = listAt(said, "migrations").flatMap((each): DeployedMigration[] => {
    const [path, version, of] = [at(each, "path"), at(each, "version"), at(each, "digest")];
    if (typeof path !== "string" || typeof version !== "string") return [];
    return [{ path, version, digest: typeof of === "string" ? of : null }];
  });
  return { environment, digest: typeof digest === "string" ? digest : null, result: known, migrations };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return null;
  }
}

/** The answer is a deployment: with auto_merge off GitHub merges nothing, which would answer otherwise. */
function numberOf(answer: unknown): number {
  const id = at(answer, "id");
  return typeof id === "number" ? id : Number.NaN;
}
