import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lineAt, Refused, runStatements, type StartedPostgres, sendAsOneString, startPostgres } from "./postgres.ts";

let postgres: StartedPostgres;

beforeAll(async () => {
  postgres = await startPostgres({ settings: { work_mem: "5MB" } });
});

afterAll(() => postgres.stop());

async function answer(database: string, sql: string): Promise<unknown> {
  return postgres.withClient(
    database,
    async (client) => (await client.query({ text: sql, rowMode: "array" })).rows[0]?.[0],
  );
}

async function refusal(database: string, work: Parameters<StartedPostgres["withClient"]>[1]): Promise<Refused> {
  const thrown: unknown = await postgres.withClient(database, work).catch((error: unknown) => error);
  if (thrown instanceof Refused) return thrown;
  throw new Error(`PostgreSQL refused nothing: ${String(thrown)}`);
}

test("the server is PostgreSQL 18 in UTC and UTF-8, with the settings asked for", async () => {
  expect(await answer("postgres", "SHOW server_version")).toMatch(/^18\./);
  expect(await answer("postgres", "SHOW timezone")).toBe("UTC");
  expect(await answer("postgres", "SHOW server_encoding")).toBe("UTF8");
  expect(await answer("postgres", "SHOW work_mem")).toBe("5MB");
});

test("a database made from a template has its tables", async () => {
  await postgres.createDatabase("first");
  await postgres.withClient("first", (client) =>
    sendAsOneString(client, "CREATE TABLE t (a int); INSERT INTO t VALUES (7)"),
  );
  await postgres.createDatabase('second "copy"', { template: "first" });
  expect(await answer('second "copy"', "SELECT a FROM t")).toBe(7);
  await postgres.dropDatabase('second "copy"');
  await postgres.dropDatabase("first");
});

test("a refused statement tells its SQLSTATE, its number and its line", async () => {
  const refused = await refusal("postgres", (client) =>
    runStatements(client, ["SELECT 1", "SELECT '가🙂'\n, nothing"]),
  );
  expect(refused).toMatchObject({ code: "42703", statement: 1, message: expect.stringContaining("nothing") });
  expect(lineAt("SELECT '가🙂'\n, nothing", refused.position ?? 0)).toBe(2);
});

test("one string is one transaction until it says COMMIT; statements one by one are not", async () => {
  await postgres.createDatabase("strings");
  const statements = ["CREATE TABLE a ()", "SELECT 1/0"];
  expect((await refusal("strings", (client) => sendAsOneString(client, statements.join("; ")))).code).toBe("22012");
  expect(await answer("strings", "SELECT to_regclass('a')")).toBeNull();
  expect((await refusal("strings", (client) => runStatements(client, statements))).code).toBe("22012");
  expect(await answer("strings", "SELECT to_regclass('a')")).toBe("a");
  const committed = "BEGIN; CREATE TABLE b (c int); COMMIT; CREATE INDEX CONCURRENTLY ON b (c)";
  expect((await refusal("strings", (client) => sendAsOneString(client, committed))).code).toBe("25001");
  expect(await answer("strings", "SELECT to_regclass('b')")).toBe("b");
});

test("a server that cannot start says what PostgreSQL said", async () => {
  await expect(startPostgres({ settings: { shared_buffers: "1kB" } })).rejects.toThrow(/shared_buffers/);
});

test("the server is gone with the process that started it, even when that is killed", async () => {
  const program = `
    const { startPostgres } = await import(${JSON.stringify(new URL("./postgres.ts", import.meta.url).href)});
    const { pid, directory } = await startPostgres();
    console.log(JSON.stringify({ pid, directory }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.once("exit", () => reject(new Error("The process ended before it had started a server.")));
    child.stdout.setEncoding("utf8").once("data", resolve);
  });
  const { pid, directory }: { pid: number; directory: string } = JSON.parse(line);
  expect(runs(pid)).toBe(true);
  child.removeAllListeners("exit").kill("SIGKILL");
  for (let waitedMs = 0; waitedMs < 10_000 && (runs(pid) || existsSync(directory)); waitedMs += 20) await sleep(20);
  expect(runs(pid)).toBe(false);
  expect(existsSync(directory)).toBe(false);
});

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
