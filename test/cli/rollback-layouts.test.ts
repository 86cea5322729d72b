import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { freshDatabase, type SharedPostgres } from "../support/global-postgres.ts";
import { project } from "../workspace/project.ts";
import { lockkeeper, program, type Run } from "./cli.ts";

const database = "cli_rollback_layouts_test";
let postgres: SharedPostgres;
freshDatabase(database, (server) => {
  postgres = server;
});

const sql = (text: string) => postgres.withClient(database, (client) => client.query(text));
const env = (): Record<string, string> => ({ DATABASE_URL: postgres.url(database) });
const run = (args: readonly string[], cwd: string): Promise<Run> => lockkeeper(args, { cwd, env: env() });

/** A project whose migrations are applied. */
async function applied(files: Readonly<Record<string, string>>, ...directories: readonly string[]): Promise<string> {
  const cwd = project(files);
  const { status, stdout } = await run(["migrate", ...directories], cwd);
  expect([status, stdout]).toEqual([0, expect.any(String)]);
  return cwd;
}

/** What rollback prints as JSON. */
async function back(args: readonly string[], cwd: string) {
  const { stdout, stderr, status } = await run(["rollback", ...args, "--format", "json"], cwd);
  expect(stderr).not.toContain("This is a bug");
  const value = JSON.parse(stdout);
  expect(value.exitStatus).toBe(status);
  return value;
}

/** The words that agree to what a dry run shows. */
async function agreement(args: readonly string[], cwd: string): Promise<readonly string[]> {
  const { digest } = await back([...args, "--dry-run"], cwd);
  return [...args, "--expect-digest", digest, "--backup-id", "b1"];
}

const agreed = async (args: readonly string[], cwd: string) => back(await agreement(args, cwd), cwd);

async function standings(cwd: string, directory = "db"): Promise<readonly string[]> {
  const { stdout } = await run(["status", directory, "--format", "json"], cwd);
  const { versions }: { versions: readonly { version: string; standing: string }[] } = JSON.parse(stdout);
  return versions.map(({ version, standing }) => `${version} ${standing}`);
}

const tables = async (): Promise<readonly string[]> => {
  const { rows } = await sql(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname ~ '^t\\d' ORDER BY 1",
  );
  return rows.map(({ relname }) => relname);
};

describe("Flyway", () => {
  const files = {
    ".github/lockkeeper.yml": "version: 1\npolicy: { medium: { deploy: automatic } }\n",
    "db/V1__one.sql": "CREATE TABLE t1 (a int);\n",
    "db/V1.5__two.sql": "CREATE TABLE t2 (a int);\n",
    "db/U1.5__two.sql": "DROP TABLE t2;\n",
    "db/V2__three.sql": "CREATE TABLE t3 (a int);\n",
    "db/U2__three.sql": "DROP TABLE t3;\n",
    "db/R__view.sql": "CREATE OR REPLACE VIEW v AS SELECT 1 AS one;\n",
  };

  test("goes back by its undo scripts; its history has a row for it, and what is repeatable stays", async () => {
    const cwd = await applied(files, "db");
    expect(await agreed(["db", "--target-version", "1"], cwd)).toMatchObject({
      ...{ exitStatus: 0, before: "2", after: "1", amiss: [] },
      outcomes: [
        { version: "2", path: "db/U2__three.sql", status: "applied" },
        { version: "1.5", path: "db/U1.5__two.sql", status: "applied" },
      ],
    });
    expect(await tables()).toEqual(["t1"]);
    const { rows } = await sql(
      "SELECT version, type, success FROM flyway_schema_history ORDER BY installed_rank DESC LIMIT 2",
    );
    expect(rows).toEqual([
      { version: "1.5", type: "DELETE", success: true },
      { version: "2", type: "DELETE", success: true },
    ]);
    expect(await standings(cwd)).toEqual(["1 applied", "1.5 pending", "2 pending", "R__view applied"]);
    expect((await run(["migrate", "db"], cwd)).status).toBe(0);
    expect(await tables()).toEqual(["t1", "t2", "t3"]);
  });

  test("does not go back where there is no undo script, and takes nothing back on the way there", async () => {
    const cwd = await applied(files, "db");
    const report = await back(["db", "--steps", "3"], cwd);
    expect(report).toMatchObject({ exitStatus: 1, refusal: { code: "no-way-back" } });
    expect(report.refusal.message).toContain("1");
    expect(await tables()).toEqual(["t1", "t2", "t3"]);
  });
});

describe("a plain directory", () => {
  test("goes back in Lockkeeper's own ledger", async () => {
    const cwd = await applied(
      {
        "db/001_one.sql": "CREATE TABLE t1 (a int);\n",
        "db/001_one.down.sql": "DROP TABLE t1;\n",
        "db/002_two.sql": "CREATE TABLE t2 (a int);\n",
        "db/002_two.undo.sql": "DROP TABLE t2;\n",
      },
      "db",
    );
    expect(await agreed(["db", "--steps", "1"], cwd)).toMatchObject({ exitStatus: 0, before: "002", after: "001" });
    expect((await sql("SELECT version FROM lockkeeper.ledger")).rows).toEqual([{ version: "001" }]);
    expect(await tables()).toEqual(["t1"]);
    expect(await agreed(["db", "--target-version", "0"], cwd)).toMatchObject({ exitStatus: 0, after: null });
    expect((await sql("SELECT version FROM lockkeeper.ledger")).rows).toEqual([]);
    expect(await tables()).toEqual([]);
    expect(await standings(cwd)).toEqual(["001 pending", "002 pending"]);
  });
});

