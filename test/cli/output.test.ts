import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { project } from "../workspace/project.ts";
import { chain, findingsIn, lockkeeper, program, verdictIn } from "./cli.ts";

const text = (env: Readonly<Record<string, string>>) =>
  lockkeeper(["check", "db/migrations"], { cwd: project(chain), env }).then(({ stdout }) => stdout);

describe("colours", () => {
  test("a pipe has none", async () => {
    expect(await text({ TERM: "xterm-256color" })).not.toContain("\u001b");
  });

  test("FORCE_COLOR asks for them, and only the colours are different", async () => {
    const coloured = await text({ FORCE_COLOR: "1" });
    expect(coloured).toContain("\u001b[1;31mcritical\u001b[0m");
    expect(coloured.replace(/\u001b\[[0-9;]*m/g, "")).toBe(await text({}));
  });

  test("FORCE_COLOR=0 and NO_COLOR take them away, NO_COLOR also against FORCE_COLOR", async () => {
    const none = await text({});
    expect(await text({ FORCE_COLOR: "0" })).toBe(none);
    expect(await text({ FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(none);
  });

  test("JSON never has any", async () => {
    const run = await lockkeeper(["check", "db/migrations", "--format", "json"], {
      cwd: project(chain),
      env: { FORCE_COLOR: "1" },
    });
    expect(run.stdout).not.toContain("\u001b");
  });
});

/** util-linux's `script` runs a command on a terminal of its own; where it is not there, nothing else is at hand to do so. */
const hasScript = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") === true;

describe.skipIf(!hasScript)("a terminal", () => {
  const { PATH = "" } = process.env;
  const onTerminal = (columns: number, env: Readonly<Record<string, string>> = {}) => {
    const command = `stty cols ${columns}; "${process.execPath}" "${program}" check db/migrations`;
    const { stdout, status } = spawnSync("script", ["-qec", command, "/dev/null"], {
      cwd: project(chain),
      env: { PATH, SHELL: "/bin/sh", TERM: "xterm", ...env },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { lines: stdout.replaceAll("\r\n", "\n").split("\n"), status };
  };

  test("has colours, and a narrow one has lines that fit, but for places and SQL, which are there to be copied", () => {
    const { lines, status } = onTerminal(40);
    expect(status).toBe(1);
    expect(lines.join("\n")).toContain("\u001b[1;31mcritical\u001b[0m");
    const long = lines.map((line) => line.replace(/\u001b\[[0-9;]*m/g, "")).filter((line) => line.length > 40);
    expect(long.filter((line) => !line.startsWith("    ") && !/^\S+:\d+:\d+$/.test(line))).toEqual([]);
    expect(long).toContain("    CREATE INDEX CONCURRENTLY users_id_email ON users (id, email);");
  });

  test("that is dumb, or whose user wants none, has no colours", () => {
    expect(onTerminal(80, { TERM: "dumb" }).lines.join("\n")).not.toContain("\u001b");
    expect(onTerminal(80, { NO_COLOR: "1" }).lines.join("\n")).not.toContain("\u001b");
  });
});

describe("JSON", () => {
  const schema: unknown = JSON.parse(
    readFileSync(fileURLToPath(new URL("../../docs/report.schema.json", import.meta.url)), "utf8"),
  );
  const isReport = new Ajv2020({ strict: false }).compile(Object(schema));
  const broken = { "db/migrations/000004_x.up.sql": "ALTER TABLE orders ADD COLUMN a int,;\nDO $$ BEGIN END $$;\n" };

  test.each([
    ["pass", { "db/migrations/001_a.sql": "CREATE TABLE a (x int);\n" }, /^Verdict: pass \(low\)/],
    ["needs-approval", chain, /^Verdict: needs approval \(critical\)/],
    ["blocked", { ...chain, ...broken }, /^Verdict: blocked/],
  ])("%s is valid by the published schema, and says what the text says", async (outcome, files, verdict) => {
    const cwd = project(files);
    const inText = await lockkeeper(["check", "db/migrations"], { cwd });
    const inJson = await lockkeeper(["check", "db/migrations", "--format=json"], { cwd });
    const report = JSON.parse(inJson.stdout);
    expect(isReport(report), JSON.stringify(isReport.errors)).toBe(true);
    expect(report.verdict.outcome).toBe(outcome);
    expect(verdictIn(inText)).toMatch(verdict);
    expect(inJson).toMatchObject({ status: inText.status, stderr: "" });
    const findings: { path: string; line: number; column: number; rule: string }[] = report.migrations.flatMap(
      (migration: { findings: unknown[] }) => migration.findings,
    );
    expect(findings.map(({ path, line, column, rule }) => `${path}:${line}:${column} ${rule}`)).toEqual(
      findingsIn(inText).map((line) => line.replace(/ {2}.* {2}/, " ")),
    );
  });

  test("a request that is wrong leaves standard output empty", async () => {
    const run = await lockkeeper(["check", "nowhere", "--format", "json"], { cwd: project() });
    expect(run).toMatchObject({ status: 2, stdout: "" });
  });
});

describe("a reader that goes away", () => {
  test.each(["text", "json"])("a closed pipe is no error: %s", async (format) => {
    // Far more than a pipe holds, so that the writer is still writing when its reader leaves.
    const statements = Array.from({ length: 4000 }, (_, i) => `DROP TABLE t${i};`).join("\n");
    const cwd = project({ "m/001_a.sql": statements });
    const child = spawn(process.execPath, [program, "check", "m", "--format", format], { cwd, env: {} });
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (said: string) => {
      complaint += said;
    });
    child.stdout.once("data", () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.once("close", resolve));
    expect({ status, complaint }).toEqual({ status: 1, complaint: "" });
  });

  test.skipIf(!existsSync("/dev/full"))("a full disk is told, and is no verdict", async () => {
    const cwd = project({ "m/001_a.sql": "CREATE TABLE a (x int);\n" });
    const child = spawn("/bin/sh", ["-c", '"$0" "$1" check m > /dev/full', process.execPath, program], {
      cwd,
      env: {},
    });
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (said: string) => {
      complaint += said;
    });
    const status = await new Promise((resolve) => child.once("close", resolve));
    expect(status).toBe(2);
    expect(complaint).toMatch(/^The report could not be written: ENOSPC.*\n {2}Code: output-failed\n$/);
  });
});
