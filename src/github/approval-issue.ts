import { type IssueMark, readIssueMark } from "../report/approval-issue.ts";
import { type Api, once } from "./api.ts";
import type { Account } from "./people.ts";
import { type Asking, asking } from "./refused.ts";

/** The open issue that asks for the approval of an environment's plan. */
export interface ApprovalIssue {
  readonly number: number;
  readonly url: string;
  readonly mark: IssueMark;
}

/** A comment there. */
export interface AnswerRead {
  readonly person: string;
  readonly isBot: boolean;
  readonly text: string;
  readonly isEdited: boolean;
}

const reading: Asking = { to: "read the issues", permission: "issues: write" };
const writing: Asking = { to: "write the issue that asks for approval", permission: "issues: write" };

/** The open issue of an environment that our own account has written, the oldest of several; null where there is none. */
export async function findIssue(api: Api, environment: string, self: Account): Promise<ApprovalIssue | null> {
  const all = await asking(reading, () =>
    api.pages("GET /repos/{owner}/{repo}/issues", {
      ...api.here,
      state: "open",
      creator: self.login,
      per_page: 100,
    }),
  );
  const found = all.flatMap(({ number, html_url: url, user, body, pull_request }): ApprovalIssue[] => {
    const mark = readIssueMark(body ?? "");
    const isOurs = user?.id === self.id && pull_request === undefined;
    return isOurs && mark?.environment === environment ? [{ number, url, mark }] : [];
  });
  return found.toSorted((a, b) => a.number - b.number)[0] ?? null;
}

/** Opens the issue. */
export async function openIssue(
  api: Api,
  issue: { readonly title: string; readonly body: string },
): Promise<{ readonly number: number; readonly url: string }> {
  const { data } = await asking(writing, () =>
    api.request("POST /repos/{owner}/{repo}/issues", { ...api.here, ...issue, ...once }),
  );
  return { number: data.number, url: data.html_url };
}

/** Brings the issue up to date. */
export async function updateIssue(
  api: Api,
  number: number,
  change: { readonly body: string } | { readonly state: "closed" },
): Promise<void> {
  await asking(writing, () =>
    api.request("PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
      ...api.here,
      issue_number: number,
      ...("body" in change ? { body: change.body } : { state: change.state, state_reason: "completed" }),
    }),
  );
}

/** What people have said there, the oldest first. */
export async function answersIn(api: Api, number: number): Promise<readonly AnswerRead[]> {
  const all = await asking(reading, () =>
    api.pages("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...api.here,
      issue_number: number,
      per_page: 100,
    }),
  );
  return all.flatMap(({ user, body, created_at, updated_at }) =>
    user === null
      ? []
      : [
          {
            person: user.login,
            isBot: user.type === "Bot",
            text: body ?? "",
            isEdited: created_at !== updated_at,
          },
        ],
  );
}

/** Says something there. */
export async function commentOn(api: Api, number: number, body: string): Promise<void> {
  const what: Asking = { to: `comment on ${number}`, permission: "issues: write and pull-requests: write" };
  await asking(what, () =>
    api.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...api.here,
      issue_number: number,
      body,
      ...once,
    }),
  );
}
