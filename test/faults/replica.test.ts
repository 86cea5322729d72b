import { performance } from "node:perf_hooks";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Said } from "../../src/plan/progress.ts";
import { type StartedPostgres, startPostgres } from "../support/postgres.ts";
import { migrateAll, type Project, projectOf, type RunOptions } from "./project.ts";

const database = "faults_replica";
let primary: StartedPostgres;
let standby: StartedPostgres;
let project: Project;

beforeAll(async () => {
  primary = await startPostgres();
  standby = await primary.standby("replica_seoul");
});
afterAll(async () => {
  await standby.stop();
  await primary.stop();
});
beforeEach(async () => {
  await resume();
  await primary.dropDatabase(database);
  await primary.createDatabase(database);
  await caughtUp();
});
afterEach(async () => {
  project.remove();
  await resume();
});

const ask = async (server: StartedPostgres, sql: string, on = "postgres"): Promise<Record<string, unknown>[]> =>
  server.withClient(on, async (client) => (await client.query(sql)).rows);
const pause = () => ask(standby, "SELECT pg_wal_replay_pause()");
const resume = () => ask(standby, "SELECT pg_wal_replay_resume()");

/** Waits until the standby has everything. */
async function caughtUp(): Promise<void> {
  for (let left = 400; left > 0; left--) {
    const sql = "SELECT replay_lsn = pg_current_wal_insert_lsn() AS done FROM pg_stat_replication";
    if ((await ask(primary, sql))[0]?.done === true) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("The standby never caught up.");
}

/** Three migrations; what each finds is to be seen on the standby. */
function three(): Project {
  project = projectOf({
    "000001_a.up.sql": "CREATE TABLE a (n int);\n",
    "000002_b.up.sql": "CREATE TABLE b (n int);\nSELECT pg_sleep(0.6);\n",
    "000003_c.up.sql": "CREATE TABLE c (n int);\n",
  });
  return project;
}

function run(more: Partial<RunOptions>) {
  return migrateAll(project, { url: primary.url(database), ...more });
}

test("replicas that keep up hold nothing up, although they tell only from time to time how far they are", async () => {
  three();
  const said: Said[] = [];
  const start = performance.now();
  const result = await run({ settings: { maxReplicaLagMs: 300 }, say: (each) => said.push(each) });
  expect(result.outcomes.map(({ status }) => status)).toEqual(["applied", "applied", "applied"]);
  expect(said.filter(({ kind }) => kind === "waiting-for-replicas")).toEqual([]);
  // By themselves they tell every ten seconds.
  expect(performance.now() - start).toBeLessThan(8_000);
});

test("a replica that stops replaying holds the next migration up, and then the run, with its name", async () => {
  three();
  await pause();
  const said: Said[] = [];
  const settings = { maxReplicaLagMs: 400, replicaWaitMs: 700 };
  const result = await run({ settings, say: (each) => said.push(each) });
  expect(result.exitStatus).toBe(1);
  expect(result.outcomes.map(({ status }) => status)).toEqual(["applied", "applied", "undone"]);
  const last = result.outcomes.at(-1);
  expect(last !== undefined && "failure" in last ? last.failure : null).toMatchObject({
    code: "replica-lag",
    message: expect.stringContaining("more than 400 ms behind"),
    details: [expect.stringMatching(/^The replica replica_seoul is .* behind\.$/)],
  });
  expect(said).toContainEqual({ kind: "waiting-for-replicas", replicas: ["replica_seoul"], limitMs: 400 });
  expect(await ask(primary, "SELECT to_regclass('c') AS c", database)).toEqual([{ c: null }]);
  // Nothing was begun of it, so there is nothing to decide: the next run goes on.
  await resume();
  await caughtUp();
  expect((await run({ settings })).outcomes.map(({ status }) => status)).toEqual(["applied"]);
});

test("what was applied before stays, although the config goes back after a migration that fails", async () => {
  project = projectOf({
    ...Object.fromEntries(
      ["a", "b", "c"].map((name, i) => [`00000${i + 1}_${name}.down.sql`, `DROP TABLE ${name};\n`]),
    ),
    "000001_a.up.sql": "CREATE TABLE a (n int);\n",
    "000002_b.up.sql": "CREATE TABLE b (n int);\nSELECT pg_sleep(0.6);\n",
    "000003_c.up.sql": "CREATE TABLE c (n int);\n",
  });
  await pause();
  const settings = { maxReplicaLagMs: 400, replicaWaitMs: 700 };
  const { outcomes, rollback } = await run({ settings, rollbackOn: ["migration-failed"] });
  expect([outcomes.map(({ status }) => status), rollback]).toEqual([["applied", "applied", "undone"], null]);
});

test("a replica that catches up in time lets the run go on", async () => {
  three();
  await pause();
  let waited: number | null = null;
  const result = await run({
    settings: { maxReplicaLagMs: 300, replicaWaitMs: 30_000 },
    say({ kind }) {
      if (kind !== "waiting-for-replicas") return;
      waited = performance.now();
      setTimeout(() => void resume(), 300);
    },
  });
  expect(waited).not.toBeNull();
  expect(result.outcomes.map(({ status }) => status)).toEqual(["applied", "applied", "applied"]);
});

test("a role that may not see replicas is not let on where they are to be looked at", async () => {
  three();
  await ask(primary, "DROP ROLE IF EXISTS replica_app; CREATE ROLE replica_app LOGIN PASSWORD 'app'");
  await ask(
    primary,
    `GRANT ALL ON DATABASE ${database} TO replica_app; GRANT ALL ON SCHEMA public TO replica_app`,
    database,
  );
  const url = primary.url(database).replace(/\/\/[^@]*@/, "//replica_app:app@");
  const result = await run({ url, settings: { maxReplicaLagMs: 1_000 } });
  expect(result.outcomes.map((each) => ("failure" in each ? each.failure.message : each.status))).toEqual([
    expect.stringContaining("max-replica-lag cannot be measured"),
    "not-run",
    "not-run",
  ]);
});

test("a standby is refused, and of several servers the primary is found", async () => {
  three();
  expect(await run({ url: standby.url(database) })).toMatchObject({ refusal: { code: "database-read-only" } });
  const both = primary.url(database).replace(/@[^/]*\//, `@127.0.0.1:${standby.port},127.0.0.1:${primary.port}/`);
  expect(await run({ url: both })).toMatchObject({ exitStatus: 0 });
});
