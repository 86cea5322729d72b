import { expect, test } from "vitest";
import { type Address, display, parseAddress } from "../../src/database/address.ts";
import { UserError } from "../../src/errors.ts";

function place({ hosts, user, password, database }: Address): unknown {
  return [hosts.map(({ host, port }) => `${host}:${port}`).join(","), user, password, database];
}

/** Everything that is said of a string that is refused. */
function refusal(text: string, environment: Readonly<Record<string, string>> = {}): string {
  try {
    parseAddress(text, environment);
  } catch (thrown) {
    if (thrown instanceof UserError) return [thrown.code, thrown.message, ...thrown.details, thrown.hint].join(" ");
    throw thrown;
  }
  throw new Error("It was taken.");
}

test.each([
  ["Heroku", "postgres://u:p@ec2-1-2-3-4.compute-1.amazonaws.com:5432/d1", "require"],
  ["RDS", "postgresql://u:p@x.eu-west-1.rds.amazonaws.com/d1?sslmode=verify-full&sslrootcert=a.pem", "verify-full"],
  ["Neon", "postgresql://u:p@ep-a-1.eu.aws.neon.tech/d1?sslmode=require&channel_binding=require", "require"],
  ["Supabase", "postgresql://u:p@aws-0-eu.pooler.supabase.com:5432/d1?pgbouncer=true&connection_limit=1", "require"],
  ["Prisma", "postgresql://u:p@localhost:5432/d1?schema=public&connection_limit=5&pool_timeout=2", "prefer"],
  ["Rails", "postgres://u:p@localhost/d1?pool=5&prepared_statements=false&encoding=utf8", "prefer"],
  ["Node.js", "postgres://u:p@db/d1?sslmode=no-verify&uselibpqcompat=true", "require"],
  ["JDBC", "jdbc:postgresql://db:5432/d1?user=u&password=p&ssl=true&ApplicationName=a&prepareThreshold=0", "require"],
  ["SQLAlchemy", "postgresql+psycopg2://u:p@db/d1?keepalives_idle=30&gssencmode=disable", "require"],
  ["golang-migrate", "pgx5://u:p@db/d1?sslmode=disable&x-multi-statement=true", "disable"],
  ["libpq's words", "host=db dbname=d1 user=u password=p sslmode=verify-ca connect_timeout=5", "verify-ca"],
])("a connection string as %s has it is read", (_, text, mode) => {
  const { user, password, database, tls } = parseAddress(text);
  expect([user, password, database, tls.mode]).toEqual(["u", "p", "d1", mode]);
});

test("Unix sockets, in each of the ways in which their directory is written", () => {
  for (const text of [
    "postgresql:///d1?host=/var/run/postgresql",
    "postgresql://%2Fvar%2Frun%2Fpostgresql/d1",
    "postgresql://u:p@localhost/d1?host=/var/run/postgresql",
    "postgres:///d1?socket=/var/run/postgresql",
    "host=/var/run/postgresql dbname=d1",
  ]) {
    expect(parseAddress(text)).toMatchObject({ hosts: [{ host: "/var/run/postgresql", port: 5432 }], database: "d1" });
  }
  const cloudSql = parseAddress("postgresql://u:p@/d1?host=/cloudsql/shop:europe-west1:main");
  expect(place(cloudSql)).toEqual(["/cloudsql/shop:europe-west1:main:5432", "u", "p", "d1"]);
  expect(parseAddress("postgres:///d1", { PGHOST: "/run/pg", PGPORT: "5433" }).hosts).toEqual([
    { host: "/run/pg", port: 5433 },
  ]);
});

test("several servers are tried in turn, and one that takes writes is wanted unless the string says otherwise", () => {
  const address = parseAddress("postgres://u@a:5433,b,[::1]:7/d");
  expect(address.hosts).toEqual([
    { host: "a", port: 5433 },
    { host: "b", port: 5432 },
    { host: "::1", port: 7 },
  ]);
  expect(address.wants).toBe("read-write");
  expect(display(address)).toBe("d on a:5433, b:5432, [::1]:7");
  expect(parseAddress("postgres://u@a,b/d?target_session_attrs=any").wants).toBe("any");
  expect(parseAddress("host=a,b port=1,2 target_session_attrs=primary")).toMatchObject({
    hosts: [
      { host: "a", port: 1 },
      { host: "b", port: 2 },
    ],
    wants: "primary",
  });
  expect(refusal("host=a,b,c port=1,2")).toContain("2 ports for 3 hosts");
  for (const wanted of ["standby", "read-only", "prefer-standby"])
    expect(refusal(`postgres://a/d?target_session_attrs=${wanted}`)).toContain("takes no writes");
});

