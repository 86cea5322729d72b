import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseAddress } from "../../src/database/address.ts";
import { connectOrSay } from "../../src/database/connect.ts";
import { openTarget } from "../../src/database/target.ts";
import { UserError } from "../../src/errors.ts";
import { defaultSettings } from "../../src/plan/progress.ts";
import { type StartedPostgres, startPostgres, testedMajor } from "../support/postgres.ts";
import { jobOf } from "./jobs.ts";

const database = "connect";
const certificates = fileURLToPath(new URL("../fixtures/tls/", import.meta.url));
let postgres: StartedPostgres;
let sockets: string;

/** A server with TLS, by a certificate for localhost, and with a Unix socket. */
beforeAll(async () => {
  sockets = mkdtempSync(join(tmpdir(), "lockkeeper-sockets-"));
  chmodSync(sockets, 0o777);
  postgres = await startPostgres({ settings: { unix_socket_directories: sockets, max_connections: "30" } });
  const { uid, gid } = statSync(postgres.directory);
  for (const name of ["server.crt", "server.key"]) {
    const path = join(postgres.directory, "data", name);
    copyFileSync(join(certificates, name), path);
    if (process.getuid?.() === 0) chownSync(path, uid, gid);
    chmodSync(path, 0o600);
  }
  await postgres.createDatabase(database);
  await ask("ALTER SYSTEM SET ssl = on");
  await ask("SELECT pg_reload_conf()");
  for (let left = 100; left > 0 && (await ask("SHOW ssl"))[0]?.ssl !== "on"; left--)
    await new Promise((resolve) => setTimeout(resolve, 20));
});
afterAll(async () => {
  await postgres.stop();
  rmSync(sockets, { recursive: true, force: true });
});

async function ask(sql: string, on = "postgres"): Promise<Record<string, unknown>[]> {
  return postgres.withClient(on, async (client) => (await client.query(sql)).rows);
}

/** A URL of the server; `localhost` is what its certificate is for. */
function url(query = "", { host = "localhost", user = "postgres", password = "", port = 0, name = database } = {}) {
  return `postgres://${user}:${password || postgres.password}@${host}:${port || postgres.port}/${name}${query}`;
}

/** The first row of an answer, over a connection of its own. */
async function answer(text: string, sql: string, environment: Readonly<Record<string, string>> = {}) {
  const session = await connectOrSay(parseAddress(text, environment), { name: "tests", waitMs: 500, refusedMs: 200 });
  try {
    return (await session.query(sql)).rows[0];
  } finally {
    await session.close();
  }
}

/** Everything that is said of a connection that cannot be made, without any secret. */
async function refusal(text: string): Promise<string> {
  const thrown = await answer(text, "SELECT 1").catch((error: unknown) => error);
  if (!(thrown instanceof UserError)) throw new Error(`It was let in, or failed otherwise: ${String(thrown)}`);
  const said = [thrown.code, thrown.message, ...thrown.details, thrown.hint].join("\n");
  expect(said).not.toContain(postgres.password);
  expect(said).not.toContain("geheim");
  return said;
}

const encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

test("options and search paths hold for the whole connection, also after a migration has reset it", async () => {
  await ask("CREATE SCHEMA IF NOT EXISTS app", database);
  const target = await openTarget({
    address: parseAddress(url("?options=-c%20work_mem%3D7MB&search_path=app,public")),
    settings: defaultSettings,
    run: { planDigest: null, backupId: null, commit: null, runUrl: null, actor: null, environment: null },
    runner: "tests",
    signal: new AbortController().signal,
    say: () => undefined,
  });
  try {
    await target.apply(await jobOf("1", "SET search_path = pg_catalog;\nRESET ALL;\nSET work_mem = '1MB';\n"));
    const sql =
      "CREATE TABLE seen AS SELECT current_setting('work_mem') AS memory, current_setting('search_path') AS path;";
    expect(await target.apply(await jobOf("2", sql))).toMatchObject({ status: "applied" });
  } finally {
    await target.close();
  }
  expect(await ask("SELECT * FROM app.seen", database)).toEqual([{ memory: "7MB", path: "app,public" }]);
});

test("a Unix socket is a way in, with a password from the string, the environment or the password file", async () => {
  const by = "SELECT client_addr IS NULL AS local FROM pg_stat_activity WHERE pid = pg_backend_pid()";
  const text = `postgres:///${database}?host=${encodeURIComponent(sockets)}&port=${postgres.port}`;
  expect(await answer(text, by, { PGPASSWORD: postgres.password })).toEqual({ local: true });
  const file = join(sockets, "pgpass");
  const lines = `# theirs\nelsewhere:*:*:*:geheim\nlocalhost:${postgres.port}:${database}:post\\gres:${postgres.password}\n`;
  writeFileSync(file, lines, { mode: 0o600 });
  expect(await answer(text, by, { PGPASSFILE: file })).toEqual({ local: true });
  expect(await refusal(text)).toContain("the server asks for a password, and the URL has none");
  // As libpq: a file that others may read is none.
  chmodSync(file, 0o644);
  expect(await refusal(`${text}&passfile=${file}`)).toContain("asks for a password");
});

