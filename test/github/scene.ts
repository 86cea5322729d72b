import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ended, step } from "../action/runner.ts";
import { type FakeGitHub, fakeGitHub } from "./fake.ts";
import { type Files, newRepository, type Repository } from "./repository.ts";
import type { CheckRun, Person, Pull } from "./state.ts";

/** A pull request in a repository of its own, on a GitHub of its own. */
export interface Scene {
  readonly github: FakeGitHub;
  readonly repository: Repository;
  readonly pull: Pull;
  /** Adds a commit to the pull request, as a push does. */
  push(files: Files): string;
  /** Merges something else into the branch that the pull request goes to. */
  moveBase(files: Files): string;
  /** Runs the action for it. */
  run(options?: RunOptions): Promise<Ended>;
  /** Somebody's review of a commit, the newest one where none is named. */
  review(person: Person, state: string, commit?: string | null): void;
  /** The newest check run on a commit. */
  check(name?: string, head?: string): CheckRun | undefined;
}

export interface RunOptions {
  readonly event?: "pull_request" | "pull_request_review";
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | null>>;
  /** What is checked out: GitHub's merge with the base, as actions/checkout does it, or the pull request's own commit. */
  readonly checkout?: "merge" | "head";
  readonly depth?: number;
  /** The run's number; of two runs at once each has its own. */
  readonly id?: number;
  readonly attempt?: number;
  /** For a run that began when these were the commits. */
  readonly head?: string;
  readonly base?: string;
  prepare?(job: { readonly workspace: string; readonly temporary: string }): void;
}

export const mona: Person = { id: 101, login: "mona", type: "User" };
export const hubot: Person = { id: 102, login: "hubot", type: "User" };
export const kim: Person = { id: 103, login: "kim", type: "User" };
export const stranger: Person = { id: 666, login: "mallory", type: "User" };

export const usersTable = "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);\n";
const basis: Files = { "db/migrations/000001_users.up.sql": usersTable };

let runs = 5000;

export interface SceneOptions {
  readonly base?: Files;
  /** What the pull request changes. */
  readonly head: Files;
  readonly branch?: string;
  readonly title?: string;
  readonly fork?: boolean;
}

export async function scene({
  base = basis,
  head,
  branch = "feature",
  title = "Change",
  fork = false,
}: SceneOptions): Promise<Scene> {
  const github = await fakeGitHub();
  const repository = newRepository(base);
  github.state.git = repository.path;
  for (const { login } of [mona, hubot, kim]) github.state.permissions.set(login, "write");
  const full = `${github.state.owner}/${github.state.repo}`;
  const pull: Pull = {
    number: 7,
    head: repository.commit("pull-request", head),
    headRef: branch,
    headRepository: fork ? "mallory/shop" : full,
    base: repository.git("rev-parse", "main"),
    baseRef: "main",
    title,
    author: fork ? stranger : mona,
    isOpen: true,
    files: Object.keys(head).map((path) => ({ path, status: "added" })),
  };
  github.state.pulls.set(pull.number, pull);
  return {
    github,
    repository,
    pull,
    push(files) {
      pull.head = repository.commit("pull-request", files);
      return pull.head;
    },
    moveBase(files) {
      pull.base = repository.commit("main", files);
      return pull.base;
    },
    async run(options = {}) {
      const { event = "pull_request", checkout = "merge", depth = 1, id = ++runs, attempt = 1 } = options;
      const at = { head: options.head ?? pull.head, base: options.base ?? pull.base };
      const merge = checkout === "merge" ? repository.merge("refs/pull/7/merge", at.base, at.head) : at.head;
      return step({
        with: options.with ?? {},
        env: { ...runnerVariables(github, { event, id, attempt, sha: merge }), ...options.env },
        prepare(job) {
          repository.checkOut(merge, job.workspace, depth);
          writeFileSync(
            join(job.temporary, "event.json"),
            JSON.stringify(pullPayload(event, { ...pull, ...at }, full)),
          );
          options.prepare?.(job);
        },
      });
    },
    review(author, state, commit = pull.head) {
      github.state.reviews.push({ id: ++runs, number: pull.number, author, commit, state, at: github.tick() });
    },
    check(name = "Lockkeeper / risk", on = pull.head) {
      return github.state.checkRuns.filter((run) => run.name === name && run.head === on).at(-1);
    },
  };
}

interface Variables {
  readonly event: string;
  readonly id: number;
  readonly attempt: number;
  readonly sha: string;
}

/** What the runner sets, beside what every step gets. */
export function runnerVariables({ state, apiUrl, graphqlUrl }: FakeGitHub, { event, id, attempt, sha }: Variables) {
  return {
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: "../../_temp/event.json",
    GITHUB_API_URL: apiUrl,
    GITHUB_GRAPHQL_URL: graphqlUrl,
    GITHUB_REPOSITORY: `${state.owner}/${state.repo}`,
    GITHUB_RUN_ID: String(id),
    GITHUB_RUN_ATTEMPT: String(attempt),
    GITHUB_SHA: sha,
    GITHUB_WORKFLOW_REF: `${state.owner}/${state.repo}/.github/workflows/migrations.yml@refs/pull/7/merge`,
    GITHUB_JOB: "check",
    GITHUB_ACTOR: "mona",
  };
}

/** GitHub's own example of an event. */
export function payload(name: string): Record<string, never> {
  return JSON.parse(readFileSync(new URL(`./payloads/${name}.json`, import.meta.url), "utf8"));
}

function pullPayload(event: string, pull: Pull, full: string): unknown {
  const example: Record<string, Record<string, object>> = payload(
    event === "pull_request" ? "pull_request.synchronize" : "pull_request_review.submitted",
  );
  const { pull_request: known = {} } = example;
  const { number, title, author, head, base } = pull;
  return {
    ...example,
    number,
    pull_request: {
      ...known,
      number,
      title,
      user: { ...known.user, login: author.login, id: author.id },
      head: {
        ...known.head,
        sha: head,
        ref: pull.headRef,
        repo: pull.headRepository === null ? null : { full_name: pull.headRepository },
      },
      base: { ...known.base, sha: base, ref: pull.baseRef, repo: { full_name: full } },
    },
  };
}
