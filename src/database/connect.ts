import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionOptions } from "node:tls";
import { Client } from "pg";
import { Refusal, UserError } from "../errors.ts";
import { type Address, display } from "./address.ts";
import { asDatabaseError, DatabaseError, isTransient } from "./errors.ts";
import { pipelineOf } from "./pipeline.ts";
import type { Answer, ApplySession, QueryResult } from "./session.ts";

export interface ConnectOptions {
  /** What the connection is called in pg_stat_activity. */
  readonly name: string;
  /** How long a server that starts, or is full, is waited for. */
  readonly waitMs?: number;
  /** How long a port is waited for at which nobody listens: a server that starts anew, or the wrong address. As long when left out. */
  readonly refusedMs?: number;
  /** How long a request of our own may take before the connection is given up. */
  readonly answerMs?: number;
  readonly signal?: AbortSignal;
  readonly onNotice?: (notice: Notice) => void;
}

/** What the server says beside its answers. */
export interface Notice {
  readonly severity: string;
  readonly sqlstate: string;
  readonly message: string;
}

const connectTimeoutMs = 10_000;
const defaultAnswerMs = 60_000;

/** Connects; waits only for what passes by itself. Throws DatabaseError. */
export async function connect(address: Address, options: ConnectOptions): Promise<ApplySession> {
  const start = performance.now();
  const waitMs = options.waitMs ?? 30_000;
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
    try {
      return await connectOnce(address, options);
    } catch (thrown) {
      const error = asDatabaseError(thrown);
      const limitMs = error.sqlstate === null ? (options.refusedMs ?? waitMs) : waitMs;
      const isLate = performance.now() + pauseMs > start + limitMs;
      if (!isTransient(error) || isLate || options.signal?.aborted === true) throw error;
      await sleep(pauseMs, undefined, options.signal === undefined ? {} : { signal: options.signal }).catch(() => {
        throw error;
      });
    }
  }
}

/** The same, for the first connection: what cannot be reached is the request's mistake, and is told so. */
export async function connectOrSay(address: Address, options: ConnectOptions): Promise<ApplySession> {
  try {
    return await connect(address, { refusedMs: 3_000, ...options });
  } catch (thrown) {
    if (!(thrown instanceof DatabaseError)) throw thrown;
    throw new Refusal("database-unreachable", `The database ${display(address)} cannot be reached.`, {
      details: [`${thrown.message}${thrown.sqlstate === null ? "" : ` (${thrown.sqlstate})`}`],
      hint: hintFor(thrown),
    });
  }
}

function hintFor({ sqlstate, message }: DatabaseError): string {
  if (sqlstate === "28P01") return "the user or the password is wrong: look at the secret that holds the URL.";
  if (sqlstate === "28000") return "pg_hba.conf of the server lets this user not in from here, or not without TLS.";
  if (sqlstate === "3D000") return "look at the name of the database in the URL.";
  if (sqlstate === "53300")
    return "the server has no free connection: raise max_connections, or try again when fewer are open.";
  if (message.includes("does not support SSL"))
    return "turn TLS on at the server, or write sslmode=disable for a network that you trust.";
  if (/certificate/i.test(message))
    return "name the certificate authority of the server with sslrootcert=FILE, or write sslmode=require.";
  return "look at the host and the port in the URL, and whether this machine may connect to them.";
}

async function connectOnce(address: Address, options: ConnectOptions): Promise<ApplySession> {
  if (address.tls.mode !== "prefer") return open(address, options, tlsOf(address));
  try {
    return await open(address, options, tlsOf(address));
  } catch (thrown) {
    const refused = asDatabaseError(thrown);
    if (!refused.message.includes("does not support SSL")) throw refused;
    return open(address, options, false);
  }
}

