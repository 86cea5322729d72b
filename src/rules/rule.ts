import { type Allowances, type Database, databases, type Risk } from "../config/config.ts";
import type { ActionKind } from "../facts/actions.ts";
import type { Certainty } from "../facts/facts.ts";
import type { FileFacts } from "../facts/file.ts";
import type { Directive } from "../sql/comments.ts";
import type { Span } from "../sql/spans.ts";

/** What goes wrong when the rule is right. "fails": the file is refused, or what it did is undone, whatever anyone approves. */
export type Hazard = "locks" | "data-loss" | "breaks-clients" | "fails" | "partial" | "unread" | "accepted";

/** Everything that is said of a rule outside its code; the docs page is made from it. */
export interface RuleMeta {
  /** What to do, as a sentence without a full stop. */
  readonly title: string;
  readonly hazard: Hazard;
  readonly risk: Risk;
  /** What PostgreSQL does, in a sentence or two. */
  readonly why: string;
  /** What is otherwise, or is so as well, in the other databases of which the rule holds; in a sentence or two. */
  readonly elsewhere?: string;
  /** What to write instead. */
  readonly fix: string;
  readonly links: readonly string[];
}

/** A rule's word on a place in a file, before it is stamped with the rule's name and risk. */
export interface Problem {
  readonly at: Span;
  readonly message: string;
  /** Certain unless it says otherwise. */
  readonly certainty?: Certainty;
  /** SQL, with this statement's names, that does the same with less risk. */
  readonly safer?: string;
}

export interface Rule {
  /** Also the name of its file, docs page and test cases, and the word in an allowance. */
  readonly id: string;
  readonly meta: RuleMeta;
  /** Scripts it looks at: what would be deployed, or the way back as well. */
  readonly scripts: "up" | "both";
  /** The databases of which its words are true. */
  readonly dialects: readonly Database[];
  /** Actions without which it has nothing to say of a file, and is not asked; left out: it is always asked. */
  readonly speaksOf?: readonly ActionKind[];
  check(file: FileFacts): Iterable<Problem>;
  /** What there is to say about the findings of the other rules, and the allowances that accept them. */
  review?(file: FileFacts, review: Review): Iterable<Problem>;
}

/** What the rules that look at a file have found, for those that look at the findings. */
export interface Review {
  /** How the config takes allowances. */
  readonly allowances: Allowances;
  /** Each allowance with the findings that it names. */
  readonly allowed: ReadonlyMap<Directive, readonly Named[]>;
  /** What is known of a rule by its id; undefined where there is none. */
  ruleOf(id: string): Rule | undefined;
  /** A rule with a name like this; null where none is near. */
  near(id: string): string | null;
}

/** A finding that an allowance names. */
export interface Named {
  readonly rule: string;
  readonly at: Span;
  readonly blocks: boolean;
}

/** Every database that is read: for rules about files, about what their authors say in them, and about what is lost. */
export const everyDialect = databases;

/** A rule; those that guard against certain failure look at down scripts too, and it is about PostgreSQL unless it says more. */
export function defineRule(
  rule: Omit<Rule, "scripts" | "dialects"> & Partial<Pick<Rule, "scripts" | "dialects">>,
): Rule {
  return { scripts: rule.meta.hazard === "fails" ? "both" : "up", dialects: ["postgresql"], ...rule };
}

/** Whether a config may switch the rule off or change its risk: not where PostgreSQL refuses the file anyway. */
export function canBeTurnedOff(rule: Rule): boolean {
  return rule.meta.hazard !== "fails";
}
