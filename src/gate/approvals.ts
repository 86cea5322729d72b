import { type Approvers, type Policy, type Risk, risks } from "../config/config.ts";

/** How many people the policy asks at one risk, and whose approval counts. */
export interface Asked {
  readonly risk: Risk;
  readonly approvals: number;
  readonly approvers: Approvers;
}

/** What the policy asks before migrations of these risks, the worst first; one person at least, since the gate asked for somebody. */
export function approvalsAsked(asking: Iterable<Risk>, policy: Policy): readonly Asked[] {
  const found = new Set(asking);
  return risks
    .filter((risk) => found.has(risk))
    .map((risk) => ({ risk, approvals: Math.max(1, policy[risk].approvals), approvers: policy[risk].approvers }))
    .reverse();
}

/** Why somebody's word is no approval. */
export type PassedOver =
  | "author"
  | "bot"
  | "changes-requested"
  | "dismissed"
  | "earlier-commit"
  | "edited"
  | "may-not-write"
  | "not-named"
  | "unknown-person";

/** The last decisive word of one person. */
export interface Word {
  readonly person: string;
  readonly isBot: boolean;
  /** Null for an approval of what was judged. */
  readonly but: Extract<PassedOver, "changes-requested" | "dismissed" | "earlier-commit" | "edited"> | null;
}

/** A review as GitHub has it. */
export interface Review {
  readonly person: string;
  readonly isBot: boolean;
  /** In capital letters, as the API writes it. */
  readonly state: string;
  /** The commit that was looked at; null where GitHub no longer knows it. */
  readonly commit: string | null;
}

/** The last decisive review of each person, of reviews in the order in which they were given; a mere comment decides nothing. */
export function wordsOfReviews(reviews: readonly Review[], head: string): readonly Word[] {
  const words = new Map<string, Word>();
  for (const { person, isBot, state, commit } of reviews) {
    const id = person.toLowerCase();
    if (state === "APPROVED") words.set(id, { person, isBot, but: commit === head ? null : "earlier-commit" });
    else if (state === "CHANGES_REQUESTED") words.set(id, { person, isBot, but: "changes-requested" });
    else if (state === "DISMISSED") words.set(id, { person, isBot, but: "dismissed" });
  }
  return [...words.values()];
}

/** The label that approves what has this digest: another content needs another label. */
export function approvalLabel(digest: string): string {
  return `lockkeeper:approved-${digest.slice(0, 12)}`;
}

/** A label put on or taken off, as the events of a pull request tell it. */
export interface LabelEvent {
  readonly person: string;
  readonly isBot: boolean;
  readonly label: string;
  readonly kind: "on" | "off";
}

/** Who has put on the label of this digest, of events in their order; nobody, once it is taken off for good. */
export function wordsOfLabels(events: readonly LabelEvent[], digest: string): readonly Word[] {
  const own = events.filter(({ label }) => label.toLowerCase() === approvalLabel(digest));
  if (own.at(-1)?.kind !== "on") return [];
  // A second person approves by taking it off and putting it on again: both have put it on.
  const words = own
    .filter(({ kind }) => kind === "on")
    .map(({ person, isBot }): Word => ({ person, isBot, but: null }));
  return [...new Map(words.map((word) => [word.person.toLowerCase(), word])).values()];
}

/** What must be known of a person before the approval counts. */
export interface Standing {
  readonly mayWrite: boolean;
  /** Those of the teams that the policy names in which the person is, as the policy writes them. */
  readonly teams: readonly string[];
}

export interface Weighing {
  readonly asked: readonly Asked[];
  readonly words: readonly Word[];
  /** Who has opened the pull request, or all that have opened one of several. */
  readonly author: string | readonly string[];
  /** Null where nothing could be learned: the approval does not count. */
  standingOf(person: string): Standing | null;
}

/** Who has approved, and what is missing. */
export interface Approvals {
  /** Whether every risk has the people that it asks for. */
  readonly granted: boolean;
  readonly asked: readonly Asked[];
  /** Whose approval counts at one of the risks at least. */
  readonly by: readonly string[];
  /** How many more people each risk needs; only those that need some. */
  readonly missing: readonly { readonly asked: Asked; readonly people: number }[];
  readonly passedOver: readonly { readonly person: string; readonly why: PassedOver }[];
}

/** Counts the approvals: of people who may write, not the author's and no program's, and where the policy names people, theirs. */
export function weighApprovals({ asked, words, author, standingOf }: Weighing): Approvals {
  const passedOver: { person: string; why: PassedOver }[] = [];
  const counting: { person: string; teams: readonly string[] }[] = [];
  for (const word of words) {
    const { person } = word;
    const early = whyNot(word, author);
    const standing = early === null ? standingOf(person) : null;
    const why = early ?? (standing === null ? "unknown-person" : standing.mayWrite ? null : "may-not-write");
    if (why !== null) passedOver.push({ person, why });
    else counting.push({ person, teams: standing?.teams ?? [] });
  }
  const by = new Set<string>();
  const missing = asked.flatMap((each) => {
    const fitting = counting.filter((one) => isNamed(one, each.approvers));
    for (const { person } of fitting) by.add(person);
    const people = each.approvals - fitting.length;
    return people > 0 ? [{ asked: each, people }] : [];
  });
  for (const { person } of counting) if (!by.has(person)) passedOver.push({ person, why: "not-named" });
  return { granted: missing.length === 0, asked, by: [...by], missing, passedOver };
}

function whyNot({ person, isBot, but }: Word, author: Weighing["author"]): PassedOver | null {
  if (but !== null) return but;
  if (isBot) return "bot";
  const authors = typeof author === "string" ? [author] : author;
  return authors.some((each) => each.toLowerCase() === person.toLowerCase()) ? "author" : null;
}

function isNamed(
  { person, teams }: { readonly person: string; readonly teams: readonly string[] },
  approvers: Approvers,
): boolean {
  if (approvers.people.length === 0 && approvers.teams.length === 0) return true;
  const has = (names: readonly string[], name: string): boolean =>
    names.some((each) => each.toLowerCase() === name.toLowerCase());
  return has(approvers.people, person) || teams.some((team) => has(approvers.teams, team));
}
