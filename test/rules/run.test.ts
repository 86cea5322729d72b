import { expect, test } from "vitest";
import { type Config, defaultConfig, type RuleSetting } from "../../src/config/config.ts";
import type { FileFacts } from "../../src/facts/file.ts";
import { layoutOf } from "../../src/migrations/layouts/index.ts";
import { defineRule, type Problem, type Rule, type RuleMeta } from "../../src/rules/rule.ts";
import { activeRules, runRules } from "../../src/rules/run.ts";

const path = "migrations/000002_change.up.sql";
const file: FileFacts = {
  path,
  migration: { version: "000002", name: "change", up: path, down: null },
  direction: "up",
  up: null,
  layout: layoutOf("golang-migrate"),
  model: "one-string",
  dialect: "postgresql",
  appliedBy: "golang-migrate",
  unreadable: null,
  byteOrderMark: false,
  problems: [],
  statements: [],
  directives: [],
  major: 18,
};

function at(line: number, column: number): Problem["at"] {
  return { line, column, endLine: line, endColumn: column + 1 };
}

function rule(id: string, problems: readonly Problem[], meta: Partial<RuleMeta> = {}): Rule {
  return defineRule({
    id,
    meta: { title: "", hazard: "locks", risk: "high", why: "", fix: "", links: [], ...meta },
    check: () => problems,
  });
}

function config(rules: Readonly<Record<string, RuleSetting>>): Config {
  return { ...defaultConfig, rules: new Map(Object.entries(rules)) };
}

test("a problem is stamped with its rule, its risk and its file, and is certain unless it says otherwise", () => {
  const rules = [rule("a-rule", [{ at: at(3, 1), message: "It waits." }])];
  expect(runRules(file, activeRules(rules, defaultConfig))).toEqual([
    {
      rule: "a-rule",
      risk: "high",
      certainty: "certain",
      blocks: false,
      path,
      at: at(3, 1),
      message: "It waits.",
      safer: null,
      allowed: null,
    },
  ]);
});

test("findings stand in the order of their places, and of their rules where they share one", () => {
  const problems = (...places: readonly Problem["at"][]) => places.map((place) => ({ at: place, message: "" }));
  const rules = [rule("b-rule", problems(at(2, 5), at(1, 9))), rule("a-rule", problems(at(2, 5), at(2, 1)))];
  const found = runRules(file, activeRules(rules, defaultConfig));
  expect(found.map((each) => [each.rule, each.at.line, each.at.column])).toEqual([
    ["b-rule", 1, 9],
    ["a-rule", 2, 1],
    ["a-rule", 2, 5],
    ["b-rule", 2, 5],
  ]);
});

test("a config turns a rule off, and gives another one its risk", () => {
  const rules = ["off-rule", "low-rule", "own-rule"].map((id) => rule(id, [{ at: at(1, 1), message: "" }]));
  const set = activeRules(
    rules,
    config({ "off-rule": { kind: "off" }, "low-rule": { kind: "risk", risk: "low" }, "no-rule": { kind: "off" } }),
  );
  expect(runRules(file, set).map((each) => [each.rule, each.risk])).toEqual([
    ["low-rule", "low"],
    ["own-rule", "high"],
  ]);
});

test("only what is certain to fail blocks", () => {
  const problems: Problem[] = [
    { at: at(1, 1), message: "" },
    { at: at(2, 1), message: "", certainty: "possible" },
  ];
  const rules = [
    rule("fails-rule", problems, { hazard: "fails" }),
    rule("loses-rule", problems, { hazard: "data-loss" }),
  ];
  const found = runRules(file, activeRules(rules, defaultConfig));
  expect(found.filter(({ blocks }) => blocks)).toMatchObject([{ rule: "fails-rule", certainty: "certain" }]);
});

test("a down script is looked at by the rules that guard against failure, and by those that ask for it", () => {
  const problem = [{ at: at(1, 1), message: "" }];
  const asks: Rule = { ...rule("asks-rule", problem), scripts: "both" };
  const rules = [rule("fails-rule", problem, { hazard: "fails" }), rule("locks-rule", problem), asks];
  const down = runRules({ ...file, direction: "down" }, activeRules(rules, defaultConfig));
  expect(down.map((each) => each.rule)).toEqual(["asks-rule", "fails-rule"]);
});
