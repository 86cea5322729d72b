import { UserError } from "../errors.ts";
import type { Api } from "../github/api.ts";
import { collisionsOf, type OtherPulls, otherPulls } from "../github/collisions.ts";
import { upsertComment } from "../github/comment.ts";
import type { MergeGroupEvent, PullRequestEvent } from "../github/event.ts";
import { complaint } from "../github/failure.ts";
import type { ForkPull } from "../github/fork.ts";
import type { CheckInputs } from "../github/inputs.ts";
import { warn } from "../github/log.ts";
import { type Account, whoAmI } from "../github/people.ts";
import { pullNow } from "../github/pull.ts";
import { isForbidden } from "../github/refused.ts";
import type { Run } from "../github/run.ts";
import { keepSuggestions } from "../github/suggestions.ts";
import { renderComment } from "../report/comment.ts";
import type { Collisions, CommentContext, Notice } from "../report/comment-context.ts";
import { type Suggestion, suggestionsOf } from "../report/suggestions.ts";
import { rules } from "../rules/index.ts";
import { grammarFor, openGrammar } from "../sql/postgres.ts";
import { sentenceOf } from "./approvals.ts";
import { type CheckPlace, type ClosedText, checkName, type Gate, gateOfGroup, gateOfPull, writeGate } from "./gate.ts";
import type { JudgedPull } from "./judge.ts";

/** What came of telling GitHub. */
export interface Told {
  readonly isOpen: boolean;
  /** Whether the check run now says what the gate does. Where it does not, the job itself must. */
  readonly isWritten: boolean;
  /** Why it is not, where that is a failure of its own; the lines of a message. */
  readonly failure: readonly string[] | null;
  readonly notices: readonly Notice[];
}

export interface Telling {
  readonly api: Api;
  readonly judged: JudgedPull;
  readonly inputs: CheckInputs;
  readonly run: Run;
  /** What the workflow calls this job, of several in one pull request; it is part of the check run's name. */
  readonly key: string;
  /** Where this job looks, for jobs that nobody has given a key. */
  readonly directories: string;
  /** The text of a file, by its path from the root of the repository. */
  source(path: string): string | null;
}

/** Writes the check run and the comment of a pull request. What cannot be said on GitHub changes no verdict. */
export async function tellPullRequest(event: PullRequestEvent, telling: Telling): Promise<Told> {
  const { api, judged, inputs } = telling;
  const [pull, others] = await Promise.all([pullNow(api, event.number), othersOf(api, event)]);
  const self = others.self ?? (await whoAmI(api));
  const place = placeOf(event.head, telling, self);
  const gate = await gateOfPull(api, pull, judged, place);
  const collisions = others.read === null ? null : collisionsIn(judged, others.read);
  const about = [...judged.notices, ...others.notices, ...gate.notices];
  const context: CommentContext = { ...contextOf(event.head, telling, gate), notices: about, collisions };
  // The token of a fork's run can only read: nothing is tried that GitHub would refuse.
  if (event.fromFork) return { isOpen: gate.isOpen, isWritten: false, failure: null, notices: about };
  const { isWritten, failure } = await attemptCheck(telling, { gate, place, context });
  await writeComment(event.number, telling, { gate, context, self, head: pull.head });
  if (inputs.suggestions && pull.head === event.head) {
    await attempt("suggestions", async () => {
      const suggestions = await suggestionsFor(judged, telling.source);
      await keepSuggestions(api, { number: event.number, head: event.head, self, key: context.key, suggestions });
    });
  }
  return { isOpen: gate.isOpen, isWritten, failure, notices: about };
}

interface Commenting {
  readonly gate: Gate;
  readonly context: CommentContext;
  readonly self: Account;
  /** The newest commit of the pull request now. */
  readonly head: string;
}

async function writeComment(
  number: number,
  { api, judged, inputs, run }: Telling,
  { gate, context, self, head }: Commenting,
): Promise<void> {
  if (inputs.comment === "never") return;
  const create = inputs.comment === "always" || !gate.isOpen;
  await attempt("comment", async () => {
    const mark = { key: context.key, run: run.id, attempt: run.attempt, commit: context.head };
    const body = (before: CommentContext["before"]) => renderComment(judged.report, { ...context, before });
    await upsertComment(api, { number, self, mark, head, body, create });
  });
}

async function suggestionsFor(
  { report, config }: JudgedPull,
  source: Telling["source"],
): Promise<readonly Suggestion[]> {
  const grammar = openGrammar(grammarFor(config.postgres));
  return suggestionsOf(report, { source, grammar });
}

