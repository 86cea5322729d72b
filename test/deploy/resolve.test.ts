import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { force } from "../../src/commands/force.ts";
import type { Resolution, Resolved } from "../../src/plan/resolution.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";
import { migrateAll, type Project, projectOf, resolveWith, settingsOf, targetOf } from "../faults/project.ts";
import { sharedPostgres } from "../support/global-postgres.ts";
import type { Postgres } from "../support/postgres.ts";

let postgres: Postgres & { stop(): Promise<void> };
let project: Project;
const database = "deploy_resolve";

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
afterEach(() => project.remove());

async function ask(sql: string): Promise<Record<string, unknown>[]> {
  return postgres.withClient(database, async (client) => (await client.query(sql)).rows);
}

const url = (): string => postgres.url(database);
const look = (): Promise<Resolved> => resolveWith(project, null, { url: url() });
const decide = (resolution: Resolution): Promise<Resolved> =>
  resolveWith(project, { version: "1", resolution }, { url: url() });

/** A table and its rows in one transaction, then an index that the rows refuse, then a view. */
const partial = {
  "000001_shop.up.sql":
    "BEGIN;\nCREATE TABLE shop (a int);\nINSERT INTO shop VALUES (1), (1);\nCOMMIT;\nCREATE UNIQUE INDEX CONCURRENTLY shop_a ON shop (a);\nCREATE VIEW first AS SELECT * FROM shop;\n",
  "000001_shop.down.sql": "DROP VIEW IF EXISTS first;\nDROP TABLE shop;\n",
  "000002_after.up.sql": "CREATE TABLE after ();\n",
} as const;

test("a partial migration is shown statement by statement, and only what fits is offered", async () => {
  project = projectOf(partial);
  expect((await migrateAll(project, { url: url() })).exitStatus).toBe(3);
  const [found] = (await look()).unfinished;
  expect(found?.statements.map(({ journal, catalog }) => `${journal}, ${catalog}`)).toEqual([
    ...["done, untold", "done, there", "done, untold", "done, untold", "next, not-there", "not-reached, not-there"],
  ]);
  expect(found?.error).toContain("23505");
  expect(found?.offers).toEqual([{ kind: "resume", at: 5 }, { kind: "roll-back" }]);
  await expect(decide({ kind: "applied" })).rejects.toMatchObject({ code: "resolution-unfit" });
  expect(await ask("SELECT version::int, dirty FROM schema_migrations")).toEqual([{ version: 1, dirty: true }]);
});

test("rolled back: its down script is run, and the next run begins anew", async () => {
  project = projectOf(partial);
  await migrateAll(project, { url: url() });
  expect((await decide({ kind: "roll-back" })).decided?.outcome?.status).toBe("applied");
  expect(await ask("SELECT to_regclass('shop') AS shop")).toEqual([{ shop: null }]);
  expect(await ask("SELECT version FROM schema_migrations")).toEqual([]);
  expect((await look()).unfinished).toEqual([]);
  const again = await migrateAll(project, { url: url() });
  expect(again.outcomes.map(({ status }) => status)).toEqual(["partial", "not-run"]);
});

test("what was finished by hand can be gone on with behind it, and is not done twice", async () => {
  project = projectOf(partial);
  await migrateAll(project, { url: url() });
  await ask("DELETE FROM shop WHERE ctid = '(0,1)'; CREATE UNIQUE INDEX shop_a ON shop (a)");
  // The journal knows that statement 5 did not run; the catalog has it, and so it is not offered again.
  const offers = (await look()).unfinished[0]?.offers ?? [];
  expect(offers).toContainEqual({ kind: "resume", at: 6 });
  await decide({ kind: "resume", at: 6 });
  expect((await migrateAll(project, { url: url() })).exitStatus).toBe(0);
  expect(await ask("SELECT to_regclass('first')::text AS view, to_regclass('after')::text AS after")).toEqual([
    { view: "first", after: "after" },
  ]);
});

test("finished by hand altogether: marked as applied, and the ledger is clean", async () => {
  project = projectOf(partial);
  await migrateAll(project, { url: url() });
  await ask("CREATE INDEX shop_a ON shop (a); CREATE VIEW first AS SELECT * FROM shop");
  await decide({ kind: "applied" });
  expect(await ask("SELECT version::int, dirty FROM schema_migrations")).toEqual([{ version: 1, dirty: false }]);
  expect(await ask("SELECT status, error FROM lockkeeper.journal")).toEqual([
    { status: "resolved", error: "decided by tests: applied" },
  ]);
  expect((await migrateAll(project, { url: url() })).outcomes.map(({ status }) => status)).toEqual(["applied"]);
});

test("a version that golang-migrate itself has left dirty is looked at too, and marked as not applied where nothing is there", async () => {
  project = projectOf(partial);
  await ask(
    "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations VALUES (1, true)",
  );
  expect(await migrateAll(project, { url: url() })).toMatchObject({
    exitStatus: 1,
    refusal: { code: "unfinished-migration" },
  });
  const [found] = (await look()).unfinished;
  expect(found?.statements.map(({ journal }) => journal)).toEqual(Array(6).fill(null));
  expect(found?.offers).toContainEqual({ kind: "not-applied" });
  await decide({ kind: "not-applied" });
  expect(await ask("SELECT version FROM schema_migrations")).toEqual([]);
});

test("force sets the version as golang-migrate's does, runs nothing, and settles what was unfinished", async () => {
  project = projectOf(partial);
  await migrateAll(project, { url: url() });
  const target = await targetOf({ url: url() });
  const request = { directories: [project.directory], layout: null, targetVersion: "2", allowed: new Set<never>() };
  await force(request, settingsOf(), { workspace: openWorkspace("/"), target });
  await expect(
    force({ ...request, targetVersion: "7" }, settingsOf(), { workspace: openWorkspace("/"), target }),
  ).rejects.toMatchObject({ code: "force-unknown-version" });
  await target.close();
  expect(await ask("SELECT version::int, dirty FROM schema_migrations")).toEqual([{ version: 2, dirty: false }]);
  expect(await ask("SELECT to_regclass('after') AS after")).toEqual([{ after: null }]);
  expect((await look()).unfinished).toEqual([]);
  expect(await migrateAll(project, { url: url() })).toMatchObject({ exitStatus: 0, outcomes: [] });
});

test("nothing to resolve is said, and a version that is not unfinished is refused", async () => {
  project = projectOf({ "000001_fine.up.sql": "CREATE TABLE t ();" });
  await migrateAll(project, { url: url() });
  expect((await look()).unfinished).toEqual([]);
  await expect(decide({ kind: "applied" })).rejects.toMatchObject({ code: "nothing-to-resolve" });
});
