import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { freshDatabase, type SharedPostgres } from "../support/global-postgres.ts";
import { project } from "../workspace/project.ts";
import { lockkeeper, type Run } from "./cli.ts";

const database = "cli_plan_test";
let postgres: SharedPostgres;
freshDatabase(database, (server) => {
  postgres = server;
});

const sql = (text: string) => postgres.withClient(database, (client) => client.query(text));

const files = {
  "db/000001_users.up.sql": "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n",
  "db/000001_users.down.sql": "DROP TABLE users;\n",
  "db/000002_index.up.sql": "CREATE INDEX users_email ON users (email);\n",
  "db/000002_index.down.sql": "DROP INDEX users_email;\n",
  "db/000003_name.up.sql": "ALTER TABLE users ADD COLUMN name text;\n",
  "db/000003_name.down.sql": "ALTER TABLE users DROP COLUMN name;\n",
};

/** As golang-migrate leaves a database in which these have run. */
const at = (version: number) =>
  sql(
    `CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations VALUES (${version}, false)`,
  );

function run(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): Promise<Run> {
  return lockkeeper(args, { cwd, env: { DATABASE_URL: postgres.url(database), ...env } });
}

const load = (name: string): object => JSON.parse(readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8"));
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
formats.default(ajv);
ajv.addSchema(load("report.schema.json"), "report.schema.json");
const valid = ajv.compile(load("plan.schema.json"));

/** The JSON that it prints, once the schema has accepted it. */
async function jsonOf(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
  const { stdout, stderr } = await run([...args, "--format", "json"], cwd, env);
  expect(stderr).toBe("");
  const value = JSON.parse(stdout);
  valid(value);
  expect(valid.errors ?? []).toEqual([]);
  return value;
}

const digestOf = async (cwd: string, ...args: string[]): Promise<string> =>
  (await jsonOf(["plan", "db", ...args], cwd)).plan.digest;

describe("plan", () => {
  test("of an empty database: everything is pending, in order, and nothing is written", async () => {
    const cwd = project(files);
    const { status, stdout } = await run(["plan", "db"], cwd);
    expect(status).toBe(0);
    expect(stdout).toContain(`database ${database}, PostgreSQL 18`);
    expect(stdout).toContain(
      "db: 0 applied, 3 pending; ledger public.schema_migrations (golang-migrate), which is not",
    );
    expect(stdout).toContain("Deploy: automatic.");
    const { rows } = await sql(
      "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname !~ '^pg_|^information_schema' UNION ALL SELECT nspname FROM pg_namespace WHERE nspname = 'lockkeeper'",
    );
    expect(rows).toEqual([]);
  });

  test("of a database with a ledger: what is pending is judged on what is really there", async () => {
    const cwd = project(files);
    await at(1);
    // A name that the files do not know of: it was made by hand.
    await sql("CREATE INDEX users_email ON users (email)");
    const { refused, plan, problems } = await jsonOf(["plan", "db"], cwd);
    expect(problems).toEqual([]);
    expect([refused, plan.verdict]).toEqual([true, "blocked"]);
    expect(plan.migrations[0].check.findings).toContainEqual(
      expect.objectContaining({ rule: "fails-when-run", blocks: true }),
    );
    expect((await run(["plan", "db"], cwd)).status).toBe(1);
  });

  test("says what the tables are like and how long others wait", async () => {
    const cwd = project(files);
    await at(1);
    await sql(
      "INSERT INTO users SELECT i, repeat('x', 200) FROM generate_series(1, 20000) i; ANALYZE users; SELECT pg_stat_force_next_flush()",
    );
    const { plan } = await jsonOf(["plan", "db"], cwd);
    const [index, column] = plan.migrations;
    expect(index.tables).toMatchObject([{ table: "users", rows: 20000, writes: 20000 }]);
    expect(index.tables[0].bytes).toBeGreaterThan(4_000_000);
    expect(index.tables[0].totalBytes).toBeGreaterThan(index.tables[0].bytes);
    // A few megabytes are read and sorted in less than a second; adding a column looks at no row.
    expect(index.lockMs).toBeGreaterThan(0);
    expect(index.lockMs).toBeLessThan(1000);
    expect(column.lockMs).toBe(0);
    expect((await run(["plan", "db"], cwd)).stdout).toContain("users: about 20,000 rows, ");
  });

  test("a role that may only read can make it, also where everything is read-only", async () => {
    const cwd = project(files);
    await at(1);
    await sql(
      `DROP ROLE IF EXISTS cli_plan_reader; CREATE ROLE cli_plan_reader LOGIN PASSWORD 'r'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO cli_plan_reader;
       ALTER ROLE cli_plan_reader SET default_transaction_read_only = on`,
    );
    const url = `postgres://cli_plan_reader:r@127.0.0.1:${postgres.port}/${database}`;
    for (const command of ["plan", "status"]) {
      const { status, stderr } = await run([command, "db", "--database-url", url], cwd);
      expect([status, stderr]).toEqual([0, ""]);
    }
    await sql("DROP OWNED BY cli_plan_reader; DROP ROLE cli_plan_reader");
  });

  test("a table that somebody holds is not waited for", async () => {
    const cwd = project(files);
    await at(1);
    await postgres.withClient(database, async (client) => {
      await client.query("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
      expect((await run(["plan", "db"], cwd)).status).toBe(0);
      await client.query("ROLLBACK");
    });
  });

  test.each([
    ["a role that may not read the ledger", "42501", "GRANT the right to read it"],
    ["a ledger that somebody holds", "55P03", "is a migration running?"],
  ])("%s is told so", async (_what, sqlstate, hint) => {
    const cwd = project(files);
    await at(1);
    await sql("DROP ROLE IF EXISTS cli_plan_nobody; CREATE ROLE cli_plan_nobody LOGIN PASSWORD 'n'");
    const url = `postgres://cli_plan_nobody:n@127.0.0.1:${postgres.port}/${database}`;
    await postgres.withClient(database, async (client) => {
      if (sqlstate === "55P03") await client.query("BEGIN; LOCK TABLE schema_migrations");
      const { status, stderr } = await run(
        ["status", "db", ...(sqlstate === "42501" ? ["--database-url", url] : [])],
        cwd,
      );
      expect([status, stderr]).toEqual([
        1,
        expect.stringMatching(new RegExp(`\\(${sqlstate}\\)[^]*${hint.replace("?", "\\?")}`)),
      ]);
    });
    await sql("DROP ROLE cli_plan_nobody");
  });

  test("up to a target version", async () => {
    const cwd = project(files);
    const { plan } = await jsonOf(["plan", "db", "--target-version", "2"], cwd);
    expect(plan.migrations.map(({ version }: { version: string }) => version)).toEqual(["000001", "000002"]);
    expect(plan.later).toBe(1);
    await at(3);
    const behind = await run(["plan", "db", "--target-version", "2"], cwd);
    expect([behind.status, behind.stderr]).toEqual([2, expect.stringContaining("Code: target-behind")]);
    const unknown = await run(["plan", "db", "--target-version", "7"], cwd);
    expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining("Code: target-unknown")]);
  });

  test("nothing pending passes, and says so", async () => {
    const cwd = project(files);
    await at(3);
    const { status, stdout } = await run(["plan", "db"], cwd);
    expect([status, stdout]).toEqual([0, expect.stringContaining("No pending migrations.")]);
  });
});

