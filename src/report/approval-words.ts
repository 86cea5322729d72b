import { approvalLabel, type PassedOver } from "../gate/approvals.ts";
import { count, list } from "../text.ts";
import type { CommentApprovals } from "./comment-context.ts";
import { prose } from "./markdown-text.ts";
import { cutShort } from "./said.ts";

const mostPeople = 10;

/** Who has approved, what is missing and whose word did not count, as sentences in Markdown. */
export function approvalSentences({ state, by }: CommentApprovals, digest: string): readonly string[] {
  const how =
    by === "label" ? `put the label ${label(digest)} on this pull request` : "approve the newest commit in a review";
  return [...standingSentences(state), ...(state.granted ? [] : [`To approve: ${how}.`])];
}

/** Who has approved, what is missing and whose word did not count, wherever it was asked for. */
export function standingSentences({ by, missing, passedOver }: CommentApprovals["state"]): readonly string[] {
  const approved = by.length === 0 ? [] : [`Approved by ${people(by)}.`];
  const over = passedOver.slice(0, mostPeople).map(({ person, why }) => `${prose(cutShort(person))} ${whyWords[why]}`);
  const rest = passedOver.length > mostPeople ? [`and ${passedOver.length - mostPeople} more`] : [];
  const uncounted = over.length === 0 ? [] : [`Not counted: ${[...over, ...rest].join("; ")}.`];
  return [...missing.map(needed), [...approved, ...uncounted].join(" ")].filter((sentence) => sentence !== "");
}

/** "1 of 2 approvals", for a title; at the risk that lacks most. */
export function approvalCount({ state }: CommentApprovals): string {
  const { asked, missing } = state;
  const most = missing.toSorted((a, b) => b.people - a.people)[0] ?? null;
  const of = most?.asked ?? asked[0] ?? null;
  if (of === null) return "";
  const has = of.approvals - (most?.people ?? 0);
  return `${has} of ${count(of.approvals, "approval")}`;
}

function needed({ people: more, asked }: CommentApprovals["state"]["missing"][number]): string {
  const { risk, approvers } = asked;
  const named = [...approvers.people, ...approvers.teams.map((team) => `team ${team}`)];
  const from = named.length === 0 ? "anybody who may write here" : people(named, "or");
  return `**${count(more, "more approval")} needed** (${risk} risk): ${from}.`;
}

function people(names: readonly string[], last: "and" | "or" = "and"): string {
  const more = names.length > mostPeople ? [`${names.length - mostPeople} more`] : [];
  const words = [...names.slice(0, mostPeople).map((name) => prose(cutShort(name))), ...more];
  return last === "and" ? list(words) : list(words).replace(/ and (?=[^,]*$)/, " or ");
}

/** A label as code: our own characters, whatever the digest of a stranger's report is. */
function label(digest: string): string {
  return `\`${approvalLabel(digest.replace(/[^0-9a-f]/g, ""))}\``;
}

const whyWords: Readonly<Record<PassedOver, string>> = {
  author: "has opened this pull request",
  bot: "is a program",
  "changes-requested": "asks for changes",
  dismissed: "was dismissed",
  "earlier-commit": "approved an earlier commit",
  edited: "has a comment that was changed afterwards",
  "may-not-write": "has no write permission",
  "not-named": "is not among those whom the policy names",
  "unknown-person": "could not be looked up",
};
