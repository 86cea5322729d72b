import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rulePages } from "../../scripts/rule-pages.ts";
import { rules } from "../../src/rules/index.ts";
import { casesOf } from "./folders.ts";

const folder = new URL("../../docs/rules/", import.meta.url);
const pages = await rulePages(rules, casesOf);

test("docs/rules has the list of rules and a page for each, and nothing else", () => {
  expect(readdirSync(folder).sort()).toEqual([...pages.keys()].sort());
});

test.each([...pages])("docs/rules/%s is what the rule says now: run `npm run docs`", (name, text) => {
  expect(readFileSync(new URL(name, folder), "utf8")).toBe(text);
});

test.each(rules.map((rule) => [rule.id, rule] as const))("the page of %s shows a finding of it", (id, rule) => {
  const page = pages.get(`${id}.md`) ?? "";
  const said = /Lockkeeper says:\n\n```text\n(.*?)\n```/s.exec(page)?.[1] ?? "";
  expect(said).toMatch(new RegExp(`^migrations/\\S+:\\d+:\\d+ {2}\\S.* {2}${id}$`, "m"));
  expect(said).not.toContain("Verdict");
  expect(page).toContain(rule.meta.hazard === "fails" ? "cannot be turned off" : `${id}: { risk: `);
});