describe("the digest names exactly one plan", () => {
  test("it is the same for the same plan, however large the tables have grown", async () => {
    const cwd = project(files);
    await at(1);
    const before = await digestOf(cwd);
    await sql("INSERT INTO users SELECT i, 'x' FROM generate_series(1, 5000) i; ANALYZE");
    expect(await digestOf(cwd)).toBe(before);
    // Line ends are no change.
    const windows = project(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replace(/\n/g, "\r\n")])),
    );
    expect(await digestOf(windows)).toBe(before);
  });

  test("it is another one for other files, another order, another environment, another policy, another database", async () => {
    const config = (more: string) => ({ ".github/lockkeeper.yml": `version: 1\n${more}` });
    const environments = "environments: { a: {}, b: {} }";
    await at(1);
    const digests = [
      await digestOf(project(files)),
      await digestOf(project({ ...files, "db/000003_name.up.sql": "ALTER TABLE users ADD COLUMN names text;\n" })),
      await digestOf(
        project({ ...files, "db/000003_name.down.sql": "-- nothing\nALTER TABLE users DROP COLUMN name;\n" }),
      ),
      await digestOf(project({ ...files, "db/000004_more.up.sql": "SELECT 1;\n" })),
      await digestOf(project({ ...files, ...config(environments) }), "--environment", "a"),
      await digestOf(project({ ...files, ...config(environments) }), "--environment", "b"),
      await digestOf(project({ ...files, ...config("policy: { high: { approvals: 7 } }") })),
      await digestOf(project(files), "--target-version", "2"),
    ];
    await sql("UPDATE schema_migrations SET version = 2");
    digests.push(await digestOf(project(files)));
    expect(new Set(digests).size).toBe(digests.length);
  });
});

