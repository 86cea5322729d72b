import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Said } from "../../src/plan/progress.ts";
import { saidWords } from "../../src/report/deploy-terminal.ts";
import { migrateAll, type Project, projectOf } from "../faults/project.ts";
import { sharedPostgres } from "../support/global-postgres.ts";
import type { Postgres } from "../support/postgres.ts";

const database = "long_test";
let postgres: Postgres & { stop(): Promise<void> };
let project: Project;

type Long = Extract<Said, { kind: "long" }>;

beforeAll(async () => {
  postgres = await sharedPostgres();
  await postgres.dropDatabase(database);
  await postgres.createDatabase(database);
  await postgres.withClient(database, async (client) => {
    await client.query("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)");
    // About a hundred blocks, each of which takes the index some hundredths of a second.
    await client.query(`CREATE TABLE t (a int, pad text);
      INSERT INTO t SELECT n, repeat('x', 1800) FROM generate_series(1, 400) n;
      CREATE FUNCTION slow(a int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
        'BEGIN PERFORM pg_catalog.pg_sleep(0.006); RETURN a; END'`);
  });
});
afterAll(async () => {
  await postgres.dropDatabase(database);
  await postgres.stop();
});
afterEach(async () => {
  project.remove();
  // Each test begins with a ledger in which nothing is recorded.
  await postgres.withClient(database, (client) =>
    client.query("TRUNCATE schema_migrations; DROP SCHEMA lockkeeper CASCADE"),
  );
});

/** What is told of long statements while this file is applied, every fifth of a second. */
async function toldOf(sql: string, meanwhile?: () => Promise<void>): Promise<readonly Long[]> {
  project = projectOf({ "000001_x.up.sql": sql });
  const told: Long[] = [];
  const migration = migrateAll(project, {
    url: postgres.url(database),
    settings: { progressMs: 200, lockTimeoutMs: 20_000 },
    say: (said) => {
      if (said.kind === "long") told.push(said);
    },
  });
  await meanwhile?.();
  const result = await migration;
  expect(result.outcomes.map(({ status }) => status)).toEqual(["applied"]);
  return told;
}

test.each(["CREATE INDEX t_slow ON t (slow(a));", "CREATE INDEX CONCURRENTLY t_slow_2 ON t (slow(a));"])(
  "%s is told with its phase, percent that grow, and the time that is left",
  async (sql) => {
    const told = (await toldOf(sql)).filter(({ phase }) => phase === "building index: scanning table");
    expect(told.length).toBeGreaterThan(3);
    const percents = told.map(({ percent }) => percent ?? -1);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(percents[0]).toBeGreaterThanOrEqual(0);
    expect(percents.at(-1)).toBeGreaterThan(50);
    const late = told.at(-1);
    expect(late?.leftMs).toBeLessThan(told.find(({ leftMs }) => leftMs !== null)?.leftMs ?? 0);
    expect(late === undefined ? "" : saidWords(late)).toMatch(
      /^ {2}building index: scanning table: [\d.]+ s so far, \d+ %, about [\d.]+ m?s left$/,
    );
  },
);

test("a build that waits for somebody says for whom", async () => {
  let pid = 0;
  const told = await postgres.withClient(database, async (writer) => {
    await writer.query("BEGIN; INSERT INTO t VALUES (0, '')");
    pid = (await writer.query("SELECT pg_backend_pid() AS pid")).rows[0].pid;
    return toldOf("CREATE INDEX CONCURRENTLY t_a ON t (a);", async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      await writer.query("ROLLBACK");
    });
  });
  expect(told.map(({ phase }) => phase)).toContain(`waiting for writers before build (pid ${pid})`);
});

test("a statement of which the server counts nothing is told with how long it has taken", async () => {
  const told = await toldOf("SELECT pg_sleep(1);");
  expect(told.length).toBeGreaterThan(1);
  expect(told[0]).toMatchObject({ phase: "running", percent: null, leftMs: null });
  expect(told.map(saidWords)[0]).toMatch(/^ {2}running: [\d.]+ m?s so far$/);
});
