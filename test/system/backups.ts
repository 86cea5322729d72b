import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { lockkeeper, type Run } from "../cli/cli.ts";
import { type StartedPostgres, startPostgres } from "../support/postgres.ts";

/** Debian's PostgreSQL 15, server and client. */
export const installation = "/usr/lib/postgresql/15";

/** A server of Debian's; the client there is as old as it is. */
export function startDebian(): Promise<StartedPostgres> {
  if (!existsSync(`${installation}/bin/pg_dump`)) {
    throw new Error("These tests need Debian's postgresql-15: apt-get install postgresql-15");
  }
  return startPostgres({ installation });
}

/** A directory with a config, and a store in it. */
export interface Project {
  readonly directory: string;
  readonly store: string;
  /** Runs `lockkeeper backup …` as a process of its own. */
  backup(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Run>;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Run>;
  /** The names of whole backups and of what is left of others. */
  stored(): readonly string[];
  manifest(id: string): Readonly<Record<string, unknown>>;
}

export function project(url: string, files: Readonly<Record<string, string>> = {}): Project {
  const directory = mkdtempSync(join(tmpdir(), "lockkeeper-backup-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const store = join(directory, "store");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> => {
    const { PATH = "" } = process.env;
    return lockkeeper(args, { cwd: directory, env: { PATH, HOME: directory, DATABASE_URL: url, ...env } });
  };
  return {
    directory,
    store,
    run,
    backup: (args, env) => run(["backup", ...args, "--store", store], env),
    stored: () => (existsSync(store) ? readdirSync(store).toSorted() : []),
    manifest: (id) => JSON.parse(readFileSync(join(store, id, "manifest.json"), "utf8")),
  };
}

/** The JSON report of a run, which must have one. */
export function reportOf({ stdout, stderr }: Run) {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`No report: ${stdout}${stderr}`);
  }
}

/** Makes a backup that is to be there, and returns its id. */
export async function made(
  of: Project,
  args: readonly string[] = [],
  env?: Readonly<Record<string, string>>,
): Promise<string> {
  const run = await of.backup(["--format", "json", ...args], env);
  if (run.status !== 0) throw new Error(`No backup: ${run.stdout}${run.stderr}`);
  return reportOf(run).backup.id;
}

/** A database with tables, keys, an index, a sequence, a large object, a view and a partition; its name is free after the test. */
export async function sampleDatabase(server: StartedPostgres, name: string, { rows = 2000 } = {}): Promise<string> {
  await server.dropDatabase(name);
  await server.createDatabase(name);
  onTestFinished(() => server.dropDatabase(name));
  await server.withClient(name, async (client) => {
    await client.query(`
      CREATE TABLE users (id bigserial PRIMARY KEY, email text UNIQUE, name text CHECK (name <> ''));
      CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint REFERENCES users, total numeric, note text);
      CREATE INDEX orders_user ON orders (user_id);
      CREATE VIEW rich AS SELECT * FROM orders WHERE total > 1000;
      CREATE TABLE "Odd ""table" ("a b" int);
      CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at);
      CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      INSERT INTO events VALUES ('2026-05-05', '가🙂');
      INSERT INTO "Odd ""table" VALUES (1);
      INSERT INTO users (email, name) SELECT 'u' || n, 'name' FROM generate_series(1, ${rows}) n;
      INSERT INTO orders (user_id, total, note) SELECT n, n, md5(n::text) FROM generate_series(1, ${rows}) n;
      SELECT lo_from_bytea(0, 'large');
      ALTER DATABASE ${name} SET lock_timeout = '7s'`);
  });
  return server.url(name);
}

/** Waits until something holds, and fails when it never does. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; waitedMs < 30_000; waitedMs += 20) {
    if (await holds()) return;
    await sleep(20);
  }
  throw new Error(`It never came: ${what}`);
}

/** What every process on this machine says of itself to everybody, looked at again and again while the work goes on. */
export async function argumentsDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
  const seen = new Set<string>();
  let goesOn = true;
  const watching = (async () => {
    while (goesOn) {
      for (const { text } of processes()) seen.add(text);
      await sleep(2);
    }
  })();
  try {
    await work();
  } finally {
    goesOn = false;
    await watching;
  }
  return [...seen];
}

/** The processes of this machine with their arguments. */
export function processes(): readonly { readonly pid: number; readonly text: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const text = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        return [{ pid: Number(name), text }];
      } catch {
        return [];
      }
    });
}
