import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openLedger, readLedger } from "../../src/database/ledgers/index.ts";
import { lockkeeper } from "../cli/cli.ts";
import { sessionOf } from "../database/session.ts";
import { type StartedPostgres, startPostgres } from "../support/postgres.ts";
import { project } from "../workspace/project.ts";

const program = "/usr/bin/alembic";
const database = "alembic";
let postgres: StartedPostgres;

beforeAll(async () => {
  postgres = await startPostgres();
});

beforeEach(async () => {
  await postgres.dropDatabase(database);
  await postgres.createDatabase(database);
});

afterAll(() => postgres.stop());

const revision = (id: string, before: string | null, up: string, down: string) => `
from alembic import op
revision = "${id}"
down_revision = ${before === null ? "None" : `"${before}"`}
def upgrade():
    op.execute("""${up}""")
def downgrade():
    op.execute("""${down}""")
`;

const files = (other: Readonly<Record<string, string>> = {}) => ({
  "alembic.ini": "[alembic]\nscript_location = migrations\n",
  "migrations/env.py": `
from alembic import context
from sqlalchemy import create_engine
import os
if context.is_offline_mode():
    context.configure(dialect_name="postgresql")
    with context.begin_transaction():
        context.run_migrations()
else:
    url = os.environ["DATABASE_URL"].replace("postgres://", "postgresql+psycopg2://")
    with create_engine(url).connect() as connection:
        context.configure(connection=connection, transaction_per_migration=os.environ.get("PER_MIGRATION") == "1")
        with context.begin_transaction():
            context.run_migrations()
`,
  "migrations/versions/a1.py": revision("a1", null, "CREATE TABLE one (a int)", "DROP TABLE one"),
  "migrations/versions/b2.py": revision("b2", "a1", "CREATE TABLE two (a int)", "DROP TABLE two"),
  ".github/lockkeeper.yml": `version: 1
migrations:
  - directory: migrations/versions
    ledger: alembic
    sql-command: alembic upgrade "\${LOCKKEEPER_APPLIED:-base}:\${LOCKKEEPER_TARGET_VERSION:-head}" --sql
    apply-command: alembic upgrade "\${LOCKKEEPER_TARGET_VERSION:-head}"
    rollback-command: alembic downgrade "\${LOCKKEEPER_TARGET_VERSION:--$LOCKKEEPER_STEPS}"
    rollback-sql-command: alembic downgrade "$LOCKKEEPER_APPLIED:\${LOCKKEEPER_TARGET_VERSION:--$LOCKKEEPER_STEPS}" --sql
`,
  ...other,
});

const env = () => ({ DATABASE_URL: postgres.url(database), PATH: `/usr/bin:${process.env.PATH ?? ""}` });
const alembic = (cwd: string, ...args: string[]) =>
  execFileSync(program, args, {
    cwd,
    env: { ...process.env, ...env() },
    stdio: ["ignore", "pipe", "ignore"],
    encoding: "utf8",
  });
/** What Alembic itself says is applied. */
const current = (cwd: string) => alembic(cwd, "current").trim().split(" ", 1)[0];