describe("what stands between files and ledger", () => {
  test("a database that is not empty, without a ledger: a baseline is offered, made, and then it is known", async () => {
    const cwd = project(files);
    await sql("CREATE TABLE users (id bigint PRIMARY KEY, email text)");
    const refused = await run(["plan", "db"], cwd);
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain("Code: no-ledger");
    expect(refused.stdout.replace(/\s+/g, " ")).toContain("lockkeeper baseline --target-version VERSION");
    // What is there already would be judged as what fails, and explain nothing.
    expect(refused.stdout).not.toContain("fails-when-run");
    const made = await run(["baseline", "db", "--target-version", "1"], cwd);
    expect([made.status, made.stdout]).toEqual([
      0,
      "Recorded 1 migration as applied in public.schema_migrations, up to 000001. None was run.\n",
    ]);
    const { rows } = await sql("SELECT version, dirty FROM schema_migrations");
    expect(rows).toEqual([{ version: "1", dirty: false }]);
    const journal = await sql("SELECT version, status, digest <> '' AS known, error FROM lockkeeper.journal");
    expect(journal.rows).toEqual([
      { version: "000001", status: "applied", known: true, error: "recorded by lockkeeper baseline; nothing was run" },
    ]);
    const status = await run(["status", "db"], cwd);
    expect([status.status, status.stdout]).toEqual([
      0,
      expect.stringMatching(
        /applied {2}db\/000001_users\.up\.sql {2}[-\d: ]+ UTC\npending {2}db\/000002_index\.up\.sql\npending/,
      ),
    ]);
    const again = await run(["baseline", "db", "--target-version", "2"], cwd);
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining("Code: baseline-late")]);
  });

  test("what a baseline has recorded is known by its digest, also where the ledger keeps none, and no run has done it", async () => {
    await sql("CREATE TABLE users (id bigint PRIMARY KEY, email text)");
    await run(["baseline", "db", "--target-version", "1"], project(files));
    const edited = project({ ...files, "db/000001_users.up.sql": "CREATE TABLE users (id int);\n" });
    expect((await jsonOf(["status", "db"], edited)).problems).toMatchObject([
      { code: "edited-migration", version: "000001" },
    ]);
    const agreed = {
      ".github/lockkeeper.yml": "version: 1\nenvironments: { e: { rollback-on: [migration-failed] } }\n",
    };
    const args = ["rollback", "db", "--dry-run", "--environment", "e", "--reason", "migration-failed"];
    const back = await run(args, project({ ...files, ...agreed }));
    expect([back.status, back.stdout + back.stderr]).toEqual([
      1,
      expect.stringContaining("The journal knows of no run."),
    ]);
  });

  test.each<[string, string, string, string | null]>([
    ["dirty", "UPDATE schema_migrations SET dirty = true", "unfinished-migration", null],
    ["a version without a file", "UPDATE schema_migrations SET version = 7", "missing-migration", "--allow-missing"],
  ])("%s", async (_what, change, code, option) => {
    const cwd = project(files);
    await at(1);
    await sql(change);
    for (const command of ["plan", "status"]) {
      const { status, stdout } = await run([command, "db"], cwd);
      expect([command, status, stdout]).toEqual([command, 1, expect.stringContaining(`Code: ${code}`)]);
      if (option === null) continue;
      expect(stdout).toContain(option);
      expect((await run([command, "db", option], cwd)).status).toBe(0);
    }
  });

  test("a file that came late, where the ledger has a row for each", async () => {
    const up = (name: string) => `-- migrate:up\nCREATE TABLE ${name} (a int);\n-- migrate:down\nDROP TABLE ${name};\n`;
    const cwd = project({ "db/20260101_a.sql": up("a"), "db/20260102_b.sql": up("b"), "db/20260103_c.sql": up("c") });
    await sql(
      "CREATE TABLE schema_migrations (version varchar(255) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('20260101'), ('20260103')",
    );
    const { problems } = await jsonOf(["plan", "db"], cwd);
    expect(problems).toMatchObject([
      { code: "out-of-order-migration", version: "20260102", allow: "allow-out-of-order", allowed: false },
    ]);
    const { refused, plan } = await jsonOf(["plan", "db", "--allow-out-of-order"], cwd);
    expect([refused, plan.migrations[0].outOfOrder]).toEqual([false, true]);
  });

  test("a file that was edited since: no option goes over it", async () => {
    const cwd = project({ "db/001_a.sql": "CREATE TABLE a (a int);\n", "db/002_b.sql": "CREATE TABLE b (a int);\n" });
    await run(["baseline", "db", "--target-version", "1"], cwd);
    expect((await run(["plan", "db"], cwd)).status).toBe(0);
    const edited = project({
      "db/001_a.sql": "CREATE TABLE a (a bigint);\n",
      "db/002_b.sql": "CREATE TABLE b (a int);\n",
    });
    const { problems, refused } = await jsonOf(["plan", "db", "--allow-missing", "--allow-out-of-order"], edited);
    expect([refused, problems]).toEqual([
      true,
      [expect.objectContaining({ code: "edited-migration", version: "001", allow: null })],
    ]);
  });

  test("a ledger that is only read", async () => {
    const cwd = project({ "db/00001_a.sql": "-- +goose Up\nCREATE TABLE a (a int);\n-- +goose Down\nDROP TABLE a;\n" });
    expect((await jsonOf(["plan", "db"], cwd)).problems).toMatchObject([{ code: "ledger-read-only" }]);
    const said = project({
      "db/00001_a.sql": "-- +goose Up\nCREATE TABLE a (a int);\n-- +goose Down\nDROP TABLE a;\n",
      ".github/lockkeeper.yml": "version: 1\nmigrations: [{ directory: db, applied-by: lockkeeper }]",
    });
    const { problems, ledgers } = await jsonOf(["plan"], said);
    expect(problems).toEqual([]);
    expect(ledgers).toMatchObject([{ table: "lockkeeper.ledger", besides: "public.goose_db_version" }]);
  });

  test("two directories in one ledger are refused", async () => {
    const cwd = project({ "a/001_a.sql": "SELECT 1;", "b/001_b.sql": "SELECT 1;" });
    const { status, stderr } = await run(["plan", "a", "b"], cwd);
    expect([status, stderr]).toEqual([2, expect.stringContaining("Code: ledger-shared")]);
  });
});

