import { invalid, type Spoken } from "./connection-string.ts";

/** What other clients call the parameters of libpq. */
const aliases: ReadonlyMap<string, string> = new Map([
  // JDBC.
  ["applicationname", "application_name"],
  ["currentschema", "search_path"],
  ["sslpassword", "sslpassword"],
  ["targetservertype", "target_session_attrs"],
  // dbmate, Node.js.
  ["socket", "host"],
  ["database", "dbname"],
  ["fallback_application_name", "application_name"],
]);

/** What decides how we connect. */
const used = [
  ...["host", "port", "user", "password", "passfile", "dbname", "application_name", "options", "search_path", "schema"],
  ...["sslmode", "ssl", "sslaccept", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslnegotiation"],
  ...["ssl_min_protocol_version", "ssl_max_protocol_version", "connect_timeout", "channel_binding"],
  "target_session_attrs",
] as const;
export type Parameter = (typeof used)[number];

/** Settings of the server that Go's drivers take beside their own; each is set as the connection starts. */
const settings = new Set([
  ...[
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "timezone",
    "datestyle",
    "intervalstyle",
  ],
  ...["work_mem", "maintenance_work_mem", "max_parallel_maintenance_workers", "default_tablespace", "temp_tablespaces"],
  ...["default_transaction_isolation", "default_transaction_read_only", "extra_float_digits", "row_security", "jit"],
]);

/** What other clients keep in the same string for themselves: pools, prepared statements, and what we do in any case. */
const others = new Set([
  // libpq: TCP keep-alives are on, text is UTF-8, GSSAPI is not spoken.
  ...[
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
    "client_encoding",
  ],
  ...["sslsni", "sslcompression", "load_balance_hosts", "encoding", "charset"],
  // Prisma.
  ...["pgbouncer", "connection_limit", "pool_timeout", "socket_timeout", "statement_cache_size", "sslidentity"],
  ...["max_connection_lifetime", "max_idle_connection_lifetime", "single_use_connections"],
  // Rails, Django, SQLAlchemy, sqlx, Ecto, Node.js.
  ...["pool", "pool_size", "pool_max_conns", "pool_min_conns", "pool_max_conn_lifetime", "pool_max_conn_idle_time"],
  ...["max_overflow", "timeout", "reconnect", "reaping_frequency", "checkout_timeout", "idle_timeout", "adapter"],
  ...["prepared_statements", "prepare", "max", "uselibpqcompat", "conn_max_age", "prepared_statement_cache_size"],
  ...["statement-cache-capacity", "statement_cache_capacity", "default_query_exec_mode", "binary_parameters"],
  ...["disable_prepared_binary_result", "supa"],
  // JDBC.
  ...["preparethreshold", "rewritebatchedinserts", "logintimeout", "sockettimeout", "connecttimeout", "tcpkeepalive"],
  ...["stringtype", "binarytransfer", "defaultrowfetchsize", "sslfactory", "loggerlevel", "assumeminserverversion"],
]);

/** What would mean something, and cannot be done. */
const refused: ReadonlyMap<string, string> = new Map([
  ["hostaddr", "Its hostaddr is not taken: write the address as the host."],
  ["service", "It names a service of pg_service.conf, which is not read: write out where the database is."],
  ["servicefile", "It names a pg_service.conf, which is not read: write out where the database is."],
  ["replication", "It asks for a replication connection, which runs no migrations."],
  ["role", "Its role is not taken: name it in the config, as role of the environment."],
  ["requirepeer", "Its requirepeer cannot be held here."],
  ["require_auth", "Its require_auth cannot be held here."],
  ["sslcrl", "Its sslcrl cannot be held here."],
  ["sslcrldir", "Its sslcrldir cannot be held here."],
]);

/** Sorts what a string says: what we use, and what the server is told at the start. Throws UserError on what is not known. */
export function sortParameters(said: Spoken): {
  readonly of: ReadonlyMap<Parameter, string>;
  readonly settings: readonly (readonly [string, string])[];
} {
  const of = new Map<Parameter, string>();
  const start: (readonly [string, string])[] = [];
  for (const [written, value] of said) {
    const name = aliases.get(written) ?? written;
    const known = used.find((each) => each === name);
    if (known !== undefined) {
      // The name that libpq itself knows goes before what others call it.
      if (name === written || !of.has(known)) of.set(known, value);
    } else if (settings.has(name)) start.push([name, value]);
    else refuseOthers(name, value);
  }
  return { of, settings: start };
}

function refuseOthers(name: string, value: string): void {
  const why = refused.get(name);
  if (why !== undefined) throw invalid(why);
  if (name === "gssencmode") {
    if (value !== "require") return;
    throw invalid("Its gssencmode asks for encryption by GSSAPI, which is not spoken here: use TLS.");
  }
  if (name === "x-migrations-table" || name === "x-migrations-table-quoted") {
    if (value === "schema_migrations" || name !== "x-migrations-table") return;
    throw invalid(
      "Its x-migrations-table names another ledger: name it in the config, as table of the directory's ledger.",
    );
  }
  // golang-migrate's own.
  if (others.has(name) || /^x-[a-z-]+$/.test(name)) return;
  throw invalid(
    "It has a parameter that is not known. Known are libpq's (sslmode, sslrootcert, options, …), search_path, schema, and what common clients add.",
  );
}
