import { jobToken } from "../action/runner.ts";

/** What the fake GitHub knows: plain values that a test sets up and looks at. */

export interface Person {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Bot";
}

export interface Comment {
  readonly id: number;
  readonly number: number;
  author: Person;
  body: string;
  /** Whether somebody has changed it after it was written. */
  isEdited?: boolean;
}

export interface Issue {
  readonly number: number;
  readonly author: Person;
  readonly title: string;
  body: string;
  isOpen: boolean;
}

export interface Deployment {
  readonly id: number;
  readonly creator: Person;
  readonly sha: string;
  readonly task: string;
  readonly environment: string;
  readonly payload: unknown;
  readonly statuses: { readonly state: string; readonly description: string; readonly logUrl: string }[];
}

export interface Review {
  readonly id: number;
  readonly number: number;
  readonly author: Person;
  readonly commit: string | null;
  readonly at: string;
  state: string;
}

export interface ReviewComment {
  readonly id: number;
  readonly number: number;
  readonly author: Person;
  readonly path: string;
  readonly line: number;
  readonly startLine: number | null;
  readonly commit: string;
  body: string;
  isOutdated: boolean;
  isMinimized: boolean;
  replyTo: number | null;
}

export interface CheckRun {
  readonly id: number;
  readonly head: string;
  readonly app: string;
  name: string;
  status: string;
  conclusion: string | null;
  externalId: string;
  detailsUrl: string;
  title: string;
  summary: string;
  annotations: readonly Record<string, unknown>[];
}

export interface Pull {
  readonly number: number;
  head: string;
  headRef: string;
  /** owner/name; null once that is deleted. */
  headRepository: string | null;
  base: string;
  baseRef: string;
  title: string;
  author: Person;
  isOpen: boolean;
  /** When it was merged, and the commits that it has brought; not there until then. */
  merged?: { readonly at: string; readonly commits: readonly string[] };
  /** path → what happened to it. */
  files: readonly { readonly path: string; readonly status: "added" | "modified" | "removed" | "renamed" }[];
}

export interface LabelEvent {
  readonly number: number;
  readonly author: Person;
  readonly label: string;
  readonly kind: "labeled" | "unlabeled";
  readonly at: string;
}

/** Whoever has a token, and what it may do. */
export interface TokenRights {
  readonly account: Person;
  /** "checks" → "write"; what is not there may not even be read, but for contents and metadata. */
  readonly permissions: Readonly<Record<string, "read" | "write">>;
}

export interface State {
  readonly owner: string;
  readonly repo: string;
  /** The git repository that commits, trees and files are read from; null: there is none. */
  git: string | null;
  readonly pulls: Map<number, Pull>;
  comments: Comment[];
  readonly issues: Issue[];
  readonly deployments: Deployment[];
  /** Environments by their names, with the people who let jobs through. */
  readonly environments: Map<string, { readonly reviewers: readonly Person[] }>;
  reviews: Review[];
  reviewComments: ReviewComment[];
  checkRuns: CheckRun[];
  labelEvents: LabelEvent[];
  /** login → permission; whoever is not there has none. */
  readonly permissions: Map<string, "admin" | "maintain" | "write" | "triage" | "read">;
  /** "org/team" → logins. */
  readonly teams: Map<string, readonly string[]>;
  /** "heads/…" → commit. */
  readonly refs: Map<string, string>;
  readonly tokens: Map<string, TokenRights>;
  /** Says that the tree of a commit is cut off, as GitHub does above its limit. */
  truncatesTrees: boolean;
}

/** The account of a job's own token. */
export const actionsBot: Person = { id: 41_898_282, login: "github-actions[bot]", type: "Bot" };

/** The rights of a job that asks for what the README says. */
export const jobRights = { contents: "read", "pull-requests": "write", checks: "write" } as const;

export function newState(): State {
  return {
    owner: "octo",
    repo: "shop",
    git: null,
    pulls: new Map(),
    comments: [],
    issues: [],
    deployments: [],
    environments: new Map(),
    reviews: [],
    reviewComments: [],
    checkRuns: [],
    labelEvents: [],
    permissions: new Map(),
    teams: new Map(),
    refs: new Map(),
    tokens: new Map([[jobToken, { account: actionsBot, permissions: jobRights }]]),
    truncatesTrees: false,
  };
}