test("options, search paths, Prisma's schema and Go's settings are told to the server at the start", () => {
  const options = (text: string): string | null => parseAddress(text).options;
  expect(options("postgres://a/d?options=-c%20search_path%3Dapp%20-c%20work_mem%3D1GB")).toBe(
    "-c search_path=app -c work_mem=1GB",
  );
  expect(options("postgres://a/d?options=endpoint%3Dep-cool-1")).toBe("endpoint=ep-cool-1");
  expect(options("postgres://a/d?search_path=app,public")).toBe("-c search_path=app,public");
  expect(options("jdbc:postgresql://a/d?currentSchema=app")).toBe("-c search_path=app");
  expect(options("postgres://a/d?schema=My%20App")).toBe('-c search_path="My\\ App"');
  expect(options("postgres://a/d?schema=public")).toBeNull();
  expect(options("postgres://a/d?statement_timeout=5000&timezone=Asia/Seoul")).toBe(
    "-c statement_timeout=5000 -c timezone=Asia/Seoul",
  );
  expect(parseAddress("postgres://a/d", { PGOPTIONS: "-c jit=off" }).options).toBe("-c jit=off");
});

test("libpq's variables say what the string leaves out, and nothing else", () => {
  const environment = {
    ...{ PGHOST: "db", PGPORT: "5433", PGUSER: "eve", PGPASSWORD: "p", PGDATABASE: "shop", PGSSLMODE: "verify-full" },
    ...{ PGSSLROOTCERT: "ca.pem", PGCONNECT_TIMEOUT: "3", PGCHANNELBINDING: "require", PGPASSFILE: "/x", HOME: "/h" },
  };
  const all = parseAddress("postgres://", environment);
  expect(place(all)).toEqual(["db:5433", "eve", "p", "shop"]);
  expect(all).toMatchObject({
    ...{ tls: { mode: "verify-full", rootCertificate: "ca.pem" }, connectTimeoutMs: 3_000 },
    ...{ channelBinding: "require", passwordFile: "/x" },
  });
  const said = parseAddress("postgres://u:q@a:1/d?sslmode=disable&connect_timeout=7&passfile=/y", environment);
  expect(place(said)).toEqual(["a:1", "u", "q", "d"]);
  expect(said).toMatchObject({ tls: { mode: "disable" }, connectTimeoutMs: 7_000, passwordFile: "/y" });
  expect(parseAddress("postgres://a/d", { HOME: "/h" }).passwordFile).toBe("/h/.pgpass");
});

test("libpq's words may stand in quotes, with backslashes before quotes and backslashes", () => {
  const address = parseAddress(String.raw`host = localhost  password='it\'s a \\ b' dbname='a b' user=u\ v`);
  expect(place(address)).toEqual(["localhost:5432", "u v", String.raw`it's a \ b`, "a b"]);
});

test("on this machine TLS may be left out, elsewhere it must be there, and with a root certificate it is looked at", () => {
  const mode = (text: string): string => parseAddress(text).tls.mode;
  expect(mode("postgres://127.0.0.1/d")).toBe("prefer");
  expect(mode("postgres://db.example.com/d")).toBe("require");
  expect(mode("postgres://db.example.com/d?sslmode=allow")).toBe("allow");
  expect(mode("postgres://db.example.com/d?sslrootcert=system")).toBe("verify-full");
  expect(mode("postgres://db.example.com/d?sslaccept=strict")).toBe("verify-full");
  expect(refusal("postgres://a/d?sslmode=require&sslrootcert=system")).toContain("verify-full");
});

test.each([
  ["PGSERVICE", "postgres://a/d", { PGSERVICE: "prod" }, "PGSERVICE"],
  ["a service", "service=prod", {}, "pg_service.conf"],
  ["GSSAPI", "postgres://a/d?gssencmode=require", {}, "GSSAPI"],
  ["hostaddr", "host=a hostaddr=10.0.0.1", {}, "hostaddr"],
  ["another ledger", "postgres://a/d?x-migrations-table=versions", {}, "x-migrations-table"],
  ["Prisma's proxy", "prisma+postgres://accelerate.prisma-data.net/?api_key=k", {}, "proxy"],
  ["a role", "postgres://a/d?role=owner", {}, "role"],
  ["MySQL", "mysql://a/d", {}, "postgres://user:password@host:port/database"],
])("%s is refused, and says why", (_, text, environment, why) => {
  const said = refusal(text, environment);
  expect(said).toContain("database-url-invalid");
  expect(said).toContain(why);
});

test.each([
  "postgres://user:geheim@heim@host/db",
  "postgres://user:ge/heim@host/db",
  "postgres://user:geheim#1@host/db",
  "postgres://user:1234?geheim=1@host/db",
  "postgres://user:%geheim@host/db",
  "postgres://host:geheim/db",
  "postgres://user:p@host/db?geheim=1",
  "postgres://user:p@host/db?sslmode=geheim",
  "postgres://user:p@host/db?host=ge%20heim",
  "postgres://user:p@host/db?port=geheim",
  "postgres://user:p@host/db?connect_timeout=geheim",
  "password=ge heim",
  "password='geheim host=x",
  "geheim",
])("nothing of a string that cannot be read is repeated: %s", (text) => {
  const said = refusal(text);
  expect(said).not.toMatch(/geheim|heim@|1234/);
});