test.each([
  ["disable", {}, false],
  ["allow", {}, false],
  ["prefer", {}, true],
  ["require", {}, true],
  ["verify-ca", { sslrootcert: "ca.crt" }, true],
  ["verify-full", { sslrootcert: "ca.crt" }, true],
  // Servers before 17 know no other way than to be asked first.
  ["require", { sslrootcert: "ca.crt", sslnegotiation: testedMajor >= 17 ? "direct" : "postgres" }, true],
  ["require", { channel_binding: "require", ssl_min_protocol_version: "TLSv1.3" }, true],
] as const)("sslmode=%s with %o is let in", async (mode, more, tls) => {
  const files = Object.entries(more).map(([name, value]) => {
    return `&${name}=${value.endsWith(".crt") ? encodeURIComponent(join(certificates, value)) : value}`;
  });
  expect(await answer(url(`?sslmode=${mode}${files.join("")}`), encrypted)).toEqual({ ssl: tls });
});

test("a certificate that nobody known has signed, or that is another host's, is refused with what to do", async () => {
  const root = (name: string): string => `&sslrootcert=${encodeURIComponent(join(certificates, name))}`;
  for (const mode of ["verify-full", "verify-ca", "require"])
    expect(await refusal(url(`?sslmode=${mode}${root("other.crt")}`))).toMatch(/sslrootcert=FILE/);
  expect(await refusal(url("?sslmode=verify-full"))).toMatch(/sslrootcert=FILE/);
  const byNumber = { host: "127.0.0.1" };
  expect(await refusal(url(`?sslmode=verify-full${root("ca.crt")}`, byNumber))).toMatch(/not for this host.*verify-ca/);
  expect(await answer(url(`?sslmode=verify-ca${root("ca.crt")}`, byNumber), encrypted)).toEqual({ ssl: true });
  expect(await refusal(url(`?sslmode=require${root("none.crt")}`))).toMatch(/^certificate-unreadable/);
});

test("channel_binding=require tells no password to a server that offers none", async () => {
  const said = await refusal(url("?sslmode=disable&channel_binding=require"));
  expect(said).toContain("offers no channel binding");
  expect(said).toContain("connect with TLS");
});

test("of several servers the first one that takes writes is used, and each is named when none does", async () => {
  const nobody = await freePort();
  const both = `postgres://postgres:${postgres.password}@127.0.0.1:${nobody},127.0.0.1:${postgres.port}/${database}`;
  const session = await connectOrSay(parseAddress(both), { name: "tests" });
  expect(session.at.port).toBe(postgres.port);
  await session.close();
  await ask(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
  try {
    const said = await refusal(both);
    expect(said).toContain(`127.0.0.1:${nobody}: The connection failed (ECONNREFUSED).`);
    expect(said).toContain(`127.0.0.1:${postgres.port}: It is read-only`);
    expect(await answer(`${both}?target_session_attrs=primary`, "SELECT 1 AS one")).toEqual({ one: 1 });
  } finally {
    await ask(`ALTER DATABASE ${database} RESET default_transaction_read_only`);
  }
});

test("text is UTF-8 on the way, whatever the database and the role have", async () => {
  await ask("DROP DATABASE IF EXISTS connect_latin");
  await ask("CREATE DATABASE connect_latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");
  expect(await answer(url("", { name: "connect_latin" }), "SELECT 'ä' AS a, octet_length('ä') AS bytes")).toEqual({
    a: "ä",
    bytes: 1,
  });
});

test.each([
  ["a wrong password", () => url("", { password: "geheim" }), "28P01", "the user or the password is wrong"],
  ["a user that is not there", () => url("", { user: "nobody_there" }), "28P01", "the user or the password is wrong"],
  ["a database that is not there", () => url("", { name: "none" }), "3D000", "name of the database"],
  ["an option that is none", () => url("?options=-c%20nothing%3D1"), "42704", "look at options"],
  ["a name that nobody has", () => url("", { host: "nowhere.invalid" }), "cannot be reached", "this name|name server"],
])("%s is told with what to do", async (_, text, state, hint) => {
  const said = await refusal(text());
  expect(said).toContain(state);
  expect(said).toMatch(new RegExp(hint));
});

test("a port at which nobody listens, and one at which something else does, are told apart", async () => {
  expect(await refusal(url("", { port: await freePort() }))).toMatch(/ECONNREFUSED[\s\S]*nobody listens there/);
  const other = createServer((socket) => socket.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  for (const mode of ["require", "disable"])
    expect(await refusal(url(`?sslmode=${mode}`, { host: "127.0.0.1", port }))).toContain("whether it is PostgreSQL");
  await new Promise((resolve) => other.close(resolve));
});

test("a server that is full is waited for a moment, and then told so", async () => {
  await ask("DROP ROLE IF EXISTS connect_full");
  await ask("CREATE ROLE connect_full LOGIN PASSWORD 'geheim' CONNECTION LIMIT 0");
  const said = await refusal(url("", { user: "connect_full", password: "geheim" }));
  expect(said).toContain("53300");
  expect(said).toContain("no free connection");
  setTimeout(() => void ask("ALTER ROLE connect_full CONNECTION LIMIT 5"), 100);
  expect(await answer(url("", { user: "connect_full", password: "geheim" }), "SELECT 1 AS one")).toEqual({ one: 1 });
});

test("a role that may not log in is told so", async () => {
  await ask("DROP ROLE IF EXISTS connect_nologin");
  await ask("CREATE ROLE connect_nologin PASSWORD 'geheim'");
  expect(await refusal(url("", { user: "connect_nologin", password: "geheim" }))).toMatch(/28000[\s\S]*may not log in/);
});

test("a server that shuts down is waited for a moment, and then told so", async () => {
  const server = await startPostgres();
  try {
    await server.withClient("postgres", async () => {
      // Smart shutdown: it waits for this client, and lets nobody else in.
      process.kill(server.pid, "SIGTERM");
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await refusal(server.url("postgres"))).toMatch(/57P03[\s\S]*try again when it takes connections/);
    });
  } finally {
    await server.stop();
  }
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
