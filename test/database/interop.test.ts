import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate as migrateDrizzle } from "drizzle-orm/node-postgres/migrator";
import { runner } from "node-pg-migrate";
import type { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { readSettings } from "../../src/commands/settings.ts";
import { surveyOf } from "../../src/commands/survey.ts";
import { reading } from "../../src/database/reader.ts";
import { recordApplied } from "../../src/database/record.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";
import { lockkeeper } from "../cli/cli.ts";
import { sharedPostgres } from "../support/global-postgres.ts";
import { sessionOf } from "./session.ts";

// The tools themselves, on the same database as Lockkeeper: each has to see what the other has recorded.

const database = "interop_test";
let postgres: Awaited<ReturnType<typeof sharedPostgres>>;
let root: string;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  postgres = await sharedPostgres();
  env = { DATABASE_URL: postgres.url(database) };
});

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "lockkeeper-interop-"));
  await postgres.dropDatabase(database);
  await postgres.createDatabase(database);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

afterAll(async () => {
  await postgres.dropDatabase(database);
  await postgres.stop();
});

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** What Lockkeeper says of each version: "1 applied". */
async function standings(directory: string): Promise<readonly string[]> {
  const workspace = openWorkspace(root);
  const settings = await readSettings({ config: null, environment: null }, workspace);
  const request = { directories: [directory], layout: null, targetVersion: null, allowed: new Set<never>() };
  return postgres.withClient(database, async (client) => {
    const { survey } = await reading(await sessionOf(client), (of) =>
      surveyOf(request, settings, { workspace, database: of }),
    );
    return survey.directories.flatMap(({ entries }) =>
      entries.map(({ version, standing }) => `${version} ${standing}`),
    );
  });
}

const withClient = <T>(work: (client: Client) => Promise<T>) => postgres.withClient(database, work);

const tables = () =>
  withClient(async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1",
    );
    return rows.map(({ name }) => name);
  });

test("dbmate goes on after Lockkeeper, and Lockkeeper after dbmate", async () => {
  const script = (name: string) =>
    `-- migrate:up\nCREATE TABLE ${name} (a int);\n\n-- migrate:down\nDROP TABLE ${name};\n`;
  put({ "db/20260101000000_one.sql": script("one"), "db/20260102000000_two.sql": script("two") });
  expect(await standings("db")).toEqual(["20260101000000 pending", "20260102000000 pending"]);
  await dbmate("up");
  expect(await standings("db")).toEqual(["20260101000000 applied", "20260102000000 applied"]);
  await dbmate("rollback");
  expect(await standings("db")).toEqual(["20260101000000 applied", "20260102000000 pending"]);
  put({ "db/20260103000000_three.sql": script("three") });
  expect(await deploy()).toBe(0);
  expect(await dbmate("status")).toMatch(/Applied: 3\nPending: 0/);
  // Nothing is left to do for it: it would fail on a table that is there.
  await dbmate("up");
  await dbmate("rollback");
  expect(await standings("db")).toContain("20260103000000 pending");
  expect(await tables()).toEqual(["one", "schema_migrations", "two"]);
});

test("dbmate finds a ledger that Lockkeeper has made", async () => {
  put({ "db/20260101000000_one.sql": "-- migrate:up\nCREATE TABLE one (a int);\n-- migrate:down\nDROP TABLE one;\n" });
  await withClient(async (client) => {
    await client.query("CREATE TABLE one (a int)");
    await record(client, "dbmate", ["20260101000000"]);
  });
  expect(await dbmate("status")).toMatch(/\[X\] 20260101000000_one\.sql\n\nApplied: 1\nPending: 0/);
});

test("what node-pg-migrate has applied is read", async () => {
  const script = (name: string) =>
    `-- Up Migration\nCREATE TABLE ${name} (a int);\n-- Down Migration\nDROP TABLE ${name};\n`;
  put({ "db/1767225600000_one.sql": script("one"), "db/1767225600001_two.sql": script("two") });
  const run = nodePgMigrate;
  expect(await standings("db")).toEqual(["1767225600000 pending", "1767225600001 pending"]);
  await run("up");
  expect(await standings("db")).toEqual(["1767225600000 applied", "1767225600001 pending"]);
  await run("up");
  expect(await standings("db")).toEqual(["1767225600000 applied", "1767225600001 applied"]);
  await run("down");
  expect(await standings("db")).toEqual(["1767225600000 applied", "1767225600001 pending"]);
});

