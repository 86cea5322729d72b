import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sharedPostgres } from "../support/global-postgres.ts";
import { type Postgres, sendAsOneString } from "../support/postgres.ts";
import { project } from "../workspace/project.ts";
import { coverageIn, errorOf, findingsIn, lockkeeper, type Run, verdictIn } from "./cli.ts";

const good = "CREATE TABLE a (x int);\n";
/** Beside a file that is fine, so that the report goes on. */
const beside = (content: string | Uint8Array, more: Readonly<Record<string, string>> = {}) =>
  project({ "m/001_good.sql": good, "m/002_bad.sql": content, ...more });
const check = (cwd: string) => lockkeeper(["check", "m"], { cwd });

function expectUnreadable(run: Run, why: string): void {
  expect(run.status).toBe(1);
  expect(findingsIn(run)).toEqual(["m/002_bad.sql:1:1  blocked  unreadable-file"]);
  expect(run.stdout.replace(/\n {2}/g, " ")).toContain(why);
  expect(verdictIn(run)).toMatch(/^Verdict: blocked /);
  expect(coverageIn(run)).toBe("Checked: 2 files, 1 statement (1 read, 0 unread, 0 opaque), not rehearsed.");
  expect(run.stdout).toContain("Could not be read: m/002_bad.sql\n");
}

describe("a file that is no text is blocked, and says why", () => {
  test.each([
    ["a NUL byte", Buffer.from("SELECT 1;\0DROP TABLE a;"), "has a NUL byte at byte 9"],
    ["UTF-16", Buffer.from("\ufeffDROP TABLE a;", "utf16le"), "UTF-16 (little endian); save it as UTF-8"],
    ["UTF-16, big endian", Buffer.from("\ufeffDROP TABLE a;", "utf16le").swap16(), "UTF-16 (big endian)"],
    ["UTF-16 without a mark", Buffer.from("DROP TABLE a;", "utf16le"), "looks like UTF-16 without a byte order mark"],
    ["Latin-1", Buffer.from("-- café\nDROP TABLE a;", "latin1"), "is not valid UTF-8 at byte 6"],
    ["a broken sequence", Buffer.from([0x53, 0xea, 0xb0, 0x20]), "is not valid UTF-8 at byte 1"],
  ])("%s", async (_what, bytes, why) => {
    expectUnreadable(await check(beside(bytes)), why);
  });

  test("in JSON too", async () => {
    const { stdout } = await lockkeeper(["check", "m", "--format", "json"], { cwd: beside(Buffer.from("\0")) });
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: { outcome: "blocked" },
      coverage: { files: 2, unreadable: ["m/002_bad.sql"] },
    });
  });
});

describe("what is no file is blocked, and what is behind it is not shown", () => {
  const withBad = (make: (path: string) => void): string => {
    const cwd = project({ "m/001_good.sql": good, "secret.sql": "SELECT 'a secret';\n" });
    make(join(cwd, "m/002_bad.sql"));
    return cwd;
  };

  test("a link out of the directory", async () => {
    const cwd = withBad((path) => symlinkSync("../secret.sql", path));
    const run = await check(cwd);
    expectUnreadable(run, "is a symbolic link that leads out of the directory (to ../secret.sql)");
    expect(run.stdout).not.toContain("a secret");
    const asked = await lockkeeper(["check", "m/002_bad.sql"], { cwd });
    expect(errorOf(asked)[0]).toBe("m/002_bad.sql cannot be read.");
    expect(asked.stderr).not.toContain("a secret");
  });

  test("a link that leads nowhere", async () => {
    expectUnreadable(await check(withBad((path) => symlinkSync("gone.sql", path))), "that leads nowhere (to gone.sql)");
  });

  test("a directory with the name of an SQL file", async () => {
    expectUnreadable(await check(withBad((path) => mkdirSync(path))), "is a directory with the name of an SQL file");
  });

  test.skipIf(process.platform === "win32")("a pipe, which nobody waits for", async () => {
    const run = await check(withBad((path) => execFileSync("mkfifo", [path])));
    expectUnreadable(run, "is a named pipe");
  });

  test("a link to another file of the directory is that file", async () => {
    const cwd = project({ "m/001_good.sql": good, "m/002_drop.sql": "DROP TABLE a;\n" });
    symlinkSync("002_drop.sql", join(cwd, "m/003_again.sql"));
    expect(findingsIn(await check(cwd))).toContain("m/003_again.sql:1:1  critical  drop-table");
  });
});

