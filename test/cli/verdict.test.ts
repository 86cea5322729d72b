import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sharedPostgres } from "../support/global-postgres.ts";
import { type Postgres, runStatements, sendAsOneString } from "../support/postgres.ts";
import { project } from "../workspace/project.ts";
import { chain, coverageIn, findingsIn, lockkeeper, verdictIn } from "./cli.ts";

describe("the three verdicts", () => {
  test("a migration that only adds passes, with exit status 0", async () => {
    const cwd = project({
      "migrations/001_create_users.sql": "CREATE TABLE users (id bigint PRIMARY KEY);\n",
      "migrations/002_add_email.sql": "ALTER TABLE users ADD COLUMN email text;\n",
    });
    const run = await lockkeeper(["check", "migrations"], { cwd });
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(findingsIn(run)).toEqual([]);
    expect(verdictIn(run)).toBe("Verdict: pass (low).");
    expect(coverageIn(run)).toBe("Checked: 2 files, 2 statements (2 read, 0 unread, 0 opaque), not rehearsed.");
  });

  test("what the policy asks people about needs approval, with exit status 1, the place and the line under the SQL", async () => {
    const run = await lockkeeper(["check", "db/migrations"], { cwd: project(chain) });
    expect(run).toMatchObject({ status: 1, stderr: "" });
    expect(findingsIn(run)).toEqual([
      "db/migrations/000002_index_users.up.sql:1:1  high  create-index-concurrently",
      "db/migrations/000003_drop_users.up.sql:2:1  critical  drop-table",
    ]);
    expect(run.stdout).toContain(
      [
        "  1 │ CREATE INDEX users_id_email ON users (id, email);",
        "    │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━",
        "",
      ].join("\n"),
    );
    expect(run.stdout).toContain("CREATE INDEX CONCURRENTLY users_id_email ON users (id, email);");
    expect(run.stdout).toContain(
      ["  1 │ -- nobody asks for it any more", "  2 │ DROP TABLE users;", "    │ ━━━━━━━━━━━━━━━━", ""].join("\n"),
    );
    expect(verdictIn(run)).toBe("Verdict: needs approval (critical).");
    expect(run.stdout).toContain("The policy asks: 2 approvals, backup required, deployed by hand.");
    expect(coverageIn(run)).toBe("Checked: 6 files, 7 statements (7 read, 0 unread, 0 opaque), not rehearsed.");
  });

  test("what PostgreSQL is certain to refuse is blocked, with exit status 1", async () => {
    const cwd = project({ "migrations/001_create_users.sql": "CREATE TABLE users (id bigint,);\n" });
    const run = await lockkeeper(["check", "migrations"], { cwd });
    expect(run).toMatchObject({ status: 1, stderr: "" });
    expect(findingsIn(run)).toEqual(["migrations/001_create_users.sql:1:31  blocked  syntax-error"]);
    expect(run.stdout).toContain('PostgreSQL says: syntax error at or near ")"');
    expect(verdictIn(run)).toMatch(/^Verdict: blocked /);
    expect(coverageIn(run)).toBe("Checked: 1 file, 1 statement (0 read, 1 unread, 0 opaque), not rehearsed.");
  });

  test("a policy that never fails reports the same findings and passes", async () => {
    const cwd = project({ ...chain, ".github/lockkeeper.yml": "version: 1\npolicy:\n  fail-on: never\n" });
    const run = await lockkeeper(["check", "db/migrations"], { cwd });
    expect(run.status).toBe(0);
    expect(findingsIn(run)).toHaveLength(2);
    expect(verdictIn(run)).toBe("Verdict: pass (critical). The policy asks for no approval.");
  });
});

