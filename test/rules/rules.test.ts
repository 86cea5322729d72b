import { describe, expect, test } from "vitest";
import { rules } from "../../src/rules/index.ts";
import { faultsOf } from "./faults.ts";
import { casesOf } from "./folders.ts";
import { judge } from "./judge.ts";

for (const rule of rules) {
  const cases = casesOf(rule.id);

  describe(rule.id, () => {
    test("has bad and good cases, two of each at least", () => {
      expect(cases.filter(({ kind }) => kind === "bad").length).toBeGreaterThanOrEqual(2);
      expect(cases.filter(({ kind }) => kind === "good").length).toBeGreaterThanOrEqual(2);
    });

    for (const one of cases) {
      test(`${one.kind === "bad" ? "reports" : "leaves alone"}: ${one.why} (line ${one.line})`, async () => {
        expect(faultsOf(rule, one, await judge(one))).toEqual([]);
      });
    }
  });
}
