import { readFileSync, statSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { withCredentials } from "../../src/backup/credentials.ts";
import { parseAddress } from "../../src/database/address.ts";

afterEach(() => vi.unstubAllEnvs());

test.each([
  "postgres://u:p@a:1,b:2/d?sslmode=verify-ca&sslrootcert=ca.pem&sslcert=c.pem&sslkey=k.pem&channel_binding=require",
  "postgres://u:p@db/d?options=-c%20search_path%3Dapp&connect_timeout=7&target_session_attrs=primary&schema=x",
  "postgres://u:p@db/d?sslnegotiation=direct&ssl_min_protocol_version=TLSv1.3&sslmode=require",
  "postgres://u:p@/d?host=/var/run/postgresql&sslmode=disable",
])("pg_dump is told by its environment what the string says: %s", async (text) => {
  const address = parseAddress(text);
  const env = await withCredentials(address, async (given) => given);
  const read = parseAddress("postgres://", env);
  expect({ ...read, password: "p", passwordFile: null, applicationName: null }).toEqual(address);
});

test("the password and that of the key stand in files that nobody else may read, which are gone afterwards", async () => {
  vi.stubEnv("PGPASSWORD", "theirs");
  vi.stubEnv("OTHER_URL", "jdbc:postgresql://x/y?user=u&password=theirs");
  vi.stubEnv("OTHER_WORDS", "host=x password=theirs");
  const address = parseAddress("postgres://u:p%3A%5Cw@db/d?sslcert=c&sslkey=k&sslpassword=locked");
  const files = await withCredentials(address, async (env) => {
    expect(JSON.stringify(env)).not.toMatch(/p:|locked|theirs/);
    const paths = [env.PGPASSFILE ?? "", env.PGSERVICEFILE ?? ""];
    expect(paths.map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
    expect(paths.map((path) => readFileSync(path, "utf8"))).toEqual([
      "*:*:*:*:p\\:\\\\w\n",
      `[${env.PGSERVICE}]\nsslpassword=locked\n`,
    ]);
    return paths;
  });
  for (const path of files) expect(() => statSync(path)).toThrow();
});

test("a password file of one's own is handed on as it is", async () => {
  const env = await withCredentials(parseAddress("postgres://u@db/d?passfile=/etc/pass"), async (given) => given);
  expect([env.PGPASSFILE, env.PGPASSWORD]).toEqual(["/etc/pass", undefined]);
});