test("node-pg-migrate does not see what Lockkeeper applies beside it; Lockkeeper sees both, and a way back of the tool", async () => {
  const script = (name: string) =>
    `-- Up Migration\nCREATE TABLE ${name} (a int);\n-- Down Migration\nDROP TABLE ${name};\n`;
  put({
    ...{ "db/1767225600000_one.sql": script("one"), "db/1767225600001_two.sql": script("two") },
    ".github/lockkeeper.yml": "version: 1\nmigrations: [{ directory: db, applied-by: lockkeeper }]\n",
  });
  await nodePgMigrate("up");
  expect(await deploy()).toBe(0);
  expect(await standings("db")).toEqual(["1767225600000 applied", "1767225600001 applied"]);
  expect(await tables()).toEqual(["one", "pgmigrations", "two"]);
  // It has one row, and takes that one back.
  await nodePgMigrate("down");
  expect(await standings("db")).toEqual(["1767225600000 out-of-order", "1767225600001 applied"]);
  expect(await tables()).toEqual(["pgmigrations", "two"]);
});

test("of two files of node-pg-migrate with one number nothing is taken for applied in silence", async () => {
  const script = (name: string) => `-- Up Migration\nCREATE TABLE ${name} (a int);\n`;
  put({
    ...{ "db/1_one.sql": script("one"), "db/1_two.sql": script("two") },
    ".github/lockkeeper.yml": "version: 1\nmigrations: [{ directory: db, applied-by: lockkeeper }]\n",
  });
  await nodePgMigrate("up");
  const { status, stdout } = await lockkeeper(["migrate", "db"], { cwd: root, env });
  expect([status, stdout]).toEqual([1, expect.stringContaining("db/1_one.sql and db/1_two.sql have one version")]);
  expect(await tables()).toEqual(["one", "pgmigrations"]);
});

test("what Drizzle has applied is read, and a script that was edited since is seen", async () => {
  const journal = (...tags: readonly string[]) =>
    JSON.stringify({ entries: tags.map((tag, idx) => ({ idx, when: 1767225600000 + idx, tag, breakpoints: true })) });
  put({
    "drizzle/0000_one.sql": "CREATE TABLE one (a int);\r\n--> statement-breakpoint\r\nCREATE INDEX ON one (a);",
    "drizzle/meta/_journal.json": journal("0000_one"),
  });
  await withClient((client) => migrateDrizzle(drizzle(client), { migrationsFolder: join(root, "drizzle") }));
  expect(await standings("drizzle")).toEqual(["0000 applied"]);
  put({
    "drizzle/0001_two.sql": "CREATE TABLE two (a int);",
    "drizzle/meta/_journal.json": journal("0000_one", "0001_two"),
  });
  expect(await standings("drizzle")).toEqual(["0000 applied", "0001 pending"]);
  await withClient((client) => migrateDrizzle(drizzle(client), { migrationsFolder: join(root, "drizzle") }));
  expect(await standings("drizzle")).toEqual(["0000 applied", "0001 applied"]);
  put({ "drizzle/0000_one.sql": "CREATE TABLE one (a bigint);" });
  expect(await standings("drizzle")).toEqual(["0000 edited", "0001 applied"]);
});

/** One step. */
function nodePgMigrate(direction: "up" | "down") {
  const options = { dir: join(root, "db"), migrationsTable: "pgmigrations", count: 1, log: () => undefined };
  return runner({ ...options, databaseUrl: postgres.url(database), direction });
}

/** `lockkeeper migrate`, as it ships; its exit status. */
async function deploy(): Promise<number | null> {
  const { status, stdout, stderr } = await lockkeeper(["migrate", "db"], { cwd: root, env });
  if (status !== 0) throw new Error(stdout + stderr);
  return status;
}

const dbmateProgram = createRequire(import.meta.url).resolve("dbmate/dist/cli.js");

async function dbmate(command: string): Promise<string> {
  const args = ["--url", postgres.url(database), "--migrations-dir", join(root, "db"), "--no-dump-schema", command];
  const { stdout } = await promisify(execFile)(process.execPath, [dbmateProgram, ...args]);
  return stdout;
}

/** As `migrate` and `baseline` do. */
async function record(client: Client, layout: "dbmate", versions: readonly string[]): Promise<void> {
  await recordApplied(
    await sessionOf(client),
    { layout, appliedBy: "lockkeeper", config: { tool: null, table: null } },
    {
      migrations: versions.map((version) => ({
        ...{ version, name: "x", script: "x.sql", checksum: null, executionMs: 0, digest: "" },
      })),
      run: { planDigest: null, backupId: null, commit: null, runUrl: null, actor: null },
      runner: "tests",
    },
  );
}