describe("where the database is", () => {
  const config = {
    ".github/lockkeeper.yml": "version: 1\nenvironments: { staging: { database-url-from: STAGING_URL } }",
  };

  test("an environment names the variable that holds it", async () => {
    const cwd = project({ ...files, ...config });
    const env = { DATABASE_URL: "postgres://nobody@127.0.0.1:1/nowhere", STAGING_URL: postgres.url(database) };
    const { environment, server } = await jsonOf(["plan", "db", "--environment", "staging"], cwd, env);
    expect([environment, server.database]).toEqual(["staging", database]);
  });

  test.each([
    ["no variable is set", ["plan", "db"], { DATABASE_URL: "" }, "database-url-missing"],
    ["the environment's is not", ["plan", "db", "--environment", "staging"], {}, "database-url-missing"],
    ["there is no such environment", ["plan", "db", "--environment", "stagin"], {}, "environment-unknown"],
    ["a file in the place of a directory", ["plan", "db/000001_users.up.sql"], {}, "path-not-directory"],
    ["a format that only check has", ["plan", "db", "--format", "sarif"], {}, "option-invalid"],
    ["baseline without a version", ["baseline", "db"], {}, "option-missing"],
  ])("%s", async (_what, args, env, code) => {
    const { status, stderr } = await run(args, project({ ...files, ...config }), env);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`Code: ${code}`)]);
  });
});

