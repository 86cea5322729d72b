import { performance } from "node:perf_hooks";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { DeployResult } from "../../src/plan/deployed.ts";
import type { Said } from "../../src/plan/progress.ts";
import { sharedPostgres } from "../support/global-postgres.ts";
import type { Postgres } from "../support/postgres.ts";
import { startRunner } from "./kill.ts";
import { migrateAll, type Project, projectOf, type RunOptions } from "./project.ts";
import { answers, startProxy } from "./proxy.ts";
import { migrations, unfinished } from "./truth.ts";

let postgres: Postgres & { stop(): Promise<void> };
const database = "faults_hostile";
const projects: Project[] = [];

beforeAll(async () => {
  postgres = await sharedPostgres();
});
afterAll(async () => {
  await postgres.dropDatabase(database);
  await ask("DROP ROLE IF EXISTS faults_app; DROP ROLE IF EXISTS faults_guest", "postgres");
  await postgres.stop();
});
beforeEach(async () => {
  await postgres.dropDatabase(database);
  await postgres.createDatabase(database);
});
afterEach(() => {
  for (const project of projects.splice(0)) project.remove();
});

async function ask(sql: string, on = database): Promise<Record<string, unknown>[]> {
  return postgres.withClient(on, async (client) => (await client.query(sql)).rows);
}

/** What the database holds beforehand, with a ledger in which nothing is recorded: without one it would be refused. */
async function holds(...statements: readonly string[]): Promise<void> {
  await ask("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)");
  for (const statement of statements) await ask(statement);
}

/** Files 000001, 000002, … with these texts. */
function files(...texts: readonly string[]): Project {
  const named = texts.map((text, i) => [`00000${i + 1}_file.up.sql`, text] as const);
  const project = projectOf(Object.fromEntries(named));
  projects.push(project);
  return project;
}

function run(project: Project, options: Partial<RunOptions> = {}): Promise<DeployResult> {
  return migrateAll(project, { url: postgres.url(database), ...options });
}

function failureOf(result: DeployResult) {
  const outcome = result.outcomes.find(({ status }) => status !== "applied");
  return outcome !== undefined && "failure" in outcome ? outcome.failure : null;
}

const statuses = ({ outcomes }: DeployResult): readonly string[] => outcomes.map(({ status }) => status);

test.each([2, 10])("%i deploys at the same instant: one applies, the others find nothing to do", async (count) => {
  const project = projectOf(migrations);
  projects.push(project);
  const results = await Promise.all(Array.from({ length: count }, () => run(project)));
  expect(results.map(({ exitStatus, refusal }) => [exitStatus, refusal])).toEqual(Array(count).fill([0, null]));
  expect(results.map((each) => each.outcomes.length).toSorted((a, b) => b - a)).toEqual([
    7,
    ...Array(count - 1).fill(0),
  ]);
  expect(await unfinished(postgres, database)).toEqual([]);
});

