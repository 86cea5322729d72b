import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type StartedPostgres, startPostgres } from "../support/postgres.ts";
import { installation, made, project, reportOf, sampleDatabase, startDebian } from "./backups.ts";

let server: StartedPostgres;
let newer: StartedPostgres;

beforeAll(async () => {
  [server, newer] = await Promise.all([startDebian(), startPostgres()]);
});

afterAll(async () => {
  await Promise.all([server.stop(), newer.stop()]);
});

/** What the archive would send to a database, as SQL. */
function sqlOf(archive: string, ...options: readonly string[]): string {
  return execFileSync(`${installation}/bin/pg_restore`, [...options, "--file=-", archive], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
}

function schemaOf(name: string) {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  ajvFormats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8")));
}

describe("a backup that is made", () => {
  test("is one file that pg_restore reads, with a manifest that says what is in it", async () => {
    const of = project(await sampleDatabase(server, "backup_custom"));
    const run = await of.backup(["--format", "json"]);
    expect(run.status, run.stderr).toBe(0);
    const { backup } = reportOf(run);
    expect(of.stored()).toEqual([backup.id]);
    expect(of.manifest(backup.id)).toEqual(backup);
    const matches = schemaOf("backup-manifest.schema.json");
    expect(matches(backup), JSON.stringify(matches.errors)).toBe(true);
    expect(backup).toMatchObject({
      kind: "dump",
      contents: "all",
      database: "backup_custom",
      versions: { server: expect.stringMatching(/^15\.\d+$/), client: expect.stringMatching(/^15\.\d+$/) },
      position: { lsn: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/), timeline: 1 },
      archive: { format: "custom", compression: "gzip" },
      largeObjects: 1,
      proof: { reached: "archive", failed: null },
    });
    const rows = Object.fromEntries(
      backup.tables.map((table: { name: string; rows: number | null; counted: string }) => [
        table.name,
        table.counted === "exact" ? table.rows : table.counted,
      ]),
    );
    expect(rows).toEqual({
      "public.users": 2000,
      "public.orders": 2000,
      "public.events": "partitioned",
      "public.events_2026": 1,
      'public."Odd ""table"': 1,
    });
    const archive = join(of.store, backup.id, "database.dump");
    const sum = execFileSync("sha256sum", [archive], { encoding: "utf8" }).slice(0, 64);
    expect(backup.files).toContainEqual({ path: "database.dump", bytes: statSync(archive).size, sha256: sum });
    // What --create alone brings back, and what -n would have left out.
    const sql = sqlOf(archive, "--create");
    expect(sql).toMatch(/ALTER DATABASE backup_custom SET lock_timeout TO '7s'/);
    expect(sql).toContain("lo_create");
    // Nobody else may read any of it.
    for (const path of [of.store, join(of.store, backup.id)]) expect(statSync(path).mode & 0o077).toBe(0);
    for (const name of readdirSync(join(of.store, backup.id))) {
      expect(statSync(join(of.store, backup.id, name)).mode & 0o077, name).toBe(0);
    }
  });

  test("is a directory that several jobs write, when the config or the size asks for it", async () => {
    const url = await sampleDatabase(server, "backup_directory");
    const config = (more: string) => ({ ".github/lockkeeper.yml": `version: 1\nbackup: { jobs: 2, ${more} }\n` });
    for (const of of [project(url, config("format: directory")), project(url, config("directory-from: 8kB"))]) {
      const { archive, files } = of.manifest(await made(of));
      expect(archive).toMatchObject({ format: "directory", path: "database.dir" });
      expect(files).toContainEqual(expect.objectContaining({ path: "database.dir/toc.dat" }));
    }
  });

  test("holds only the schema, or only the data, when that is asked for", async () => {
    const of = project(await sampleDatabase(server, "backup_parts"));
    const schema = await made(of, ["--schema-only"]);
    const data = await made(of, ["--data-only"]);
    const sql = (id: string) => sqlOf(join(of.store, id, "database.dump"));
    expect(sql(schema)).toContain("CREATE TABLE public.users");
    expect(sql(schema)).not.toContain("COPY public.users");
    expect(sql(data)).not.toContain("CREATE TABLE");
    expect(sql(data)).toContain("COPY public.users");
  });

  test("is proved by a restore: rows, keys, indexes, sequences, on a server of another version, without its owner", async () => {
    const url = await sampleDatabase(server, "backup_restored");
    await server.withClient("backup_restored", async (client) => {
      await client.query(`DROP ROLE IF EXISTS only_here; CREATE ROLE only_here;
        ALTER TABLE orders OWNER TO only_here; GRANT SELECT ON users TO only_here;
        ALTER TABLE users ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON users FOR SELECT TO only_here USING (true)`);
    });
    const of = project(url);
    for (const scratch of [server, newer]) {
      const id = await made(of, ["--proof", "restored"], { SCRATCH_DATABASE_URL: scratch.url("postgres") });
      expect(of.manifest(id)).toMatchObject({
        proof: { reached: "restored", failed: null },
        policyRoles: ["only_here"],
      });
    }
    // Nothing of it stays behind.
    const left = await newer.withClient("postgres", (client) =>
      client.query(
        "SELECT datname FROM pg_database WHERE datname ~ 'proof' UNION SELECT rolname FROM pg_roles WHERE rolname = 'only_here'",
      ),
    );
    expect(left.rows).toEqual([]);
    await server.dropDatabase("backup_restored");
    await server.withClient("postgres", (client) => client.query("DROP ROLE only_here"));
  });

  test("has the rows of one moment, however much is written meanwhile", async () => {
    const url = await sampleDatabase(server, "backup_busy", { rows: 60_000 });
    const of = project(url);
    let writes = true;
    const writing = server.withClient("backup_busy", async (client) => {
      while (writes) {
        await client.query(
          "INSERT INTO users (email, name) SELECT gen_random_uuid(), 'late' FROM generate_series(1, 50)",
        );
        await client.query("INSERT INTO orders (user_id, total) SELECT max(id), 1 FROM users");
        await client.query("DELETE FROM orders WHERE id = (SELECT min(id) FROM orders)");
      }
    });
    const id = await made(of, ["--proof", "restored"], { SCRATCH_DATABASE_URL: server.url("postgres") });
    writes = false;
    await writing;
    const tables = JSON.stringify(of.manifest(id).tables);
    const counted = Number(/"public\.users".*?"rows":(\d+)/.exec(tables)?.[1]);
    const live = await server.withClient("backup_busy", (client) =>
      client.query("SELECT count(*)::int AS n FROM users"),
    );
    expect(counted).toBeGreaterThanOrEqual(60_000);
    expect(live.rows[0].n).toBeGreaterThan(counted);
    const dumped = sqlOf(join(of.store, id, "database.dump"), "--data-only", "--table=users");
    expect(dumped.split("\n").filter((line) => /^\d+\t/.test(line)).length).toBe(counted);
  });

  test("has the roles without their passwords, and files and outputs of commands with their checksums", async () => {
    const url = await sampleDatabase(server, "backup_more");
    await server.withClient("postgres", (client) =>
      client.query("DROP ROLE IF EXISTS more_role; CREATE ROLE more_role LOGIN PASSWORD 'not in any backup'"),
    );
    const of = project(url, {
      ".github/lockkeeper.yml":
        "version: 1\nbackup:\n  files: [config, .env]\n  commands: { redis: \"printf 'REDIS0011 data'\", env: env }\n",
      "config/app.yml": "port: 80\n",
      ".env": "KEY=1\n",
    });
    const id = await made(of);
    const directory = join(of.store, id);
    const roles = readFileSync(join(directory, "roles.sql"), "utf8");
    expect(roles).toContain("CREATE ROLE more_role");
    expect(roles).not.toMatch(/SCRAM|md5|not in any/);
    expect(readFileSync(join(directory, "outputs/redis"), "utf8")).toBe("REDIS0011 data");
    expect(execFileSync("tar", ["-tf", join(directory, "files.tar")], { encoding: "utf8" }).split("\n")).toContain(
      "config/app.yml",
    );
    const named = JSON.stringify(of.manifest(id).files);
    for (const path of ["roles.sql", "files.tar", "outputs/redis", "database.dump"])
      expect(named).toContain(`"${path}"`);
    expect((await of.backup(["verify", id])).status).toBe(0);
    await server.withClient("postgres", (client) => client.query("DROP ROLE more_role"));
  });

  test("can be made by a plain role that owns its tables, with a statement_timeout of a millisecond", async () => {
    await sampleDatabase(server, "backup_plain");
    await server.withClient("backup_plain", (client) =>
      client.query(`DROP ROLE IF EXISTS plain_owner; CREATE ROLE plain_owner LOGIN PASSWORD 'plain pass';
        ALTER ROLE plain_owner SET statement_timeout = '1ms'`),
    );
    await server.withClient("backup_plain", (client) =>
      client.query(`DO $$ DECLARE t text; BEGIN
          FOR t IN SELECT format('%I', relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
          LOOP EXECUTE 'ALTER TABLE ' || t || ' OWNER TO plain_owner'; END LOOP; END $$;
        SELECT lo_unlink(oid) FROM pg_largeobject_metadata`),
    );
    const url = server.url("backup_plain").replace(/\/\/.*@/, "//plain_owner:plain%20pass@");
    const of = project(url);
    const id = await made(of);
    expect(of.manifest(id)).toMatchObject({ proof: { reached: "archive" }, position: { lsn: expect.any(String) } });
    await server.dropDatabase("backup_plain");
    await server.withClient("postgres", (client) => client.query("DROP ROLE plain_owner"));
  });

  test("counts rows for as long as it may, and says which are estimated", async () => {
    const of = project(await sampleDatabase(server, "backup_estimated", { rows: 400_000 }), {
      ".github/lockkeeper.yml": "version: 1\nbackup: { count-rows-for: 1ms }\n",
    });
    await server.withClient("backup_estimated", (client) => client.query("ANALYZE"));
    const id = await made(of);
    const tables = JSON.stringify(of.manifest(id).tables);
    const [, counted, rows] = /"public\.orders".*?"counted":"(\w+)","rows":(\d+)/.exec(tables) ?? [];
    expect(counted).toBe("estimated");
    expect(Number(rows)).toBeGreaterThan(390_000);
    expect((await of.backup(["list"])).stdout).toMatch(/tables? estimated/);
  });

  test("says what was applied, and of which commit the checkout is", async () => {
    const url = await sampleDatabase(server, "backup_ledger");
    await server.withClient("backup_ledger", (client) =>
      client.query(
        "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations VALUES (2, false)",
      ),
    );
    const of = project(url, {
      "migrations/000001_a.up.sql": "SELECT 1;",
      "migrations/000002_b.up.sql": "SELECT 1;",
      "migrations/000003_c.up.sql": "SELECT 1;",
    });
    const id = await made(of, [], { GITHUB_SHA: "a".repeat(40) });
    expect(of.manifest(id)).toMatchObject({
      ledgers: [{ table: "public.schema_migrations", version: "000002" }],
      commit: "a".repeat(40),
    });
  });
});

