import { defineRule, everyDialect } from "./rule.ts";

export default defineRule({
  id: "unused-allowance",
  meta: {
    title: "Remove an allowance that accepts nothing",
    hazard: "accepted",
    risk: "low",
    why: "It names a rule that finds nothing there, because the SQL has changed or because the comment stands in another place. The next who edits the file would take it for an answer.",
    fix: "Remove the comment, or move it: directly above the statement that it is about, or above the first one with a blank line between, for the whole file.",
    links: ["https://eslint.org/docs/latest/use/configure/rules#report-unused-eslint-disable-comments"],
  },
  dialects: everyDialect,
  check: () => [],
  *review({ directives }, { allowed, ruleOf }) {
    for (const directive of directives) {
      if (directive.kind !== "allow" || ruleOf(directive.rule)?.review !== undefined) continue;
      if (ruleOf(directive.rule) === undefined) continue;
      if (allowed.get(directive)?.length !== 0) continue;
      const where = directive.about === null ? "in this file" : "in the statement below";
      yield {
        at: directive.span,
        message: `The rule ${directive.rule} finds nothing ${where}: this allowance accepts nothing.`,
      };
    }
  },
});
