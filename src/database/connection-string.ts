import { UserError } from "../errors.ts";

/** What a connection string says, by libpq's keywords in lower case; several hosts and ports are lists with commas. */
export type Spoken = ReadonlyMap<string, string>;

const form = "It is not of the form postgres://user:password@host:port/database.";
/** PostgreSQL's, with the drivers that SQLAlchemy and golang-migrate name in it, and JDBC's. */
const scheme = /^(?:jdbc:postgresql|postgres(?:ql)?(?:\+[a-z0-9_]+)?|pgx\d?):\/\//i;

/**
 * Reads a URL (postgres://user:password@host:port/database?sslmode=…) or libpq's words (host=… dbname=…). Strict, because a character that
 * is not encoded makes a part of the password into a host or a parameter, and errors would show it: no message repeats anything of
 * the text.
 */
export function readConnectionString(text: string): Spoken {
  if (scheme.test(text)) return readUrl(text.replace(scheme, ""));
  if (/^prisma(?:\+postgres)?:\/\//i.test(text))
    throw invalid(
      "It leads to Prisma's own proxy, which does not speak PostgreSQL. Give the URL of the server itself.",
    );
  if (/^\s*[A-Za-z_]+\s*=/.test(text)) return readWords(text);
  throw invalid(form);
}

function readUrl(text: string): Spoken {
  const match = /^(?:([^\s@:/?#]*)(?::([^\s@/?#]*))?@)?([^\s@/?#]*)(?:\/([^\s@/?#]*))?(?:\?([^\s#]*))?$/.exec(text);
  if (match === null) throw invalid(form);
  const [, user, password, places = "", database, query = ""] = match;
  const said = new Map<string, string>();
  const say = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== "") said.set(name, value);
  };
  say("user", decoded(user ?? ""));
  if (password !== undefined) said.set("password", decoded(password));
  say("dbname", decoded(database ?? ""));
  const at = places === "" ? [] : places.split(",").map(placeOf);
  say("host", at.map(({ host }) => host).join(","));
  if (at.some(({ port }) => port !== "")) say("port", at.map(({ port }) => port).join(","));
  for (const pair of query.split("&").filter((each) => each !== "")) {
    const equals = pair.indexOf("=");
    if (equals < 1) throw invalid("It has a parameter without a value.");
    said.set(decoded(pair.slice(0, equals)).toLowerCase(), decoded(pair.slice(equals + 1)));
  }
  return said;
}

function placeOf(text: string): { readonly host: string; readonly port: string } {
  const match = /^(\[[0-9a-fA-F:.]+\]|(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})*)(?::(\d{0,5}))?$/.exec(text);
  if (match === null) throw invalid("Its host or port cannot be read.");
  const host = decoded(match[1] ?? "").replace(/^\[|\]$/g, "");
  return { host, port: match[2] ?? "" };
}

/** keyword = value pairs; a value with spaces stands in quotes, and \ takes its meaning from a quote or another \. */
function readWords(text: string): Spoken {
  const said = new Map<string, string>();
  const pair = /\s*([A-Za-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)/sy;
  const end = text.trimEnd().length;
  while (pair.lastIndex < end) {
    const match = pair.exec(text);
    if (match === null)
      throw invalid("It is not a row of keyword=value pairs, with values that have spaces in quotes.");
    said.set((match[1] ?? "").toLowerCase(), (match[2] ?? match[3] ?? "").replace(/\\(.)/gs, "$1"));
  }
  return said;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid("It has a % that is not followed by two hexadecimal digits.");
  }
}

/** What is wrong with a connection string; `why` must hold nothing of it. */
export function invalid(why: string): UserError {
  return new UserError("database-url-invalid", "The database URL cannot be read.", {
    details: [why],
    hint: "write what is not a letter or a digit in the user, the password and the database name by its number: @ is %40, : %3A, / %2F, # %23, % %25, ? %3F, a space %20.",
  });
}
