import type { Risk } from "../config/config.ts";
import { type ChangeClass, changeClasses, riskOfClass } from "../gate/classify.ts";
import { canBeTurnedOff, type Hazard, type Rule } from "../rules/rule.ts";
import { classWords } from "./words.ts";

/** All that is said of a rule outside a finding. */
export interface RuleCard {
  readonly id: string;
  readonly title: string;
  /** Null where the class of a statement is all that is known of it. */
  readonly hazard: Hazard | null;
  readonly risk: Risk;
  readonly why: string;
  /** What is otherwise in other databases than PostgreSQL; null where there is nothing to say. */
  readonly elsewhere: string | null;
  readonly fix: string;
  readonly links: readonly string[];
  readonly scripts: Rule["scripts"];
  /** The databases that it holds for; null where that is not known. */
  readonly dialects: Rule["dialects"] | null;
  /** Whether the config may turn it off or give it another risk. */
  readonly canBeTurnedOff: boolean;
}

/** A rule's card. */
export function cardOf(rule: Rule): RuleCard {
  const { title, hazard, risk, why, elsewhere = null, fix, links } = rule.meta;
  const { id, scripts, dialects } = rule;
  return {
    id,
    title,
    hazard,
    risk,
    why,
    elsewhere,
    fix,
    links,
    scripts,
    dialects,
    canBeTurnedOff: canBeTurnedOff(rule),
  };
}

/** The id under which statements of a class are reported where no rule explains them: "unexplained-index". */
export function unexplainedId(changeClass: ChangeClass): string {
  return `unexplained-${changeClass}`;
}

/** For each change class what stands for a rule where a statement of it asks for approval and no rule explains it. */
export const unexplainedCards: readonly RuleCard[] = changeClasses.map((changeClass) => ({
  id: unexplainedId(changeClass),
  title: `Have somebody look at ${classWords[changeClass]}`,
  hazard: null,
  risk: riskOfClass[changeClass],
  why: `The policy asks for approval of this statement: its class is ${changeClass}, ${classWords[changeClass]}. No rule says more about it.`,
  elsewhere: null,
  fix: "Read what the report says of its locks and its other effects, and approve it if that is what is wanted.",
  links: ["https://www.postgresql.org/docs/current/explicit-locking.html"],
  scripts: "up",
  dialects: null,
  canBeTurnedOff: false,
}));

/** What can be said of a rule that this version does not know. */
export function strangerCard(id: string, risk: Risk): RuleCard {
  const why = "Another version of Lockkeeper has reported this; the message says what is wrong.";
  const settings = { hazard: null, elsewhere: null, scripts: "up", dialects: null, canBeTurnedOff: false } as const;
  return { id, title: id, risk, why, fix: "Read the message.", links: [], ...settings };
}

/** What a hazard means. */
export const hazardWords: Readonly<Record<Hazard, string>> = {
  locks: "others wait for a lock that is held for longer than a moment",
  "data-loss": "rows or values are gone for good",
  "breaks-clients": "programs that run now fail",
  fails: "PostgreSQL, or the tool that applies the file, refuses it, or what it did is undone",
  partial: "half of a migration can stay behind",
  unread: "something was not judged, or is not applied",
  accepted: "somebody asks to accept what was found",
};