function tlsOf({ tls }: Address): ConnectionOptions | false {
  if (tls.mode === "disable") return false;
  const file = (path: string | null): { path: string; text: string } | null =>
    path === null ? null : { path, text: read(path) };
  const root = file(tls.rootCertificate);
  const own = file(tls.certificate);
  const key = file(tls.key);
  // As libpq: with a root certificate, require checks it.
  const checks = tls.mode === "verify-full" || tls.mode === "verify-ca" || (tls.mode === "require" && root !== null);
  return {
    rejectUnauthorized: checks,
    ...(root === null ? {} : { ca: root.text }),
    ...(own === null ? {} : { cert: own.text }),
    ...(key === null ? {} : { key: key.text }),
    ...(checks && tls.mode !== "verify-full" ? { checkServerIdentity: () => undefined } : {}),
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new UserError("certificate-unreadable", `The certificate file ${path} cannot be read.`, {
      hint: "look at sslrootcert, sslcert and sslkey in the database URL.",
    });
  }
}

async function open(address: Address, options: ConnectOptions, ssl: ConnectionOptions | false): Promise<ApplySession> {
  const client = new Client({
    host: address.host,
    port: address.port,
    user: address.user,
    // Without one the driver looks into ~/.pgpass.
    ...(address.password === null ? {} : { password: address.password }),
    database: address.database,
    application_name: address.applicationName ?? options.name,
    ssl,
    enableChannelBinding: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: connectTimeoutMs,
  });
  // What a lost connection says once more; each request has been told.
  client.on("error", () => undefined);
  client.on("notice", ({ severity, code, message }) => {
    options.onNotice?.({ severity: severity ?? "", sqlstate: code ?? "", message: message ?? "" });
  });
  await client.connect();
  const answerMs = options.answerMs ?? defaultAnswerMs;
  const late = setTimeout(() => client.connection.stream.destroy(), answerMs);
  try {
    const found = await client.query<{ pid: number; version: string }>(
      "SELECT pg_catalog.pg_backend_pid() AS pid, pg_catalog.current_setting('server_version_num') AS version",
    );
    return sessionOf(client, { pid: found.rows[0]?.pid ?? 0, serverVersion: Number(found.rows[0]?.version), answerMs });
  } finally {
    clearTimeout(late);
  }
}

function sessionOf(
  client: Client,
  { pid, serverVersion, answerMs }: { pid: number; serverVersion: number; answerMs: number },
): ApplySession {
  let waitingSince: number | null = null;
  let isWatched = false;
  // Requests go one after the other, so that the time of the one that is out is known.
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    waitingSince = performance.now();
    const limit = isWatched ? null : setTimeout(() => client.connection.stream.destroy(), answerMs);
    try {
      return await work();
    } finally {
      waitingSince = null;
      if (limit !== null) clearTimeout(limit);
    }
  };
  return {
    pid,
    serverVersion,
    query: (sql, values) =>
      timed(async () => {
        try {
          const result: QueryResult | readonly QueryResult[] =
            values === undefined ? await client.query(sql) : await client.query(sql, [...values]);
          // Several statements in one text have several answers: the last one is the text's.
          const last = Array.isArray(result) ? result.at(-1) : result;
          return { rows: last.rows, rowCount: last.rowCount, command: last.command };
        } catch (thrown) {
          throw asDatabaseError(thrown);
        }
      }),
    send: (statements, onDone = () => undefined) =>
      timed(
        () =>
          new Promise<Answer>((answer) => {
            client.query(pipelineOf(statements, { answer, onDone }));
          }),
      ),
    get transaction() {
      switch (client.getTransactionStatus()) {
        case "T":
          return "open";
        case "E":
          return "failed";
        default:
          return "none";
      }
    },
    get waitingSince() {
      return waitingSince;
    },
    get isWatched() {
      return isWatched;
    },
    set isWatched(value) {
      isWatched = value;
    },
    abandon() {
      client.connection.stream.destroy();
    },
    async close() {
      // A server that does not answer must not hold us: the socket goes in any case.
      await Promise.race([client.end().catch(() => undefined), sleep(1_000, undefined, { ref: false })]);
      client.connection.stream.destroy();
    },
  };
}
