import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scaffold } from "../../scripts/rule-scaffold.ts";
import { rules } from "../../src/rules/index.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const existing = {
  index: readFileSync(join(root, "src/rules/index.ts"), "utf8"),
  files: readdirSync(join(root, "src/rules")),
  titles: rules.map(({ meta }) => meta.title),
};
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "lockkeeper-new-rule-"));
  for (const path of ["src", "scripts", "test/rules", "test/support", "package.json", "tsconfig.json", "biome.json"])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  writeFileSync(join(copy, "tsconfig.rules.json"), `{ "extends": "./tsconfig.json", "include": ["src"] }`);
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

function run(command: string, ...words: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: copy, encoding: "utf8" });
  return { status, said: `${stdout}${stderr}` };
}

const node = (...words: readonly string[]) => run(process.execPath, "--import", "tsx", ...words);
const bin = (name: string, ...words: readonly string[]) => run(join(root, "node_modules/.bin", name), ...words);

test.each([
  [
    "an id that is no words",
    "Drop_View",
    "Do not drop a view",
    /^"Drop_View" is no id of a rule: .* two words or more/,
  ],
  ["an id of one word", "views", "Do not drop a view", /two words or more/],
  ["an id with a number", "rule-7", "Do not drop a view", /two words or more/],
  ["an id with a path", "../drop-view", "Do not drop a view", /two words or more/],
  ["a rule that is there", "drop-table", "Do not drop a view", /^There is a src\/rules\/drop-table.ts already\.$/],
  [
    "a file that is no rule",
    "file-problems",
    "Do not drop a view",
    /^There is a src\/rules\/file-problems.ts already\.$/,
  ],
  ["a title that is there", "drop-view", "Build indexes with CONCURRENTLY", /^Another rule has the title/],
  ["a title with a full stop", "drop-view", "Do not drop a view.", /without a full stop/],
  ["a title of two lines", "drop-view", "Do not drop\na view", /one line/],
  ["no title", "drop-view", "", /^The title is missing/],
])("refuses %s", (_, id, title, why) => {
  expect(scaffold(id, title, existing)).toEqual({ kind: "refused", why: expect.stringMatching(why) });
});

test("says how it is called, and writes nothing where it refuses", () => {
  expect(node("scripts/new-rule.ts")).toEqual({ status: 2, said: expect.stringMatching(/^Usage: npm run new-rule/) });
  const refused = node("scripts/new-rule.ts", "drop-table", "Do not drop a view");
  expect(refused).toEqual({ status: 2, said: "There is a src/rules/drop-table.ts already.\n" });
  expect(readFileSync(join(copy, "src/rules/index.ts"), "utf8")).toBe(existing.index);
});

test("makes a rule that fits in, and whose tests fail until it is written", () => {
  const made = node("scripts/new-rule.ts", "drop-object-quietly", 'Say "drop" aloud');
  expect(made.said).toMatch(/wrote src\/rules\/drop-object-quietly\.ts\n.*What is left to do:.*npm run docs/s);
  expect(made.status).toBe(0);
  expect(bin("tsc", "--noEmit", "-p", "tsconfig.rules.json").said).not.toContain("src/rules/");
  expect(bin("biome", "check", "--error-on-warnings", "src/rules")).toMatchObject({ status: 0 });

  const program = `
    const { rules } = await import("./src/rules/index.ts");
    const { casesOf } = await import("./test/rules/folders.ts");
    const { faultsOf } = await import("./test/rules/faults.ts");
    const { judge } = await import("./test/rules/judge.ts");
    const rule = rules.find(({ id }) => id === "drop-object-quietly");
    const cases = casesOf(rule.id);
    const faults = [];
    for (const one of cases) faults.push(...faultsOf(rule, one, await judge(one)));
    console.log(JSON.stringify({ ids: rules.map(({ id }) => id), kinds: cases.map(({ kind }) => kind), faults }));`;
  const answer = node("--input-type=module", "--eval", program);
  const { ids, kinds, faults }: { ids: string[]; kinds: string[]; faults: string[] } = JSON.parse(answer.said);
  expect(ids).toEqual(ids.toSorted());
  expect(ids.filter((id) => id.startsWith("drop-object"))).toEqual(["drop-object", "drop-object-quietly"]);
  expect(kinds).toEqual(["bad", "good"]);
  expect(faults).toEqual(["drop-object-quietly does not report migrations/000002_change.up.sql:1:1."]);
});
