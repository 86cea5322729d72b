import { describe, expect, test } from "vitest";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { type MarkdownReading, readMarkdown } from "../report/markdown-reader.ts";
import { commandsIn } from "../report/runner.ts";
import { project } from "../workspace/project.ts";
import { chain, coverageIn, lockkeeper, type Run, verdictIn } from "./cli.ts";

const broken = {
  ...chain,
  "db/migrations/000004_broken.up.sql": "ALTER TABLE orders ADD COLUMN a int,;\n",
  "db/migrations/000004_broken.down.sql": "SELECT 1;\n",
};
/** Needs approval for what no rule explains. */
const unexplained = {
  "db/migrations/001_a.sql": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n",
  "db/migrations/002_a.sql": "DROP FUNCTION f();\n",
};
const passing = { "db/migrations/001_a.sql": "CREATE TABLE a (x int);\n" };
const unreadable = { "db/migrations/001_a.sql": Buffer.from("SELECT 1;\0") };

const sentences = { pass: "pass", "needs-approval": "needs approval", blocked: "blocked" } as const;
const formats = ["text", "json", "markdown", "sarif", "github"] as const;

interface Sarif {
  readonly runs: readonly [
    {
      readonly results: readonly { readonly ruleId: string; readonly level: string }[];
      readonly properties: {
        readonly verdict: string;
        readonly reasons: number;
        readonly risk: string;
        readonly coverage: object;
      };
    },
  ];
}

describe("every format says the same", () => {
  test.each([
    ["pass", passing],
    ["needs-approval", chain],
    ["needs-approval", unexplained],
    ["blocked", broken],
    ["blocked", unreadable],
  ] as const)("of what is judged as %s", async (outcome, files) => {
    const cwd = project(files);
    const check = async (format: string): Promise<Run> =>
      lockkeeper(["check", "db/migrations", "--format", format], { cwd });
    const [text, json, markdown, sarif, github] = await Promise.all(formats.map(check));
    if (
      text === undefined ||
      json === undefined ||
      markdown === undefined ||
      sarif === undefined ||
      github === undefined
    )
      throw new Error("not every format has run");
    const runs = [text, json, markdown, sarif, github];
    expect(runs.map(({ status }) => status)).toEqual(Array(5).fill(outcome === "pass" ? 0 : 1));
    expect(runs.map(({ stderr }) => stderr).join("")).toBe("");

    const report = JSON.parse(json.stdout);
    const { risk, verdict, coverage } = report;
    const reasons: number = verdict.because.length;
    expect(verdict.outcome).toBe(outcome);
    // The verdict with its risk and the number of its reasons.
    const words = `${sentences[outcome]} (${risk})`;
    expect([text, github].map(verdictIn)).toEqual([`Verdict: ${words}.`, `Verdict: ${words}.`]);
    const page = readMarkdown(markdown.stdout);
    expect(page.verdict).toBe(reasons === 0 ? words : `${words}, ${reasons} ${reasons === 1 ? "reason" : "reasons"}`);
    const log: Sarif = JSON.parse(sarif.stdout);
    const { properties, results } = log.runs[0];
    expect(properties).toMatchObject({ verdict: outcome, reasons, risk, coverage });
    // What was checked.
    expect(coverageIn(github)).toBe(coverageIn(text));
    expect(page.paragraphs).toContain(coverageIn(text));
    // The findings, and the statements that ask without one.
    const found: number = report.migrations.flatMap((each: { findings: object[] }) => each.findings).length;
    const without = verdict.because.filter(({ kind }: { kind: string }) => kind === "statement").length;
    expect(results).toHaveLength(found + without);
    expect(findingsOn(page)).toBe(found + without);
    expect(commandsIn(github.stdout)).toHaveLength(found + without);
    // None of them is green where the gate is closed.
    if (outcome !== "pass") expect(results.length).toBeGreaterThan(0);
  });
});

function findingsOn({ sections }: MarkdownReading): number {
  return sections.reduce((sum, { summary }) => sum + Number(/: (\d+) findings?, /.exec(summary)?.[1]), 0);
}

describe("markdown", () => {
  test("is below the size that GitHub takes as the summary of a step, and says what is missing", async () => {
    const statements = Array.from({ length: 4000 }, (_, i) => `DROP TABLE ${"t".repeat(50)}_${i};`).join("\n");
    const run = await lockkeeper(["check", "m", "--format", "markdown"], {
      cwd: project({ "m/001_a.sql": statements }),
    });
    expect(Buffer.byteLength(run.stdout)).toBeLessThanOrEqual(1024 * 1024);
    expect(run.stdout).toMatch(/^## Lockkeeper: needs approval \(critical\), 4,000 reasons\n/);
    expect(run.stdout).toMatch(/^Left out for their size: [\d,]+ findings\.$/m);
  });

  test("is what the report as JSON says, so that a stored report can become a page too", async () => {
    const cwd = project(chain);
    const check = (format: string) => lockkeeper(["check", "db/migrations", "--format", format], { cwd });
    const [json, markdown] = [await check("json"), await check("markdown")];
    expect(renderMarkdown(JSON.parse(json.stdout), { maxBytes: 1_000_000 })).toBe(markdown.stdout);
  });
});

describe("github", () => {
  test("is at most ten annotations of a level, the worst, and counts the others", async () => {
    const statements = Array.from({ length: 25 }, (_, i) => `DROP TABLE t${i};`).join("\n");
    const run = await lockkeeper(["check", "m", "--format", "github"], { cwd: project({ "m/001_a.sql": statements }) });
    expect(commandsIn(run.stdout).map(({ name }) => name)).toEqual(Array(10).fill("error"));
    expect(run.stdout).toContain("\nNot shown: 15 errors. GitHub shows at most 10 of each in a step.\n");
  });
});
