import { expect, test } from "vitest";
import { evaluate, type Scope } from "./expressions.ts";

const scope: Scope = {
  contexts: {
    needs: { plan: { outputs: { digest: "abc", empty: "" } } },
    github: { event: { a: 1 }, ref_protected: true },
  },
  status: { failed: true, cancelled: false },
};

test("GitHub's own evaluator decides what an expression comes to", () => {
  expect(evaluate("needs.plan.outputs.digest", scope)).toBe("abc");
  // Texts are compared without regard to case, and what is empty is false.
  expect(evaluate("needs.plan.outputs.digest == 'ABC' && !needs.plan.outputs.empty", scope)).toBe(true);
  expect(evaluate("needs.plan.outputs.empty || 'else'", scope)).toBe("else");
  expect(evaluate("always() && failure() && !success() && !cancelled()", scope)).toBe(true);
  expect(evaluate("github.event.nothing.here", scope)).toBe(null);
});

test.each([
  "needs.plan.outputs.digets",
  "needs.other.outputs.digest",
  "inputs.environment",
  "sucess()",
  "needs.plan ==",
  "steps",
])("an expression that nobody could evaluate fails the test: %s", (expression) => {
  expect(() => evaluate(expression, scope)).toThrow();
});
