import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { parseAddress } from "../../src/database/address.ts";
import { openTarget } from "../../src/database/target.ts";
import { type ApplySettings, defaultSettings, type Said } from "../../src/plan/progress.ts";
import type { Target } from "../../src/plan/target.ts";
import { sharedPostgres } from "../support/global-postgres.ts";
import type { Postgres } from "../support/postgres.ts";
import { jobOf } from "./jobs.ts";

let postgres: Postgres & { stop(): Promise<void> };
const database = "apply_test";

beforeAll(async () => {
  postgres = await sharedPostgres();
});
afterAll(async () => {
  await postgres.dropDatabase(database);
  await postgres.stop();
});
beforeEach(async () => {
  await postgres.dropDatabase(database);
  await postgres.createDatabase(database);
});

const said: Said[] = [];

async function withTarget<T>(work: (target: Target) => Promise<T>, settings: Partial<ApplySettings> = {}): Promise<T> {
  said.length = 0;
  const target = await openTarget({
    address: parseAddress(postgres.url(database)),
    settings: { ...defaultSettings, lockTimeoutMs: 300, pauseMs: 50, maxPauseMs: 100, retries: 3, ...settings },
    run: { planDigest: "plan", backupId: "backup 7", commit: "abc", runUrl: "https://ci/1", actor: "mona" },
    runner: "0.0.0",
    signal: new AbortController().signal,
    say: (each) => said.push(each),
  });
  try {
    return await work(target);
  } finally {
    await target.close();
  }
}

async function ask(sql: string): Promise<unknown[]> {
  return postgres.withClient(database, async (client) => (await client.query(sql)).rows);
}

test("a migration, its ledger row and its journal row are in the database together", async () => {
  const job = await jobOf("1", "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1), (2);\n");
  const outcome = await withTarget((target) => target.apply(job));
  expect(outcome).toMatchObject({ status: "applied", rows: 2, retries: 0, statements: 2 });
  expect(await ask("SELECT a FROM t ORDER BY a")).toEqual([{ a: 1 }, { a: 2 }]);
  expect(await ask("SELECT version FROM lockkeeper.ledger")).toEqual([{ version: "1" }]);
  const [row] =
    await ask(`SELECT j.version, j.status, j.direction, j.statement, j.statements, j.row_count, j.backup_id, j.actor,
    j.run_url, j.commit, j.plan_digest, pg_xact_status(j.transaction_id::xid8) AS xact, l.xmin::text = j.transaction_id AS same
    FROM lockkeeper.journal j, lockkeeper.ledger l`);
  expect(row).toEqual({
    ...{
      version: "1",
      status: "applied",
      direction: "up",
      statement: 2,
      statements: 2,
      row_count: "2",
      backup_id: "backup 7",
    },
    ...{ actor: "mona", run_url: "https://ci/1", commit: "abc", plan_digest: "plan", xact: "committed", same: true },
  });
});

test("an error in the middle leaves nothing, says where, and is in the journal", async () => {
  const job = await jobOf("1", "CREATE TABLE t (a int);\nSELECT 1,\n  nothing;\nCREATE TABLE u ();\n");
  const outcome = await withTarget((target) => target.apply(job));
  expect(outcome).toMatchObject({
    status: "undone",
    failure: { code: "statement-failed", sqlstate: "42703", at: { number: 2, span: { line: 3, column: 3 } } },
  });
  expect(await ask("SELECT to_regclass('t') AS t, to_regclass('u') AS u")).toEqual([{ t: null, u: null }]);
  expect(await ask("SELECT status, error FROM lockkeeper.journal")).toEqual([
    { status: "undone", error: 'column "nothing" does not exist (42703)' },
  ]);
});

test("CREATE INDEX CONCURRENTLY between COMMIT and BEGIN runs outside, the rest in transactions", async () => {
  const job = await jobOf(
    "1",
    "BEGIN;\nCREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\nCOMMIT;\nCREATE INDEX CONCURRENTLY t_a ON t (a);\nBEGIN;\nCREATE TABLE u ();\nCOMMIT;\n",
  );
  const outcome = await withTarget((target) => target.apply(job));
  expect(outcome).toMatchObject({ status: "applied", rows: 1, statements: 8 });
  expect(await ask("SELECT to_regclass('t_a')::text AS i, to_regclass('u')::text AS u")).toEqual([
    { i: "t_a", u: "u" },
  ]);
  expect(await ask("SELECT status, statement FROM lockkeeper.journal")).toEqual([{ status: "applied", statement: 8 }]);
});

test("a file that fails after its first transaction is partial, and goes on there once it can", async () => {
  const sql =
    "BEGIN;\nCREATE TABLE t (a int);\nINSERT INTO t VALUES (1), (1);\nCOMMIT;\nCREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a);\nCREATE TABLE u ();\n";
  const first = await withTarget(async (target) => target.apply(await jobOf("1", sql)));
  expect(first).toMatchObject({ status: "partial", done: 4, failure: { code: "statement-failed", sqlstate: "23505" } });
  expect(await ask("SELECT count(*)::int AS n FROM pg_index WHERE NOT indisvalid")).toEqual([{ n: 0 }]);
  expect(await ask("SELECT status, statement, in_doubt FROM lockkeeper.journal")).toEqual([
    { status: "partial", statement: 4, in_doubt: false },
  ]);
  await ask("DELETE FROM t WHERE ctid = '(0,1)'");
  const second = await withTarget(async (target) => {
    const resume = (await target.attempts())[0] ?? null;
    return target.apply(await jobOf("1", sql, { resume }));
  });
  expect(second).toMatchObject({ status: "applied" });
  expect(await ask("SELECT status, statement FROM lockkeeper.journal")).toEqual([{ status: "applied", statement: 6 }]);
  expect(await ask("SELECT to_regclass('t_a')::text AS i, to_regclass('u')::text AS u")).toEqual([
    { i: "t_a", u: "u" },
  ]);
});

test("who holds a lock for longer than the budget is named, and the file is undone", async () => {
  await ask("CREATE TABLE t (a int)");
  const job = await jobOf("1", "CREATE TABLE u ();\nALTER TABLE t ADD COLUMN b int;\n");
  const outcome = await postgres.withClient(database, async (reader) => {
    await reader.query("SET application_name = 'long reader'; BEGIN; SELECT * FROM t");
    return withTarget((target) => target.apply(job));
  });
  expect(outcome).toMatchObject({ status: "undone", failure: { code: "lock-timeout", sqlstate: "55P03" } });
  expect(outcome.status === "undone" && outcome.failure.details.join()).toMatch(
    /application "long reader".*idle in transaction.*SELECT \* FROM t/,
  );
  expect(said.filter(({ kind }) => kind === "retry").length).toBe(3);
  expect(await ask("SELECT to_regclass('u') AS u")).toEqual([{ u: null }]);
});

test("a reader that leaves in time lets the migration through on a later try", async () => {
  await ask("CREATE TABLE t (a int)");
  const job = await jobOf("1", "ALTER TABLE t ADD COLUMN b int;\n");
  const outcome = await postgres.withClient(database, async (reader) => {
    await reader.query("BEGIN; SELECT * FROM t");
    setTimeout(() => reader.query("COMMIT"), 500);
    return withTarget((target) => target.apply(job));
  });
  expect(outcome).toMatchObject({ status: "applied" });
  expect(outcome.status === "applied" && outcome.retries).toBeGreaterThan(0);
});
