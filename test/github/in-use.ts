/** What the fake GitHub can do: the operations of GitHub's REST API that Lockkeeper calls, and the events that it is started by. */

export interface Operation {
  readonly method: "get" | "post" | "patch" | "delete";
  /** As GitHub's description writes it. */
  readonly path: string;
  /** The status of an answer that is none of an error. */
  readonly success: 200 | 201 | 204;
}

const repository = "/repos/{owner}/{repo}";

export const operations: readonly Operation[] = [
  { method: "get", path: `${repository}/pulls`, success: 200 },
  { method: "get", path: `${repository}/pulls/{pull_number}`, success: 200 },
  { method: "get", path: `${repository}/pulls/{pull_number}/files`, success: 200 },
  { method: "get", path: `${repository}/pulls/{pull_number}/reviews`, success: 200 },
  { method: "post", path: `${repository}/pulls/{pull_number}/reviews`, success: 200 },
  { method: "get", path: `${repository}/pulls/{pull_number}/comments`, success: 200 },
  { method: "delete", path: `${repository}/pulls/comments/{comment_id}`, success: 204 },
  { method: "get", path: `${repository}/issues/{issue_number}/comments`, success: 200 },
  { method: "post", path: `${repository}/issues/{issue_number}/comments`, success: 201 },
  { method: "patch", path: `${repository}/issues/comments/{comment_id}`, success: 200 },
  { method: "delete", path: `${repository}/issues/comments/{comment_id}`, success: 204 },
  { method: "get", path: `${repository}/issues/{issue_number}/events`, success: 200 },
  { method: "get", path: `${repository}/commits/{ref}/check-runs`, success: 200 },
  { method: "post", path: `${repository}/check-runs`, success: 201 },
  { method: "patch", path: `${repository}/check-runs/{check_run_id}`, success: 200 },
  { method: "get", path: `${repository}/collaborators/{username}/permission`, success: 200 },
  { method: "get", path: "/orgs/{org}/teams/{team_slug}", success: 200 },
  { method: "get", path: "/orgs/{org}/teams/{team_slug}/memberships/{username}", success: 200 },
  { method: "get", path: `${repository}/compare/{basehead}`, success: 200 },
  { method: "get", path: `${repository}/git/trees/{tree_sha}`, success: 200 },
  { method: "get", path: `${repository}/git/blobs/{file_sha}`, success: 200 },
  { method: "get", path: `${repository}/git/matching-refs/{ref}`, success: 200 },
  { method: "get", path: `${repository}/commits`, success: 200 },
  { method: "get", path: `${repository}/commits/{commit_sha}/pulls`, success: 200 },
  { method: "get", path: `${repository}/deployments`, success: 200 },
  { method: "post", path: `${repository}/deployments`, success: 201 },
  { method: "post", path: `${repository}/deployments/{deployment_id}/statuses`, success: 201 },
  { method: "get", path: `${repository}/environments/{environment_name}`, success: 200 },
  { method: "get", path: `${repository}/issues`, success: 200 },
  { method: "post", path: `${repository}/issues`, success: 201 },
  { method: "patch", path: `${repository}/issues/{issue_number}`, success: 200 },
];

export const payloads: readonly { readonly event: string; readonly action: string | null }[] = [
  { event: "pull_request", action: "opened" },
  { event: "pull_request", action: "synchronize" },
  { event: "pull_request", action: "labeled" },
  { event: "pull_request_review", action: "submitted" },
  { event: "merge_group", action: "checks_requested" },
  { event: "push", action: null },
  { event: "workflow_dispatch", action: null },
  { event: "workflow_run", action: "completed" },
  { event: "issue_comment", action: "created" },
];
