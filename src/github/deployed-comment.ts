import { deployedMark } from "../report/deployed-comment.ts";
import type { Api } from "./api.ts";
import { commentOn } from "./approval-issue.ts";
import type { Account } from "./people.ts";
import { type Asking, asking, askingFor } from "./refused.ts";

const reading: Asking = { to: "read the comments", permission: "pull-requests: write" };
const writing: Asking = { to: "write the comment", permission: "pull-requests: write" };

/** Says on a pull request what has become of its migrations in an environment: one comment for each, which every deploy brings up to date. */
export async function tellPull(
  api: Api,
  number: number,
  { environment, body, self }: { readonly environment: string; readonly body: string; readonly self: Account },
): Promise<void> {
  const all = await asking(reading, () =>
    api.pages("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...api.here,
      issue_number: number,
      per_page: 100,
    }),
  );
  const mark = deployedMark(environment);
  const ours = all.find((each) => Number(each.user?.id) === self.id && (each.body ?? "").startsWith(mark));
  const updated =
    ours === undefined
      ? null
      : await askingFor(writing, () =>
          api.request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
            ...api.here,
            comment_id: Number(ours.id),
            body,
          }),
        );
  if (updated === null) await commentOn(api, number, body);
}