describe("a password is in no word that is printed", () => {
  const password = "p@:/#%? ss";
  const forms = [
    ...[password, encodeURIComponent(password), encodeURI(password), password.replaceAll(" ", "+")],
    ...[
      Buffer.from(password).toString("base64").replace(/=+$/, ""),
      Buffer.from(password).toString("hex"),
      "ss@127",
      "/#%",
    ],
  ];
  const encoded = encodeURIComponent(password);

  test.each([
    ["right", (port: number) => `postgres://cli_plan_secret:${encoded}@127.0.0.1:${port}/${database}`, 0],
    ["wrong", (port: number) => `postgres://cli_plan_secret:${encoded}x@127.0.0.1:${port}/${database}`, 1],
    ["not encoded", (port: number) => `postgres://cli_plan_secret:${password}@127.0.0.1:${port}/${database}`, 2],
    ["for a server that is not there", () => `postgres://cli_plan_secret:${encoded}@127.0.0.1:1/${database}`, 1],
    ["for a host that is not there", () => `postgres://cli_plan_secret:${encoded}@no.such.host.invalid/${database}`, 1],
    [
      "for a database that is not there",
      (port: number) => `postgres://cli_plan_secret:${encoded}@127.0.0.1:${port}/none`,
      1,
    ],
    ["as a parameter", (port: number) => `postgres://x@127.0.0.1:${port}/d?password=${encoded}`, 1],
    ["as a word of libpq's", (port: number) => `host=127.0.0.1 port=${port} user=x dbname=d password='${password}'`, 1],
    ["as a word without quotes", () => `host=127.0.0.1 password=${password}`, 2],
  ])(
    "%s",
    async (_what, url, expected) => {
      const cwd = project(files);
      await sql(`DROP ROLE IF EXISTS cli_plan_secret; CREATE ROLE cli_plan_secret LOGIN PASSWORD '${password}'`);
      // Who cannot connect prints the same in every format.
      for (const format of expected === 0 ? ["text", "json", "markdown"] : ["text"]) {
        const { status, stdout, stderr } = await run(["plan", "db", "--format", format], cwd, {
          DATABASE_URL: url(postgres.port),
        });
        expect(status, stderr).toBe(expected);
        expect(stdout + stderr).not.toBe("");
        for (const form of forms) expect(stdout + stderr).not.toContain(form);
      }
      await sql("DROP ROLE cli_plan_secret");
    },
    120_000,
  );
});

test("names from files and from the database cannot break out of Markdown or give orders to the runner", async () => {
  const cwd = project({
    "db/001_`x`|<img>@team.sql": 'CREATE TABLE "::error::`|<b>@x" (a int);\nDROP TABLE "::error::`|<b>@x";\n',
  });
  const { stdout } = await run(["plan", "db", "--format", "markdown"], cwd);
  expect(stdout).toContain("team.sql");
  expect(stdout).not.toMatch(/^\s*::/m);
  expect(stdout.replace(/(`+)[\s\S]*?\1/g, "")).not.toMatch(/<img>|<b>|@team/);
});