describe("names that collide", () => {
  test("two files with one version are both blocked", async () => {
    const cwd = project({ "m/0002_a.up.sql": good, "m/002_b.up.sql": "CREATE TABLE b (x int);\n" });
    const run = await check(cwd);
    expect(findingsIn(run).filter((line) => line.includes("blocked"))).toEqual([
      "m/0002_a.up.sql:1:1  blocked  duplicate-version",
      "m/002_b.up.sql:1:1  blocked  duplicate-version",
    ]);
    expect(run.status).toBe(1);
  });
});

describe("line ends", () => {
  test("CRLF gives the findings of LF, and no carriage return", async () => {
    const sql = "-- 인덱스\nCREATE INDEX i ON a (x);\n\nALTER TABLE a\n  DROP COLUMN x;\nSELEC 1;\n";
    const lf = await check(beside(sql));
    const crlf = await check(beside(sql.replaceAll("\n", "\r\n")));
    expect(findingsIn(lf)).toHaveLength(3);
    expect(crlf).toEqual(lf);
    expect(crlf.stdout).not.toContain("\r");
  });
});

describe("what PostgreSQL decides", () => {
  let postgres: Postgres & { stop(): Promise<void> };
  beforeAll(async () => {
    postgres = await sharedPostgres();
    await postgres.createDatabase("cli_unreadable");
    await postgres.withClient("cli_unreadable", (client) => sendAsOneString(client, good));
  });
  afterAll(async () => {
    await postgres.dropDatabase("cli_unreadable");
    await postgres.stop();
  });
  const send = (sql: string) =>
    postgres.withClient("cli_unreadable", (client) => sendAsOneString(client, sql).then(() => null));

  test("golang-migrate sends a byte order mark, which PostgreSQL refuses; Lockkeeper leaves it out", async () => {
    const sql = "\ufeffCREATE TABLE b (x int);\n";
    const files = { "m/000001_b.up.sql": sql, "m/000001_b.down.sql": "DROP TABLE b;\n" };
    const byTool = await check(project(files));
    expect(findingsIn(byTool)).toEqual(["m/000001_b.up.sql:1:1  blocked  byte-order-mark"]);
    await expect(send(sql)).rejects.toMatchObject({ code: "42601" });

    const config = "version: 1\nmigrations:\n  - directory: m\n    applied-by: lockkeeper\n";
    const byLockkeeper = await check(project({ ...files, ".github/lockkeeper.yml": config }));
    expect(byLockkeeper.status).toBe(0);
    await expect(send(sql.slice(1))).resolves.toBeNull();
  });

  test("a command of psql is blocked, the statements beside it are read", async () => {
    const sql = "\\set ON_ERROR_STOP on\nDROP TABLE a;\n";
    const run = await check(beside(sql));
    expect(findingsIn(run)).toEqual([
      "m/002_bad.sql:1:1  blocked  psql-command",
      "m/002_bad.sql:2:1  critical  drop-table",
    ]);
    await expect(send(sql)).rejects.toMatchObject({ code: "42601" });
  });

  test("the data of a COPY is blocked, and is not taken for statements", async () => {
    const sql = "COPY a (x) FROM stdin;\n1\n2\n\\.\nDROP TABLE a;\n";
    const run = await check(beside(sql));
    expect(findingsIn(run)).toEqual([
      "m/002_bad.sql:1:1  blocked  psql-command",
      "m/002_bad.sql:2:1  blocked  psql-command",
      "m/002_bad.sql:5:1  critical  drop-table",
    ]);
    expect(coverageIn(run)).toBe("Checked: 2 files, 4 statements (3 read, 1 unread, 0 opaque), not rehearsed.");
    await expect(send(sql)).rejects.toMatchObject({ code: "42601" });
    await expect(send("COPY a (x) FROM stdin;")).rejects.toMatchObject({ code: "57014" });
  });

  test("a syntax error has its own line and column, and the other statements are judged", async () => {
    const sql =
      "CREATE INDEX i ON a (x);\n\nALTER TABLE a\n  ADD COLUMN 이름 text,,\n  ADD COLUMN z int;\nDROP TABLE a;\n";
    const run = await check(beside(sql));
    expect(findingsIn(run)).toEqual([
      "m/002_bad.sql:1:1  high  create-index-concurrently",
      "m/002_bad.sql:4:22  blocked  syntax-error",
      "m/002_bad.sql:6:1  critical  drop-table",
    ]);
    expect(run.stdout).toContain("  4 │   ADD COLUMN 이름 text,,\n    │                        ━\n");
    // PostgreSQL counts characters from the beginning of what it was sent.
    const position = [...sql.slice(0, sql.indexOf(",,") + 1)].length + 1;
    await expect(send(sql)).rejects.toMatchObject({ code: "42601", position });
  });
});
