import { describe, expect, test } from "vitest";
import { project } from "../workspace/project.ts";
import { coverageIn, lockkeeper, verdictIn } from "./cli.ts";

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

  test("500 files", { timeout: limitMs }, async () => {
    const number = (i: number) => String(i).padStart(6, "0");
    const files = Array.from({ length: 250 }, (_, i) => [
      [
        `m/${number(i + 1)}_t.up.sql`,
        `CREATE TABLE t${i} (id bigint);\nALTER TABLE t${Math.max(0, i - 1)} ADD COLUMN c${i} int;\n`,
      ],
      [`m/${number(i + 1)}_t.down.sql`, `DROP TABLE t${i};\n`],
    ]).flat();
    const run = await lockkeeper(["check", "m"], { cwd: project(Object.fromEntries(files)) });
    expect(run.status).toBe(0);
    expect(run.stdout).toContain("250 migrations of low risk");
    expect(coverageIn(run)).toBe("Checked: 500 files, 750 statements (750 read, 0 unread, 0 opaque), not rehearsed.");
  });
});
