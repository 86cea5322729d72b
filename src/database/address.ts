import { UserError } from "../errors.ts";

/** Where a database is and how to get in. Never shown: it holds the password. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | null;
  readonly database: string;
  readonly applicationName: string | null;
  readonly tls: Tls;
}

/** As libpq's sslmode and its files. */
export interface Tls {
  readonly mode: (typeof tlsModes)[number];
  readonly rootCertificate: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
}

const tlsModes = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;

const parameters = ["sslmode", "sslrootcert", "sslcert", "sslkey", "application_name"] as const;

/**
 * Reads a connection string (postgres://user:password@host:port/database?sslmode=…). Strict, because a character that is not encoded
 * makes a part of the password into a host or a parameter, and errors would show it: no message repeats anything of the text.
 */
export function parseAddress(url: string, environment: Readonly<Record<string, string | undefined>> = {}): Address {
  const match =
    /^postgres(?:ql)?:\/\/(?:([^\s@:/?#]*)(?::([^\s@:/?#]*))?@)?([^\s@/?#]*)(?:\/([^\s@/?#]*))?(?:\?([^\s#]*))?$/.exec(
      url,
    );
  if (match === null) throw invalid("It is not of the form postgres://user:password@host:port/database.");
  const [, user, password, place = "", database, query] = match;
  const at = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]*)(?::(\d{1,5}))?$/.exec(place);
  if (at === null) throw invalid("Its host or port cannot be read.");
  const options = new Map<string, string>();
  for (const pair of query === undefined || query === "" ? [] : query.split("&")) {
    const [name = "", value = ""] = pair.split("=", 2).map(decoded);
    if (!parameters.some((known) => known === name)) {
      throw invalid(`It has a parameter that is not one of ${parameters.join(", ")}.`);
    }
    options.set(name, value);
  }
  const host = (at[1] ?? "").replace(/^\[|\]$/g, "") || "localhost";
  const name = decoded(user ?? "") || environment.PGUSER || "postgres";
  return {
    host,
    port: Number(at[2] ?? 5432),
    user: name,
    password: password === undefined ? (environment.PGPASSWORD ?? null) : decoded(password),
    database: decoded(database ?? "") || name,
    applicationName: options.get("application_name") ?? null,
    tls: {
      mode: tlsMode(options.get("sslmode"), host),
      rootCertificate: options.get("sslrootcert") ?? null,
      certificate: options.get("sslcert") ?? null,
      key: options.get("sslkey") ?? null,
    },
  };
}

/** What a database is called in reports: neither user nor password. */
export function display({ host, port, database }: Address): string {
  return `${database} on ${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Without a word on TLS a server elsewhere must offer it; on this machine it may be left out. */
function tlsMode(asked: string | undefined, host: string): Tls["mode"] {
  if (asked === undefined) return isLocal(host) ? "prefer" : "require";
  const mode = tlsModes.find((each) => each === asked);
  if (mode === undefined) throw invalid(`Its sslmode is not one of ${tlsModes.join(", ")}.`);
  return mode;
}

export function isLocal(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid("It has a % that is not followed by two hexadecimal digits.");
  }
}

function invalid(why: string): UserError {
  return new UserError("database-url-invalid", "The database URL cannot be read.", {
    details: [why],
    hint: "write what is not a letter or a digit in the user, the password and the database name by its number: @ is %40, : %3A, / %2F, # %23, % %25, ? %3F, a space %20.",
  });
}
