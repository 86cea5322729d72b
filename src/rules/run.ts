import type { Allowances, Config, Database, Risk } from "../config/config.ts";
import type { ActionKind } from "../facts/actions.ts";
import type { Certainty } from "../facts/facts.ts";
import type { FileFacts } from "../facts/file.ts";
import type { Span } from "../sql/spans.ts";
import { nearest } from "../text.ts";
import { acceptFindings } from "./allowed.ts";
import type { Problem, Rule } from "./rule.ts";

/** A rule's word on a place in a file, with its risk, its certainty, its reason and the safer SQL. */
export interface Finding {
  readonly rule: string;
  readonly risk: Risk;
  readonly certainty: Certainty;
  /** True when the file is certain to be refused: no approval opens the gate. */
  readonly blocks: boolean;
  readonly path: string;
  readonly at: Span;
  readonly message: string;
  readonly safer: string | null;
  /** The reason of the allowance that accepts it; null where there is none. */
  readonly allowed: string | null;
}

/** The rules that a config leaves on, with the risks that it gives them: worked out once, run on every script. */
export interface RuleSet {
  readonly up: readonly ActiveRule[];
  readonly down: readonly ActiveRule[];
  readonly allowances: Allowances;
  ruleOf(id: string): Rule | undefined;
  near(id: string): string | null;
}

interface ActiveRule {
  readonly rule: Rule;
  readonly risk: Risk;
}

/** The rules that are on, by the scripts that they look at. */
export function activeRules(rules: readonly Rule[], { rules: settings, allowances }: Config): RuleSet {
  const up: ActiveRule[] = [];
  for (const rule of rules) {
    const setting = settings.get(rule.id);
    if (setting?.kind === "off") continue;
    up.push({ rule, risk: setting?.kind === "risk" ? setting.risk : rule.meta.risk });
  }
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return {
    up,
    down: up.filter(({ rule }) => rule.scripts === "both"),
    allowances,
    ruleOf: (id) => byId.get(id),
    near: (id) => (id.length > 60 ? null : nearest(id, [...byId.keys()])),
  };
}

/** The rules that hold for a database. An allowance may name the others all the same: they are known, and find nothing there. */
export function rulesFor(dialect: Database, set: RuleSet): RuleSet {
  const holds = ({ rule }: ActiveRule): boolean => rule.dialects.includes(dialect);
  return { ...set, up: set.up.filter(holds), down: set.down.filter(holds) };
}

/** The findings of the rules on one script, in the order of their places; those that an allowance names are marked with its reason. */
export function runRules(file: FileFacts, set: RuleSet): Finding[] {
  const active = file.direction === "down" ? set.down : set.up;
  const found: Finding[] = [];
  const done = new Set<ActionKind>();
  for (const { actions } of file.statements) for (const { kind } of actions) done.add(kind);
  for (const each of active) {
    if (each.rule.speaksOf?.some((kind) => done.has(kind)) === false) continue;
    for (const problem of each.rule.check(file)) found.push(stamped(problem, each, file));
  }
  const { findings, allowed } = acceptFindings(found, file, set.allowances);
  const review = { allowances: set.allowances, allowed, ruleOf: set.ruleOf, near: set.near };
  for (const each of active) {
    for (const problem of each.rule.review?.(file, review) ?? []) findings.push(stamped(problem, each, file));
  }
  return findings.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column || (a.rule < b.rule ? -1 : 1));
}

function stamped(problem: Problem, { rule, risk }: ActiveRule, { path }: FileFacts): Finding {
  const { at, message, certainty = "certain", safer = null } = problem;
  const blocks = rule.meta.hazard === "fails" && certainty === "certain";
  return { rule: rule.id, risk, certainty, blocks, path, at, message, safer, allowed: null };
}
