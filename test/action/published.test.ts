import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chain } from "../cli/cli.ts";
import { asAnotherUser } from "../workspace/project.ts";
import { node24, program, type Step, step } from "./runner.ts";

const pass = { "migrations/001_a.sql": "CREATE TABLE a (x int);\n" };
const mebibyte = 1024 * 1024;
const drops = (count: number) => Array.from({ length: count }, (_, i) => `DROP TABLE t${i};\n`).join("");

describe("annotations", () => {
  test("stand at the lines of the files, with the rule as their title", async () => {
    const { issues } = await step({ files: chain });
    expect(issues.filter(({ file }) => file !== null)).toMatchObject([
      { level: "error", file: "db/migrations/000003_drop_users.up.sql", line: 2, title: "drop-table" },
      {
        level: "warning",
        file: "db/migrations/000002_index_users.up.sql",
        line: 1,
        title: "create-index-concurrently",
      },
    ]);
    expect(issues[1]?.message).toContain("\nSafer:\nCREATE INDEX CONCURRENTLY users_id_email ON users (id, email);");
  });

  test("leave GitHub's room for the verdict, and count what is not shown", async () => {
    const { issues, log } = await step({ files: { "migrations/001_a.sql": drops(30) } });
    expect(issues.filter(({ level }) => level === "error")).toHaveLength(10);
    expect(issues.at(-1)?.message).toMatch(/^Migrations need approval \(critical\)\.\n/);
    expect(log).toContain("Not shown: 21 errors. GitHub shows at most 10 of each in a step.");
  });

  test("are all ten where the step passes", async () => {
    const config = "version: 1\npolicy:\n  fail-on: never\n";
    const { issues, log, status } = await step({
      files: { "migrations/001_a.sql": drops(30), ".github/lockkeeper.yml": config },
    });
    expect(issues.map(({ file }) => file)).toEqual(Array(10).fill("migrations/001_a.sql"));
    expect(log).toContain("Not shown: 20 errors.");
    expect(status).toBe(0);
  });

  test("can be turned off, and then only the verdict is one", async () => {
    const { issues } = await step({ files: chain, with: { annotations: "false" } });
    expect(issues.map(({ file }) => file)).toEqual([null]);
  });

  test("are folded away in the log, which has the findings already", async () => {
    const { commands } = await step({ files: chain });
    expect(commands).toEqual(["stop-commands", "group", "error", "warning", "endgroup", "error"]);
  });
});

