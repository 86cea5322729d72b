import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { lockkeeper } from "../cli/cli.ts";
import { type StartedPostgres, startPostgres } from "../support/postgres.ts";
import { project } from "../workspace/project.ts";

const program = "/usr/bin/sql-migrate";
const database = "sql_migrate_test";
let postgres: StartedPostgres;

beforeAll(async () => {
  postgres = await startPostgres();
});

beforeEach(async () => {
  await postgres.dropDatabase(database);
  await postgres.createDatabase(database);
});

afterAll(() => postgres.stop());

const script = (table: string) =>
  `-- +migrate Up\nCREATE TABLE ${table} (a int);\n-- +migrate Down\nDROP TABLE ${table};\n`;

/** A project with its dbconfig.yml. */
function laidOut(names: readonly string[]): string {
  const url = new URL(postgres.url(database));
  return project({
    ...Object.fromEntries(names.map((name, i) => [`db/${name}`, script(`t${i + 1}`)])),
    "dbconfig.yml": `development:\n  dialect: postgres\n  datasource: ${url}\n  dir: db\n`,
    ".github/lockkeeper.yml": "version: 1\nmigrations: [{ directory: db, applied-by: lockkeeper }]\n",
  });
}

const tool = (cwd: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { cwd, encoding: "utf8", stdio: "pipe" });

/** What the tool says of each file: its name, and whether it is applied. */
function toolSays(cwd: string): readonly string[] {
  const rows = [...tool(cwd, "status").matchAll(/^\| (.*?) +\| (no|\d{4}-.*?) +\|$/gm)];
  return rows.map(([, name, at]) => `${name} ${at === "no" ? "pending" : "applied"}`);
}

const run = (cwd: string, ...args: readonly string[]) =>
  lockkeeper(args, { cwd, env: { DATABASE_URL: postgres.url(database) } });

/** What Lockkeeper says of each, in the same words. */
async function weSay(cwd: string): Promise<readonly string[]> {
  const { stdout } = await run(cwd, "status", "--format", "json");
  const { versions }: { versions: readonly { version: string; standing: string }[] } = JSON.parse(stdout);
  return versions.map(({ version, standing }) => `${version}.sql ${standing}`);
}

describe.skipIf(!existsSync(program))("sql-migrate (skipped where Debian's sql-migrate is not installed)", () => {
  test("the tool goes on after Lockkeeper, and Lockkeeper after the tool: both always say the same", async () => {
    const cwd = laidOut(["1-one.sql", "2-two.sql", "10-three.sql"]);
    const agree = async (...standings: readonly string[]) => {
      const names = ["1-one.sql", "2-two.sql", "10-three.sql"];
      expect(await weSay(cwd)).toEqual(names.map((name, i) => `${name} ${standings[i]}`));
      expect(toolSays(cwd)).toEqual(names.map((name, i) => `${name} ${standings[i]}`));
    };
    await agree("pending", "pending", "pending");
    tool(cwd, "up", "-limit=2");
    await agree("applied", "applied", "pending");
    const { status, stderr } = await run(cwd, "migrate");
    expect([status, stderr]).toEqual([0, expect.not.stringContaining("Code:")]);
    await agree("applied", "applied", "applied");
    expect(tool(cwd, "up")).toContain("Applied 0 migrations");
    tool(cwd, "down");
    await agree("applied", "applied", "pending");
    expect((await run(cwd, "migrate")).status).toBe(0);
    const plan = await run(cwd, "rollback", "--target-version", "2", "--dry-run", "--format", "json");
    const { digest }: { digest: string } = JSON.parse(plan.stdout);
    const back = await run(cwd, "rollback", "--target-version", "2", "--expect-digest", digest, "--backup-id", "b1");
    expect([back.status, back.stderr]).toEqual([0, expect.not.stringContaining("Code:")]);
    await agree("applied", "applied", "pending");
    expect(tool(cwd, "up")).toContain("Applied 1 migration");
    await agree("applied", "applied", "applied");
  });

  test("the tool finds the ledger that Lockkeeper has made, which is as it makes it", async () => {
    const cwd = laidOut(["20260101120000-users.sql"]);
    expect((await run(cwd, "migrate")).status).toBe(0);
    const ours = await columns();
    expect(toolSays(cwd)).toEqual(["20260101120000-users.sql applied"]);
    tool(cwd, "down");
    await postgres.withClient(database, (client) => client.query("DROP TABLE gorp_migrations"));
    tool(cwd, "up");
    expect(await columns()).toEqual(ours);
  });

  test("files run in the order of the tool, whatever their names", async () => {
    const names = [
      "10_b",
      "2_c",
      "02_d e",
      "1_a",
      "init",
      "1_a-b",
      "1_B",
      "2",
      "1a",
      "zz",
      "Ab",
      "007",
      "한글",
      "2026é",
    ];
    const cwd = laidOut(names.map((name) => `${name}.sql`));
    const order = toolSays(cwd);
    expect(order).toHaveLength(names.length);
    expect(await weSay(cwd)).toEqual(order);
    expect((await run(cwd, "migrate", "--target-version", "007")).status).toBe(0);
    expect(await weSay(cwd)).toEqual(toolSays(cwd));
    expect((await run(cwd, "migrate")).status).toBe(0);
    expect(toolSays(cwd)).toEqual(order.map((line) => line.replace("pending", "applied")));
  });

  test("what the tool has recorded and nobody has a file for is missing, and nothing is applied", async () => {
    const cwd = laidOut(["1-one.sql"]);
    writeFileSync(join(cwd, "db/0-gone.sql"), script("gone"));
    tool(cwd, "up", "-limit=1");
    const elsewhere = laidOut(["1-one.sql"]);
    const { status, stdout } = await run(elsewhere, "migrate");
    expect([status, stdout]).toEqual([1, expect.stringContaining("0-gone")]);
    expect(() => tool(elsewhere, "up")).toThrow();
  });
});

function columns() {
  return postgres.withClient(database, async (client) => {
    const { rows } = await client.query(
      `SELECT attname, format_type(atttypid, atttypmod), attnotnull, (SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = attrelid) AS key
       FROM pg_attribute WHERE attrelid = 'gorp_migrations'::regclass AND attnum > 0 ORDER BY attnum`,
    );
    return rows;
  });
}
