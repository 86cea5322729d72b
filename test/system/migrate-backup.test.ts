import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { StartedPostgres } from "../support/postgres.ts";
import { type Project, project, reportOf, startDebian } from "./backups.ts";

let server: StartedPostgres;

beforeAll(async () => {
  server = await startDebian();
});

afterAll(() => server.stop());

const files = {
  "db/000001_users.up.sql": "CREATE TABLE users (id bigint PRIMARY KEY, name text, legacy text);\n",
  "db/000001_users.down.sql": "DROP TABLE users;\n",
  "db/000002_drop.up.sql": "ALTER TABLE users DROP COLUMN legacy;\n",
  "db/000002_drop.down.sql": "ALTER TABLE users ADD COLUMN legacy text;\n",
};

let databases = 0;

/** A project whose first migration is applied, with rows in it. */
async function begun(config = "", more: Readonly<Record<string, string>> = {}): Promise<Project & { name: string }> {
  databases += 1;
  const name = `deploy_${databases}`;
  await server.createDatabase(name);
  onTestFinished(() => server.dropDatabase(name));
  const of = project(server.url(name), {
    ...files,
    ".github/lockkeeper.yml": `version: 1\nbackup: { store: store }\n${config}`,
    ...more,
  });
  const run = await of.run(["migrate", "db", "--target-version", "1"]);
  expect(run.status, run.stdout + run.stderr).toBe(0);
  await server.withClient(name, (client) =>
    client.query("INSERT INTO users SELECT n, 'user', 'old' FROM generate_series(1, 500) n"),
  );
  return { ...of, name };
}

/** Agrees to what is planned, and migrates. */
async function migrate(of: Project, args: readonly string[] = []) {
  const plan = reportOf(await of.run(["plan", "db", "--format", "json"]));
  const run = await of.run(["migrate", "db", "--format", "json", "--expect-digest", plan.plan.digest, ...args]);
  return { report: reportOf(run), said: run.stderr, status: run.status };
}

const columns = async (name: string): Promise<readonly string[]> => {
  const { rows } = await server.withClient(name, (client) =>
    client.query(
      "SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped",
    ),
  );
  return rows.map(({ attname }) => attname);
};

const journaled = async (name: string) => {
  const { rows } = await server.withClient(name, (client) =>
    client.query("SELECT version, status, backup_id FROM lockkeeper.journal ORDER BY number DESC LIMIT 1"),
  );
  return rows[0];
};

describe("a plan that requires a backup", () => {
  test("is applied after one was made and proved, which holds the rows of before", async () => {
    const of = await begun();
    const { report, said, status } = await migrate(of);
    expect(status, said).toBe(0);
    const [id = ""] = of.stored();
    expect(report).toMatchObject({ exitStatus: 0, backupId: id, backupProof: "archive", refusal: null });
    expect(report.verification).toMatchObject({ valid: true });
    expect(said).toContain(`Backup ${id}, proved: archive`);
    expect(await journaled(of.name)).toEqual({ version: "000002", status: "applied", backup_id: id });
    expect(await columns(of.name)).toEqual(["id", "name"]);
    expect(of.manifest(id)).toMatchObject({
      ledgers: [{ table: "public.schema_migrations", version: "000001" }],
      tables: expect.arrayContaining([expect.objectContaining({ name: "public.users", rows: 500, counted: "exact" })]),
    });
  });

  test("is not begun where the backup fails, and nothing of it stays", async () => {
    const of = await begun("", {});
    writeFileSync(
      join(of.directory, ".github/lockkeeper.yml"),
      "version: 1\nbackup: { store: store, commands: { broken: exit 3 } }\n",
    );
    const { report, status } = await migrate(of);
    expect(status).toBe(1);
    expect(report).toMatchObject({ refusal: { code: "backup-command-failed" }, outcomes: [], backupId: null });
    expect(of.stored()).toEqual([]);
    expect(await columns(of.name)).toEqual(["id", "name", "legacy"]);
  });

  test("takes one that was made before, as long as it is of the database as it is now and whole", async () => {
    const of = await begun();
    const make = async (): Promise<string> => reportOf(await of.run(["backup", "--format", "json"])).backup.id;
    const id = await make();
    const other = await begun();
    const foreign = reportOf(await other.run(["backup", "--format", "json", "--store", of.store])).backup.id;
    const refused = async (name: string) => (await migrate(of, ["--backup-id", name])).report.refusal;
    expect(await refused(foreign)).toMatchObject({
      code: "backup-unsuitable",
      message: expect.stringContaining("is none to count on here: it is of the database deploy_"),
    });
    expect(await refused("20260101T000000Z-gone-00000000")).toMatchObject({ code: "backup-unknown" });
    expect(await refused("my snapshot")).toMatchObject({ code: "backup-unknown" });
    const dump = join(of.store, id, "database.dump");
    rmSync(dump);
    expect(await refused(id)).toMatchObject({ message: expect.stringContaining("its file database.dump is gone") });
    expect(await columns(of.name)).toEqual(["id", "name", "legacy"]);
    const whole = await make();
    const { report, status } = await migrate(of, ["--backup-id", whole]);
    expect(status).toBe(0);
    expect(report).toMatchObject({ backupId: whole, backupProof: "archive" });
    expect(await journaled(of.name)).toMatchObject({ backup_id: whole });
  });

  test("does not take a provider's where the config does not count it", async () => {
    const external = "  external: { backup-command: echo snap-1, verify-command: 'true' }\n";
    const of = await begun();
    const config = (more: string) => `version: 1\nbackup:\n  store: store\n${external.replace(" }", `${more} }`)}`;
    writeFileSync(join(of.directory, ".github/lockkeeper.yml"), config(""));
    expect((await migrate(of)).report.refusal).toMatchObject({ code: "backup-required" });
    writeFileSync(join(of.directory, ".github/lockkeeper.yml"), config(", satisfies-required: true"));
    const { report, said } = await migrate(of);
    expect(report, said).toMatchObject({ exitStatus: 0, backupProof: "external" });
  });
});

test("--backup always makes one before a plan that requires none", async () => {
  const of = await begun("", { "db/000002_drop.up.sql": "CREATE TABLE orders (id int);\n" });
  const { report } = await migrate(of, ["--backup", "always"]);
  expect(report).toMatchObject({ exitStatus: 0, risk: "low", backupId: of.stored()[0], backupProof: "archive" });
});

test("going back makes one where rows are lost, and verifies afterwards", async () => {
  const of = await begun();
  const args = ["rollback", "db", "--steps", "1", "--format", "json", "--confirm-loss", "users"];
  const { digest } = reportOf(await of.run([...args.slice(0, -2), "--dry-run"]));
  const run = await of.run([...args, "--expect-digest", digest]);
  expect(run.status, run.stdout + run.stderr).toBe(0);
  const [id] = of.stored();
  expect(reportOf(run)).toMatchObject({ backupId: id, backupProof: "archive", verification: { valid: true } });
  expect(await journaled(of.name)).toMatchObject({ version: "000001", backup_id: id });
});
