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

/** The findings of all rules on one script, in the order of their places. */
export function runRules(file: FileFacts, rules: readonly Rule[], config: Config): Finding[] {
  const findings: Finding[] = [];
  for (const rule of rules) {
    const setting = config.rules.get(rule.id);
    if (setting?.kind === "off" || (file.direction === "down" && rule.scripts === "up")) continue;
    const risk = setting?.kind === "risk" ? setting.risk : rule.meta.risk;
    for (const { at, message, certainty = "certain", safer = null } of rule.check(file)) {
      const blocks = rule.meta.hazard === "fails" && certainty === "certain";
      findings.push({ rule: rule.id, risk, certainty, blocks, path: file.path, at, message, safer });
    }
  }
  return findings.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column || (a.rule < b.rule ? -1 : 1));
}