async function jsonOf(args: readonly string[], cwd: string, more: Readonly<Record<string, string>> = {}) {
  const ran = await lockkeeper([...args, "--format", "json"], { cwd, env: { ...env(), ...more } });
  expect(ran.stdout, ran.stderr).toMatch(/^\{/);
  return { ...JSON.parse(ran.stdout), stderr: ran.stderr };
}

const tables = () =>
  postgres.withClient(database, async (client) => {
    const { rows } = await client.query(
      "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' ORDER BY 1",
    );
    return rows.map(({ relname }) => relname);
  });

describe.skipIf(!existsSync(program))("Alembic (skipped where Debian's alembic is not installed)", () => {
  test("its ledger is read: the heads, after an upgrade and after a downgrade", async () => {
    const cwd = project(files());
    const heads = () =>
      postgres.withClient(database, async (client) => {
        const session = await sessionOf(client);
        const choice = { layout: "plain", appliedBy: "tool", config: { tool: "alembic", table: null } } as const;
        return readLedger(session, await openLedger(session, choice));
      });
    expect(await heads()).toMatchObject({ exists: false, applied: [] });
    alembic(cwd, "upgrade", "head");
    expect((await heads()).applied.map(({ version }) => version)).toEqual(["b2"]);
    alembic(cwd, "downgrade", "-1");
    expect((await heads()).applied.map(({ version }) => version)).toEqual(["a1"]);
  });

  test("what it prints is planned, it applies that itself, and both agree on what is applied", async () => {
    const cwd = project(files());
    const first = await jsonOf(["plan"], cwd);
    // Its own row is no data of the project, and its own table is new.
    expect([first.plan.risk, first.plan.mode]).toEqual(["low", "automatic"]);
    expect(first.plan.migrations[0].sql).toContain("-- Running upgrade a1 -> b2\n\nCREATE TABLE two (a int);");
    expect(await jsonOf(["migrate", "--target-version", "a1"], cwd)).toMatchObject({
      ...{ exitStatus: 0, amiss: [], warnings: [] },
      outcomes: [{ version: "a1", status: "applied", ledger: { before: [], after: ["a1"] } }],
    });
    expect([current(cwd), await tables()]).toEqual(["a1", ["one"]]);
    const second = await jsonOf(["plan"], cwd);
    expect(second.plan.risk).toBe("low");
    expect(second.plan.migrations[0].sql).not.toContain("CREATE TABLE one");
    expect(await jsonOf(["migrate"], cwd)).toMatchObject({ exitStatus: 0, outcomes: [{ version: "b2" }], amiss: [] });
    expect([current(cwd), await tables()]).toEqual(["b2", ["one", "two"]]);
    expect((await jsonOf(["migrate"], cwd)).outcomes).toEqual([]);
    // And what it does by itself is seen.
    alembic(cwd, "downgrade", "base");
    expect((await jsonOf(["plan"], cwd)).ledgers).toMatchObject([{ applied: 0, pending: 1 }]);
  });

  test("goes back as its own SQL says, with what would be lost counted", async () => {
    const cwd = project(files());
    await jsonOf(["migrate"], cwd);
    await postgres.withClient(database, (client) => client.query("INSERT INTO two VALUES (1)"));
    const dry = await jsonOf(["rollback", "--target-version", "a1", "--dry-run"], cwd);
    expect(dry).toMatchObject({ before: "b2", after: "a1", losses: [{ name: "two", rows: 1 }] });
    expect(dry.migrations[0].sql).toContain("-- Running downgrade b2 -> a1\n\nDROP TABLE two;");
    const agreed = ["--expect-digest", dry.digest, "--backup-id", "b", "--confirm-loss", "two"];
    const back = await jsonOf(["rollback", "--target-version", "a1", ...agreed], cwd);
    expect(back).toMatchObject({ exitStatus: 0, before: "b2", after: "a1", amiss: [] });
    expect([current(cwd), await tables()]).toEqual(["a1", ["one"]]);
    const steps = await jsonOf(["rollback", "--steps", "1", "--dry-run"], cwd);
    const last = ["--steps", "1", "--expect-digest", steps.digest, "--backup-id", "b"];
    expect(await jsonOf(["rollback", ...last], cwd)).toMatchObject({ exitStatus: 0, before: "a1", after: null });
    expect([current(cwd), await tables()]).toEqual(["", []]);
  });

  test("fails: all of it or, with a transaction for each migration, what comes after the last that succeeded", async () => {
    const broken = revision("b2", "a1", "CREATE TABLE two (a int); SELECT 1 / (SELECT count(*) FROM two)", "");
    const cwd = project(files({ "migrations/versions/b2.py": broken }));
    const whole = await jsonOf(["migrate"], cwd);
    expect(whole).toMatchObject({ exitStatus: 1, outcomes: [{ status: "undone" }] });
    expect(whole.outcomes[0].failure.details.join("\n")).toContain("division by zero");
    expect([current(cwd), await tables()]).toEqual(["", []]);
    const each = await jsonOf(["migrate"], cwd, { PER_MIGRATION: "1" });
    expect(each).toMatchObject({ exitStatus: 3, outcomes: [{ status: "partial", ledger: { after: ["a1"] } }] });
    expect([current(cwd), await tables()]).toEqual(["a1", ["one"]]);
  });
});
