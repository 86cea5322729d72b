import type { Api } from "./api.ts";
import { isNewer, type Mark, readMark, writeMark } from "./mark.ts";
import { type Asking, asking, askingFor } from "./refused.ts";

/** The one comment of a job in a pull request. */
export interface CommentOrder {
  readonly number: number;
  /** The account that our token writes as. */
  readonly self: Account;
  readonly mark: Mark;
  /** The newest commit of the pull request now; a run for an older one leaves the comment alone. */
  readonly head: string;
  readonly body: string;
  /** Whether to write a comment where there is none. */
  readonly create: boolean;
}

/** Whoever wrote something: logins can be taken over, ids cannot. */
export interface Account {
  readonly id: number;
  readonly login: string;
}

/** What was done: the comment's address, or why there is none of ours. */
export type Commented =
  | { readonly kind: "written"; readonly url: string }
  | { readonly kind: "left"; readonly why: string };

/** GitHub's limit for the body of a comment, in UTF-16 units to be on the safe side. */
export const maxCommentCharacters = 65_536;

const writing: Asking = { to: "write the comment", permission: "pull-requests: write" };
const reading: Asking = { to: "read the comments", permission: "pull-requests: write" };

interface Found {
  readonly id: number;
  readonly url: string;
  readonly mark: Mark;
}

/** Writes the comment, or brings it up to date, so that one is left whatever else runs at this moment. Throws UserError. */
export async function upsertComment(api: Api, order: CommentOrder): Promise<Commented> {
  if (order.head !== order.mark.head) return { kind: "left", why: "the pull request has a newer commit by now" };
  for (let tries = 0; tries < 3; tries++) {
    const found = await ours(api, order);
    const newest = newestOf(found);
    if (newest !== null && newest.mark.head === order.head && isNewer(newest.mark, order.mark)) {
      await removeOthers(api, found, newest);
      return { kind: "left", why: "a newer run has written it" };
    }
    const written = newest === null ? await created(api, order) : await updated(api, newest, order);
    if (written === "nothing to do") return { kind: "left", why: "there is nothing to say" };
    // Deleted since it was read: looked for again, and made new.
    if (written === null) continue;
    await removeOthers(api, found, written);
    // Another run may have written one at this very moment, or an older one over ours.
    const after = await ours(api, order);
    const last = newestOf(after);
    if (last === null) continue;
    await removeOthers(api, after, last);
    if (last.id === written.id && !sameRun(last.mark, order.mark) && isNewer(order.mark, last.mark)) continue;
    return { kind: "written", url: last.url };
  }
  return { kind: "left", why: "it was changed or deleted each time it was written" };
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

/** The one to keep: what the newest run has written, and of two of the same run the first. */
function newestOf(found: readonly Found[]): Found | null {
  return found.reduce<Found | null>(
    (best, each) => (best === null || isNewer(each.mark, best.mark) ? each : best),
    null,
  );
}

async function removeOthers(api: Api, found: readonly Found[], keep: Pick<Found, "id">): Promise<void> {
  for (const { id } of found) {
    if (id === keep.id) continue;
    await askingFor(writing, () =>
      api.request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", { ...api.here, comment_id: id }),
    );
  }
}

async function created(api: Api, order: CommentOrder): Promise<Found | "nothing to do"> {
  if (!order.create) return "nothing to do";
  const { data } = await asking(writing, () =>
    api.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...api.here,
      issue_number: order.number,
      body: bodyOf(order),
    }),
  );
  return { id: Number(data.id), url: data.html_url, mark: order.mark };
}

async function updated(api: Api, { id }: Found, order: CommentOrder): Promise<Found | null> {
  const answer = await askingFor(writing, () =>
    api.request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
      ...api.here,
      comment_id: id,
      body: bodyOf(order),
    }),
  );
  return answer === null ? null : { id, url: answer.data.html_url, mark: order.mark };
}

function bodyOf({ mark, body }: CommentOrder): string {
  return `${writeMark(mark)}\n${body}`;
}

function sameRun(a: Mark, b: Mark): boolean {
  return a.run === b.run && a.attempt === b.attempt;
}