test("whoever reads behind a waiting ALTER waits no longer than the lock timeout and a fifth", async () => {
  await holds("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
  const project = files("ALTER TABLE t ADD COLUMN b int;");
  await postgres.withClient(database, async (reader) => {
    await reader.query("BEGIN; SELECT * FROM t");
    let longest = 0;
    let probes = 0;
    const over = new AbortController();
    const probe = postgres.withClient(database, async (client) => {
      while (!over.signal.aborted) {
        const start = performance.now();
        await client.query("SELECT * FROM t");
        longest = Math.max(longest, performance.now() - start);
        probes++;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    });
    const result = await run(project, { settings: { lockTimeoutMs: 1_000, retries: 2 } });
    over.abort();
    await probe;
    expect(failureOf(result)).toMatchObject({ code: "lock-timeout", sqlstate: "55P03" });
    expect(probes).toBeGreaterThan(5);
    expect(longest).toBeGreaterThan(500);
    expect(longest).toBeLessThan(1_200);
  });
});

test("a migration that makes others wait for too long is stopped, named with who waited, and undone", async () => {
  await holds("CREATE TABLE t (a int)");
  const project = files("ALTER TABLE t ADD COLUMN b int;\nSELECT pg_sleep(20);\n");
  const started = performance.now();
  const migration = run(project, { settings: { maxBlockingMs: 500, retries: 1 } });
  let longest = 0;
  await postgres.withClient(database, async (client) => {
    await client.query("SET application_name = 'shop'");
    for (let i = 0; i < 8; i++) {
      const start = performance.now();
      await client.query("SELECT * FROM t");
      longest = Math.max(longest, performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  });
  const result = await migration;
  expect(failureOf(result)).toMatchObject({ code: "blocks-others" });
  expect(failureOf(result)?.details.join()).toMatch(/application "shop".*SELECT \* FROM t/);
  expect(longest).toBeGreaterThan(300);
  expect(longest).toBeLessThan(2_500);
  expect(performance.now() - started).toBeLessThan(15_000);
  expect(await ask("SELECT attname FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0")).toEqual([
    { attname: "a" },
  ]);
});

test("a file may make others wait for longer, with a reason", async () => {
  await holds("CREATE TABLE t (a int)");
  const project = files(
    "-- lockkeeper:max-blocking 20s: nobody is in the shop at night\n\nALTER TABLE t ADD COLUMN b int;\nSELECT pg_sleep(1.5);\n",
  );
  const migration = run(project, { settings: { maxBlockingMs: 300, retries: 0 } });
  await new Promise((resolve) => setTimeout(resolve, 600));
  await ask("SELECT * FROM t");
  expect((await migration).exitStatus).toBe(0);
});

test("a loop that turns its limits off and swallows every cancel is ended from outside", async () => {
  const project = files(
    `CREATE TABLE t ();
     SET statement_timeout = 0; SET lock_timeout = 0;
     DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(30); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$;`,
  );
  const started = performance.now();
  const result = await run(project, { settings: { maxDurationMs: 500 } });
  expect(failureOf(result)).toMatchObject({ code: "too-long" });
  expect(performance.now() - started).toBeLessThan(15_000);
  expect(await ask("SELECT to_regclass('t') AS t")).toEqual([{ t: null }]);
  expect(await ask("SELECT status FROM lockkeeper.journal")).toEqual([{ status: "undone" }]);
  expect(
    await ask("SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()"),
  ).toEqual([]);
});

test("100 MB of notices are counted, not kept", async () => {
  const said: Said[] = [];
  const project = files(
    "DO $$ BEGIN FOR i IN 1..1000 LOOP RAISE NOTICE '% %', i, repeat('x', 100000); END LOOP; END $$;\nCREATE TABLE t ();",
  );
  const result = await run(project, { say: (each) => said.push(each) });
  expect(result.exitStatus).toBe(0);
  const notices = said.filter(({ kind }) => kind === "notice");
  expect(notices.length).toBeGreaterThan(10);
  expect(JSON.stringify(notices).length).toBeLessThan(200_000);
}, 90_000);

test("what a file does to its session reaches neither the ledger nor the next file", async () => {
  await ask("DROP ROLE IF EXISTS faults_app; CREATE ROLE faults_app", "postgres");
  await ask("GRANT CREATE ON SCHEMA public TO faults_app");
  const project = files(
    "SELECT set_config('search_path', '', false);\nSET ROLE faults_app;\nCREATE TABLE public.a ();",
    "SET SESSION AUTHORIZATION faults_app;\nSET default_transaction_read_only = on;\nSET TIME ZONE 'Asia/Seoul';\nCREATE TABLE public.b ();",
    "CREATE TABLE c AS SELECT current_user::text AS who, current_setting('TimeZone') AS zone, current_setting('search_path') AS path;",
  );
  const result = await run(project);
  expect(statuses(result)).toEqual(["applied", "applied", "applied"]);
  expect(await ask("SELECT * FROM c")).toEqual([{ who: "postgres", zone: "UTC", path: '"$user", public' }]);
  const owners = await ask(
    "SELECT relname, relowner::regrole::text AS owner FROM pg_class WHERE relname IN ('a', 'b', 'c') ORDER BY 1",
  );
  expect(owners.map(({ owner }) => owner)).toEqual(["faults_app", "faults_app", "postgres"]);
  await ask("DROP OWNED BY faults_app");
});

test("a file that gives the lock away is caught up with before COMMIT", async () => {
  const project = files("SELECT pg_advisory_unlock_all();\nCREATE TABLE t ();", "DISCARD ALL;", "CREATE TABLE u ();");
  expect(statuses(await run(project))).toEqual(["applied", "applied", "applied"]);
});

test("a deferred constraint that fails at COMMIT is a failure, and nothing is in the database", async () => {
  const project = files(
    "CREATE TABLE p (id int PRIMARY KEY);\nCREATE TABLE c (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO c VALUES (1);",
  );
  const result = await run(project);
  expect(failureOf(result)).toMatchObject({ code: "commit-refused", sqlstate: "23503" });
  expect(result.exitStatus).toBe(1);
  expect(await ask("SELECT to_regclass('c') AS c")).toEqual([{ c: null }]);
});

test("IF NOT EXISTS does not pass over an INVALID index", async () => {
  await holds("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)");
  await ask("CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a)").catch(() => undefined);
  const project = files("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_a ON t (a);");
  const result = await run(project);
  expect(failureOf(result)).toMatchObject({ code: "index-invalid", message: expect.stringContaining("public.t_a") });
  expect(await ask("SELECT version FROM schema_migrations")).toEqual([]);
});

test("an index build that an old snapshot holds up is cleaned up after each try, and built when it has gone", async () => {
  await holds("CREATE TABLE t (a int); CREATE TABLE other ()");
  const project = files("CREATE INDEX CONCURRENTLY t_a ON t (a);");
  await postgres.withClient(database, async (old) => {
    await old.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM other");
    const result = await run(project, { settings: { retries: 1 } });
    expect(failureOf(result)).toMatchObject({ code: "lock-timeout" });
    expect(result.exitStatus).toBe(1);
    expect(await ask("SELECT FROM pg_index WHERE NOT indisvalid")).toEqual([]);
  });
  expect((await run(project)).exitStatus).toBe(0);
  expect(await ask("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_a'::regclass")).toEqual([
    { indisvalid: true },
  ]);
});

test("a DO block that commits runs outside; when it fails half-way a person has to decide", async () => {
  const good =
    "-- lockkeeper:no-transaction\n\nCREATE TABLE t (a int);\nDO $$ BEGIN INSERT INTO t VALUES (1); COMMIT; INSERT INTO t VALUES (2); END $$;";
  expect((await run(files(good))).exitStatus).toBe(0);
  expect(await ask("SELECT a FROM t ORDER BY a")).toEqual([{ a: 1 }, { a: 2 }]);
  const bad = files(
    good,
    "-- lockkeeper:no-transaction\n\nDO $$ BEGIN INSERT INTO t VALUES (3); COMMIT; RAISE 'no'; END $$;",
  );
  const result = await run(bad);
  expect([result.exitStatus, statuses(result)]).toEqual([3, ["partial"]]);
  const again = await run(bad);
  expect(again.exitStatus).toBe(3);
  expect(failureOf(again)).toMatchObject({ code: "undecided", hint: expect.stringContaining("lockkeeper resolve") });
  expect(await ask("SELECT a FROM t ORDER BY a")).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
});

test("a role without rights is told which", async () => {
  await ask("DROP ROLE IF EXISTS faults_guest; CREATE ROLE faults_guest LOGIN PASSWORD 'guest'", "postgres");
  const url = postgres.url(database).replace(/\/\/[^@]*@/, "//faults_guest:guest@");
  const result = await run(files("CREATE TABLE t ();"), { url });
  expect(result).toMatchObject({
    exitStatus: 1,
    refusal: { code: "journal-denied", hint: expect.stringContaining("CREATE") },
  });
});

test("a database that is read-only is refused, and one that becomes so after a failover stops the run", async () => {
  await ask(`ALTER DATABASE ${database} SET default_transaction_read_only = on`, "postgres");
  const project = projectOf(migrations);
  projects.push(project);
  expect(await run(project)).toMatchObject({ exitStatus: 1, refusal: { code: "database-read-only" } });
  await ask(`ALTER DATABASE ${database} SET default_transaction_read_only = off`, "postgres");
  const proxy = await startProxy(postgres.port);
  const url = postgres.url(database).replace(`:${postgres.port}/`, `:${proxy.port}/`);
  let failover: Promise<unknown> | null = null;
  proxy.arm({ when: answers(/^VACUUM/), deed: "lose" });
  const result = await run(project, {
    url,
    say({ kind }) {
      // Whoever connects from now on finds a server that takes no writes.
      if (kind === "applying")
        failover ??= ask(`ALTER DATABASE ${database} SET default_transaction_read_only = on`, "postgres");
    },
  });
  await failover;
  expect(proxy.hits()).toBe(1);
  expect([result.exitStatus, statuses(result)]).toEqual([
    3,
    [...Array(4).fill("applied"), "partial", "not-run", "not-run"],
  ]);
  await ask(`ALTER DATABASE ${database} SET default_transaction_read_only = off`, "postgres");
  expect((await run(project)).exitStatus).toBe(0);
  expect(await unfinished(postgres, database)).toEqual([]);
  await proxy.stop();
});

test("SIGTERM in a long statement: rolled back, written down and unlocked in under five seconds", async () => {
  const project = files("CREATE TABLE t ();\nSELECT pg_sleep(60);");
  const runner = startRunner(project.directory, postgres.url(database));
  for (let left = 200; left > 0; left--) {
    const asleep = await ask(
      "SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active' AND pid <> pg_backend_pid()",
    );
    if (asleep.length > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const started = performance.now();
  runner.process.kill("SIGTERM");
  const { status, output } = await runner.ended;
  expect(performance.now() - started).toBeLessThan(5_000);
  expect([status, output]).toEqual([1, expect.stringContaining('"code":"interrupted"')]);
  expect(await ask("SELECT status, error FROM lockkeeper.journal")).toEqual([
    { status: "undone", error: expect.stringContaining("interrupted") },
  ]);
  expect(await ask("SELECT FROM pg_locks WHERE locktype = 'advisory'")).toEqual([]);
});
