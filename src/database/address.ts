import { type Parameter, sortParameters } from "./connection-parameters.ts";
import { invalid, readConnectionString } from "./connection-string.ts";

/** Where a database is and how to get in. Never shown: it holds the password. */
export interface Address {
  /** At least one. They are tried in turn. */
  readonly hosts: readonly Host[];
  readonly user: string;
  /** Null where the string has none: then it is looked up in the password file. */
  readonly password: string | null;
  readonly passwordFile: string | null;
  readonly database: string;
  readonly applicationName: string | null;
  readonly tls: Tls;
  readonly channelBinding: (typeof channelBindings)[number];
  /** What the server is told at the start, as libpq's `options`: settings that RESET goes back to. */
  readonly options: string | null;
  readonly connectTimeoutMs: number;
  /** Which server is wanted: any that answers, or one that takes writes. */
  readonly wants: "any" | "read-write" | "primary";
}

/** A machine by its name or its number, or the directory of a Unix socket. */
export interface Host {
  readonly host: string;
  readonly port: number;
}

/** As libpq's sslmode and its files. */
export interface Tls {
  readonly mode: (typeof tlsModes)[number];
  /** Null for the authorities that are known anyway. */
  readonly rootCertificate: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  readonly keyPassword: string | null;
  /** Without asking first, as servers from 17 on take it. */
  readonly direct: boolean;
  readonly minVersion: TlsVersion | null;
  readonly maxVersion: TlsVersion | null;
}

const tlsModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
const tlsVersions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;
type TlsVersion = (typeof tlsVersions)[number];
const channelBindings = ["disable", "prefer", "require"] as const;
const defaultConnectTimeoutMs = 10_000;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a connection string in the forms that libpq, and the clients that people use beside it, take. What it does not say is taken
 * from libpq's variables. Throws UserError, which repeats nothing of the text.
 */
export function parseAddress(text: string, environment: Environment = {}): Address {
  const { of, settings } = sortParameters(readConnectionString(text));
  if ((environment.PGSERVICE ?? "") !== "")
    throw invalid("The variable PGSERVICE names a service of pg_service.conf, which is not read: take it away.");
  const get = (name: Parameter): string | null => {
    const variable = variables[name];
    // An empty value is as good as none.
    return of.get(name) || (variable === undefined ? null : environment[variable]) || null;
  };
  const hosts = hostsOf(get("host") ?? "localhost", get("port") ?? "5432");
  const user = get("user") ?? "postgres";
  return {
    hosts,
    user,
    password: of.get("password") ?? environment.PGPASSWORD ?? null,
    passwordFile: get("passfile") ?? (environment.HOME === undefined ? null : `${environment.HOME}/.pgpass`),
    database: get("dbname") ?? user,
    applicationName: get("application_name"),
    tls: tlsOf(get, hosts),
    channelBinding: oneOf("channel_binding", get("channel_binding") ?? "prefer", channelBindings),
    options: optionsOf(get, settings),
    connectTimeoutMs: timeoutOf(get("connect_timeout")),
    wants: wantsOf(get("target_session_attrs"), hosts),
  };
}

/** libpq's variables, which say what the string leaves out. */
const variables: Readonly<Partial<Record<Parameter, string>>> = {
  host: "PGHOST",
  port: "PGPORT",
  user: "PGUSER",
  dbname: "PGDATABASE",
  passfile: "PGPASSFILE",
  application_name: "PGAPPNAME",
  options: "PGOPTIONS",
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  sslnegotiation: "PGSSLNEGOTIATION",
  ssl_min_protocol_version: "PGSSLMINPROTOCOLVERSION",
  ssl_max_protocol_version: "PGSSLMAXPROTOCOLVERSION",
  connect_timeout: "PGCONNECT_TIMEOUT",
  channel_binding: "PGCHANNELBINDING",
  target_session_attrs: "PGTARGETSESSIONATTRS",
};

