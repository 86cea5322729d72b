import type { Api } from "../github/api.ts";
import { type CheckOrder, findCheck, writeCheck } from "../github/check-run.ts";
import type { CheckState } from "../github/check-state.ts";
import type { MergeGroupEvent } from "../github/event.ts";
import type { Account } from "../github/people.ts";
import { type PullNow, pullNow } from "../github/pull.ts";
import { pullsInGroup } from "../github/queue.ts";
import type { Run } from "../github/run.ts";
import { annotationsOf } from "../report/annotations.ts";
import { checkRunOf } from "../report/check-run.ts";
import type { CommentApprovals, CommentContext, Notice } from "../report/comment-context.ts";
import { gateStateOf, isOpen } from "../report/gate-state.ts";
import { approvalsOf, askedFor, noApprovals, sentenceOf, together } from "./approvals.ts";
import type { JudgedPull } from "./judge.ts";

/** Where a commit stands at the gate, and what was left on it before. */
export interface Gate {
  readonly approvals: CommentApprovals | null;
  readonly isOpen: boolean;
  readonly notices: readonly Notice[];
  /** What the check run is to remember. */
  readonly state: CheckState;
}

/** A check run that other runs may have written already. */
export interface CheckPlace {
  readonly name: string;
  readonly head: string;
  readonly self: Account;
  readonly run: Run;
}

/** The name of the check run, which a branch rule requires: one for each job of a pull request. */
export function checkName(key: string): string {
  return key === "" ? "Lockkeeper / risk" : `Lockkeeper / risk (${key})`;
}

/** Looks at the approvals of a pull request at its newest commit. */
export async function gateOfPull(api: Api, pull: PullNow, judged: JudgedPull, place: CheckPlace): Promise<Gate> {
  const { report, config } = judged;
  const found = await findCheck(api, { ...place, self: place.self.login });
  const asked = askedFor(report, config);
  const isNew = found !== null && found.state.digest !== report.digest;
  const since = found === null ? "" : isNew ? api.now() : found.state.since;
  const of = { ...pull, head: place.head, digest: report.digest, since };
  const read = asked.length === 0 ? null : await attempted(() => approvalsOf(api, of, { asked, config }));
  return gateOf(judged, { place, since, at: api.now(), found: read, fallback: () => noApprovals(asked) });
}

/** Looks at the approvals of every pull request in a group of the merge queue: what was approved is what their own check runs have judged. */
export async function gateOfGroup(
  api: Api,
  event: MergeGroupEvent,
  judged: JudgedPull,
  place: CheckPlace,
): Promise<Gate> {
  const asked = askedFor(judged.report, judged.config);
  const read = asked.length === 0 ? null : await attempted(() => groupApprovals(api, event, judged, place));
  return gateOf(judged, { place, since: "", at: api.now(), found: read, fallback: () => noApprovals(asked) });
}

async function groupApprovals(api: Api, event: MergeGroupEvent, { report, config }: JudgedPull, place: CheckPlace) {
  const asked = askedFor(report, config);
  const numbers = await pullsInGroup(api, event);
  const all = [];
  const left: Notice[] = [];
  for (const number of numbers) {
    const pull = await pullNow(api, number);
    const own = await findCheck(api, { name: place.name, head: pull.head, self: place.self.login });
    // Its own check has asked for nobody, and others in the group do.
    if (own !== null && own.state.approvals === 0 && numbers.length > 1) continue;
    if (own === null || (numbers.length === 1 && own.state.digest !== report.digest)) {
      const why =
        own === null ? "has no check run of this name" : "was checked with other migrations than the queue has now";
      left.push({ kind: "other", sentence: `Pull request ${number} ${why}: its approvals do not count here.` });
      all.push(noApprovals(asked));
      continue;
    }
    const of = { ...pull, digest: own.state.digest, since: own.state.since };
    all.push(await approvalsOf(api, of, { asked, config }));
  }
  return { ...(all.length === 0 ? noApprovals(asked) : together(all)), notices: left };
}

type Read<T> = { readonly kind: "read"; readonly value: T } | { readonly kind: "failed"; readonly sentence: string };

/** Approvals that cannot be read are none, and it is said why. */
async function attempted<T>(read: () => Promise<T>): Promise<Read<T>> {
  try {
    return { kind: "read", value: await read() };
  } catch (thrown) {
    return { kind: "failed", sentence: sentenceOf(thrown) };
  }
}

interface Found {
  readonly place: CheckPlace;
  readonly since: string;
  readonly at: string;
  readonly found: Read<CommentApprovals["state"] & { readonly notices?: readonly Notice[] }> | null;
  readonly fallback: () => CommentApprovals["state"];
}

function gateOf({ report, config }: JudgedPull, { place, since, at, found, fallback }: Found): Gate {
  const state = found === null ? null : found.kind === "read" ? found.value : fallback();
  const notices: readonly Notice[] =
    found === null
      ? []
      : found.kind === "read"
        ? (found.value.notices ?? [])
        : [{ kind: "other", sentence: found.sentence }];
  const approvals = state === null ? null : { state, by: config.approveBy };
  const { run } = place;
  return {
    approvals,
    isOpen: isOpen(gateStateOf(report, approvals)),
    notices,
    state: {
      at,
      run: run.id,
      attempt: run.attempt,
      job: run.job,
      digest: report.digest,
      since,
      approvals: Math.max(0, ...(state?.asked ?? []).map((each) => each.approvals)),
    },
  };
}

/** What a check run says instead of the report. */
export interface ClosedText {
  readonly conclusion: "failure" | "action_required";
  readonly title: string;
  readonly summary: string;
}

interface Writing {
  readonly judged: JudgedPull;
  readonly place: CheckPlace;
  readonly context: CommentContext;
  /** Null: what the report says. */
  readonly closed: ClosedText | null;
}

/** Writes the check run on the commit; false where a later look at the pull request stands. Throws UserError. */
export async function writeGate(api: Api, gate: Gate, { judged, place, context, closed }: Writing): Promise<boolean> {
  const { report } = judged;
  // Read again: another run may have written in between.
  const found = await findCheck(api, { ...place, self: place.self.login });
  const instead = found !== null && found.state.job !== gate.state.job ? taken : closed;
  const order: CheckOrder = {
    name: place.name,
    head: place.head,
    self: place.self.login,
    state: gate.state,
    ...(instead ?? checkRunOf(report, context)),
    annotations: instead === null ? annotationsOf(report) : [],
    detailsUrl: place.run.url,
  };
  return writeCheck(api, order, found);
}

const taken: ClosedText = {
  conclusion: "failure",
  title: "Two jobs write this check",
  summary:
    "Two jobs of this repository write a check run of this name on the same commit, so that one would hide what the other says. Give each an input `key` of its own.",
};
