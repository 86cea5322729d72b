import type { Api } from "./api.ts";
import { asking } from "./refused.ts";

/** A pull request as it is now, which may be later than the event that started this run. */
export interface PullNow {
  readonly number: number;
  readonly head: string;
  readonly author: string;
  readonly isOpen: boolean;
}

/** Asks for a pull request. */
export async function pullNow(api: Api, number: number): Promise<PullNow> {
  const { data } = await asking({ to: `read the pull request ${number}`, permission: "pull-requests: read" }, () =>
    api.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", { ...api.here, pull_number: number }),
  );
  return { number, head: data.head.sha, author: data.user?.login ?? "ghost", isOpen: data.state === "open" };
}
