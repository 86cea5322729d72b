import { cardOf, type RuleCard } from "../report/rule-card.ts";
import { rules } from "../rules/index.ts";

/** Every rule with what is said of it, by its id. */
export function listRules(): readonly RuleCard[] {
  return rules.map(cardOf);
}