/** Writes the check run and the comment of a fork's pull request, from the report that its run has left. */
export async function tellFork(
  event: ForkPull,
  telling: Telling,
  { isForeign }: { readonly isForeign: boolean },
): Promise<Told> {
  const { api, judged } = telling;
  const [pull, others] = await Promise.all([pullNow(api, event.number), othersOf(api, event)]);
  const self = others.self ?? (await whoAmI(api));
  const place = placeOf(event.head, telling, self);
  const gate = await gateOfPull(api, pull, judged, place);
  const collisions = others.read === null ? null : collisionsIn(judged, others.read);
  const notices = [...others.notices, ...gate.notices];
  const context: CommentContext = { ...contextOf(event.head, telling, gate), notices, collisions };
  const closed = isForeign ? foreign : null;
  const written = await attemptCheck(telling, { gate, place, context, closed });
  if (!isForeign) await writeComment(event.number, telling, { gate, context, self, head: pull.head });
  return { isOpen: gate.isOpen && !isForeign, notices, ...written };
}

/** The check of a pull request that may have changed the check. */
const foreign = {
  conclusion: "action_required",
  title: "The report of this pull request is not trusted",
  summary:
    "This pull request changes files under `.github`, and with them perhaps the check that has judged it: what it reports is not shown. Somebody who may write here can push its branch to this repository, where it is checked by itself.",
} as const;

/** Writes the check run of a group in the merge queue, where pull requests meet. */
export async function tellMergeGroup(event: MergeGroupEvent, telling: Telling): Promise<Told> {
  const { api, judged } = telling;
  const self = await whoAmI(api);
  const place = placeOf(event.head, telling, self);
  const gate = await gateOfGroup(api, event, judged, place);
  const notices = [...judged.notices, ...gate.notices];
  const context: CommentContext = { ...contextOf(event.head, telling, gate), notices, collisions: null };
  return { isOpen: gate.isOpen, notices, ...(await attemptCheck(telling, { gate, place, context })) };
}

/** The comments of several jobs stand beside each other, with and without keys. */
function commentKey({ key, directories }: Telling): string {
  return key === "" ? directories : key;
}

function placeOf(head: string, { run, key, directories }: Telling, self: Account): CheckPlace {
  const job = directories === "" ? run.job : `${run.job}:${encodeURIComponent(directories)}`;
  return { name: checkName(key), head, self, run: { ...run, job } };
}

function contextOf(head: string, telling: Telling, gate: Gate): Omit<CommentContext, "notices" | "collisions"> {
  const { run } = telling;
  return {
    key: commentKey(telling),
    run: { id: run.id, attempt: run.attempt, url: run.url },
    head,
    repositoryUrl: run.repositoryUrl,
    rulesUrl: run.rulesUrl,
    rules,
    before: null,
    approvals: gate.approvals,
  };
}

interface Checking {
  readonly gate: Gate;
  readonly place: CheckPlace;
  readonly context: CommentContext;
  readonly closed?: ClosedText | null;
}

async function attemptCheck(
  { api, judged, run }: Telling,
  { gate, place, context, closed = null }: Checking,
): Promise<Pick<Told, "isWritten" | "failure">> {
  try {
    await writeGate(api, gate, { judged, place, context, closed });
    return { isWritten: true, failure: null };
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    // Its runs are treated like those of forks.
    if (run.isDependabot && isForbidden(thrown)) return { isWritten: false, failure: null };
    return { isWritten: false, failure: complaint(thrown) };
  }
}

/** Something that may fail without any consequence but a warning. */
async function attempt(what: "comment" | "suggestions", step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (thrown) {
    warn(`The ${what} could not be written, which changes no verdict. ${sentenceOf(thrown)}`);
  }
}

interface Others {
  readonly read: OtherPulls | null;
  readonly self: OtherPulls["self"] | null;
  readonly notices: readonly Notice[];
}

async function othersOf(api: Api, { baseRef, number }: Pick<PullRequestEvent, "baseRef" | "number">): Promise<Others> {
  try {
    const read = await otherPulls(api, { base: baseRef, but: number });
    return { read, self: read.self, notices: [] };
  } catch (thrown) {
    const sentence = `Other open pull requests were not looked at for the same versions. ${sentenceOf(thrown)}`;
    return { read: null, self: null, notices: [{ kind: "other", sentence }] };
  }
}

function collisionsIn({ report }: JudgedPull, { pulls, notLookedAt }: OtherPulls): Collisions {
  return { found: collisionsOf(report.migrations, pulls), lookedAt: pulls.length, notLookedAt };
}
