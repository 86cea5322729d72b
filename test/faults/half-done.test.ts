import type { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { DeployResult } from "../../src/plan/deployed.ts";
import { type StartedPostgres, startPostgres } from "../support/postgres.ts";
import { migrateAll, type Project, projectOf, resolveWith } from "./project.ts";

let postgres: StartedPostgres;
let project: Project;
const database = "faults_half";

beforeAll(async () => {
  postgres = await startPostgres({ settings: { synchronous_commit: "on" } });
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  await postgres.dropDatabase(database);
  await postgres.createDatabase(database);
  await ask("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)");
  await ask("CREATE TABLE t (a int); CREATE INDEX t_a ON t (a)");
  await ask("CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)");
});
afterEach(() => project.remove());

async function ask(sql: string): Promise<Record<string, unknown>[]> {
  return postgres.withClient(database, async (client) => (await client.query(sql)).rows);
}

/** Statements that PostgreSQL does in several transactions, what shows that the first is done, and what is there in the end. */
const statements = [
  [
    "DROP INDEX CONCURRENTLY t_a",
    "t",
    "SELECT FROM pg_index WHERE indexrelid = 't_a'::regclass AND NOT indisvalid",
    "SELECT to_regclass('t_a') IS NULL AS done",
  ],
  [
    "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY",
    "p",
    "SELECT FROM pg_inherits WHERE inhdetachpending",
    "SELECT NOT EXISTS (SELECT FROM pg_inherits) AND to_regclass('p1') IS NOT NULL AS done",
  ],
] as const;

/** Lets the migration run while somebody reads the table, so that it stays between its transactions until the work has ended that. */
async function held(table: string, half: string, work: (reader: Client) => Promise<void>): Promise<DeployResult> {
  return postgres.withClient(database, async (reader) => {
    reader.on("error", () => undefined);
    await reader.query(`BEGIN; SELECT * FROM ${table}`);
    const migration = migrateAll(project, {
      url: postgres.url(database),
      settings: { lockTimeoutMs: 2_000, retries: 1 },
    });
    for (let left = 200; left > 0 && (await ask(half)).length === 0; left--)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await ask(half)).toHaveLength(1);
    await work(reader);
    return migration;
  });
}

function stopped(result: DeployResult): unknown {
  return [result.exitStatus, result.outcomes.map(({ status }) => status)];
}

test.each(statements)(
  "the server goes down in the middle of %s: partial, and the next run finishes it",
  async (sql, table, half, done) => {
    project = projectOf({ "000001_it.up.sql": `${sql};\nINSERT INTO t VALUES (1);\n` });
    const first = await held(table, half, () => postgres.restart());
    expect(await ask(half), "the server had more luck than wanted").toHaveLength(1);
    expect(stopped(first)).toEqual([3, ["partial"]]);
    expect(await ask("SELECT status, in_doubt FROM lockkeeper.journal")).toEqual([
      { status: "partial", in_doubt: true },
    ]);
    const second = await migrateAll(project, { url: postgres.url(database) });
    expect(stopped(second)).toEqual([0, ["applied"]]);
    expect(await ask(done)).toEqual([{ done: true }]);
    expect(await ask("SELECT a FROM t")).toEqual([{ a: 1 }]);
  },
);

test.each(statements)(
  "somebody reads for longer than the retries last in the middle of %s: partial, and the next run finishes it",
  async (sql, table, half, done) => {
    project = projectOf({ "000001_it.up.sql": `${sql};\nINSERT INTO t VALUES (1);\n` });
    const first = await postgres.withClient(database, async (reader) => {
      await reader.query(`BEGIN; SELECT * FROM ${table}`);
      return migrateAll(project, { url: postgres.url(database), settings: { lockTimeoutMs: 200, retries: 1 } });
    });
    expect(stopped(first)).toEqual([3, ["partial"]]);
    const [outcome] = first.outcomes;
    const failure = outcome !== undefined && "failure" in outcome ? outcome.failure : null;
    expect(failure).toMatchObject({
      code: "lock-timeout",
      details: expect.arrayContaining([expect.stringContaining("still there")]),
    });
    expect(await ask(half)).toHaveLength(1);
    const shown = await resolveWith(project, null, { url: postgres.url(database) });
    expect(shown.unfinished[0]?.offers[0]).toEqual({ kind: "resume", at: 1 });
    expect(stopped(await migrateAll(project, { url: postgres.url(database) }))).toEqual([0, ["applied"]]);
    expect(await ask(done)).toEqual([{ done: true }]);
  },
);

test.each(statements)("a reader that goes away in time does not hurt %s", async (sql, table, half, done) => {
  project = projectOf({ "000001_it.up.sql": `${sql};\n` });
  const result = await held(table, half, async (reader) => {
    await new Promise((resolve) => setTimeout(resolve, 2_300));
    await reader.query("ROLLBACK");
  });
  expect(stopped(result)).toEqual([0, ["applied"]]);
  expect(await ask(done)).toEqual([{ done: true }]);
});

test("an index that was INVALID before, and could not be dropped, is no half-done work of this run", async () => {
  await ask("INSERT INTO t VALUES (1), (1)");
  await ask("CREATE UNIQUE INDEX CONCURRENTLY t_bad ON t (a)").catch(() => undefined);
  project = projectOf({ "000001_it.up.sql": "DROP INDEX CONCURRENTLY t_bad;\n" });
  const result = await postgres.withClient(database, async (reader) => {
    await reader.query("BEGIN; LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE");
    return migrateAll(project, { url: postgres.url(database), settings: { lockTimeoutMs: 200, retries: 0 } });
  });
  expect(stopped(result)).toEqual([1, ["undone"]]);
});
