import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { freshDatabase, type SharedPostgres } from "../support/global-postgres.ts";
import { project } from "../workspace/project.ts";
import { lockkeeper, program } from "./cli.ts";

const database = "cli_cancel_test";
let postgres: SharedPostgres;
freshDatabase(database, (server) => {
  postgres = server;
});

/** A cancelled job has 7.5 seconds; the machine may be busy. */
const limitMs = 7_000;

const sql = (text: string) => postgres.withClient(database, (client) => client.query(text));
const there = async (): Promise<boolean> =>
  (await sql("SELECT to_regclass('users') IS NOT NULL AS there")).rows[0]?.there ?? false;
const env = () => ({ PATH: process.env.PATH ?? "", DATABASE_URL: postgres.url(database) });

interface Cancelled {
  readonly status: unknown;
  readonly report: { readonly refusal: { readonly code: string } | null; readonly amiss: readonly string[] } | null;
  readonly elapsedMs: number;
  readonly cwd: string;
}

/** Runs `migrate` and sends it SIGINT as soon as the file `there` shows where it is. */
async function cancelled(
  config: string,
  args: readonly string[] = [],
  up = "CREATE TABLE users (id bigint);\n",
): Promise<Cancelled> {
  const cwd = project({
    "db/000001_users.up.sql": up,
    ".github/lockkeeper.yml": `version: 1\n${config}`,
  });
  const child: ChildProcess = spawn(process.execPath, [program, "migrate", "db", "--format", "json", ...args], {
    cwd,
    env: env(),
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let stdout = "";
  child.stdout?.on("data", (text: Buffer) => {
    stdout += text.toString();
  });
  const deadline = Date.now() + 30_000;
  while (!existsSync(join(cwd, "there")) && Date.now() < deadline) await sleep(20);
  const start = performance.now();
  child.kill("SIGINT");
  const [status] = await once(child, "close");
  const elapsedMs = performance.now() - start;
  return { status, report: stdout === "" ? null : JSON.parse(stdout), elapsedMs, cwd };
}

/** Nothing of ours is held: the next run goes through. */
async function nextRunIsFree(cwd: string): Promise<void> {
  const env_ = { ...env() };
  const { status, stderr } = await lockkeeper(["migrate", "db", "--lock-wait", "2s", "--config", "plain.yml"], {
    cwd: project({ "db/000001_users.up.sql": "CREATE TABLE users (id bigint);\n", "plain.yml": "version: 1\n" }),
    env: env_,
  });
  expect([status, stderr], cwd).toEqual([0, expect.not.stringContaining("Code:")]);
}

const hang = "touch there; sleep 300";

describe("a run that is cancelled", () => {
  test("in a command of the preflight has done nothing", async () => {
    const { status, report, elapsedMs, cwd } = await cancelled(`preflight: { commands: ["${hang}"] }\n`);
    expect(elapsedMs).toBeLessThan(limitMs);
    expect([status, report?.refusal?.code]).toEqual([1, "interrupted"]);
    expect(await there()).toBe(false);
    await nextRunIsFree(cwd);
  });

  test("while it waits for a long transaction has done nothing, and has not waited to the end", async () => {
    await sql(
      "CREATE TABLE old (id int); CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)",
    );
    await postgres.withClient(database, async (client) => {
      await client.query("BEGIN; SELECT * FROM old");
      // A command that is run before the waiting tells that it is about to begin.
      const config = 'preflight: { wait: 2min, commands: ["(sleep 1; touch there) > /dev/null 2>&1 &"] }\n';
      await sleep(3_500);
      const { status, report, elapsedMs } = await cancelled(config, [], "ALTER TABLE old ADD COLUMN name text;\n");
      expect(elapsedMs).toBeLessThan(limitMs);
      expect([status, report?.refusal?.code]).toEqual([1, "interrupted"]);
      await client.query("ROLLBACK");
    });
  });

  test("in its backup leaves nothing of the backup, and has done nothing", async () => {
    const config = `backup: { store: store, external: { backup-command: "${hang}", satisfies-required: true } }\n`;
    const { status, report, elapsedMs, cwd } = await cancelled(config, ["--backup", "always"]);
    expect(elapsedMs).toBeLessThan(limitMs);
    expect(status).toBe(1);
    expect(report?.refusal).not.toBeNull();
    expect(readdirSync(join(cwd, "store"))).toEqual([]);
    expect(await there()).toBe(false);
    await nextRunIsFree(cwd);
  });

  test("in a smoke test says that what was applied was not verified", async () => {
    const { status, report, elapsedMs, cwd } = await cancelled(`verify: { commands: { smoke: "${hang}" } }\n`);
    expect(elapsedMs).toBeLessThan(limitMs);
    expect(status).toBe(3);
    expect(report?.amiss).toEqual([expect.stringMatching(/stopped|cancelled/)]);
    expect(await there()).toBe(true);
    await nextRunIsFree(cwd);
  });

  test("while an address does not answer, before and after, does not wait for it", async () => {
    let asked = 0;
    const web = createServer(() => {
      // Never answered.
      asked += 1;
    });
    await new Promise<void>((resolve) => void web.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void web.close());
    const at = web.address();
    const port = typeof at === "object" && at !== null ? at.port : 0;
    const cwd = project({
      "db/000001_users.up.sql": "CREATE TABLE users (id bigint);\n",
      ".github/lockkeeper.yml": `version: 1\nverify: { health: ["http://127.0.0.1:${port}/"] }\n`,
    });
    const child = spawn(process.execPath, [program, "migrate", "db"], { cwd, env: env(), stdio: "ignore" });
    onTestFinished(() => void child.kill("SIGKILL"));
    const deadline = Date.now() + 30_000;
    while (asked === 0 && Date.now() < deadline) await sleep(20);
    const start = performance.now();
    child.kill("SIGTERM");
    const [status] = await once(child, "exit");
    expect(performance.now() - start).toBeLessThan(limitMs);
    expect(status).toBe(1);
    expect(await there(), "nothing was begun").toBe(false);
  });
});
