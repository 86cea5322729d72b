import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { freshDatabase, type SharedPostgres } from "../support/global-postgres.ts";
import { project } from "../workspace/project.ts";
import { lockkeeper } from "./cli.ts";

// Tools whose files are SQL and whose ledgers are theirs: what is planned is read from the files, and the tool itself applies it.
const database = "cli_apply_command_files_test";
let postgres: SharedPostgres;
freshDatabase(database, (server) => {
  postgres = server;
});

const sql = (text: string) => postgres.withClient(database, async (client) => (await client.query(text)).rows);
const bin = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));
const env = () => ({
  DATABASE_URL: postgres.url(database),
  PATH: [bin, process.env.PATH ?? ""].join(delimiter),
});

async function jsonOf(args: readonly string[], cwd: string) {
  const ran = await lockkeeper([...args, "--format", "json"], { cwd, env: env() });
  expect(ran.stdout, ran.stderr).toMatch(/^\{/);
  return { ...JSON.parse(ran.stdout), stderr: ran.stderr };
}

const nodePgMigrate = (name: string, up = `CREATE TABLE ${name} (a int);`) =>
  `-- Up Migration\n${up}\n-- Down Migration\nDROP TABLE ${name};\n`;
const forNodePgMigrate = (other: Readonly<Record<string, string>> = {}) =>
  project({
    ".github/lockkeeper.yml": `version: 1
migrations:
  - directory: db
    apply-command: node-pg-migrate up -m db --no-check-order
    rollback-command: node-pg-migrate down "\${LOCKKEEPER_STEPS:-1}" -m db
`,
    "db/1767225600000_one.sql": nodePgMigrate("one"),
    "db/1767225600001_two.sql": nodePgMigrate("two"),
    ...other,
  });

test("node-pg-migrate applies what was planned from its files, and goes back; each migration is in the journal", async () => {
  const cwd = forNodePgMigrate();
  const { plan, ledgers, refused } = await jsonOf(["plan"], cwd);
  expect([refused, ledgers[0].tool, plan.migrations.map(({ path }: { path: string }) => path)]).toEqual([
    ...[false, "node-pg-migrate"],
    ["db/1767225600000_one.sql", "db/1767225600001_two.sql"],
  ]);
  const done = await jsonOf(["migrate"], cwd);
  expect(done).toMatchObject({
    ...{ exitStatus: 0, amiss: [], warnings: [] },
    outcomes: [
      { version: "1767225600000", status: "applied" },
      { version: "1767225600001", status: "applied", ledger: { after: ["1767225600000", "1767225600001"] } },
    ],
  });
  expect(await sql("SELECT name FROM pgmigrations ORDER BY id")).toEqual([
    { name: "1767225600000_one" },
    { name: "1767225600001_two" },
  ]);
  const { digest } = await jsonOf(["rollback", "--steps", "1", "--dry-run"], cwd);
  const back = await jsonOf(["rollback", "--steps", "1", "--expect-digest", digest, "--backup-id", "b"], cwd);
  expect(back).toMatchObject({ exitStatus: 0, before: "1767225600001", after: "1767225600000", amiss: [] });
  expect(await sql("SELECT to_regclass('one') IS NULL AS one, to_regclass('two') IS NULL AS two")).toEqual([
    { one: false, two: true },
  ]);
  expect(await sql("SELECT version, direction, status FROM lockkeeper.journal ORDER BY number")).toEqual([
    { version: "1767225600000", direction: "up", status: "applied" },
    { version: "1767225600001", direction: "up", status: "applied" },
    { version: "1767225600001", direction: "down", status: "applied" },
  ]);
  expect(await jsonOf(["migrate"], cwd)).toMatchObject({ exitStatus: 0, outcomes: [{ version: "1767225600001" }] });
});

test("of several files the one that failed is told from those before and after it", async () => {
  const cwd = forNodePgMigrate({
    "db/1767225600001_two.sql": nodePgMigrate(
      "two",
      "CREATE TABLE two (a int);\nSELECT count(*) FROM one GROUP BY 1 / 0;",
    ),
    "db/1767225600002_three.sql": nodePgMigrate("three"),
    ".github/lockkeeper.yml": `version: 1
migrations:
  - directory: db
    apply-command: node-pg-migrate up -m db --no-single-transaction
`,
  });
  const { plan } = await jsonOf(["plan"], cwd);
  const report = await jsonOf(["migrate", "--expect-digest", plan.digest, "--backup-id", "b"], cwd);
  expect(report.outcomes.map(({ status }: { status: string }) => status)).toEqual(["applied", "undone", "not-run"]);
  expect(report.outcomes[1].failure.details.join("\n")).toContain("division by zero");
  expect(report.exitStatus).toBe(1);
  expect(await sql("SELECT status, error FROM lockkeeper.journal ORDER BY number")).toMatchObject([
    { status: "applied", error: null },
    { status: "undone" },
    { status: "undone", error: "The command did not come to it." },
  ]);
});

test("dbmate applies into its own ledger, and a target version is refused that its command would not look at", async () => {
  const cwd = project({
    ".github/lockkeeper.yml": `version: 1
migrations:
  - directory: db/migrations
    apply-command: dbmate --no-dump-schema up
`,
    "db/migrations/20260101000000_one.sql":
      "-- migrate:up\nCREATE TABLE one (a int);\n-- migrate:down\nDROP TABLE one;\n",
  });
  const deaf = await jsonOf(["migrate", "--target-version", "20260101000000"], cwd);
  expect([deaf.exitStatus, deaf.refusal.code]).toEqual([1, "target-not-told"]);
  expect(await jsonOf(["migrate"], cwd)).toMatchObject({ exitStatus: 0, outcomes: [{ status: "applied" }] });
  expect(await sql("SELECT version FROM schema_migrations")).toEqual([{ version: "20260101000000" }]);
  const status = await jsonOf(["status"], cwd);
  expect(status.versions).toMatchObject([{ version: "20260101000000", standing: "applied" }]);
  expect(readFileSync(join(cwd, "db/migrations/20260101000000_one.sql"), "utf8")).toContain("CREATE TABLE one");
});