describe("the step summary", () => {
  test("has the verdict first, and each migration", async () => {
    const { markdown } = await step({ files: chain });
    expect(markdown).toMatch(/^## Lockkeeper: needs approval \(critical\)/);
    for (const name of ["000001_create_users", "000002_index_users", "000003_drop_users"]) {
      expect(markdown).toContain(name);
    }
  });

  test("is added to what the step's file holds already", async () => {
    const prepare: Step["prepare"] = ({ summary }) => writeFileSync(summary, "# Before\n");
    expect((await step({ files: pass, prepare })).markdown).toMatch(/^# Before\n\n## Lockkeeper: pass/);
  });

  test("can be turned off", async () => {
    const ended = await step({ files: chain, with: { summary: "false" } });
    expect(ended.markdown).toBe("");
    expect(ended.outputs).toMatchObject({ verdict: "needs-approval" });
  });

  test("keeps to GitHub's limit, with the verdict and a count of what is left out", async () => {
    const { markdown, status } = await step({ files: { "migrations/001_a.sql": drops(8000) } });
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(mebibyte);
    expect(Buffer.byteLength(markdown)).toBeGreaterThan(mebibyte / 2);
    expect(markdown).toMatch(/^## Lockkeeper: needs approval \(critical\), 8,000 reasons/);
    expect(markdown).toMatch(/\d,\d{3} (?:more )?findings/);
    expect(status).toBe(1);
  });

  test("keeps to what other output has left of it", async () => {
    const before = `${"x".repeat(mebibyte - 20_000)}\n`;
    const prepare: Step["prepare"] = ({ summary }) => writeFileSync(summary, before);
    const { markdown } = await step({ files: { "migrations/001_a.sql": drops(500) }, prepare });
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(mebibyte);
    expect(markdown.slice(before.length)).toMatch(/^\n## Lockkeeper: needs approval \(critical\), 500 reasons/);
  });

  test.each<[string, Step]>([
    ["is not set", { env: { GITHUB_STEP_SUMMARY: null } }],
    ["is empty", { env: { GITHUB_STEP_SUMMARY: "" } }],
    ["leads nowhere", { env: { GITHUB_STEP_SUMMARY: "/nowhere/summary" } }],
    ["is full", { prepare: ({ summary }) => writeFileSync(summary, "x".repeat(mebibyte)) }],
  ])("whose file %s is warned about, and the verdict stands", async (_why, more) => {
    const ended = await step({ files: pass, ...more });
    expect(ended.status).toBe(0);
    expect(ended.outputs).toMatchObject({ verdict: "pass" });
    expect(ended.issues).toMatchObject([
      { level: "warning", message: expect.stringMatching(/^There is no step summary: /) },
    ]);
    expect((await step({ files: chain, ...more })).status).toBe(1);
  });
});

describe("the report file", () => {
  test("is written where the input says, with its directories", async () => {
    const ended = await step({ files: chain, with: { "report-file": "out/reports/check.json" } });
    expect(ended.outputs.report).toBe(join(ended.workspace, "out/reports/check.json"));
    expect(JSON.parse(readFileSync(ended.outputs.report ?? "", "utf8"))).toMatchObject({ command: "check" });
  });

  test("starts at the working directory", async () => {
    const files = { "api/migrations/1_a.sql": "CREATE TABLE a (x int);\n" };
    const ended = await step({ files, with: { "working-directory": "api", "report-file": "check.json" } });
    expect(ended.outputs.report).toBe(join(ended.workspace, "api/check.json"));
  });

  test("of two steps of a job are two files", async () => {
    const [one, two] = await Promise.all([step({ files: pass }), step({ files: pass })]);
    expect(one.outputs.report).not.toBe(two.outputs.report);
    expect(one.outputs.report).toMatch(/\/lockkeeper-report\.json$/);
  });

  test.each<[string, Step, RegExp]>([
    ["no RUNNER_TEMP", { env: { RUNNER_TEMP: null } }, /^RUNNER_TEMP is not set: there is no place for the report\./],
    ["a RUNNER_TEMP that is a file", { env: { RUNNER_TEMP: program } }, /^The file of report-file cannot be written\./],
    [
      "a directory of its name",
      { with: { "report-file": "migrations" } },
      /^The file of report-file cannot be written\./,
    ],
    ["a link of its name", { with: { "report-file": "link" } }, /^The file of report-file cannot be written\./],
    [
      "a link on the way",
      { with: { "report-file": "out/x.json" } },
      /\n {2}.*: a symbolic link leads out of the repository\./,
    ],
    [
      "a link far up the way",
      { with: { "report-file": "out/a/b/x.json" } },
      /a symbolic link leads out of the repository\./,
    ],
  ])("with %s fails the step, whose log and other outputs are there", async (_what, more, message) => {
    const elsewhere = "elsewhere.txt";
    const prepare: Step["prepare"] = ({ workspace, temporary }) => {
      writeFileSync(join(temporary, elsewhere), "as it was");
      symlinkSync(join(temporary, elsewhere), join(workspace, "link"));
      symlinkSync(temporary, join(workspace, "out"));
      symlinkSync(join(temporary, "a"), join(workspace, "nowhere"));
    };
    const ended = await step({ files: pass, prepare, ...more });
    expect(ended.status).toBe(1);
    expect(ended.issues.map((issue) => issue.message)).toEqual([expect.stringMatching(message)]);
    expect(ended.outputs).toEqual({
      risk: "low",
      verdict: "pass",
      gate: "open",
      findings: "0",
      pending: "1",
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      "backup-required": "false",
      deploy: "automatic",
    });
    expect(ended.log).toContain("Verdict: pass (low).");
    expect(readFileSync(join(ended.temporary, elsewhere), "utf8")).toBe("as it was");
    expect(existsSync(join(ended.temporary, "x.json"))).toBe(false);
    expect(existsSync(join(ended.temporary, "a"))).toBe(false);
  });

  test("that cannot be written stands beside the verdict in the one message", async () => {
    const ended = await step({ files: chain, env: { RUNNER_TEMP: null } });
    expect(ended.issues.filter(({ file }) => file === null)).toHaveLength(1);
    expect(ended.issues.at(-1)?.message).toMatch(/^Migrations need approval[\s\S]*\nRUNNER_TEMP is not set/);
  });
});

describe("the SARIF file", () => {
  test("is written only where the input asks for it, with the findings at their files", async () => {
    const ended = await step({ files: chain, with: { "sarif-file": "out/lockkeeper.sarif" } });
    const { version, runs } = JSON.parse(readFileSync(join(ended.workspace, "out/lockkeeper.sarif"), "utf8"));
    expect(version).toBe("2.1.0");
    expect(runs[0].results.map((result: { ruleId: string }) => result.ruleId)).toEqual([
      "drop-table",
      "create-index-concurrently",
    ]);
    expect(JSON.stringify(runs[0].results[0].locations)).toContain('"uri":"db/migrations/000003_drop_users.up.sql"');
    expect(existsSync(join((await step({ files: chain })).workspace, "out"))).toBe(false);
  });

  test("names files from the root of the repository, where the check starts below it", async () => {
    const files = { "api/migrations/1_a.sql": "DROP TABLE a;\n" };
    const ended = await step({ files, with: { "working-directory": "api", "sarif-file": "lockkeeper.sarif" } });
    const sarif = readFileSync(join(ended.workspace, "api/lockkeeper.sarif"), "utf8");
    expect(sarif).toContain('"uri": "api/migrations/1_a.sql"');
  });

  test("that cannot be written fails the step, with every other output there", async () => {
    const ended = await step({ files: pass, with: { "sarif-file": "migrations" } });
    expect(ended.status).toBe(1);
    expect(ended.issues[0]?.message).toMatch(/^The file of sarif-file cannot be written\./);
    expect(ended.outputs).toMatchObject({ verdict: "pass", report: expect.any(String) });
    expect(ended.markdown).toMatch(/^## Lockkeeper: pass/);
  });
});

/** Permissions do not stop root, so that the step is then run as somebody else, who must be able to reach Node and dist/. */
function canReach(path: string): boolean {
  return asAnotherUser(() => existsSync(path));
}

test.skipIf(process.platform === "win32" || !canReach(node24) || !canReach(program))(
  "a RUNNER_TEMP that is read-only fails the step, and the verdict is in the log",
  async () => {
    const prepare: Step["prepare"] = ({ temporary, workspace, output, summary }) => {
      for (const path of [output, summary]) chmodSync(path, 0o666);
      for (const path of [workspace, temporary]) chmodSync(path, 0o555);
    };
    const ended = await step({ files: pass, prepare, asAnotherUser: true });
    expect(ended.issues.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^The file of report-file cannot be written\.\n {2}.*EACCES/),
    ]);
    expect(ended.log).toContain("Verdict: pass (low).");
    expect(ended.status).toBe(1);
  },
);

describe("the outputs", () => {
  test("whose file is gone fail the step", async () => {
    const ended = await step({ files: pass, env: { GITHUB_OUTPUT: "/nowhere/output" } });
    expect(ended.status).toBe(1);
    expect(ended.issues[0]?.message).toMatch(
      /^The outputs of this step cannot be written\.\n {2}.*\/nowhere\/output\.\n/,
    );
  });

  test("are commands where an old runner has no file for them", async () => {
    const ended = await step({ files: pass, env: { GITHUB_OUTPUT: null } });
    expect(ended.status).toBe(0);
    expect(ended.raw).toMatch(/^::set-output name=verdict::pass$/m);
  });
});

test("the workspace is left as it was", async () => {
  const prepare: Step["prepare"] = ({ workspace }) => mkdirSync(join(workspace, ".git"));
  const ended = await step({ files: pass, prepare });
  expect(existsSync(join(ended.workspace, "migrations/001_a.sql"))).toBe(true);
  expect(ended.outputs.report?.startsWith(ended.workspace)).toBe(false);
});

test("an older Node.js runs it too: the one that runs these tests, from 20 on", async () => {
  const on24 = await step({ files: chain });
  const here = await step({ files: chain, node: process.execPath });
  expect(here.status).toBe(1);
  expect(here.log.replace(/[0-9a-f-]{36}/g, "")).toBe(on24.log.replace(/[0-9a-f-]{36}/g, ""));
});
