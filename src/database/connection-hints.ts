import type { Address } from "./address.ts";
import type { DatabaseError } from "./errors.ts";

/** What to do about a connection that cannot be made. */
export function hintFor(error: DatabaseError, address: Address): string {
  return byState(error, address) ?? byWords(error, address);
}

function byState({ sqlstate, message }: DatabaseError, { options }: Address): string | null {
  switch (sqlstate) {
    case "28P01":
      return "the user or the password is wrong: look at the secret that holds the URL.";
    case "28000":
      return "pg_hba.conf of the server lets this user not in from here, or not without TLS; or the user may not log in.";
    case "3D000":
      return "look at the name of the database in the URL.";
    case "53300":
      return "the server has no free connection: raise max_connections, or try again when fewer are open.";
    case "57P03":
      return "the server starts, stops or recovers: try again when it takes connections.";
    case "25006":
      return "name the primary in the URL, or all servers of the cluster: postgres://user:password@a:5432,b:5432/database.";
    default:
  }
  // PgBouncer's words, which it says under more than one code.
  if (/unsupported startup parameter/i.test(message)) {
    return "a pooler (PgBouncer) stands before the database, and takes no options, search_path or schema from the URL: give the URL of the server itself, which migrations need anyway.";
  }
  if (options !== null && (sqlstate === "42704" || sqlstate === "22023" || sqlstate === "42601"))
    return "look at options, search_path and schema in the URL, or at PGOPTIONS.";
  return null;
}

function byWords({ message }: DatabaseError, { tls, password }: Address): string {
  if (message.includes("channel binding"))
    return "connect with TLS to a server that takes passwords as SCRAM, or take channel_binding=require out of the URL.";
  if (/SASL|SCRAM/.test(message) && password === null)
    return "the server asks for a password, and the URL has none: write it there, or in PGPASSWORD or the file of PGPASSFILE.";
  if (message.includes("does not support SSL"))
    return "turn TLS on at the server, or write sslmode=disable for a network that you trust.";
  if (/terminated unexpectedly|establishing an SSL connection/.test(message))
    return "the other end broke off: look at the port, and whether it is PostgreSQL that answers there.";
  if (/ALTNAME/.test(message))
    return "the server's certificate is not for this host: connect by the name that it has, or write sslmode=verify-ca.";
  if (/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/.test(message))
    return "renew the certificate of the server, and look at the clocks.";
  if (/certificate|CERT|VERIFY|ISSUER/i.test(message))
    return "name the certificate authority of the server with sslrootcert=FILE, or write sslmode=require.";
  if (/SSL|TLS|EPROTO/.test(message))
    return `look at the TLS versions and the certificate that the server asks for (sslcert, sslkey${tls.minVersion === null ? "" : ", ssl_min_protocol_version"}).`;
  if (/ENOTFOUND/.test(message)) return "no machine has this name: look at the host in the URL.";
  if (/EAI_AGAIN/.test(message))
    return "the name server does not answer: try again, or look at the network of this machine.";
  if (/ECONNREFUSED/.test(message))
    return "nobody listens there: look at the host and the port in the URL, and whether the server runs.";
  if (/ENOENT|EACCES/.test(message))
    return "there is no socket that this user may open: look at the directory and the port in the URL.";
  if (/ETIMEDOUT|timeout expired|EHOSTUNREACH|ENETUNREACH/.test(message))
    return "nothing answers: look at the host and the port in the URL, and at the firewalls on the way.";
  return "look at the host and the port in the URL, and whether this machine may connect to them.";
}