/** What a database is called in reports: neither user nor password. */
export function display({ hosts, database }: Pick<Address, "hosts" | "database">): string {
  return `${database} on ${hosts.map(({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${port}`).join(", ")}`;
}

/** Whether the server is on this machine. */
export function isLocal({ hosts }: Pick<Address, "hosts">): boolean {
  return hosts.every(({ host }) => isSocket(host) || host === "localhost" || host === "::1" || host.startsWith("127."));
}

/** Whether it is the directory of a Unix socket. */
export function isSocket(host: string): boolean {
  return host.startsWith("/");
}

type Get = (name: Parameter) => string | null;

function hostsOf(hosts: string, ports: string): readonly Host[] {
  const names = hosts.split(",");
  const numbers = ports.split(",");
  if (numbers.length !== 1 && numbers.length !== names.length)
    throw invalid(`It has ${numbers.length} ports for ${names.length} hosts: write one for each, or one for all.`);
  return names.map((name, i) => {
    const port = Number(numbers[numbers.length === 1 ? 0 : i] || "5432");
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw invalid("Its port is no number from 1 to 65535.");
    const host = name || "localhost";
    const isName = /^[A-Za-z0-9._-]+$|^[0-9a-fA-F:.]+(?:%[A-Za-z0-9]+)?$/.test(host);
    if (!isName && !(isSocket(host) && /^[^\p{Cc}]+$/u.test(host))) throw invalid("Its host or port cannot be read.");
    return { host, port };
  });
}

function tlsOf(get: Get, hosts: readonly Host[]): Tls {
  const root = get("sslrootcert");
  const negotiation = oneOf("sslnegotiation", get("sslnegotiation") ?? "postgres", ["postgres", "direct"] as const);
  const version = (name: "ssl_min_protocol_version" | "ssl_max_protocol_version"): TlsVersion | null => {
    const asked = get(name);
    return asked === null ? null : oneOf(name, asked, tlsVersions);
  };
  return {
    mode: modeOf(get, hosts),
    rootCertificate: root === "system" ? null : root,
    certificate: get("sslcert"),
    key: get("sslkey"),
    keyPassword: get("sslpassword"),
    direct: negotiation === "direct",
    minVersion: version("ssl_min_protocol_version"),
    maxVersion: version("ssl_max_protocol_version"),
  };
}

/** Without a word on TLS a server elsewhere must offer it; on this machine it may be left out. */
function modeOf(get: Get, hosts: readonly Host[]): Tls["mode"] {
  const ssl = get("ssl");
  const asked = get("sslmode") ?? (ssl === null ? null : (modesOfSsl.get(ssl.toLowerCase()) ?? ssl));
  const strict = get("sslaccept") === "strict";
  if (asked === null) {
    if (strict || get("sslrootcert") === "system") return "verify-full";
    return isLocal({ hosts }) ? "prefer" : "require";
  }
  // Node.js: encrypted, and nothing is looked at.
  const mode = oneOf("sslmode", asked === "no-verify" ? "require" : asked, tlsModes);
  if (get("sslrootcert") === "system" && mode !== "verify-full")
    throw invalid("Its sslrootcert=system goes with sslmode=verify-full alone: those authorities sign for everybody.");
  return strict && (mode === "require" || mode === "prefer") ? "verify-full" : mode;
}

/** What JDBC and Node.js write. */
const modesOfSsl: ReadonlyMap<string, string> = new Map([
  ["true", "require"],
  ["1", "require"],
  ["", "require"],
  ["false", "disable"],
  ["0", "disable"],
]);

/** libpq's options, with what is set beside them; a search path of public alone is everybody's, and is not worth a pooler's refusal. */
function optionsOf(get: Get, settings: readonly (readonly [string, string])[]): string | null {
  const path = get("search_path");
  const schema = get("schema");
  const wanted = [
    ...settings,
    ...(path === null || path === "public" ? [] : [["search_path", path] as const]),
    // Prisma's is one name, as it stands in the catalog.
    ...(path !== null || schema === null || schema === "public"
      ? []
      : [["search_path", `"${schema.replaceAll('"', '""')}"`] as const]),
  ];
  const more = wanted.map(([name, value]) => `-c ${name}=${value.replace(/[\s\\]/g, "\\$&")}`);
  const options = [get("options"), ...more].filter((each) => each !== null).join(" ");
  return options === "" ? null : options;
}

/** Seconds; none, or none that counts, as libpq has it, would wait for ever. */
function timeoutOf(text: string | null): number {
  if (text === null) return defaultConnectTimeoutMs;
  const seconds = Number(text);
  if (!Number.isInteger(seconds)) throw invalid("Its connect_timeout is no whole number of seconds.");
  return seconds <= 0 ? defaultConnectTimeoutMs : Math.min(Math.max(seconds, 2), 600) * 1_000;
}

/** Of several servers the one that takes writes, unless the string says otherwise. */
function wantsOf(text: string | null, hosts: readonly Host[]): Address["wants"] {
  switch (text) {
    case null:
      return hosts.length > 1 ? "read-write" : "any";
    case "any":
    case "read-write":
    case "primary":
      return text;
    case "standby":
    case "read-only":
    case "prefer-standby":
    case "secondary":
    case "preferSecondary":
    case "preferPrimary":
      throw invalid(
        "Its target_session_attrs asks for a server that takes no writes: migrations need read-write, primary or any.",
      );
    default:
      throw invalid("Its target_session_attrs is not one of any, read-write, primary.");
  }
}

function oneOf<T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((each) => each === value);
  if (found === undefined) throw invalid(`Its ${name} is not one of ${known.join(", ")}.`);
  return found;
}