describe("several directories in one config", () => {
  const config = `version: 1
migrations:
  - { directory: db/app, applied-by: lockkeeper, ledger: { table: public.app_migrations } }
  - { directory: db/jobs, applied-by: lockkeeper, ledger: { table: public.jobs_migrations } }
`;
  const files = {
    ".github/lockkeeper.yml": config,
    "db/app/000001_one.up.sql": "CREATE TABLE t1 (a int);\n",
    "db/app/000001_one.down.sql": "DROP TABLE t1;\n",
    "db/jobs/000001_two.up.sql": "CREATE TABLE t2 (a int);\n",
    "db/jobs/000001_two.down.sql": "DROP TABLE t2;\n",
  };

  test("which one is meant has to be said, and the others stay as they are", async () => {
    const cwd = await applied(files);
    for (const more of [[], ["--dry-run"]]) {
      const { status, stdout, stderr } = await run(["rollback", "--steps", "1", ...more], cwd);
      expect(status).not.toBe(0);
      expect(stdout + stderr).toMatch(/db\/app(?:,| and) db\/jobs/);
      expect(stdout + stderr).toContain("name the directory");
    }
    expect(await tables()).toEqual(["t1", "t2"]);
    expect(await agreed(["db/jobs", "--steps", "1"], cwd)).toMatchObject({ exitStatus: 0, after: null });
    expect(await tables()).toEqual(["t1"]);
    expect(await standings(cwd, "db/app")).toEqual(["000001 applied"]);
    expect(await standings(cwd, "db/jobs")).toEqual(["000001 pending"]);
  });
});

describe("a rollback that is cancelled", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "by %s leaves nothing half, gives the lock back in under five seconds, and says it in the journal",
    async (signal) => {
      const cwd = await applied(
        {
          "db/000001_one.up.sql": "CREATE TABLE t1 (a int);\n",
          "db/000001_one.down.sql": "DROP TABLE t1;\n",
          "db/000002_two.up.sql": "CREATE TABLE t2 (a int);\n",
          "db/000002_two.down.sql": "DROP TABLE t2;\nSELECT pg_sleep(60);\n",
          "db/000003_three.up.sql": "CREATE TABLE t3 (a int);\n",
          "db/000003_three.down.sql": "DROP TABLE t3;\n",
        },
        "db",
      );
      const words = await agreement(["db", "--steps", "3"], cwd);
      const child = spawn(process.execPath, [program, "rollback", ...words, "--format", "json"], { cwd, env: env() });
      let printed = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
      });
      const ended = once(child, "close");
      await untilAsleep();
      const start = performance.now();
      child.kill(signal);
      const [status] = await ended;
      expect(performance.now() - start).toBeLessThan(5_000);
      const report = JSON.parse(printed);
      expect(report).toMatchObject({
        ...{ before: "000003", after: "000002", exitStatus: status },
        outcomes: [
          { status: "applied" },
          { status: "undone", failure: { code: "interrupted" } },
          { status: "not-run" },
        ],
      });
      expect(status).toBe(1);
      expect(await tables()).toEqual(["t1", "t2"]);
      expect((await sql("SELECT version::text, dirty FROM schema_migrations")).rows).toEqual([
        { version: "2", dirty: false },
      ]);
      const { rows } = await sql(
        "SELECT version, direction, status, error FROM lockkeeper.journal ORDER BY number DESC LIMIT 2",
      );
      expect(rows).toEqual([
        { version: "000002", direction: "down", status: "undone", error: expect.stringContaining("interrupted") },
        { version: "000003", direction: "down", status: "applied", error: null },
      ]);
      expect((await sql("SELECT FROM pg_locks WHERE locktype = 'advisory'")).rows).toEqual([]);
      // Whoever comes next goes on from there.
      expect((await run(["migrate", "db"], cwd)).status).toBe(0);
      expect(await tables()).toEqual(["t1", "t2", "t3"]);
    },
  );
});

async function untilAsleep(): Promise<void> {
  for (let left = 400; left > 0; left--) {
    const { rows } = await sql(
      "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
    );
    if (rows.length > 0) return;
    await sleep(50);
  }
  throw new Error("The down script was not reached.");
}

test("a database that is not valid after going back ends with 3, and says what is wrong", async () => {
  const cwd = await applied(
    {
      "db/000001_one.up.sql": "CREATE TABLE t1 (a int);\n",
      "db/000001_one.down.sql": "DROP TABLE t1;\n",
      "db/000002_two.up.sql": "CREATE TABLE t2 (a int);\n",
      "db/000002_two.down.sql": "DROP TABLE t2;\n",
      // What the application that runs needs.
      "verify/t2_is_there.sql": "SELECT 't2' AS table WHERE to_regclass('public.t2') IS NULL;\n",
    },
    "db",
  );
  const report = await agreed(["db", "--steps", "1"], cwd);
  expect(report).toMatchObject({ exitStatus: 3, after: "000001", outcomes: [{ status: "applied" }] });
  expect(report.amiss).toEqual([expect.stringContaining("verify/t2_is_there.sql")]);
  expect(await tables()).toEqual(["t1"]);
  const text = await run(["rollback", "db", ...(await agreement(["db", "--steps", "1"], cwd)).slice(1)], cwd);
  // It was not valid before this one either: that is said, and is no failure of it.
  expect([text.status, text.stdout]).toEqual([0, expect.stringContaining("As before")]);
});
