import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { inputDefaults } from "../../src/github/input-names.ts";
import { manifest, step } from "./runner.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const readme = readFileSync(`${root}README.md`, "utf8");

/** The rows of the README's table under this head: the cells without their backticks. */
function table(head: string): readonly (readonly string[])[] {
  const [, after] = readme.split(`\n| ${head} |`);
  const rows = (after ?? "").split("\n\n", 1)[0]?.split("\n").slice(2) ?? [];
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

describe("action.yml", () => {
  test("is YAML in which nothing is written twice", () => {
    const { errors, warnings } = parseDocument(readFileSync(`${root}action.yml`, "utf8"), { uniqueKeys: true });
    expect([...errors, ...warnings]).toEqual([]);
  });

  test("has what the runner and the Marketplace ask for, and no key that they do not know", () => {
    expect(Object.keys(manifest)).toEqual(["name", "description", "author", "branding", "inputs", "outputs", "runs"]);
    expect(manifest.runs).toEqual({ using: "node24", main: "dist/index.js" });
    expect(existsSync(`${root}${manifest.runs.main}`)).toBe(true);
    // The Marketplace cuts longer ones.
    expect(manifest.description.length).toBeLessThanOrEqual(125);
    const colors = ["white", "black", "yellow", "blue", "green", "orange", "red", "purple", "gray-dark"];
    expect(colors).toContain(manifest.branding.color);
  });

  test("gives every input a text as its default, as the runner hands them on", () => {
    for (const input of Object.values(manifest.inputs)) {
      expect(Object.keys(input)).toEqual(["description", "default"]);
      expect(typeof input.default).toBe("string");
    }
    for (const output of Object.values(manifest.outputs)) expect(Object.keys(output)).toEqual(["description"]);
  });
});

describe("the inputs", () => {
  test("are the same, in the same order and with the same defaults, in action.yml and in the code", () => {
    const inFile = Object.entries(manifest.inputs).map(([name, input]) => [name, input.default]);
    expect(inFile).toEqual(Object.entries(inputDefaults));
  });

  test("are the same in the README's table, word by word", () => {
    const rows = Object.entries(manifest.inputs).map(([name, input]) => [name, input.default, input.description]);
    expect(rows.length).toBeGreaterThan(10);
    expect(table("input | default |").map(([name, value, says]) => [name, value, `${says}.`])).toEqual(rows);
  });

  test("are read in one file, and the step is failed in one place", () => {
    const sources = readdirSync(`${root}src`, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
    const calling = (what: RegExp) => sources.filter((name) => what.test(readFileSync(`${root}src/${name}`, "utf8")));
    expect(calling(/\bget\w*Input\(/)).toEqual(["github/inputs.ts"]);
    expect(calling(/\bINPUT_/)).toEqual(["github/inputs.ts"]);
    expect(calling(/\bsetFailed\(/)).toEqual(["github/log.ts"]);
    // Others have a function of this name that is their own.
    const failing = /import \{[^}]*\bfail\b[^}]*\} from "[./]*github\/log\.ts"/;
    expect(calling(failing)).toEqual(["index.ts"]);
  });
});

describe("the outputs", () => {
  test("of a check are those that action.yml names first", async () => {
    const { outputs } = await step({ files: { "migrations/001_a.sql": "CREATE TABLE a (x int);\n" } });
    expect(Object.keys(manifest.outputs).slice(0, 9)).toEqual(Object.keys(outputs));
  });

  test("are the same in action.yml and in the README's table, word by word", () => {
    const rows = Object.entries(manifest.outputs).map(([name, { description }]) => [name, description]);
    expect(table("output |").map(([name, says]) => [name, `${says}.`])).toEqual(rows);
  });
});
