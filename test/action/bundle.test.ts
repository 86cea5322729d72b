import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { program as cli } from "../cli/cli.ts";
import { project } from "../workspace/project.ts";
import { program as action, step } from "./runner.ts";

/** The text of a file of dist/ and of all that it loads, at its start or later too. */
function reach(entry: string, { withLater } = { withLater: true }): string {
  const seen = new Map<string, string>();
  const open = [basename(entry)];
  for (const name of open) {
    if (seen.has(name)) continue;
    const text = readFileSync(join(dirname(entry), name), "utf8");
    seen.set(name, text);
    const imports = withLater ? /"\.\/([\w.-]+\.js)"/g : /(?<!import\()"\.\/([\w.-]+\.js)"/g;
    open.push(...[...text.matchAll(imports)].map(([, imported = ""]) => imported));
  }
  expect(seen.size).toBeGreaterThan(5);
  return [...seen.values()].join("\n");
}

/** Words that only the toolkit of actions has. */
const toolkit = ["ghadelimiter_", "INPUT_"];

test("the command line loads nothing of the toolkit of actions, and the action does", () => {
  for (const word of toolkit) {
    expect(reach(action)).toContain(word);
    expect(reach(cli)).not.toContain(word);
  }
});

test("the action loads what speaks to GitHub only where there is something to tell", () => {
  const check = /import\("\.\/(check-[\w-]+\.js)"\)/.exec(readFileSync(action, "utf8"))?.[1];
  const atStart = reach(join(dirname(action), check ?? ""), { withLater: false });
  expect(reach(action).includes("octokit-")).toBe(true);
  expect(atStart.includes("octokit-")).toBe(false);
  expect(/\bundici\b|"(?:node:)?(?:http|https|net|tls|child_process)"/.exec(atStart)?.[0]).toBeUndefined();
});

test("the action names no server of GitHub's that it would turn to: the runner may belong to another", () => {
  // The client has one for whoever names none, which readServer always does; another is the name of a schema.
  expect(/uploads\.github\.com|GITHUB_TOKEN/.exec(reach(action))?.[0]).toBeUndefined();
});

test("an action of which something is missing fails the step, and says whose bug it is", async () => {
  const copy = project();
  cpSync(dirname(action), join(copy, "dist"), { recursive: true });
  cpSync(join(dirname(action), "../package.json"), join(copy, "package.json"));
  const grammars = readdirSync(join(copy, "dist")).filter((name) => name.endsWith(".wasm"));
  expect(grammars.length).toBeGreaterThan(0);
  for (const name of grammars) rmSync(join(copy, "dist", name));
  const files = { "migrations/001_a.sql": "CREATE TABLE a (x int);\n" };
  const ended = await step({ files, program: join(copy, "dist/index.js") });
  expect(ended.status).toBe(1);
  expect(ended.issues).toHaveLength(1);
  expect(ended.issues[0]?.message).toMatch(
    /^Error: ENOENT.*\n[\s\S]*\nThis is a bug in Lockkeeper, not in your migrations\./,
  );
  expect(ended.outputs).toEqual({});
});
