import { createServer, type Server } from "node:http";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { freshDatabase, type SharedPostgres } from "../support/global-postgres.ts";
import { project } from "../workspace/project.ts";
import { lockkeeper } from "./cli.ts";
import { againstSchema } from "./migrate-schema.ts";

const database = "cli_migrate_verify_test";
let postgres: SharedPostgres;
freshDatabase(database, (server) => {
  postgres = server;
});

const sql = (text: string) => postgres.withClient(database, (client) => client.query(text));
const there = async (table: string): Promise<boolean> =>
  (await sql(`SELECT to_regclass('${table}') IS NOT NULL AS there`)).rows[0]?.there ?? false;

const policy = ["medium", "high", "critical"].map((risk) => `${risk}: { deploy: automatic, backup: optional }`);
const config = (more: string): string => `version: 1\npolicy: { ${policy.join(", ")} }\n${more}`;

/** The same with what is told of rows: nothing. */
const rowsOf = ({ warnings }: { warnings: readonly string[] }) => warnings.filter((each) => each.includes("row"));

/** Runs `migrate`, and returns what it reports. */
async function migrate(files: Readonly<Record<string, string>>, more = "") {
  const cwd = project({ ...files, ".github/lockkeeper.yml": config(more) });
  const env = { DATABASE_URL: postgres.url(database), PATH: process.env.PATH ?? "" };
  const { stdout, stderr, status } = await lockkeeper(["migrate", "db", "--format", "json"], { cwd, env });
  if (stdout === "") throw new Error(stderr);
  const report = JSON.parse(stdout);
  expect(report.exitStatus).toBe(status);
  expect(againstSchema(report)).toEqual([]);
  return report;
}

const orders = {
  "db/000001_orders.up.sql": "CREATE TABLE orders (id int, total int);\n",
  "db/000001_orders.down.sql": "DROP TABLE orders;\n",
};

test("a plan that nobody has agreed to leaves nothing in the database, not even a place to write it down", async () => {
  const cwd = project({
    "db/000001_a.up.sql":
      "CREATE TABLE a (id int);\nALTER TABLE a OWNER TO CURRENT_USER;\nGRANT ALL ON SCHEMA public TO PUBLIC;\n",
  });
  const env = { DATABASE_URL: postgres.url(database), PATH: process.env.PATH ?? "" };
  const { stdout, status } = await lockkeeper(["migrate", "db", "--format", "json"], { cwd, env });
  expect([status, JSON.parse(stdout).refusal.code]).toEqual([1, "plan-not-agreed"]);
  const { rows } =
    await sql(`SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
    UNION ALL SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace`);
  expect(rows).toEqual([]);
});

describe("after migrations", () => {
  test("what was looked at is in the report, and what was wrong before is no fault of theirs", async () => {
    await sql("CREATE TABLE old (id int); INSERT INTO old VALUES (1); CREATE SCHEMA lockkeeper");
    await sql("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)");
    const report = await migrate({ ...orders, "verify/empty.sql": "SELECT id FROM old;\n" });
    expect(report).toMatchObject({ exitStatus: 0, amiss: [], verification: { valid: true, checks: { queries: 1 } } });
    expect(report.verification.warnings).toEqual([
      expect.objectContaining({ check: "queries", message: expect.stringMatching(/^As before: verify\/empty\.sql/) }),
    ]);
  });

  test("a query that returns rows now is amiss, and is gone back from where the config says so", async () => {
    const files = {
      ...orders,
      "verify/no-orders.sql": "SELECT 'orders' AS \"table\" FROM pg_class WHERE relname = 'orders';\n",
    };
    const kept = await migrate(files);
    expect(kept).toMatchObject({ exitStatus: 3, outcomes: [{ status: "applied" }], rollback: null });
    expect(kept.amiss).toEqual([expect.stringContaining("verify/no-orders.sql")]);
    expect(await there("orders")).toBe(true);
    await postgres.dropDatabase(database);
    await postgres.createDatabase(database);
    const cwd = "environments: { staging: { rollback-on: [verify-failed] } }\n";
    const back = await migrateIn("staging", files, cwd);
    expect(back).toMatchObject({ exitStatus: 1, rollback: { exitStatus: 0, reason: "verify-failed" } });
    expect(await there("orders"), "taken back").toBe(false);
  });

  test("a constraint that they leave NOT VALID is told, and is no fault", async () => {
    const report = await migrate({
      "db/000001_a.up.sql":
        "CREATE TABLE p (id int PRIMARY KEY);\nCREATE TABLE c (p int);\nINSERT INTO c VALUES (7);\nALTER TABLE c ADD CONSTRAINT c_p FOREIGN KEY (p) REFERENCES p NOT VALID;\n",
    });
    expect(report).toMatchObject({ exitStatus: 0, amiss: [] });
    expect(report.warnings).toEqual([
      expect.stringMatching(/^public\.c \(p\): c_p is NOT VALID, and 1 row has no row in public\.p\./),
    ]);
  });

  test("rows that go where no migration touched them are told; where one did, they are not", async () => {
    await sql(
      "CREATE TABLE a (id int); CREATE TABLE b (id int); INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (1), (2)",
    );
    await sql("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)");
    // A trigger does what the SQL does not show.
    await sql(`CREATE FUNCTION less() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM b WHERE id = 2; RETURN NULL; END';
      CREATE TRIGGER less AFTER INSERT ON a FOR EACH STATEMENT EXECUTE FUNCTION less()`);
    const insert = { "db/000001_a.up.sql": "INSERT INTO a VALUES (3);\n" };
    const report = await migrate(insert, "verify: { rows: not-fewer }\n");
    expect(report.amiss).toEqual([expect.stringMatching(/^public\.b: public\.b has 1 row, and had 2 rows before\./)]);
    const dropped = await migrate({
      ...insert,
      "db/000002_b.up.sql": "DROP TABLE b;\n",
    });
    expect(dropped).toMatchObject({ exitStatus: 0, amiss: [] });
  });
});

