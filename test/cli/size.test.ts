import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { expressionFiles, expressions, files, findings, shortInserts, tables } from "../../bench/large-inputs.ts";
import { project } from "../workspace/project.ts";
import { coverageIn, findingsIn, lockkeeper, verdictIn } from "./cli.ts";

/** Many times what it takes on a slow machine; what this catches is work that grows with the square of the input. */
const limitMs = 40_000;

const megabytes = 5;
const repeated = (line: string) => line.repeat(Math.ceil((megabytes * 1024 * 1024) / Buffer.byteLength(line)));

describe("large input is judged in bounded time", () => {
  test("5 MB of single INSERTs", { timeout: limitMs }, async () => {
    const line = "INSERT INTO logs VALUES (1, '메모: some text of a usual length');\n";
    const inserts = repeated(line);
    const cwd = project({ "m/001_logs.sql": "CREATE TABLE logs (a int, b text);\n", "m/002_fill.sql": inserts });
    const run = await lockkeeper(["check", "m"], { cwd });
    const statements = (inserts.length / line.length + 1).toLocaleString("en-US");
    expect(coverageIn(run)).toBe(
      `Checked: 2 files, ${statements} statements (${statements} read, 0 unread, 0 opaque), not rehearsed.`,
    );
    expect(run.status).toBe(1);
  });

  test("5 MB in one INSERT", { timeout: limitMs }, async () => {
    const rows = repeated(",\n(1, '메모: some text of a usual length')").slice(1);
    const cwd = project({
      "m/001_logs.sql": "CREATE TABLE logs (a int, b text);\n",
      "m/002_fill.sql": `INSERT INTO logs VALUES${rows};\n`,
    });
    const run = await lockkeeper(["check", "m"], { cwd });
    expect(verdictIn(run)).toBe("Verdict: needs approval (critical).");
    expect(coverageIn(run)).toMatch(/^Checked: 2 files, 2 statements \(2 read, /);
  });

  test("5 MB with a mistake on every line", { timeout: limitMs }, async () => {
    const line = "this is no SQL and is as long as a line usually is;\n";
    const run = await lockkeeper(["check", "m"], { cwd: project({ "m/001_noise.sql": repeated(line) }) });
    expect(verdictIn(run)).toMatch(/^Verdict: blocked/);
    expect(run.stdout.match(/ {2}blocked {2}syntax-error\n/g)).toHaveLength(repeated(line).length / line.length);
  });

  test("50,000 statements in one file", { timeout: limitMs }, async () => {
    const run = await lockkeeper(["check", "."], { cwd: project(shortInserts(50_000)) });
    expect(coverageIn(run)).toBe(
      "Checked: 2 files, 50,001 statements (50,001 read, 0 unread, 0 opaque), not rehearsed.",
    );
    expect(run.status).toBe(1);
  });

  test("a file that makes 10,000 tables", { timeout: limitMs }, async () => {
    const run = await lockkeeper(["check", "."], { cwd: project(tables(20_000)) });
    expect(coverageIn(run)).toBe(
      "Checked: 1 file, 20,000 statements (20,000 read, 0 unread, 0 opaque), not rehearsed.",
    );
    expect(verdictIn(run)).toBe("Verdict: pass (low).");
  });

  test("20,000 findings in one transaction", { timeout: limitMs }, async () => {
    const run = await lockkeeper(["check", "."], { cwd: project(findings(20_000)) });
    expect(verdictIn(run)).toBe("Verdict: needs approval (critical).");
    expect(findingsIn(run).filter((line) => line.includes("drop-table"))).toHaveLength(10_000);
  });

  test("the JSON of a large file says of each statement where it stands and what it does", {
    timeout: limitMs,
  }, async () => {
    const run = await lockkeeper(["check", ".", "--format", "json"], { cwd: project(shortInserts(30_000)) });
    const { statements } = JSON.parse(run.stdout).migrations[1];
    expect(statements).toHaveLength(30_000);
    const place = {
      line: 29_999,
      column: 1,
      endLine: 29_999,
      endColumn: "INSERT INTO logs VALUES (29998, 'x')".length + 1,
    };
    expect(statements[29_998]).toMatchObject({ ...place, class: "data", actions: [{ kind: "insert" }] });
  });

  test("1,000 files", { timeout: limitMs }, async () => {
    const run = await lockkeeper(["check", "."], { cwd: project(files(1000)) });
    expect(run.status).toBe(0);
    expect(run.stdout).toContain("500 migrations of low risk");
    expect(coverageIn(run)).toBe(
      "Checked: 1,000 files, 1,500 statements (1,500 read, 0 unread, 0 opaque), not rehearsed.",
    );
  });
});

describe("a statement of 20,000 terms is read, or said to be unread, and never passes for harmless", () => {
  test.each([...expressions(20_000)])("%s", { timeout: limitMs }, async (_what, sql) => {
    const run = await lockkeeper(["check", "."], { cwd: project(expressionFiles(sql)) });
    expect(run.stderr).toBe("");
    expect(run.status).toBe(1);
    expect(verdictIn(run)).toMatch(/^Verdict: (?:blocked \(|needs approval \((?:high|critical)\))/);
    expect(coverageIn(run)).toMatch(/^Checked: 2 files, 2 statements/);
  });
});

test("40 passes in one process end with at most 1.1 × the memory of the fifth", { timeout: 2 * limitMs }, async () => {
  const cwd = project({
    ...files(100),
    // An error, a statement that the parser gives up, and a body that is read: each leaves the parser in another state.
    "000900_more.up.sql": `SELEC 1;\n${expressions(20_000).get("sum")}\nDO $$ BEGIN DELETE FROM t1; END $$;\n`,
  });
  const passes = fileURLToPath(new URL("../../bench/passes.ts", import.meta.url));
  const args = ["--expose-gc", "--import", import.meta.resolve("tsx"), passes, cwd, "40"];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const used: number[] = JSON.parse(stdout);
  expect(used).toHaveLength(40);
  // What a busy machine has not collected yet after one pass is collected after another; what is kept stays in all of them.
  expect(Math.min(...used.slice(-5))).toBeLessThanOrEqual(1.1 * (used[4] ?? 0));
});
