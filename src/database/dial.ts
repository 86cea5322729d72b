import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionOptions } from "node:tls";
import { Client } from "pg";
import { UserError } from "../errors.ts";
import { type Address, type Host, isSocket } from "./address.ts";
import { asDatabaseError, DatabaseError } from "./errors.ts";
import { passwordIn } from "./password-file.ts";
import { pipelineOf } from "./pipeline.ts";
import { number } from "./rows.ts";
import type { Answer, ApplySession, QueryResult } from "./session.ts";

/** What the server says beside its answers. */
export interface Notice {
  readonly severity: string;
  readonly sqlstate: string;
  readonly message: string;
}

export interface DialOptions {
  /** What the connection is called in pg_stat_activity. */
  readonly name: string;
  /** How long a request of our own may take before the connection is given up. */
  readonly answerMs?: number;
  readonly onNotice?: (notice: Notice) => void;
}

const defaultAnswerMs = 60_000;

/** Connects to one server, with or without TLS as the address wants it. Throws what the driver throws, or UserError. */
export async function dial(address: Address, at: Host, options: DialOptions): Promise<ApplySession> {
  const encrypted = (): Promise<ApplySession> => open(address, at, options, tlsOf(address));
  const plain = (): Promise<ApplySession> => open(address, at, options, false);
  // A socket does not leave the machine.
  const mode = isSocket(at.host) ? "disable" : address.tls.mode;
  switch (mode) {
    case "disable":
      return plain();
    case "allow":
      return plain().catch((thrown: unknown) => {
        if (!isNotLetIn(thrown)) throw thrown;
        return encrypted();
      });
    case "prefer":
      return encrypted().catch((thrown: unknown) => {
        if (!isNotLetIn(thrown) && !asDatabaseError(thrown).message.includes("does not support SSL")) throw thrown;
        return plain();
      });
    case "require":
    case "verify-ca":
    case "verify-full":
      return encrypted();
  }
}

/** What pg_hba.conf says to who comes with TLS, or without it. */
function isNotLetIn(thrown: unknown): boolean {
  return asDatabaseError(thrown).sqlstate === "28000";
}

function tlsOf({ tls }: Address): ConnectionOptions {
  const root = tls.rootCertificate;
  const { mode } = tls;
  // As libpq: with a root certificate, require checks it.
  const checks = mode === "verify-full" || mode === "verify-ca" || (mode === "require" && root !== null);
  return {
    rejectUnauthorized: checks,
    ...(root === null ? {} : { ca: read(root) }),
    ...(tls.certificate === null ? {} : { cert: read(tls.certificate) }),
    ...(tls.key === null ? {} : { key: read(tls.key) }),
    ...(tls.keyPassword === null ? {} : { passphrase: tls.keyPassword }),
    ...(tls.minVersion === null ? {} : { minVersion: tls.minVersion }),
    ...(tls.maxVersion === null ? {} : { maxVersion: tls.maxVersion }),
    ...(checks && mode !== "verify-full" ? { checkServerIdentity: () => undefined } : {}),
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

async function open(
  address: Address,
  at: Host,
  options: DialOptions,
  ssl: ConnectionOptions | false,
): Promise<ApplySession> {
  const { user, database, channelBinding } = address;
  const client = new Client({
    ...{ host: at.host, port: at.port, user, database, ssl },
    // As a function, so that the driver looks nowhere else for one.
    password: () => address.password ?? passwordIn(address.passwordFile, { ...at, user, database }) ?? "",
    application_name: address.applicationName ?? options.name,
    ...(address.options === null ? {} : { options: address.options }),
    sslnegotiation: address.tls.direct && ssl !== false ? "direct" : "postgres",
    enableChannelBinding: channelBinding !== "disable",
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: address.connectTimeoutMs,
  });
  // What a lost connection says once more; each request has been told.
  client.on("error", () => undefined);
  client.on("notice", ({ severity, code, message }) => {
    options.onNotice?.({ severity: severity ?? "", sqlstate: code ?? "", message: message ?? "" });
  });
  const bound = channelBinding === "require" ? bindingOf(client) : null;
  try {
    await client.connect();
  } catch (thrown) {
    // The driver only says goodbye, and something that is no PostgreSQL may never answer it.
    client.connection.stream.destroy();
    throw bound?.refused() ?? thrown;
  }
  const unbound = bound?.missing() ?? null;
  if (unbound !== null) {
    client.connection.stream.destroy();
    throw unbound;
  }
  const answerMs = options.answerMs ?? defaultAnswerMs;
  const late = setTimeout(() => client.connection.stream.destroy(), answerMs);
  try {
    // Text goes and comes as UTF-8, whatever the database has.
    const found: QueryResult | readonly QueryResult[] = await client.query(
      "SET client_encoding TO 'UTF8'; SELECT pg_catalog.pg_backend_pid() AS pid, pg_catalog.current_setting('server_version_num') AS version",
    );
    const row = [found].flat().at(-1)?.rows[0] ?? {};
    return sessionOf(client, { at, pid: number(row, "pid"), serverVersion: number(row, "version"), answerMs });
  } finally {
    clearTimeout(late);
  }
}

/**
 * Holds channel_binding=require, which the driver does not know: without it whoever stands between can hand the log-in on. A password is
 * sent to nobody who does not offer it.
 */
function bindingOf(client: Client): { refused(): DatabaseError | null; missing(): DatabaseError | null } {
  let offered = false;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    client.connection.stream.destroy();
  };
  const refusal = new DatabaseError("The server offers no channel binding, which channel_binding=require asks for.");
  client.connection.on("authenticationSASL", ({ mechanisms }: { readonly mechanisms: readonly string[] }) => {
    offered = mechanisms.includes("SCRAM-SHA-256-PLUS");
    if (!offered) stop();
  });
  client.connection.on("authenticationCleartextPassword", stop);
  client.connection.on("authenticationMD5Password", stop);
  return { refused: () => (stopped ? refusal : null), missing: () => (offered ? null : refusal) };
}

function sessionOf(
  client: Client,
  { at, pid, serverVersion, answerMs }: { at: Host; pid: number; serverVersion: number; answerMs: number },
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
    at,
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
