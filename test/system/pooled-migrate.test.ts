import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { migrateAll, type Project, projectOf } from "../faults/project.ts";
import { migrations, unfinished } from "../faults/truth.ts";
import { type StartedPostgres, startPostgres } from "../support/postgres.ts";

const program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].find((path) => existsSync(path));
const database = "pooled";
let postgres: StartedPostgres;
let project: Project;

beforeAll(async () => {
  if (program === undefined) throw new Error("There is no pgbouncer: install it (Debian: pgbouncer).");
  postgres = await startPostgres();
  project = projectOf(migrations);
});
afterAll(async () => {
  project.remove();
  await postgres.stop();
});
beforeEach(async () => {
  await postgres.dropDatabase(database);
  await postgres.createDatabase(database);
});

/** A pool before the server, for as long as the work takes. */
async function pooled<T>(mode: "transaction" | "session", size: number, work: (url: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "lockkeeper-pgbouncer-"));
  const port = await freePort();
  const lines = [
    "[databases]",
    `${database} = host=127.0.0.1 port=${postgres.port} dbname=${database}`,
    "[pgbouncer]",
    ...["listen_addr = 127.0.0.1", `listen_port = ${port}`, "unix_socket_dir =", "auth_type = trust"],
    ...[
      `auth_file = ${directory}/users`,
      `pool_mode = ${mode}`,
      `default_pool_size = ${size}`,
      "server_round_robin = 1",
    ],
  ];
  writeFileSync(join(directory, "ini"), `${lines.join("\n")}\n`);
  writeFileSync(join(directory, "users"), `"postgres" "${postgres.password}"\n`);
  const nobody =
    process.getuid?.() === 0 ? Number(spawnSync("id", ["-u", "nobody"], { encoding: "utf8" }).stdout) : null;
  chmodSync(directory, 0o755);
  if (nobody !== null) for (const file of ["ini", "users"]) chownSync(join(directory, file), nobody, nobody);
  const child: ChildProcess = spawn(program ?? "", [join(directory, "ini")], {
    stdio: "ignore",
    ...(nobody === null ? {} : { uid: nobody }),
  });
  try {
    for (let left = 100; left > 0 && !(await listens(port)); left--)
      await new Promise((resolve) => setTimeout(resolve, 50));
    return await work(postgres.url(database).replace(`:${postgres.port}/`, `:${port}/`));
  } finally {
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return address !== null && typeof address === "object" ? address.port : 0;
}

async function listens(port: number): Promise<boolean> {
  const { createConnection } = await import("node:net");
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

test.each([1, 5])("a pool of %i in transaction mode is refused before anything is written", async (size) => {
  const result = await pooled("transaction", size, (url) => migrateAll(project, { url }));
  expect(result).toMatchObject({ exitStatus: 1, refusal: { code: "pooler-in-transaction-mode" } });
  const rows = await postgres.withClient(database, async (client) => {
    return (await client.query("SELECT to_regnamespace('lockkeeper') AS schema")).rows;
  });
  expect(rows).toEqual([{ schema: null }]);
});

test("a pool in session mode is as good as the server", async () => {
  const result = await pooled("session", 5, (url) => migrateAll(project, { url }));
  expect(result).toMatchObject({ exitStatus: 0 });
  expect(await unfinished(postgres, database)).toEqual([]);
});

test("a pooler that takes no settings from the URL is told as what it is, with what to do", async () => {
  const result = await pooled("session", 5, (url) => migrateAll(project, { url: `${url}&search_path=app` }));
  expect(result.refusal).toMatchObject({
    code: "database-unreachable",
    hint: expect.stringMatching(/pooler \(PgBouncer\).*search_path.*the server itself/),
  });
});
