import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { freshDatabase, type SharedPostgres } from "../support/global-postgres.ts";
import { project } from "../workspace/project.ts";
import { lockkeeper, type Run } from "./cli.ts";

const database = "cli_rollback_test";
let postgres: SharedPostgres;
freshDatabase(database, (server) => {
  postgres = server;
});

const sql = (text: string) => postgres.withClient(database, (client) => client.query(text));

const files = {
  "db/000001_users.up.sql": "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n",
  "db/000001_users.down.sql": "DROP TABLE users;\n",
  "db/000002_name.up.sql":
    "ALTER TABLE users ADD COLUMN name text;\nALTER TABLE users ADD COLUMN state text NOT NULL DEFAULT 'new';\n",
  "db/000002_name.down.sql": "ALTER TABLE users DROP COLUMN state;\nALTER TABLE users DROP COLUMN name;\n",
  "db/000003_orders.up.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);\n",
  "db/000003_orders.down.sql": "DROP TABLE orders;\n",
};

const run = (args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Promise<Run> =>
  lockkeeper(args, { cwd, env: { DATABASE_URL: postgres.url(database), ...env } });

/** A project whose migrations are applied, up to a version. */
async function applied(more: Readonly<Record<string, string>> = {}, version = "000003"): Promise<string> {
  const cwd = project({ ...files, ...more });
  const { status, stderr } = await run(["migrate", "db", "--target-version", version], cwd);
  expect([status, stderr]).toEqual([0, expect.not.stringContaining("Code:")]);
  return cwd;
}

const version = async (): Promise<string> =>
  (await sql("SELECT version::text FROM schema_migrations")).rows[0]?.version ?? "none";

const schema: object = JSON.parse(readFileSync(new URL("../../docs/rollback.schema.json", import.meta.url), "utf8"));
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
formats.default(ajv);
const valid = ajv.compile(schema);

/** The JSON that it prints, once the schema has accepted it. */
async function jsonOf(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
  const { stdout, status } = await run(["rollback", "db", ...args, "--format", "json"], cwd, env);
  const value = JSON.parse(stdout);
  expect(value.exitStatus).toBe(status);
  valid(value);
  expect(valid.errors ?? []).toEqual([]);
  return value;
}

/** Agrees to what a dry run shows, and goes back. */
async function agreed(args: readonly string[], cwd: string) {
  const { digest } = await jsonOf([...args, "--dry-run"], cwd);
  return jsonOf([...args, "--expect-digest", digest, "--backup-id", "b1"], cwd);
}

describe("going back", () => {
  test("by one step, as agreed to: the ledger, the journal and the database are as before", async () => {
    const cwd = await applied();
    const report = await agreed(["--steps", "1"], cwd);
    expect(report).toMatchObject({
      ...{ exitStatus: 0, refusal: null, before: "000003", after: "000002", reason: "manual", backupId: "b1" },
      outcomes: [{ version: "000003", path: "db/000003_orders.down.sql", status: "applied" }],
      ...{ amiss: [], warnings: [] },
    });
    expect(await version()).toBe("2");
    expect((await sql("SELECT to_regclass('orders') AS orders")).rows).toEqual([{ orders: null }]);
    const { rows } = await sql(
      "SELECT version, direction, status, backup_id FROM lockkeeper.journal ORDER BY number DESC LIMIT 1",
    );
    expect(rows).toEqual([{ version: "000003", direction: "down", status: "applied", backup_id: "b1" }]);
    // And on again.
    expect((await run(["migrate", "db"], cwd)).status).toBe(0);
    expect(await version()).toBe("3");
  });

  test("to a version, which stays, and before the first", async () => {
    const cwd = await applied();
    expect(await agreed(["--target-version", "1"], cwd)).toMatchObject({ exitStatus: 0, after: "000001" });
    expect(await version()).toBe("1");
    expect(await agreed(["--target-version", "0"], cwd)).toMatchObject({
      exitStatus: 0,
      before: "000001",
      after: null,
    });
    expect(await version()).toBe("none");
    expect((await sql("SELECT to_regclass('users') AS users")).rows).toEqual([{ users: null }]);
  });

  test.each([
    ["a version above", ["--target-version", "3"], "target-not-below"],
    ["one that does not exist", ["--target-version", "9"], "target-unknown"],
    ["more steps than there are", ["--steps", "4"], "steps-too-many"],
  ])("not to %s", async (_what, args, code) => {
    const cwd = await applied();
    expect(await jsonOf(args, cwd)).toMatchObject({ exitStatus: 1, refusal: { code } });
    expect(await version()).toBe("3");
  });

  test("not to a version that is not applied", async () => {
    const cwd = await applied({}, "000002");
    expect(await jsonOf(["--target-version", "3"], cwd)).toMatchObject({ refusal: { code: "target-not-applied" } });
  });

  test.each([
    ["no number of steps", ["--steps", "0"], "option-invalid"],
    ["both", ["--steps", "1", "--target-version", "1"], "option-invalid"],
    ["neither", [], "option-missing"],
    ["a reason that there is not", ["--steps", "1", "--reason", "because"], "option-invalid"],
  ])("with %s the request is wrong, and says so before it connects", async (_what, args, code) => {
    const { status, stderr } = await run(["rollback", "db", ...args], project(files), {
      DATABASE_URL: "postgres://nobody@127.0.0.1:1/none",
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining(`Code: ${code}`)]);
  });

  test.each([
    ["no down script", null],
    ["an empty one", "-- nothing to do\n"],
  ])("not where there is %s", async (_what, down) => {
    const { "db/000003_orders.down.sql": _down, ...rest } = files;
    const cwd = project({ ...rest, ...(down === null ? {} : { "db/000003_orders.down.sql": down }) });
    expect((await run(["migrate", "db"], cwd)).status).toBe(0);
    const report = await jsonOf(["--steps", "1"], cwd);
    expect(report.refusal).toMatchObject({ code: "no-way-back", message: expect.stringContaining("000003") });
    expect(await version()).toBe("3");
  });

  test("not from a commit that has another down script than the one that was deployed", async () => {
    await applied();
    const cwd = project({ ...files, "db/000003_orders.down.sql": "DROP TABLE orders, users;\n" });
    expect(await jsonOf(["--steps", "1"], cwd)).toMatchObject({ refusal: { code: "edited-migration" } });
  });

  test("not as long as nobody has agreed to it, and not another plan than agreed to", async () => {
    const cwd = await applied();
    const asked = await jsonOf(["--steps", "1"], cwd);
    expect(asked.refusal).toMatchObject({ code: "plan-not-agreed", hint: expect.stringContaining(asked.digest) });
    const other = await jsonOf(["--steps", "2", "--expect-digest", asked.digest, "--backup-id", "b"], cwd);
    expect(other.refusal.code).toBe("plan-changed");
    const bare = await jsonOf(["--steps", "1", "--expect-digest", asked.digest], cwd);
    expect(bare.refusal.code).toBe("backup-required");
    expect(await version()).toBe("3");
  });

  test("a dry run writes nothing at all, and says what is needed", async () => {
    const cwd = await applied();
    await sql("INSERT INTO users VALUES (1, 'a', 'Kim')");
    const before = (await sql("SELECT count(*) FROM lockkeeper.journal")).rows;
    const { status, stdout } = await run(["rollback", "db", "--steps", "2", "--dry-run"], cwd);
    expect(status).toBe(0);
    expect(stdout).toContain("version 000003 → version 000001");
    expect(stdout).toContain("would run db/000003_orders.down.sql");
    expect(stdout).toContain("users.name: the column is dropped, with values in 1 row (db/000002_name.down.sql:2)");
    expect(stdout).toMatch(
      /It needs\s+--confirm-loss\s+users\.name,\s+--expect-digest\s+[0-9a-f]{64}\s+and\s+a\s+backup/,
    );
    expect((await sql("SELECT count(*) FROM lockkeeper.journal")).rows).toEqual(before);
    expect(await version()).toBe("3");
  });
});

test("a down script that fails leaves its migration applied, and what was taken back before it stays back", async () => {
  const failing = "ALTER TABLE users DROP COLUMN state;\nSELECT 1 / (SELECT count(*) FROM users);\n";
  const cwd = await applied({ "db/000002_name.down.sql": failing });
  const after = await agreed(["--steps", "2"], cwd);
  expect(after).toMatchObject({
    ...{ exitStatus: 1, before: "000003", after: "000002" },
    outcomes: [{ status: "applied" }, { status: "undone", failure: { sqlstate: "22012", line: 2 } }],
  });
  expect(await version()).toBe("2");
  expect((await sql("SELECT state FROM users")).rows).toEqual([]);
});

test("the down part of one file, with dbmate's ledger", async () => {
  const cwd = project({
    "db/20260101000000_a.sql": "-- migrate:up\nCREATE TABLE a (id bigint);\n\n-- migrate:down\nDROP TABLE a;\n",
    "db/20260102000000_b.sql": "-- migrate:up\nCREATE TABLE b (id bigint);\n\n-- migrate:down\nDROP TABLE b;\n",
  });
  expect((await run(["migrate", "db"], cwd)).status).toBe(0);
  expect(await agreed(["--steps", "1"], cwd)).toMatchObject({ exitStatus: 0, after: "20260101000000" });
  const { rows } = await sql("SELECT version, to_regclass('b') AS b FROM schema_migrations");
  expect(rows).toEqual([{ version: "20260101000000", b: null }]);
});

test("what goes part by part goes on where it stopped", async () => {
  const cwd = await applied({
    "db/000003_orders.up.sql": "CREATE INDEX users_email ON users (email);\nCREATE TABLE orders (id bigint);\n",
    "db/000003_orders.down.sql": "DROP INDEX CONCURRENTLY users_email;\nDROP TABLE orders;\n",
  });
  const { digest } = await jsonOf(["--steps", "1", "--dry-run"], cwd);
  const args = ["--steps", "1", "--backup-id", "b", "--lock-timeout", "200ms", "--lock-retries", "0"];
  await postgres.withClient(database, async (client) => {
    await client.query("BEGIN; LOCK TABLE orders IN ACCESS SHARE MODE");
    const stopped = await jsonOf([...args, "--expect-digest", digest], cwd);
    expect(stopped).toMatchObject({ exitStatus: 3, outcomes: [{ status: "partial", done: 1 }] });
    await client.query("ROLLBACK");
  });
  const again = await jsonOf([...args, "--dry-run"], cwd);
  expect(again.refusal).toBe(null);
  const done = await jsonOf([...args, "--expect-digest", again.digest], cwd);
  expect(done).toMatchObject({ exitStatus: 0, after: "000002" });
  expect(await version()).toBe("2");
});

describe("where the down scripts are no way back", () => {
  const config = {
    ".github/lockkeeper.yml":
      "version: 1\nbackup: { store: store, external: { backup-command: echo snap-7, verify-command: 'true', satisfies-required: true } }\n",
  };

  test("the point in time of the provider's backup from before is told, and nothing is done", async () => {
    const cwd = await applied({ ...config, "db/000003_orders.down.sql": "" }, "000002");
    const env = { PATH: process.env.PATH ?? "" };
    const made = await run(["backup", "--format", "json"], cwd, env);
    expect(made.status, made.stderr).toBe(0);
    const { backup } = JSON.parse(made.stdout);
    expect((await run(["migrate", "db"], cwd)).status).toBe(0);
    const report = await jsonOf(["--steps", "1"], cwd);
    expect(report).toMatchObject({ exitStatus: 1, refusal: { code: "no-way-back" } });
    const said = report.otherWay.join("\n");
    expect(said).toContain("snap-7");
    expect(said).toContain(`recovery_target_lsn = '${backup.position.lsn}'`);
    expect(said).toContain(`recovery_target_time = '${backup.time}'`);
    expect(await version()).toBe("3");
  });

  test("a down script that was edited while the backup was made is not run", async () => {
    const changing = "echo '-- other' >> db/000003_orders.down.sql; echo snap-8";
    const external = `{ backup-command: "${changing}", verify-command: 'true', satisfies-required: true }`;
    const cwd = await applied({
      ".github/lockkeeper.yml": `version: 1\nbackup: { store: store, external: ${external} }\n`,
    });
    const env = { PATH: process.env.PATH ?? "" };
    const { digest } = await jsonOf(["--steps", "1", "--dry-run"], cwd);
    const report = await jsonOf(["--steps", "1", "--expect-digest", digest], cwd, env);
    expect(report).toMatchObject({ exitStatus: 1, refusal: { code: "edited-migration" }, outcomes: [] });
    expect(await version()).toBe("3");
  });

  test("one from after the migration is no way back, and is not told", async () => {
    const cwd = await applied(config);
    await sql("INSERT INTO users VALUES (1); INSERT INTO orders VALUES (1, 1)");
    const dry = ["--steps", "1", "--dry-run"];
    expect((await run(["backup"], cwd, { PATH: process.env.PATH ?? "" })).status).toBe(0);
    const report = await jsonOf(dry, cwd);
    expect(report.losses).toEqual([expect.objectContaining({ name: "orders", rows: 1 })]);
    expect(report.otherWay).toEqual([]);
  });
});

test("what the way up took away is told, on the way back too: the place is made again, and nothing in it", async () => {
  const cwd = await applied({
    "db/000004_tidy.up.sql":
      "ALTER TABLE users DROP COLUMN name;\nDELETE FROM orders WHERE id > 1;\nCREATE TABLE t (a int, b int);\nALTER TABLE t DROP COLUMN b;\n",
    "db/000004_tidy.down.sql": "DROP TABLE t;\nALTER TABLE users ADD COLUMN name text;\n",
  });
  const plan = JSON.parse((await run(["plan", "db", "--format", "json"], cwd)).stdout);
  const agreement = ["--expect-digest", plan.plan.digest, "--backup-id", "b0"];
  expect((await run(["migrate", "db", ...agreement], cwd)).status).toBe(0);
  const expected = [
    "db/000004_tidy.up.sql:1 took away the values of users.name: going back does not bring that back.",
    "db/000004_tidy.up.sql:2 took away what stood in rows of orders: going back does not bring that back.",
  ];
  expect((await jsonOf(["--steps", "1", "--dry-run"], cwd)).warnings).toEqual(expected);
  const back = await agreed(["--steps", "1"], cwd);
  expect(back).toMatchObject({ exitStatus: 0, warnings: expected });
});

describe("what would be lost", () => {
  test("is named with its rows and refused, until each is confirmed by its name", async () => {
    const cwd = await applied();
    await sql(
      "INSERT INTO users VALUES (1, 'a', 'Kim'), (2, 'b', NULL); INSERT INTO orders VALUES (1, 1), (2, 1), (3, 2)",
    );
    const refused = await jsonOf(["--steps", "2"], cwd);
    expect(refused).toMatchObject({ exitStatus: 1, refusal: { code: "would-lose-data" } });
    expect(refused.refusal.details).toEqual([
      "orders: the table is dropped with 3 rows (db/000003_orders.down.sql:1).",
      "users.name: the column is dropped, with values in 1 row (db/000002_name.down.sql:2).",
    ]);
    expect(refused.refusal.hint).toContain("--confirm-loss orders --confirm-loss users.name");
    const half = await jsonOf(["--steps", "2", "--confirm-loss", "orders"], cwd);
    expect(half.refusal.details).toHaveLength(1);
    const all = ["--steps", "2", "--confirm-loss", "orders", "--confirm-loss", "public.users.name"];
    expect(await agreed(all, cwd)).toMatchObject({ exitStatus: 0, after: "000001" });
    expect(await version()).toBe("1");
  });

  test("a column that holds only what the migration filled in is no loss; a row with something else in it is", async () => {
    const cwd = await applied({}, "000002");
    await sql("INSERT INTO users VALUES (1, 'a'), (2, 'b')");
    const losses = async () => (await jsonOf(["--steps", "1", "--dry-run"], cwd)).losses;
    expect(await losses()).toMatchObject([
      { name: "users.state", rows: 0 },
      { name: "users.name", rows: 0 },
    ]);
    await sql("UPDATE users SET state = 'paid' WHERE id = 2");
    expect(await losses()).toMatchObject([{ name: "users.state", rows: 1 }, { rows: 0 }]);
  });

  test("what the SQL does not show has to be confirmed by its place", async () => {
    const cwd = await applied({
      "db/000003_orders.down.sql": "DO $$ BEGIN EXECUTE 'DROP TABLE ' || 'orders'; END $$;\n",
    });
    const { refusal } = await jsonOf(["--steps", "1"], cwd);
    expect(refusal).toMatchObject({
      code: "would-lose-data",
      hint: expect.stringContaining("db/000003_orders.down.sql:1"),
    });
    const report = await agreed(["--steps", "1", "--confirm-loss", "db/000003_orders.down.sql:1"], cwd);
    expect(report.exitStatus).toBe(0);
  });

  test("rows that row security hides count as not counted", async () => {
    const cwd = await applied();
    await sql(
      `DROP ROLE IF EXISTS cli_rollback_plain; CREATE ROLE cli_rollback_plain LOGIN PASSWORD 'r'; GRANT ALL ON ALL TABLES IN SCHEMA public, lockkeeper TO cli_rollback_plain;
       GRANT USAGE ON SCHEMA lockkeeper TO cli_rollback_plain; INSERT INTO users VALUES (1, 'a'); INSERT INTO orders VALUES (1, 1);
       ALTER TABLE orders ENABLE ROW LEVEL SECURITY`,
    );
    const url = `postgres://cli_rollback_plain:r@127.0.0.1:${postgres.port}/${database}`;
    const report = await jsonOf(["--steps", "1", "--dry-run", "--database-url", url], cwd);
    expect(report.losses).toMatchObject([{ name: "orders", rows: null }]);
    await sql("DROP OWNED BY cli_rollback_plain; DROP ROLE cli_rollback_plain");
  });

  test("a name that is not lost is a mistake", async () => {
    const cwd = await applied();
    const report = await jsonOf(["--steps", "1", "--confirm-loss", "users"], cwd);
    expect(report.refusal).toMatchObject({ code: "loss-unknown", details: [expect.stringContaining("orders")] });
  });

  test("rows that are written after they were counted stop it under the lock", async () => {
    const cwd = await applied();
    const { digest } = await jsonOf(["--steps", "1", "--dry-run"], cwd);
    // Somebody is in the middle of writing the first order: nobody else sees it yet, and the drop waits for it.
    const going = await postgres.withClient(database, async (client) => {
      await client.query("INSERT INTO users VALUES (1, 'a')");
      await client.query("BEGIN; INSERT INTO orders VALUES (1, 1)");
      const started = jsonOf(
        ["--steps", "1", "--expect-digest", digest, "--backup-id", "b", "--lock-timeout", "20s"],
        cwd,
      );
      await untilSomebodyWaits();
      await client.query("COMMIT");
      return started;
    });
    expect(going).toMatchObject({ exitStatus: 1, outcomes: [{ status: "undone", failure: { sqlstate: "55000" } }] });
    expect(going.outcomes[0].failure.message).toContain("rows were written to public.orders");
    expect((await sql("SELECT count(*)::int AS n FROM orders")).rows).toEqual([{ n: 1 }]);
    expect(await version()).toBe("3");
  });
});

async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const { rows } = await sql("SELECT FROM pg_locks WHERE NOT granted");
    if (rows.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("by itself", () => {
  const config = (on: string, more = "") => ({
    ".github/lockkeeper.yml": `version: 1\nenvironments:\n  production: { rollback-on: [${on}]${more} }\n`,
  });
  const production = ["--environment", "production"];

  test("after a failed migration, what the same run has applied is taken back", async () => {
    const cwd = await applied(config("migration-failed"), "000001");
    const broken = {
      "db/000003_orders.up.sql": "CREATE TABLE orders (id bigint);\nSELECT 1 / (SELECT count(*) FROM users);\n",
    };
    const next = project({ ...files, ...config("migration-failed"), ...broken });
    const { digest } = JSON.parse((await run(["plan", "db", ...production, "--format", "json"], next)).stdout).plan;
    expect(cwd).not.toBe(next);
    const args = ["migrate", "db", ...production, "--expect-digest", digest, "--backup-id", "b"];
    const { status, stdout } = await run([...args, "--format", "json"], next);
    const report = JSON.parse(stdout);
    expect(report.outcomes).toMatchObject([{ status: "applied" }, { status: "undone" }]);
    expect(report.rollback).toMatchObject({
      ...{ automatic: true, reason: "migration-failed", exitStatus: 0, before: "000002", after: "000001" },
    });
    expect([status, report.exitStatus]).toEqual([1, 1]);
    expect(await version()).toBe("1");
    const summary = (await run([...args, "--format", "markdown"], next)).stdout;
    expect(summary, "what was taken back is not shown as there").toMatch(/000002_name\.up\.sql` \| taken back \|/);
  });

  test("but not where that would lose data, and the database stays where it is", async () => {
    const cwd = await applied(config("health-failed"));
    await sql("INSERT INTO users VALUES (1, 'a', 'Kim')");
    const report = await jsonOf([...production, "--reason", "health-failed"], cwd);
    expect(report).toMatchObject({ exitStatus: 1, automatic: true, refusal: { code: "automatic-would-lose" } });
    expect(report.refusal.details[0]).toContain("users");
    expect(await version()).toBe("3");
  });

  test("after a failed health check, what the last run has applied, without anybody's digest", async () => {
    const cwd = await applied(config("health-failed"), "000001");
    expect((await run(["migrate", "db"], cwd)).status).toBe(0);
    const report = await jsonOf([...production, "--reason", "health-failed"], cwd);
    expect(report).toMatchObject({ exitStatus: 0, before: "000003", after: "000001" });
    expect(report.outcomes).toHaveLength(2);
  });

  test("not later than the config lets it", async () => {
    const cwd = await applied(config("health-failed", ", rollback-within: 1h"));
    await sql("UPDATE lockkeeper.journal SET finished_at = now() - interval '61 minutes'");
    const report = await jsonOf([...production, "--reason", "health-failed"], cwd);
    expect(report.refusal).toMatchObject({ code: "automatic-too-late", message: expect.stringContaining("1 h") });
  });

  test("not for a reason that the config does not name", async () => {
    const cwd = await applied(config("migration-failed"));
    const { status, stderr } = await run(["rollback", "db", ...production, "--reason", "health-failed"], cwd);
    expect([status, stderr]).toEqual([2, expect.stringContaining("Code: option-missing")]);
  });
});

test("the reports for people say where from and where to, and no password", async () => {
  const cwd = await applied();
  const { digest } = await jsonOf(["--steps", "1", "--dry-run"], cwd);
  const args = [
    "rollback",
    "db",
    "--steps",
    "1",
    "--expect-digest",
    digest,
    "--backup-id",
    "b1",
    "--reason",
    "performance-degraded",
  ];
  const { status, stdout, stderr } = await run([...args, "--format", "markdown"], cwd);
  expect(status).toBe(0);
  expect(stdout).toContain("version 000003 → version 000002, reason performance-degraded");
  expect(stdout).toContain("| `db/000003_orders.down.sql` | taken back |");
  expect(stderr).toContain("Rolling back db/000003_orders.down.sql");
  const password = new URL(postgres.url(database)).password;
  expect(stdout + stderr).not.toContain(password);
});

test("a terminal with colours shows them, and not their codes", async () => {
  const cwd = await applied();
  const back = await run(["rollback", "db", "--steps", "1", "--dry-run"], cwd, { FORCE_COLOR: "1" });
  const forth = await run(["migrate", "db"], cwd, { FORCE_COLOR: "1" });
  for (const { stdout } of [back, forth]) {
    expect(stdout).toMatch(/^\u001b\[1m.*\.\u001b\[0m$/m);
    expect(stdout).not.toContain("\\u001b");
  }
});
