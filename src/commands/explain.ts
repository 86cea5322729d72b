import { UserError } from "../errors.ts";
import { type RuleCard, unexplainedCards } from "../report/rule-card.ts";
import { nearest } from "../text.ts";
import { listRules } from "./rules.ts";

/** What is said of one rule. Throws UserError where there is none of this id. */
export function explain(id: string): RuleCard {
  const rules = listRules();
  // What code scanning shows for a statement that no rule explains has an id too, and whoever sees it may ask.
  const found = [...rules, ...unexplainedCards].find((card) => card.id === id);
  if (found !== undefined) return found;
  const near = nearest(
    id,
    rules.map((card) => card.id),
  );
  throw new UserError("rule-unknown", `There is no rule ${id}.`, {
    hint: near === null ? "lockkeeper rules lists them." : `did you mean ${near}?`,
  });
}
