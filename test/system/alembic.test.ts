import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLedger, readLedger } from "../../src/database/ledgers/index.ts";
import { sessionOf } from "../database/session.ts";
import { type StartedPostgres, startPostgres } from "../support/postgres.ts";
import { project } from "../workspace/project.ts";

const program = "/usr/bin/alembic";
let postgres: StartedPostgres;

beforeAll(async () => {
  postgres = await startPostgres();
});

afterAll(() => postgres.stop());

const revision = (id: string, before: string | null, table: string) => `
from alembic import op
revision = "${id}"
down_revision = ${before === null ? "None" : `"${before}"`}
def upgrade():
    op.execute("CREATE TABLE ${table} (a int)")
def downgrade():
    op.execute("DROP TABLE ${table}")
`;

describe.skipIf(!existsSync(program))("Alembic (skipped where Debian's alembic is not installed)", () => {
  test("its ledger is read: the heads, after an upgrade and after a downgrade", async () => {
    const cwd = project({
      "alembic.ini": "[alembic]\nscript_location = migrations\n",
      "migrations/env.py": `
from alembic import context
from sqlalchemy import create_engine
import os
with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
`,
      "migrations/versions/a1.py": revision("a1", null, "one"),
      "migrations/versions/b2.py": revision("b2", "a1", "two"),
    });
    const url = postgres.url("postgres").replace("postgres://", "postgresql+psycopg2://");
    const run = (...args: string[]) =>
      execFileSync(program, args, { cwd, env: { ...process.env, DATABASE_URL: url }, stdio: "pipe" });
    const heads = () =>
      postgres.withClient("postgres", async (client) => {
        const session = await sessionOf(client);
        const choice = { layout: "plain", appliedBy: "tool", config: { tool: "alembic", table: null } } as const;
        return readLedger(session, await openLedger(session, choice));
      });
    expect(await heads()).toMatchObject({ exists: false, applied: [] });
    run("upgrade", "head");
    expect((await heads()).applied.map(({ version }) => version)).toEqual(["b2"]);
    run("downgrade", "-1");
    expect((await heads()).applied.map(({ version }) => version)).toEqual(["a1"]);
  });
});
