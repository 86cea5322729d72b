import { exampleOf } from "./description.ts";
import type {
  CheckRun,
  Comment,
  Deployment,
  Issue,
  LabelEvent,
  Person,
  Pull,
  Review,
  ReviewComment,
  State,
} from "./state.ts";

/** What GitHub answers about the things in the state: its own examples, with what we know in their places. */

const repository = "/repos/{owner}/{repo}";
const mapOf = (value: unknown): Record<string, unknown> => {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("The example has no map there");
  return { ...value };
};
const userExample = mapOf(exampleOf("get", `${repository}/issues/{issue_number}/comments`).user);

export const userOf = ({ id, login, type }: Person) => ({ ...userExample, id, login, type });

export const commentOf = ({ id, number, author, body, isEdited = false }: Comment, base: string) => ({
  ...exampleOf("post", `${repository}/issues/{issue_number}/comments`),
  created_at: "2026-03-01T09:00:00Z",
  updated_at: isEdited ? "2026-03-01T09:30:00Z" : "2026-03-01T09:00:00Z",
  id,
  body,
  user: userOf(author),
  html_url: `https://github.example.com/octo/shop/pull/${number}#issuecomment-${id}`,
  url: `${base}/repos/octo/shop/issues/comments/${id}`,
});

export const reviewOf = ({ id, author, commit, state, at }: Review) => ({
  ...exampleOf("get", `${repository}/pulls/{pull_number}/reviews`),
  id,
  user: userOf(author),
  commit_id: commit,
  state,
  ...(state === "PENDING" ? {} : { submitted_at: at }),
});

export const reviewCommentOf = (comment: ReviewComment) => {
  const { reply: _, ...example } = { reply: null, ...exampleOf("get", `${repository}/pulls/{pull_number}/comments`) };
  const { in_reply_to_id: __, start_line: ___, ...rest } = { in_reply_to_id: 0, start_line: 0, ...example };
  return {
    ...rest,
    id: comment.id,
    node_id: `PRRC_${comment.id}`,
    user: userOf(comment.author),
    path: comment.path,
    body: comment.body,
    commit_id: comment.commit,
    original_commit_id: comment.commit,
    ...(comment.isOutdated ? { line: null, position: null } : { line: comment.line, position: 1 }),
    original_line: comment.line,
    ...(comment.startLine === null ? {} : { start_line: comment.startLine, start_side: "RIGHT" }),
    ...(comment.replyTo === null ? {} : { in_reply_to_id: comment.replyTo }),
  };
};

export const checkRunOf = (run: CheckRun) => ({
  ...exampleOf("patch", `${repository}/check-runs/{check_run_id}`),
  id: run.id,
  head_sha: run.head,
  name: run.name,
  status: run.status,
  conclusion: run.conclusion,
  external_id: run.externalId,
  details_url: run.detailsUrl,
  app: { ...mapOf(exampleOf("patch", `${repository}/check-runs/{check_run_id}`).app), slug: run.app },
  output: {
    ...mapOf(exampleOf("patch", `${repository}/check-runs/{check_run_id}`).output),
    title: run.title,
    summary: run.summary,
    annotations_count: run.annotations.length,
  },
});

export const pullOf = (
  pull: Pull,
  { owner, repo }: State,
  path: "pulls" | "pulls/{pull_number}" = "pulls/{pull_number}",
) => {
  const example = exampleOf("get", `${repository}/${path}`);
  const [head, base] = [mapOf(example.head), mapOf(example.base)];
  const full = `${owner}/${repo}`;
  return {
    ...example,
    number: pull.number,
    title: pull.title,
    state: pull.isOpen ? "open" : "closed",
    user: userOf(pull.author),
    requested_teams: [],
    head: {
      ...head,
      sha: pull.head,
      ref: pull.headRef,
      label: `${pull.headRepository?.split("/")[0] ?? "unknown"}:${pull.headRef}`,
      repo: pull.headRepository === null ? null : { ...mapOf(head.repo), full_name: pull.headRepository },
    },
    base: { ...base, sha: pull.base, ref: pull.baseRef, repo: { ...mapOf(base.repo), full_name: full } },
  };
};

export const labelEventOf = ({ author, label, kind, at }: LabelEvent) => ({
  ...exampleOf("get", `${repository}/issues/{issue_number}/events`),
  event: kind,
  actor: userOf(author),
  created_at: at,
  label: { name: label, color: "ffffff" },
});

export const permissionOf = (person: Person, permission: string) => ({
  permission: permission === "maintain" ? "write" : permission === "triage" ? "read" : permission,
  role_name: permission,
  user: { ...userOf(person), role_name: permission },
});

export const teamOf = (slug: string) => {
  const example = exampleOf("get", "/orgs/{org}/teams/{team_slug}");
  return {
    ...example,
    slug,
    type: "organization",
    organization: { ...mapOf(example.organization), archived_at: null },
  };
};

export const mergedPullOf = (pull: Pull, state: State) => {
  const example = exampleOf("get", `${repository}/commits/{commit_sha}/pulls`);
  const { head, base, ...rest } = pullOf(pull, state, "pulls");
  return { ...example, ...rest, head, base, merged_at: pull.merged?.at ?? null };
};

export const issueOf = ({ number, author, title, body, isOpen }: Issue) => {
  const { pull_request: _, ...example } = {
    pull_request: null,
    ...exampleOf("post", `${repository}/issues`),
  };
  return {
    ...example,
    number,
    title,
    body,
    state: isOpen ? "open" : "closed",
    user: userOf(author),
    html_url: `https://github.example.com/octo/shop/issues/${number}`,
  };
};

export const deploymentOf = ({ id, creator, sha, task, environment, payload }: Deployment) => ({
  ...exampleOf("post", `${repository}/deployments`),
  id,
  sha,
  ref: sha,
  task,
  environment,
  payload,
  creator: userOf(creator),
});

export const environmentOf = (name: string, reviewers: readonly Person[]) => ({
  ...exampleOf("get", `${repository}/environments/{environment_name}`),
  name,
  protection_rules: [
    { id: 1, node_id: "MDQ6R2F0ZTE=", type: "branch_policy" },
    ...(reviewers.length === 0
      ? []
      : [
          {
            id: 2,
            node_id: "MDQ6R2F0ZTI=",
            type: "required_reviewers",
            prevent_self_review: true,
            reviewers: reviewers.map((each) => ({ type: "User", reviewer: userOf(each) })),
          },
        ]),
  ],
});
