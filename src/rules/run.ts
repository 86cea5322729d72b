import type { Config, Risk } from "../config/config.ts";
import type { Certainty } from "../facts/facts.ts";
import type { FileFacts } from "../facts/file.ts";
import type { Span } from "../sql/spans.ts";
import type { Rule } from "./rule.ts";

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
}

/** The rules that a config leaves on, with the risks that it gives them: worked out once, run on every script. */
export interface RuleSet {
  readonly up: readonly ActiveRule[];
  readonly down: readonly ActiveRule[];
}

interface ActiveRule {
  readonly rule: Rule;
  readonly risk: Risk;
}

/** The rules that are on, by the scripts that they look at. */
export function activeRules(rules: readonly Rule[], config: Config): RuleSet {
  const up: ActiveRule[] = [];
  for (const rule of rules) {
    const setting = config.rules.get(rule.id);
    if (setting?.kind === "off") continue;
    up.push({ rule, risk: setting?.kind === "risk" ? setting.risk : rule.meta.risk });
  }
  return { up, down: up.filter(({ rule }) => rule.scripts === "both") };
}

/** The findings of the rules on one script, in the order of their places. */
export function runRules(file: FileFacts, set: RuleSet): Finding[] {
  const findings: Finding[] = [];
  for (const { rule, risk } of file.direction === "down" ? set.down : set.up) {
    for (const { at, message, certainty = "certain", safer = null } of rule.check(file)) {
      const blocks = rule.meta.hazard === "fails" && certainty === "certain";
      findings.push({ rule: rule.id, risk, certainty, blocks, path: file.path, at, message, safer });
    }
  }
  return findings.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column || (a.rule < b.rule ? -1 : 1));
}
