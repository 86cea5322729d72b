import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { project } from "../workspace/project.ts";
import { errorOf, lockkeeper } from "./cli.ts";

const run = (...args: string[]) => lockkeeper(args, { cwd: project() });
const refused = async (...args: string[]) => errorOf(await run(...args));
const source = fileURLToPath(new URL("../../src/rules/", import.meta.url));
const notRules = ["index.ts", "rule.ts", "run.ts", "file-problems.ts", "allowed.ts"];
const ids = readdirSync(source)
  .filter((name) => !notRules.includes(name))
  .map((name) => name.replace(/\.ts$/, ""));

describe("lockkeeper rules", () => {
  test("has one line for every rule: its name, its risk, its hazard, what to do", async () => {
    const { status, stdout, stderr } = await run("rules");
    expect([status, stderr]).toEqual([0, ""]);
    const lines = stdout.split("\n");
    for (const id of ids) expect(lines.filter((line) => line.startsWith(`${id} `))).toHaveLength(1);
    expect(stdout).toMatch(
      /^drop-column +critical +data-loss +Do not drop a column in the release that stops using it$/m,
    );
    expect(stdout).toContain("\ndata-loss: rows or values are gone for good\n");
    expect(stdout).not.toContain("\u001b");
    expect((await lockkeeper(["rules"], { cwd: project(), env: { FORCE_COLOR: "1" } })).stdout).toContain("\u001b");
  });

  test("is JSON for programs", async () => {
    const { stdout } = await run("rules", "--format", "json");
    const { schema, command, rules } = JSON.parse(stdout);
    expect([schema, command]).toEqual([1, "rules"]);
    expect(rules.map(({ id }: { id: string }) => id)).toEqual(ids.toSorted());
    expect(rules.find(({ id }: { id: string }) => id === "syntax-error")).toMatchObject({
      hazard: "fails",
      scripts: "both",
      canBeTurnedOff: false,
      links: [expect.stringMatching(/^https:/)],
    });
  });

  test("takes nothing but a format that it has", async () => {
    expect(await refused("rules", "drop-column")).toContain(
      "  What to do: lockkeeper explain drop-column is about one of them.",
    );
    expect(await refused("rules", "--format", "sarif")).toContain("  It takes: text, json.");
    expect(await refused("rules", "--postgres", "15")).toEqual([
      "lockkeeper rules takes no --postgres.",
      "  What to do: it takes --format.",
      "  Code: option-unknown",
    ]);
  });
});

describe("lockkeeper explain", () => {
  test.each(ids)("%s says why, what to do and where to read on", async (id) => {
    const { status, stdout, stderr } = await run("explain", id);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(new RegExp(`^${id}  (low|medium|high|critical)  \\S`));
    for (const heading of ["Why", "What to do", "Settings", "See also"]) expect(stdout).toContain(`\n\n${heading}\n  `);
    expect(stdout).toMatch(/^ {2}https:\/\/\S+$/m);
    expect(
      Math.max(
        ...stdout
          .split("\n")
          .filter((line) => !line.includes("://"))
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(130);
  });

  test("says of a rule whether the config can turn it off", async () => {
    expect((await run("explain", "drop-column")).stdout).toContain("rules: { drop-column: off }");
    expect((await run("explain", "syntax-error")).stdout).toContain("Cannot be turned off");
  });

  test("knows the names under which code scanning shows what no rule explains", async () => {
    const { status, stdout } = await run("explain", "unexplained-rename");
    expect(status).toBe(0);
    expect(stdout).toContain("Have somebody look at a rename.");
  });

  test("answers a name that it does not know with the nearest", async () => {
    expect(await refused("explain", "drop-colum")).toEqual([
      "There is no rule drop-colum.",
      "  What to do: did you mean drop-column?",
      "  Code: rule-unknown",
    ]);
    expect(await refused("explain", "xyzzy")).toContain("  What to do: lockkeeper rules lists them.");
  });

  test("is about one rule", async () => {
    for (const words of [[], ["drop-column", "drop-table"]]) {
      expect(await refused("explain", ...words)).toEqual([
        "lockkeeper explain takes the name of one rule.",
        "  What to do: lockkeeper rules lists them.",
        "  Code: argument-missing",
      ]);
    }
    expect(await refused("explain", "drop-column", "--format", "json")).toContain(
      "lockkeeper explain takes no --format.",
    );
  });
});

test("rules and explain are answered without PostgreSQL's parser and without the files of the project", async () => {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL("../../src/main.ts", import.meta.url))],
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    outdir: "out",
    format: "esm",
    platform: "node",
  });
  const outputs = Object.entries(metafile.outputs);
  const entry = (name: string) => outputs.find(([, { entryPoint }]) => entryPoint?.endsWith(name))?.[0] ?? "";
  const loadedBy = (name: string, loaded = new Set<string>()): ReadonlySet<string> => {
    if (loaded.has(name)) return loaded;
    loaded.add(name);
    for (const { path, kind } of metafile.outputs[name]?.imports ?? [])
      if (kind === "import-statement") loadedBy(path, loaded);
    return loaded;
  };
  const sources = (...names: readonly string[]) =>
    names
      .flatMap((name) => [...loadedBy(entry(name))])
      .flatMap((name) => Object.keys(metafile.outputs[name]?.inputs ?? {}));
  const heavy = (input: string) => /node_modules\/|src\/sql\/postgres|src\/workspace|src\/commands\/judge/.test(input);
  const forRules = sources(
    "src/commands/rules.ts",
    "src/commands/explain.ts",
    "src/report/rule-page.ts",
    "src/main.ts",
  );
  expect(forRules).toContain("src/rules/index.ts");
  expect(forRules.filter(heavy)).toEqual([]);
  // What is looked for is there to be found.
  expect(sources("src/commands/check.ts").filter(heavy)).not.toEqual([]);
});
