import type { Api } from "./api.ts";
import { type Asking, asking } from "./refused.ts";

/** The last change of a file on a branch, as GitHub knows it. */
export interface LastChange {
  readonly commit: string;
  /** Whoever has made the commit; null where GitHub knows no account of that name. */
  readonly author: string | null;
}

/** A pull request that has been merged. */
export interface MergedPull {
  readonly number: number;
  readonly author: string;
  /** The newest commit that it had when it was merged. */
  readonly head: string;
}

const listing: Asking = { to: "ask which commit has brought a file", permission: "contents: read" };
const finding: Asking = { to: "ask which pull request has brought a commit", permission: "pull-requests: read" };

/** The newest commit up to this one that changes a file, by its path from the root of the repository; null where none does. */
export async function lastChangeOf(api: Api, path: string, upTo: string): Promise<LastChange | null> {
  const { data } = await asking(listing, () =>
    api.request("GET /repos/{owner}/{repo}/commits", { ...api.here, path, sha: upTo, per_page: 1 }),
  );
  const [last] = data;
  if (last === undefined) return null;
  const author = last.author !== null && "login" in last.author ? last.author.login : null;
  return { commit: last.sha, author: author ?? null };
}

/** The pull requests to a branch that have brought a commit there, the last merged first. */
export async function pullsThatBrought(api: Api, commit: string, branch: string): Promise<readonly MergedPull[]> {
  const all = await asking(finding, () =>
    api.pages("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", {
      ...api.here,
      commit_sha: commit,
      per_page: 100,
    }),
  );
  return all
    .filter(({ merged_at, base }) => merged_at !== null && base.ref === branch)
    .sort((a, b) => ((a.merged_at ?? "") < (b.merged_at ?? "") ? 1 : -1))
    .map(({ number, user, head }) => ({ number, author: user?.login ?? "ghost", head: head.sha }));
}
