import { readFileSync } from "node:fs";
import { UserError } from "../errors.ts";
import { at, numberAt, textAt } from "./payload.ts";

/** What has started this run, as far as it decides what is compared with what. Commits by their full ids. */
export type Event =
  | ({ readonly kind: "pull-request" } & PullRequestEvent)
  | ({ readonly kind: "merge-group" } & MergeGroupEvent)
  /** Before is null for a branch that is new. */
  | { readonly kind: "push"; readonly before: string | null; readonly after: string }
  | ({ readonly kind: "workflow-run" } & WorkflowRunEvent)
  /** By hand, by the clock, or something else that names no commits. */
  | { readonly kind: "other"; readonly name: string };

export interface PullRequestEvent {
  readonly number: number;
  /** The newest commit of the pull request, when the event was made. */
  readonly head: string;
  /** The commit of the branch that it goes to, when the event was made. */
  readonly base: string;
  readonly baseRef: string;
  readonly author: string;
  /** Whether it comes from another repository, so that the job's token can only read. */
  readonly fromFork: boolean;
}

export interface MergeGroupEvent {
  readonly head: string;
  readonly base: string;
  readonly baseRef: string;
  /** The branch that GitHub has made for the group. */
  readonly ref: string;
}

export interface WorkflowRunEvent {
  readonly run: number;
  /** By which event that run was started. */
  readonly event: string;
  readonly head: string;
  readonly headOwner: string;
  readonly headBranch: string;
  /** The file of the workflow in the repository. */
  readonly path: string;
}

/** The event of this run. Throws UserError: it cannot be read, or is one on which nothing may be judged. */
export function readEvent(env: NodeJS.ProcessEnv): Event {
  const name = env.GITHUB_EVENT_NAME ?? "";
  switch (name) {
    case "pull_request":
    case "pull_request_review":
      return { kind: "pull-request", ...pullRequestOf(payloadAt(env.GITHUB_EVENT_PATH)) };
    case "merge_group":
      return { kind: "merge-group", ...mergeGroupOf(payloadAt(env.GITHUB_EVENT_PATH)) };
    case "push":
      return pushOf(payloadAt(env.GITHUB_EVENT_PATH));
    case "workflow_run":
      return { kind: "workflow-run", ...workflowRunOf(payloadAt(env.GITHUB_EVENT_PATH)) };
    case "pull_request_target":
      throw new UserError("event-refused", "Nothing is judged on pull_request_target.", {
        details: ["It runs with the rights of the base branch, next to files of whoever opened the pull request."],
        hint: "use pull_request; for forks, a second workflow with command: publish.",
      });
    default:
      return { kind: "other", name };
  }
}

/** The event itself, as the runner has written it down. Throws UserError. */
export function readPayload(env: NodeJS.ProcessEnv): unknown {
  return payloadAt(env.GITHUB_EVENT_PATH);
}

function payloadAt(path: string | undefined): unknown {
  const problem = (why: string): UserError =>
    new UserError("event-unreadable", `The event that started this run cannot be read: ${why}.`, {
      hint: "leave GITHUB_EVENT_PATH as the runner sets it.",
    });
  if (path === undefined || path === "") throw problem("GITHUB_EVENT_PATH is not set");
  try {
    const payload: unknown = JSON.parse(readFileSync(path, "utf8"));
    return payload;
  } catch (error) {
    throw problem(error instanceof Error ? error.message : "unknown");
  }
}

function pullRequestOf(payload: unknown): PullRequestEvent {
  const pull = at(payload, "pull_request");
  const from = at(pull, "head", "repo", "full_name");
  return {
    number: numberAt(pull, "number"),
    head: commitAt(pull, "head", "sha"),
    base: commitAt(pull, "base", "sha"),
    baseRef: textAt(pull, "base", "ref"),
    // The account may be gone.
    author: typeof at(pull, "user", "login") === "string" ? textAt(pull, "user", "login") : "ghost",
    fromFork: from !== textAt(pull, "base", "repo", "full_name"),
  };
}

function mergeGroupOf(payload: unknown): MergeGroupEvent {
  const group = at(payload, "merge_group");
  return {
    head: commitAt(group, "head_sha"),
    base: commitAt(group, "base_sha"),
    baseRef: textAt(group, "base_ref"),
    ref: textAt(group, "head_ref"),
  };
}

function pushOf(payload: unknown): Event {
  const before = commitAt(payload, "before");
  return { kind: "push", before: /^0+$/.test(before) ? null : before, after: commitAt(payload, "after") };
}

function workflowRunOf(payload: unknown): WorkflowRunEvent {
  const run = at(payload, "workflow_run");
  return {
    run: numberAt(run, "id"),
    event: textAt(run, "event"),
    head: commitAt(run, "head_sha"),
    headOwner: textAt(run, "head_repository", "owner", "login"),
    headBranch: textAt(run, "head_branch"),
    path: String(at(run, "path") ?? ""),
  };
}

/** Nothing else reaches git or an address. */
function commitAt(value: unknown, ...path: readonly string[]): string {
  const text = textAt(value, ...path);
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) return text;
  throw new UserError("event-unreadable", `The event that started this run has no commit at ${path.join(".")}.`, {
    hint: "leave GITHUB_EVENT_PATH as the runner sets it.",
  });
}

/** The pull requests that the name of a merge queue's branch tells of, each with the commit that it was put upon. */
export function queuedIn(ref: string): readonly { readonly number: number; readonly onto: string }[] {
  const queue = /^refs\/heads\/gh-readonly-queue\/(.+)$/.exec(ref)?.[1] ?? "";
  return [...queue.matchAll(/(?:^|\/)pr-(\d+)-([0-9a-f]{40}|[0-9a-f]{64})(?=$|\/)/g)].map(([, number, onto = ""]) => ({
    number: Number(number),
    onto,
  }));
}
