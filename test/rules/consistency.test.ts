import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { rules } from "../../src/rules/index.ts";
import { canBeTurnedOff } from "../../src/rules/rule.ts";
import { casesOf, rulesWithCases } from "./folders.ts";

/** What stands beside the rules and is none. */
const engine = ["allowed.ts", "file-problems.ts", "index.ts", "rule.ts", "run.ts"];
const ids = rules.map(({ id }) => id);

function namesIn(path: string): readonly string[] {
  return readdirSync(new URL(`../../${path}`, import.meta.url)).sort();
}

test("every rule in src/rules is in the index, by the name of its file, in order", () => {
  const files = namesIn("src/rules").filter((name) => !engine.includes(name));
  expect(ids.map((id) => `${id}.ts`)).toEqual(files);
});

test("a rule's file says the id that it is named after", () => {
  for (const id of ids) {
    const text = readFileSync(new URL(`../../src/rules/${id}.ts`, import.meta.url), "utf8");
    expect(text).toContain(`id: "${id}"`);
  }
});

test("every rule has cases and a page, and there are none of other rules", () => {
  expect(rulesWithCases).toEqual(ids);
  expect(namesIn("docs/rules")).toEqual(["README.md", ...ids.map((id) => `${id}.md`)]);
});

test("titles are unique, and so are reasons and remedies", () => {
  for (const of of ["title", "why", "fix"] as const) {
    expect(new Set(rules.map(({ meta }) => meta[of])).size).toBe(rules.length);
  }
});

describe.each(rules.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  const { title, why, fix, links, hazard } = rule.meta;

  test("is named with words", () => {
    expect(id).toMatch(/^[a-z]+(?:-[a-z]+)+$/);
  });

  test("has a title without a full stop, and says why and what to do in sentences", () => {
    expect(title).toMatch(/^[A-Z].*[^.!?\s]$/);
    for (const text of [why, fix]) expect(text).toMatch(/^[A-Z][^\n]*[^.\s]\.$/);
    expect(`${title} ${why} ${fix}`).not.toMatch(/TODO|\s\s|\.\./);
  });

  test("has links, to pages by https", () => {
    expect(links).not.toEqual([]);
    for (const link of links) expect(new URL(link).protocol).toBe("https:");
  });

  test("looks at down scripts, and cannot be turned off, where the file would be refused", () => {
    if (hazard === "fails") expect(rule.scripts).toBe("both");
    expect(canBeTurnedOff(rule)).toBe(hazard !== "fails");
  });

  test("has cases that say in words what they are about, each once", () => {
    const whys = casesOf(id).map((one) => one.why);
    expect(new Set(whys).size).toBe(whys.length);
    for (const words of whys) expect(words).not.toMatch(/TODO|\.$/);
  });
});
