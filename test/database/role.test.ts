import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { migrateAll, type Project, projectOf } from "../faults/project.ts";
import { sharedPostgres } from "../support/global-postgres.ts";
import { type Postgres, testedMajor } from "../support/postgres.ts";

const database = "role_test";
let postgres: Postgres & { stop(): Promise<void> };
let project: Project;

beforeAll(async () => {
  postgres = await sharedPostgres();
  await ask("DROP ROLE IF EXISTS role_deploy, role_owner, role_other", "postgres");
  await ask(
    "CREATE ROLE role_deploy LOGIN PASSWORD 'deploy' NOINHERIT; CREATE ROLE role_owner; CREATE ROLE role_other",
    "postgres",
  );
});
afterAll(async () => {
  await postgres.dropDatabase(database);
  await ask("DROP ROLE role_deploy, role_owner, role_other", "postgres");
  await postgres.stop();
});
beforeEach(async () => {
  await postgres.dropDatabase(database);
  await postgres.createDatabase(database);
  await ask(`GRANT CREATE ON DATABASE ${database} TO role_owner; GRANT USAGE, CREATE ON SCHEMA public TO role_owner`);
  await ask("REVOKE role_owner FROM role_deploy", "postgres");
});
afterEach(() => project.remove());

async function ask(sql: string, on = database): Promise<Record<string, unknown>[]> {
  return postgres.withClient(on, async (client) => (await client.query(sql)).rows);
}

const deploy = (role: string) => {
  const url = postgres.url(database).replace(/\/\/[^@]*@/, "//role_deploy:deploy@");
  return migrateAll(project, { url, settings: { role } });
};

test("what is made belongs to the role, and ledger and journal are written, whatever a file does to its role", async () => {
  await ask("GRANT role_owner TO role_deploy", "postgres");
  project = projectOf({
    "000001_made.up.sql": "CREATE TABLE t (a int);\nCREATE VIEW v AS SELECT * FROM t;\nCREATE SCHEMA s;\n",
    "000002_alone.up.sql": "CREATE INDEX CONCURRENTLY t_a ON t (a);\n",
    "000003_reset.up.sql": "RESET ROLE;\nCREATE TEMPORARY TABLE mine ();\n",
    "000004_after.up.sql": "CREATE TABLE u (a int);\n",
    "000005_bad.up.sql": "CREATE TABLE w (a int);\nSELECT 1 / 0;\n",
  });
  const result = await deploy("role_owner");
  expect(result.outcomes.map(({ status }) => status)).toEqual(["applied", "applied", "applied", "applied", "undone"]);
  const owners = await ask(
    `SELECT n.nspname || '.' || relname AS name, relowner::regrole::text AS owner FROM pg_class c
     JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'v', 'i') AND nspname IN ('public', 'lockkeeper') ORDER BY 1`,
  );
  expect(owners.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "lockkeeper.journal",
      "public.schema_migrations",
      "public.t",
      "public.t_a",
      "public.u",
      "public.v",
    ]),
  );
  expect([...new Set(owners.map(({ owner }) => owner))]).toEqual(["role_owner"]);
  expect(await ask("SELECT nspowner::regrole::text AS owner FROM pg_namespace WHERE nspname = 's'")).toEqual([
    { owner: "role_owner" },
  ]);
  expect(await ask("SELECT version, dirty FROM schema_migrations")).toEqual([{ version: "4", dirty: false }]);
  expect(await ask("SELECT version, status FROM lockkeeper.journal ORDER BY number")).toEqual([
    ...["000001", "000002", "000003", "000004"].map((version) => ({ version, status: "applied" })),
    { version: "000005", status: "undone" },
  ]);
});

test.each([
  [
    "a role that was not granted",
    "role_other",
    "role_deploy may not become role_other: GRANT role_other TO role_deploy.",
  ],
  [
    "a role that is not there",
    "nobody_of_that_name",
    "There is no role nobody_of_that_name, which is to own what is made.",
  ],
])("%s is refused by its name before anything is written", async (_, role, message) => {
  project = projectOf({ "000001_made.up.sql": "CREATE TABLE t (a int);\n" });
  expect(await deploy(role)).toMatchObject({ exitStatus: 1, refusal: { code: "role-denied", message } });
  expect(await ask("SELECT to_regnamespace('lockkeeper') AS journal, to_regclass('t') AS t")).toEqual([
    { journal: null, t: null },
  ]);
});

test.skipIf(testedMajor < 16)(
  "a role that was granted without the right to become it is refused too (since 16)",
  async () => {
    project = projectOf({ "000001_made.up.sql": "CREATE TABLE t (a int);\n" });
    await ask("GRANT role_owner TO role_deploy WITH SET FALSE", "postgres");
    expect(await deploy("role_owner")).toMatchObject({ exitStatus: 1, refusal: { code: "role-denied" } });
  },
);
