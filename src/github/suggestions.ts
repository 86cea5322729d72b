import type { Api } from "./api.ts";
import { once } from "./api.ts";
import type { Account } from "./people.ts";
import { minimize } from "./queries.ts";
import { type Asking, asking, askingFor } from "./refused.ts";

/** Text at lines of a pull request, in which GitHub shows a button that puts other lines in their place. */
export interface SuggestedLines {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly body: string;
}

export interface SuggestionOrder {
  readonly number: number;
  readonly head: string;
  readonly self: Account;
  /** Tells several jobs of one pull request apart. */
  readonly key: string;
  readonly suggestions: readonly SuggestedLines[];
}

/** A comment of ours at lines. */
interface Found {
  readonly id: number;
  readonly node: string;
  readonly path: string;
  /** Null where the lines are not there any more. */
  readonly startLine: number | null;
  readonly endLine: number | null;
  readonly body: string;
  readonly hasReplies: boolean;
}

/** More at once would bury the conversation; they come with the next push. */
const mostAtOnce = 20;

const reading: Asking = { to: "read the comments at the lines", permission: "pull-requests: write" };
const writing: Asking = { to: "write suggestions at the lines", permission: "pull-requests: write" };

/** Leaves exactly these suggestions: what is there stays, what is missing is posted, and what is out of date goes. Throws UserError. */
export async function keepSuggestions(api: Api, order: SuggestionOrder): Promise<void> {
  const mark = markOf(order.key);
  const wanted = order.suggestions.slice(0, mostAtOnce).map((each) => ({ ...each, body: `${each.body}\n\n${mark}` }));
  const found = await ours(api, order, mark);
  const isSame = (a: SuggestedLines, b: Found): boolean =>
    a.path === b.path && a.startLine === b.startLine && a.endLine === b.endLine && sameText(a.body, b.body);
  for (const each of found) if (!wanted.some((one) => isSame(one, each))) await retire(api, each);
  const missing = wanted.filter((one) => !found.some((each) => isSame(one, each)));
  if (missing.length > 0) await post(api, order, missing);
}

async function ours(api: Api, { number, self }: SuggestionOrder, mark: string): Promise<readonly Found[]> {
  const all = await asking(reading, () =>
    api.pages("GET /repos/{owner}/{repo}/pulls/{pull_number}/comments", {
      ...api.here,
      pull_number: number,
      per_page: 100,
    }),
  );
  const answered = new Set<number | bigint | undefined>(all.map(({ in_reply_to_id }) => in_reply_to_id));
  return all
    .filter(({ user, body, in_reply_to_id }) => {
      return Number(user?.id) === self.id && in_reply_to_id === undefined && body.trimEnd().endsWith(mark);
    })
    .map(({ id, node_id: node, path, line, start_line, body }) => ({
      id: Number(id),
      node,
      path,
      startLine: start_line ?? line ?? null,
      endLine: line ?? null,
      body,
      hasReplies: answered.has(id),
    }));
}

/** What somebody has answered is folded away; the rest was said to nobody. */
async function retire(api: Api, { id, node, hasReplies }: Found): Promise<void> {
  if (hasReplies) {
    await asking(writing, () => api.graphql(minimize, { id: node }));
    return;
  }
  await askingFor(writing, () =>
    api.request("DELETE /repos/{owner}/{repo}/pulls/comments/{comment_id}", { ...api.here, comment_id: id }),
  );
}

/** All in one review, which is one message to the people who watch. */
async function post(
  api: Api,
  { number, head }: SuggestionOrder,
  suggestions: readonly SuggestedLines[],
): Promise<void> {
  const comments = suggestions.map(({ path, startLine, endLine, body }) => ({
    path,
    body,
    line: endLine,
    side: "RIGHT",
    ...(startLine < endLine ? { start_line: startLine, start_side: "RIGHT" } : {}),
  }));
  await asking(writing, () =>
    api.request("POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews", {
      ...api.here,
      ...once,
      pull_number: number,
      commit_id: head,
      event: "COMMENT",
      body: "Safer SQL that can take the place of these lines:",
      comments,
    }),
  );
}

function markOf(key: string): string {
  return `<!-- lockkeeper:suggestion key=${encodeURIComponent(key.replace(/\p{Cs}/gu, "_")).replaceAll("-", "%2D")} -->`;
}

/** GitHub keeps line ends as they are sent, or as browsers send them. */
function sameText(a: string, b: string): boolean {
  return a.replace(/\s+$/, "") === b.replace(/\r\n/g, "\n").replace(/\s+$/, "");
}