describe("history", () => {
  const one = (name: string) => lockkeeper(["check", `db/migrations/${name}`], { cwd: project(chain) });

  test("a file is judged with the earlier ones behind it: dropping their table is critical", async () => {
    const run = await one("000003_drop_users.up.sql");
    expect(findingsIn(run)).toEqual(["db/migrations/000003_drop_users.up.sql:2:1  critical  drop-table"]);
    expect(run.status).toBe(1);
  });

  test("an index on a table of an earlier file is high, in the file that makes the table it is nobody's wait", async () => {
    expect(findingsIn(await one("000002_index_users.up.sql"))).toEqual([
      "db/migrations/000002_index_users.up.sql:1:1  high  create-index-concurrently",
    ]);
    const own = await one("000001_create_users.up.sql");
    expect(verdictIn(own)).toBe("Verdict: pass (low).");
    expect(own.status).toBe(0);
  });

  test("a down script named by its own path is judged as what it does", async () => {
    const run = await one("000001_create_users.down.sql");
    expect(findingsIn(run)).toEqual(["db/migrations/000001_create_users.down.sql:1:1  critical  drop-table"]);
    expect(run.stdout).toContain("down: drops a table");
    expect(verdictIn(run)).toBe("Verdict: needs approval (critical).");
    expect(coverageIn(run)).toBe("Checked: 1 file, 1 statement (1 read, 0 unread, 0 opaque), not rehearsed.");
  });

  test("what a later file does is not known to an earlier one", async () => {
    const cwd = project({
      "m/001_a.sql": "CREATE TABLE a (x int);\n",
      "m/002_b.sql": "CREATE TABLE b (x int);\n",
      "m/003_a.sql": "CREATE TABLE a (x int);\n",
    });
    expect((await lockkeeper(["check", "m/001_a.sql", "m/002_b.sql"], { cwd })).status).toBe(0);
    expect(findingsIn(await lockkeeper(["check", "m"], { cwd }))).toEqual(["m/003_a.sql:1:1  blocked  fails-when-run"]);
  });

  test("after a file that cannot be read nothing is certain of the tables before it", async () => {
    const cwd = project({
      "m/001_a.sql": "CREATE TABLE a (x int);\n",
      "m/002_b.sql": Buffer.from("DROP TABLE a;\0"),
      "m/003_a.sql": "CREATE TABLE a (x int);\n",
    });
    expect((await lockkeeper(["check", "m/003_a.sql"], { cwd })).status).toBe(0);
    rmSync(join(cwd, "m/002_b.sql"));
    symlinkSync("/nowhere", join(cwd, "m/002_b.sql"));
    expect((await lockkeeper(["check", "m/003_a.sql"], { cwd })).status).toBe(0);
    rmSync(join(cwd, "m/002_b.sql"));
    expect((await lockkeeper(["check", "m/003_a.sql"], { cwd })).status).toBe(1);
  });
});

describe("who applies the file", () => {
  let postgres: Postgres & { stop(): Promise<void> };
  beforeAll(async () => {
    postgres = await sharedPostgres();
  });
  afterAll(() => postgres.stop());

  const table = "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n";
  const statements = ["COMMIT", "CREATE INDEX CONCURRENTLY users_email ON users (email)", "BEGIN"];
  const files = {
    "migrations/000001_create_users.up.sql": table,
    "migrations/000001_create_users.down.sql": "DROP TABLE users;\n",
    "migrations/000002_index_users.up.sql": `${statements.join(";\n")};\n`,
    "migrations/000002_index_users.down.sql": "DROP INDEX users_email;\n",
  };

  test("golang-migrate sends one string, in which PostgreSQL refuses CONCURRENTLY", async () => {
    const run = await lockkeeper(["check", "migrations"], { cwd: project(files) });
    expect(findingsIn(run)).toEqual([
      "migrations/000002_index_users.up.sql:2:1  blocked  cannot-run-in-transaction",
      "migrations/000002_index_users.up.sql:3:1  blocked  unclosed-transaction",
    ]);
    expect(run.stdout).toContain("golang-migrate sends this file as one string");
    await postgres.createDatabase("cli_verdict_string");
    const refused = postgres.withClient("cli_verdict_string", async (client) => {
      await sendAsOneString(client, table);
      await sendAsOneString(client, files["migrations/000002_index_users.up.sql"]);
    });
    await expect(refused).rejects.toMatchObject({ code: "25001" });
    await postgres.dropDatabase("cli_verdict_string");
  });

  test("applied by Lockkeeper, statement by statement, the same file runs", async () => {
    const config = "version: 1\nmigrations:\n  - directory: migrations\n    applied-by: lockkeeper\n";
    const cwd = project({ ...files, ".github/lockkeeper.yml": config });
    const run = await lockkeeper(["check"], { cwd });
    expect(findingsIn(run)).toEqual([]);
    expect(verdictIn(run)).toBe("Verdict: needs approval (medium).");
    await postgres.createDatabase("cli_verdict_statements");
    await postgres.withClient("cli_verdict_statements", async (client) => {
      await sendAsOneString(client, table);
      await runStatements(client, statements);
    });
    await postgres.dropDatabase("cli_verdict_statements");
  });

  test.each(["./migrations", "migrations/", "migrations//", "x/../migrations", "absolute"])(
    "the config's word holds however the directory is written: %s",
    async (written) => {
      const config = "version: 1\nmigrations:\n  - directory: migrations\n    applied-by: lockkeeper\n";
      const cwd = project({ ...files, ".github/lockkeeper.yml": config });
      const run = await lockkeeper(["check", written === "absolute" ? join(cwd, "migrations") : written], { cwd });
      expect(verdictIn(run)).toBe("Verdict: needs approval (medium).");
      expect(run.stdout).toContain("an index at migrations/000002_index_users.up.sql:2 (medium)");
    },
  );
});
