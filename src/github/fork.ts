import type { Api } from "./api.ts";
import { apiMergeBase } from "./api-tree.ts";
import type { WorkflowRunEvent } from "./event.ts";
import { type Asking, asking } from "./refused.ts";

/** A pull request whose run has ended, as GitHub itself tells of it. */
export interface ForkPull {
  readonly number: number;
  readonly head: string;
  readonly base: string;
  readonly baseRef: string;
  readonly author: string;
}

const listing: Asking = { to: "find the pull request of a run", permission: "pull-requests: read" };
const reading: Asking = { to: "read a commit of the repository", permission: "contents: read" };

/** The open pull requests that have just this commit of the run's branch as their newest: what a report says about itself does not count. */
export async function pullsOfRun(
  api: Api,
  { head, headOwner, headBranch }: WorkflowRunEvent,
): Promise<readonly ForkPull[]> {
  const all = await asking(listing, () =>
    api.pages("GET /repos/{owner}/{repo}/pulls", {
      ...api.here,
      state: "open",
      head: `${headOwner}:${headBranch}`,
      per_page: 100,
    }),
  );
  return all
    .filter((pull) => pull.head.sha === head)
    .map(({ number, head: { sha }, base, user }) => ({
      number,
      head: sha,
      base: base.sha,
      baseRef: base.ref,
      author: user?.login ?? "ghost",
    }));
}

/**
 * Whether a pull request changes anything under .github: then its run may have been another check than the base's, and its report says
 * nothing. Compared are the commits themselves, which nobody can exchange meanwhile.
 */
export async function changesWorkflows(api: Api, { head, base }: ForkPull): Promise<boolean> {
  const began = await apiMergeBase(api, base, head);
  const [before, after] = await Promise.all([folderAt(api, began), folderAt(api, head)]);
  return before !== after;
}

/** The id of what a commit has as .github; null where it has none. */
async function folderAt(api: Api, commit: string): Promise<string | null> {
  const { data } = await asking(reading, () =>
    api.request("GET /repos/{owner}/{repo}/git/trees/{tree_sha}", { ...api.here, tree_sha: commit }),
  );
  return data.tree.find(({ path }) => path === ".github")?.sha ?? null;
}
