import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { preflightOver } from "../../src/database/preflight.ts";
import type { Session } from "../../src/database/session.ts";
import { sessionOf } from "../database/session.ts";
import { type StartedPostgres, startPostgres } from "../support/postgres.ts";

const program = "/usr/sbin/pgbouncer";
let postgres: StartedPostgres;
let directory: string;
let pooler: ChildProcess | null = null;
const clients: Client[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.end().catch(() => undefined);
  pooler?.kill("SIGKILL");
  pooler = null;
  rmSync(directory, { recursive: true, force: true });
});

afterAll(() => postgres.stop());

interface Pool {
  readonly mode: "session" | "transaction" | "statement";
  readonly size: number;
  readonly inTurn: boolean;
}

/** Starts PgBouncer before the server; gives what connects through it. */
async function start({ mode, size, inTurn }: Pool): Promise<() => Promise<Session>> {
  directory = mkdtempSync(join(tmpdir(), "lockkeeper-pgbouncer-"));
  // It refuses to run as root, and has to read and write here as whom it runs.
  chmodSync(directory, 0o777);
  const port = await freePort();
  writeFileSync(join(directory, "users"), `"postgres" "${postgres.password}"\n`);
  const settings = [
    ...["[databases]", `* = host=127.0.0.1 port=${postgres.port}`, "[pgbouncer]", "listen_addr = 127.0.0.1"],
    ...[`listen_port = ${port}`, "unix_socket_dir =", "auth_type = plain", `auth_file = ${directory}/users`],
    ...[`pool_mode = ${mode}`, `default_pool_size = ${size}`, `server_round_robin = ${inTurn ? 1 : 0}`],
  ];
  writeFileSync(join(directory, "pgbouncer.ini"), `${settings.join("\n")}\n`);
  const account = process.geteuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  pooler = spawn(program, [join(directory, "pgbouncer.ini")], { ...account, stdio: "ignore" });
  const connect = async () => {
    const client = new Client({ host: "127.0.0.1", port, user: "postgres", password: postgres.password });
    client.on("error", () => undefined);
    await client.connect();
    clients.push(client);
    return sessionOf(client);
  };
  for (let i = 0; ; i++) {
    try {
      await connect();
      return connect;
    } catch (error) {
      if (i === 100) throw error;
      await sleep(50);
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  await once(probe.close(), "close");
  if (address === null || typeof address === "string") throw new Error("The system gave no free port.");
  return address.port;
}

describe.skipIf(!existsSync(program))("PgBouncer (skipped where Debian's pgbouncer is not installed)", () => {
  test.each<Pool>([
    { mode: "transaction", size: 1, inTurn: false },
    { mode: "transaction", size: 5, inTurn: false },
    { mode: "transaction", size: 5, inTurn: true },
    { mode: "statement", size: 5, inTurn: false },
  ])("in mode $mode is recognised: pool of $size, in turn: $inTurn", async (pool) => {
    const connect = await start(pool);
    await crowd(connect, pool);
    const { pooled } = await preflightOver(await connect(), { other: connect, isLocal: false }).state();
    expect(pooled).not.toBeNull();
  });

  test("in session mode is as good as the server", async () => {
    const connect = await start({ mode: "session", size: 8, inTurn: false });
    const { pooled } = await preflightOver(await connect(), { other: connect, isLocal: false }).state();
    expect(pooled).toBeNull();
  });
});

/** Others who are at work at one moment, so that the pool has all the connections that it may have. */
async function crowd(connect: () => Promise<Session>, { mode, size }: Pool): Promise<void> {
  if (mode === "statement") return;
  const sessions = await Promise.all(Array.from({ length: size }, connect));
  await Promise.all(sessions.map((session) => session.query("BEGIN")));
  await Promise.all(sessions.map((session) => session.query("COMMIT")));
}