describe("the store", () => {
  test("is listed, the newest first, and a directory without a manifest is named", async () => {
    const of = project(await sampleDatabase(server, "backup_list"));
    const [one, two] = [await made(of), await made(of)];
    execFileSync("rm", [join(of.store, one, "manifest.json")]);
    const run = await of.backup(["list", "--format", "json"]);
    const report = reportOf(run);
    expect(report.backups.map(({ id }: { id: string }) => id)).toEqual([two]);
    expect(report.unreadable).toEqual([{ id: one, why: "it has no manifest" }]);
    expect((await of.backup(["list"])).stdout).toContain(`${one} cannot be used: it has no manifest.`);
  });

  test("keeps as many as it is told, and never loses the last good one", async () => {
    const of = project(await sampleDatabase(server, "backup_keep"), {
      ".github/lockkeeper.yml": "version: 1\nbackup: { keep: { count: 2 } }\n",
    });
    const ids = [await made(of), await made(of), await made(of)];
    expect(of.stored()).toEqual(ids.slice(1).toSorted());
    // One that cannot be made removes none.
    expect((await of.backup([], { DATABASE_URL: server.url("not_there") })).status).toBe(1);
    expect(of.stored()).toEqual(ids.slice(1).toSorted());
  });

  test("takes a provider's backups by their id, and proves them by the provider's word", async () => {
    const url = await sampleDatabase(server, "backup_external");
    const config = (verify: string) => ({
      ".github/lockkeeper.yml": `version: 1
backup:
  external:
    backup-command: printf '{"id":"snap-1","time":"2026-11-21T01:02:03Z"}'
    verify-command: ${verify}
    satisfies-required: true
`,
    });
    const of = project(url, config('test "$LOCKKEEPER_BACKUP_ID" = snap-1'));
    const id = await made(of);
    expect(of.manifest(id)).toMatchObject({
      kind: "external",
      external: { id: "snap-1", time: "2026-11-21T01:02:03.000Z", satisfiesRequired: true },
      archive: null,
      proof: { reached: "external" },
    });
    expect((await of.backup(["verify", id])).status).toBe(0);
    const doubtful = project(url, config("exit 3"));
    const run = await doubtful.backup(["--format", "json"]);
    expect(run.status).toBe(1);
    expect(reportOf(run).failure.code).toBe("backup-not-proved");
    expect(doubtful.stored()).toEqual([]);
  });

  test("is asked for an id that it has", async () => {
    const of = project(await sampleDatabase(server, "backup_ids"));
    const id = await made(of);
    for (const wrong of ["../../etc", "x", `${id.slice(0, -1)}z`, ".."]) {
      const run = await of.backup(["verify", wrong]);
      expect(run.status, wrong).toBe(2);
      expect(run.stderr).toContain("Code: backup-unknown");
    }
    expect(existsSync(join(of.store, id))).toBe(true);
  });
});