test("going back takes a row out of the ledger, and nobody wonders", async () => {
  const cwd = project({
    "db/20260101000001_a.sql": "-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;\n",
    "db/20260101000002_b.sql": "-- migrate:up\nCREATE TABLE b (id int);\n-- migrate:down\nDROP TABLE b;\n",
    ".github/lockkeeper.yml": config("verify: { rows: same }\n"),
  });
  const run = async (...args: readonly string[]) => {
    const env = { DATABASE_URL: postgres.url(database), PATH: process.env.PATH ?? "" };
    return JSON.parse((await lockkeeper([...args, "--format", "json"], { cwd, env })).stdout);
  };
  expect(await run("migrate", "db")).toMatchObject({ exitStatus: 0, amiss: [] });
  const back = await run("rollback", "db", "--steps", "1");
  expect(back).toMatchObject({ exitStatus: 0, amiss: [], verification: { valid: true } });
  expect(rowsOf(back)).toEqual([]);
});

describe("an application that does not answer any more", () => {
  let web: Server;
  let isWell: () => Promise<boolean>;

  beforeEach(async () => {
    web = createServer((_request, response) => {
      void isWell().then((well) => response.writeHead(well ? 200 : 503).end());
    });
    await new Promise<void>((resolve) => void web.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void web.close());
  });

  const health = (): string => {
    const at = web.address();
    const port = typeof at === "object" && at !== null ? at.port : 0;
    return `verify: { health: [{ url: "http://127.0.0.1:${port}/", retries: 0 }] }\n`;
  };
  const automatic = "environments: { staging: { rollback-on: [health-failed] } }\n";

  test("is gone back from, and answers again", async () => {
    isWell = async () => !(await there("orders"));
    const report = await migrateIn("staging", orders, `${health()}${automatic}`);
    expect(report).toMatchObject({ exitStatus: 1, rollback: { exitStatus: 0, reason: "health-failed" } });
    expect(report.amiss).toEqual([expect.stringContaining("is not well: it answers with status 503")]);
    expect(await there("orders")).toBe(false);
  });

  test("is not gone back from where it did not answer before, and is amiss all the same", async () => {
    isWell = async () => false;
    const report = await migrateIn("staging", orders, `${health()}${automatic}`);
    expect(report).toMatchObject({ exitStatus: 3, rollback: null });
    expect(await there("orders")).toBe(true);
  });
});

/** The same in an environment of the config. */
async function migrateIn(environment: string, files: Readonly<Record<string, string>>, more: string) {
  const cwd = project({ ...files, ".github/lockkeeper.yml": config(more) });
  const env = { DATABASE_URL: postgres.url(database), PATH: process.env.PATH ?? "" };
  const args = ["migrate", "db", "--format", "json", "--environment", environment];
  const { stdout, stderr } = await lockkeeper(args, { cwd, env });
  if (stdout === "") throw new Error(stderr);
  const report = JSON.parse(stdout);
  expect(againstSchema(report)).toEqual([]);
  return report;
}
