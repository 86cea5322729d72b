import { type CommentMark, readMark } from "../report/comment-mark.ts";
import type { Api } from "./api.ts";
import type { Account } from "./people.ts";
import { type Asking, asking, askingFor } from "./refused.ts";

/** The one comment of a job in a pull request. */
export interface CommentOrder {
  readonly number: number;
  /** The account that our token writes as. */
  readonly self: Account;
  /** Whose comment it is, of several jobs in one pull request, and the run that writes it. */
  readonly mark: Run & Pick<CommentMark, "key" | "commit">;
  /** The newest commit of the pull request now: a run for an older one leaves the comment alone. */
  readonly head: string;
  /** The text, which begins with our mark; `before` is the mark that stands there already. */
  body(before: CommentMark | null): string;
  /** Whether to write a comment where there is none; one that is there is brought up to date in any case. */
  readonly create: boolean;
}

type Run = Pick<CommentMark, "run" | "attempt">;

/** What was done: the comment's address, or why there is none of ours. */
export type Commented =
  | { readonly kind: "written"; readonly url: string }
  | { readonly kind: "left"; readonly why: string };

const writing: Asking = { to: "write the comment", permission: "pull-requests: write" };
const reading: Asking = { to: "read the comments", permission: "pull-requests: write" };

interface Found {
  readonly id: number;
  readonly url: string;
  readonly mark: CommentMark;
}

/** How often it is begun again when others write or delete at the same moment. */
const mostTries = 3;

/** Writes the comment, or brings it up to date, so that one is left whatever else runs at this moment. Throws UserError. */
export async function upsertComment(api: Api, order: CommentOrder): Promise<Commented> {
  const { mark, head } = order;
  if (head !== mark.commit) return { kind: "left", why: "the pull request has a newer commit by now" };
  for (let tries = 0; tries < mostTries; tries++) {
    const before = await onlyOurs(api, order);
    if (before !== null && before.mark.commit === head && isNewer(before.mark, mark)) {
      return { kind: "left", why: "a newer run has written it" };
    }
    if (before === null && !order.create) return { kind: "left", why: "there is nothing to say" };
    const body = order.body(before?.mark ?? null);
    const isThere = before === null ? await created(api, order, body) : await updated(api, before, body);
    // Deleted since it was read, or another run has written at this very moment: seen by looking again.
    const after = isThere ? await onlyOurs(api, order) : null;
    if (after !== null && !isNewer(mark, after.mark)) return { kind: "written", url: after.url };
  }
  return { kind: "left", why: "it was changed or deleted each time it was written" };
}

/** The comment of this job: what the newest run has written. Others, which runs at the same moment have left, are deleted. */
async function onlyOurs(api: Api, order: CommentOrder): Promise<Found | null> {
  const found = await ours(api, order);
  const keep = found.reduce<Found | null>(
    (best, each) => (best === null || isNewer(each.mark, best.mark) ? each : best),
    null,
  );
  for (const { id } of found) {
    if (id === keep?.id) continue;
    await askingFor(writing, () =>
      api.request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...api.here, comment_id: id }),
    );
  }
  return keep;
}

async function ours(api: Api, { number, self, mark }: CommentOrder): Promise<readonly Found[]> {
  const all = await asking(reading, () =>
    api.pages("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...api.here,
      issue_number: number,
      per_page: 100,
    }),
  );
  return all.flatMap(({ id, html_url: url, user, body }) => {
    // Anybody can write our mark into a comment of theirs.
    if (Number(user?.id) !== self.id) return [];
    const found = readMark(body ?? "");
    return found?.key === mark.key ? [{ id: Number(id), url, mark: found }] : [];
  });
}

async function created(api: Api, { number }: CommentOrder, body: string): Promise<boolean> {
  await asking(writing, () =>
    api.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...api.here,
      issue_number: number,
      body,
    }),
  );
  return true;
}

/** False where it is not there any more. */
async function updated(api: Api, { id }: Found, body: string): Promise<boolean> {
  const answer = await askingFor(writing, () =>
    api.request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...api.here, comment_id: id, body }),
  );
  return answer !== null;
}

function isNewer(a: Run, b: Run): boolean {
  return a.run === b.run ? a.attempt > b.attempt : a.run > b.run;
}
