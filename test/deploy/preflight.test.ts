import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { plan } from "../../src/commands/plan.ts";
import { readSettings } from "../../src/commands/settings.ts";
import { preflightOver } from "../../src/database/preflight.ts";
import { reading } from "../../src/database/reader.ts";
import type { Session } from "../../src/database/session.ts";
import { preflight } from "../../src/deploy/preflight.ts";
import type { PreflightPorts } from "../../src/deploy/surroundings.ts";
import { UserError } from "../../src/errors.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";
import { sessionOf } from "../database/session.ts";
import { type StartedPostgres, startPostgres, testedMajor } from "../support/postgres.ts";

const database = "preflight_test";
let postgres: StartedPostgres;
let root: string;

beforeAll(async () => {
  postgres = await startPostgres({ settings: { max_prepared_transactions: "2" } });
  await postgres.withClient("postgres", (client) =>
    client.query("CREATE ROLE app LOGIN PASSWORD 'app'; CREATE ROLE app_owner NOLOGIN; CREATE ROLE other NOLOGIN"),
  );
});

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "lockkeeper-preflight-"));
  await postgres.dropDatabase(database);
  await postgres.createDatabase(database);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));
afterAll(() => postgres.stop());

const run = (sql: string) => postgres.withClient(database, (client) => client.query(sql));

type Role = "postgres" | "app";

async function connect(role: Role): Promise<Session> {
  const password = role === "app" ? "app" : postgres.password;
  const client = new Client({
    connectionString: `postgres://${role}:${password}@127.0.0.1:${postgres.port}/${database}`,
  });
  await client.connect();
  return sessionOf(client);
}

interface Given {
  /** The migration that is pending. */
  readonly sql?: string;
  /** Of the environment production. */
  readonly settings?: string;
  readonly ports?: Partial<PreflightPorts>;
  /** Between the plan and the preflight. */
  readonly meanwhile?: (plan: Plan) => Promise<unknown>;
  readonly as?: Role;
}

/** What speaks against beginning, one line each; nothing where it may begin. */
async function failuresOf({ sql = "SELECT 1", settings: written = "{}", ports, meanwhile, as = "postgres" }: Given) {
  const files = {
    "db/0001_x.sql": sql,
    ".github/lockkeeper.yml": `version: 1\nenvironments: { staging: {}, production: ${written} }`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const workspace = openWorkspace(root);
  const settings = await readSettings({ config: null, environment: "production" }, workspace);
  const request = { directories: ["db"], layout: null, targetVersion: null, allowed: new Set<never>() };
  const session = await connect(as);
  try {
    const made = await reading(session, (reader) => plan(request, settings, { workspace, database: reader }));
    await meanwhile?.(made);
    await preflight(made, settings.environment, {
      database: preflightOver(session, { other: () => connect(as), isLocal: true }),
      run: async () => null,
      succeededBefore: async () => null,
      otherDatabase: false,
      now: () => new Date(),
      sleep: (ms) => sleep(ms),
      ...ports,
    });
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.code).toBe("preflight-failed");
    expect(error.details.length).toBeGreaterThan(0);
    return error.details;
  } finally {
    await session.close();
  }
}

test("nothing speaks against a superuser on a server of its own", async () => {
  expect(await failuresOf({ sql: "CREATE TABLE t (a int); CREATE INDEX ON t (a)" })).toEqual([]);
});

test("everything that is wrong is told at once", async () => {
  const failures = await failuresOf({
    settings:
      '{ after: staging, window: "02:00-06:00 Asia/Seoul", role: nobody_of_that_name, preflight: { postgres: "<=13", free-disk: 900TB, commands: [./quiet.sh] } }',
    ports: {
      now: () => new Date("2026-03-01T12:00:30Z"),
      run: async (command) => `${command} was run and failed`,
    },
  });
  expect(failures).toEqual([
    expect.stringMatching(/^The server is PostgreSQL 1\d\.\S+; the config asks for <=13\.$/),
    expect.stringMatching(/^[\d.]+ GB of the server's disk are free; the config asks for 921600 GB\.$/),
    "The maintenance window 02:00-06:00 Asia/Seoul is closed. It opens at 2026-03-01 17:00 UTC.",
    "There is no role nobody_of_that_name, which is to own what is made.",
    "after: staging is asked for, and nothing is known of what succeeded there: give --after-url, or deploy there first.",
    'The command "./quiet.sh" ./quiet.sh was run and failed.',
  ]);
});

describe("the server", () => {
  test("a database that is read-only", async () => {
    const meanwhile = () => run(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    // It holds for sessions that begin afterwards.
    await meanwhile();
    expect(await failuresOf({})).toEqual(["The server takes no writes: default_transaction_read_only is on."]);
  });

  test("connections, of which there are 60", async () => {
    expect(await failuresOf({ settings: "{ preflight: { max-connections: 100% } }" })).toEqual([]);
    expect(await failuresOf({ settings: "{ preflight: { max-connections: 1% } }" })).toEqual([
      expect.stringMatching(/^\d+ of 60 connections are in use, more than 1%\.$/),
    ]);
  });

  test("no replica is no lag; a role that may not see replicas fails the check", async () => {
    const settings = "{ preflight: { max-replica-lag: 1s } }";
    expect(await failuresOf({ settings })).toEqual([]);
    await run("GRANT ALL ON SCHEMA public TO app; GRANT ALL ON DATABASE preflight_test TO app");
    expect(await failuresOf({ settings, as: "app" })).toEqual([
      "max-replica-lag cannot be measured: this role may not see pg_stat_replication (GRANT pg_monitor).",
    ]);
  });

  test("free disk is measured where the server is on this machine, and not by a role that may not know where", async () => {
    const settings = "{ preflight: { free-disk: 1MB } }";
    expect(await failuresOf({ settings })).toEqual([]);
    await run("GRANT ALL ON SCHEMA public TO app; GRANT ALL ON DATABASE preflight_test TO app");
    expect(await failuresOf({ settings, as: "app" })).toEqual([
      "free-disk cannot be measured: the server's disk cannot be seen from here. Ask its provider with one of the commands instead.",
    ]);
  });

  test("two connections that reach one process of the server", async () => {
    const shared = await connect("postgres");
    const failures = await failuresOf({
      ports: {
        // As a pooler in transaction mode hands it out.
        database: preflightOver(shared, {
          other: async () => ({ ...shared, close: async () => undefined }),
          isLocal: false,
        }),
      },
    });
    await shared.close();
    expect(failures).toEqual([expect.stringMatching(/^A pooler hands sessions on between transactions: /)]);
  });

  test("another database than the plan's", async () => {
    const elsewhere = await startPostgres();
    const failures = await elsewhere
      .withClient("postgres", async (client) => {
        const session = await sessionOf(client);
        const other = async () => ({ ...session, close: async () => undefined, query: secondOf(session) });
        return failuresOf({ ports: { database: preflightOver(session, { other, isLocal: false }) } });
      })
      .finally(() => elsewhere.stop());
    expect(failures).toContain("The connection leads to another database than the one that the plan was made for.");
  });
});

/** A session that answers as if it were another process. */
function secondOf(session: Session): Session["query"] {
  return async (sql, values) => {
    const result = await session.query(sql, values);
    return sql.includes("pg_backend_pid") ? { ...result, rows: [{ pid: 1 }] } : result;
  };
}

describe("the journal of another place", () => {
  const journal = (environment: string, identifier: string, name: string) => `
    CREATE SCHEMA lockkeeper; CREATE TABLE lockkeeper.journal (number int, environment text, system_identifier text, database text);
    INSERT INTO lockkeeper.journal SELECT 1, 'earlier', '1', 'x' UNION ALL SELECT 2, '${environment}', ${identifier}, '${name}'`;
  const here = "(SELECT system_identifier::text FROM pg_control_system())";

  test.each([
    ["the same one", "production", here, database, []],
    [
      "staging's connection string in production",
      "staging",
      here,
      database,
      [expect.stringMatching(/^This database was last migrated as the environment staging, not as production/)],
    ],
    [
      "a restored copy",
      "production",
      "'42'",
      database,
      [expect.stringContaining("this is a copy, or it was restored")],
    ],
    ["a database that was copied on the same server", "production", here, "app", [expect.stringContaining("(app)")]],
  ])("%s", async (_what, environment, identifier, name, expected) => {
    await run(journal(environment, identifier, name));
    // Without a ledger a database that is not empty would be refused before.
    expect(await failuresOf({})).toEqual(expected);
    expect(await failuresOf({ ports: { otherDatabase: true } })).toEqual([]);
  });
});

describe("a role that is no superuser", () => {
  test("needs the journal, the ledger, the schema, and to own what it changes", async () => {
    await run(
      "CREATE TABLE orders (a int); CREATE SCHEMA lockkeeper; CREATE TABLE lockkeeper.ledger (version text, name text, checksum text, applied_at timestamptz DEFAULT now())",
    );
    const sql = `CREATE TABLE new (a int); ALTER TABLE orders ADD COLUMN b int; CREATE INDEX ON orders (a); UPDATE orders SET a = 1;
      DELETE FROM orders WHERE a = 2; INSERT INTO orders VALUES (1); ALTER TABLE new ADD COLUMN c int; CREATE TABLE absent.x (a int)`;
    await run("GRANT USAGE ON SCHEMA lockkeeper TO app; GRANT SELECT ON lockkeeper.ledger TO app");
    // As it is from 15 on.
    await run("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    expect(await failuresOf({ sql, as: "app" })).toEqual([
      expect.stringMatching(/^app may not write the journal/),
      expect.stringMatching(/^app may not write the ledger: GRANT SELECT, INSERT, DELETE ON lockkeeper\.ledger\.$/),
      expect.stringMatching(/^There is no schema absent/),
      expect.stringMatching(/^app may make nothing in the schema public/),
      "orders belongs to postgres, and only its owner may change it: app is not.",
      "app lacks DELETE on orders.",
      "app lacks INSERT on orders.",
      "app lacks SELECT on orders.",
      "app lacks UPDATE on orders.",
    ]);
  });

  test("with all of that it may begin, also by a role that it is a member of", async () => {
    await run(`GRANT CREATE ON DATABASE ${database} TO app, app_owner; GRANT CREATE ON SCHEMA public TO app_owner; GRANT app_owner TO app;
      CREATE TABLE orders (a int); ALTER TABLE orders OWNER TO app_owner; CREATE SCHEMA lockkeeper AUTHORIZATION app_owner;
      CREATE TABLE lockkeeper.ledger (version text, name text, checksum text, applied_at timestamptz DEFAULT now()); ALTER TABLE lockkeeper.ledger OWNER TO app_owner`);
    const sql = "ALTER TABLE orders ADD COLUMN b int; CREATE TABLE new (a int)";
    expect(await failuresOf({ sql, as: "app", settings: "{ role: app_owner }" })).toEqual([]);
    expect(await failuresOf({ sql, as: "app", settings: "{ role: other }" })).toEqual([
      "app may not become other: GRANT other TO app.",
    ]);
  });
});

describe("each right is asked for exactly where PostgreSQL asks for it", () => {
  const setUp = `
    CREATE SCHEMA lockkeeper AUTHORIZATION app;
    SET ROLE app; CREATE TABLE lockkeeper.ledger (version text, name text, checksum text, applied_at timestamptz DEFAULT now()); RESET ROLE;
    GRANT CREATE ON DATABASE ${database} TO app; GRANT USAGE, CREATE ON SCHEMA public TO app;
    CREATE TABLE orders (id int PRIMARY KEY, a int); CREATE INDEX orders_a ON orders (a);
    CREATE TABLE source (id int, a int); CREATE VIEW rich AS SELECT * FROM orders; CREATE MATERIALIZED VIEW totals AS SELECT 1 AS one;
    CREATE TABLE parent (a int) PARTITION BY LIST (a); CREATE TABLE part (a int);
    CREATE SEQUENCE numbers; CREATE TYPE mood AS ENUM ('good'); CREATE SCHEMA hidden; CREATE TABLE hidden.t (a int);
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE SCHEMA ours AUTHORIZATION app; CREATE TABLE ours.theirs (a int)`;
  beforeEach(() => run(setUp));

  const maintain = (on: string): readonly [string, string] =>
    testedMajor >= 17
      ? [`MAINTAIN on ${on}`, `GRANT MAINTAIN ON ${on} TO app`]
      : [`take before 17, on ${on}`, `ALTER TABLE ${on} OWNER TO app`];
  const merge = "MERGE INTO orders o USING source s ON o.id = s.id";
  const statements: readonly (readonly [string, string, string])[] = [
    ["TRUNCATE orders", "TRUNCATE on orders", "GRANT TRUNCATE ON orders TO app"],
    [
      "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch()",
      "TRIGGER on orders",
      "GRANT TRIGGER ON orders TO app",
    ],
    [
      "DROP TABLE orders CASCADE",
      "orders belongs to postgres",
      "ALTER TABLE orders OWNER TO app; ALTER VIEW rich OWNER TO app",
    ],
    ["CREATE TABLE c (id int REFERENCES orders)", "REFERENCES on orders", "GRANT REFERENCES ON orders TO app"],
    [
      "CREATE TABLE c (id int); ALTER TABLE c ADD FOREIGN KEY (id) REFERENCES orders",
      "REFERENCES on orders",
      "GRANT REFERENCES ON orders TO app",
    ],
    [
      "CREATE TABLE c (a int); ALTER TABLE c ADD COLUMN id int REFERENCES orders",
      "REFERENCES on orders",
      "GRANT REFERENCES ON orders TO app",
    ],
    [
      `${merge} WHEN MATCHED THEN DELETE`,
      "DELETE on orders",
      "GRANT SELECT, DELETE ON orders TO app; GRANT SELECT ON source TO app",
    ],
    [
      `${merge} WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT VALUES (s.id)`,
      "INSERT on orders",
      "GRANT SELECT, INSERT, UPDATE ON orders TO app; GRANT SELECT ON source TO app",
    ],
    [
      "INSERT INTO orders SELECT * FROM source",
      "SELECT on source",
      "GRANT INSERT ON orders TO app; GRANT SELECT ON source TO app",
    ],
    [
      "INSERT INTO orders VALUES (1)",
      "INSERT on orders",
      "GRANT INSERT (id) ON orders TO app; GRANT INSERT ON orders TO app",
    ],
    ["UPDATE orders SET a = 1", "UPDATE on orders", "GRANT UPDATE ON orders TO app"],
    ["UPDATE orders SET a = 1 WHERE id = 1", "SELECT on orders", "GRANT UPDATE, SELECT ON orders TO app"],
    [
      "DELETE FROM orders USING source WHERE orders.id = source.id",
      "SELECT on source",
      "GRANT DELETE, SELECT ON orders TO app; GRANT SELECT ON source TO app",
    ],
    ["CREATE TABLE copy AS SELECT * FROM source", "SELECT on source", "GRANT SELECT ON source TO app"],
    ["CREATE MATERIALIZED VIEW m AS SELECT * FROM source", "SELECT on source", "GRANT SELECT ON source TO app"],
    ["REFRESH MATERIALIZED VIEW totals", ...maintain("totals")],
    ["REINDEX TABLE orders", ...maintain("orders")],
    ["LOCK TABLE orders IN EXCLUSIVE MODE", "one of which LOCK TABLE takes", "GRANT UPDATE ON orders TO app"],
    ["GRANT SELECT ON orders TO other", "GRANT OPTION", "GRANT SELECT ON orders TO app WITH GRANT OPTION"],
    ["COMMENT ON TABLE orders IS 'x'", "orders belongs to", "ALTER TABLE orders OWNER TO app"],
    ["DROP INDEX orders_a", "orders_a belongs to", "ALTER TABLE orders OWNER TO app"],
    ["ALTER INDEX orders_a RENAME TO b", "orders_a belongs to", "ALTER TABLE orders OWNER TO app"],
    [
      "CREATE OR REPLACE VIEW rich AS SELECT * FROM orders",
      "rich belongs to",
      "ALTER VIEW rich OWNER TO app; GRANT SELECT ON orders TO app",
    ],
    [
      "ALTER TABLE parent ATTACH PARTITION part FOR VALUES IN (1)",
      "part belongs to",
      "ALTER TABLE parent OWNER TO app; ALTER TABLE part OWNER TO app",
    ],
    ["CREATE TABLE p2 PARTITION OF parent FOR VALUES IN (2)", "parent belongs to", "ALTER TABLE parent OWNER TO app"],
    ["ALTER SEQUENCE numbers RESTART", "numbers belongs to", "ALTER SEQUENCE numbers OWNER TO app"],
    ["ALTER TYPE mood ADD VALUE 'bad'", "The type mood belongs to", "ALTER TYPE mood OWNER TO app"],
    [
      "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
      "The routine touch belongs to",
      "ALTER FUNCTION touch OWNER TO app",
    ],
    [
      "INSERT INTO hidden.t VALUES (1)",
      "may not look into the schema hidden",
      "GRANT USAGE ON SCHEMA hidden TO app; GRANT INSERT ON hidden.t TO app",
    ],
    [
      "CREATE TABLE hidden.u (a int)",
      "may make nothing in the schema hidden",
      "GRANT CREATE, USAGE ON SCHEMA hidden TO app",
    ],
    ["CREATE SCHEMA more", "may make no schema", `GRANT CREATE ON DATABASE ${database} TO app`],
    ["CREATE ROLE someone", "lacks CREATEROLE", "ALTER ROLE app CREATEROLE"],
  ];
  // MERGE came with 15.
  test.each(statements.filter(([sql]) => testedMajor >= 15 || !sql.startsWith("MERGE")))(
    "%s",
    async (sql, missing, grant) => {
      if (sql === "CREATE SCHEMA more") await run(`REVOKE CREATE ON DATABASE ${database} FROM app`);
      const refused = () =>
        postgres.withClient(database, (client) =>
          client.query(`SET SESSION AUTHORIZATION app; BEGIN; ${sql}; ROLLBACK`).then(
            () => null,
            (error: unknown) => {
              return error instanceof Error && "code" in error ? error.code : error;
            },
          ),
        );
      expect(await refused()).toBe("42501");
      expect((await failuresOf({ sql, as: "app" })).join("\n")).toContain(missing);
      await run(grant);
      try {
        expect(await refused()).toBeNull();
        expect(await failuresOf({ sql, as: "app" })).toEqual([]);
      } finally {
        await run("ALTER ROLE app NOCREATEROLE");
      }
    },
  );

  test.each([
    "DROP TABLE ours.theirs",
    "CREATE TABLE t (a int); TRUNCATE t; CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch(); DROP TABLE t",
    "CREATE TYPE own AS ENUM ('a'); ALTER TYPE own RENAME VALUE 'a' TO 'b'",
    "CREATE SCHEMA fresh; CREATE TABLE fresh.t (a int); INSERT INTO fresh.t VALUES (1)",
    "WITH source AS (SELECT 1 AS a) SELECT a FROM source",
  ])("nothing is missing for %s", async (sql) => {
    await postgres.withClient(database, (client) =>
      client.query(`SET SESSION AUTHORIZATION app; BEGIN; ${sql}; ROLLBACK`),
    );
    expect(await failuresOf({ sql, as: "app" })).toEqual([]);
  });
});

describe("after an earlier environment", () => {
  test("what succeeded there as it is now may run, and nothing else", async () => {
    const digests: string[] = [];
    const meanwhile = async ({ migrations }: Plan) => digests.push(...migrations.map(({ digest }) => digest ?? ""));
    const settings = "{ after: staging }";
    const ports = { succeededBefore: async () => new Set(digests) };
    expect(await failuresOf({ settings, ports, meanwhile })).toEqual([]);
    expect(await failuresOf({ settings, ports: { succeededBefore: async () => new Set(["0".repeat(64)]) } })).toEqual([
      "0001 did not succeed in staging as they are now.",
    ]);
  });
});

describe("somebody in the way", () => {
  const settings = "{ lock-timeout: 100ms, preflight: { wait: 300ms } }";

  async function while_<T>(sql: string, work: () => Promise<T>): Promise<T> {
    return postgres.withClient(database, async (client) => {
      await client.query("SET application_name = 'nightly report'");
      await client.query(`BEGIN; ${sql}`);
      await sleep(150);
      try {
        return await work();
      } finally {
        await client.query("ROLLBACK");
      }
    });
  }

  beforeEach(async () => {
    await run(
      "CREATE SCHEMA lockkeeper; CREATE TABLE lockkeeper.ledger (version text, name text, checksum text, applied_at timestamptz); CREATE TABLE orders (a int); CREATE TABLE other (a int)",
    );
  });

  test.each([
    [
      "a long reader, of what every reader waits for",
      "SELECT FROM orders",
      "ALTER TABLE orders ADD COLUMN b int",
      true,
    ],
    ["a long reader, of what readers do not mind", "SELECT FROM orders", "CREATE INDEX ON orders (a)", false],
    ["a long writer", "INSERT INTO orders VALUES (1)", "CREATE INDEX ON orders (a)", true],
    ["a long reader of another table", "SELECT FROM other", "ALTER TABLE orders ADD COLUMN b int", false],
    [
      "an old transaction anywhere, for what is built concurrently",
      "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT FROM other",
      "CREATE INDEX CONCURRENTLY ON orders (a)",
      true,
    ],
  ])("%s", async (_what, theirs, sql, isNamed) => {
    const failures = await while_(theirs, () => failuresOf({ sql, settings }));
    expect(failures.map((each) => each.replace(/\d+(\.\d+)? m?s\b/g, "T").replace(/\d+/g, "N"))).toEqual(
      isNamed
        ? [
            expect.stringMatching(
              /^The transaction of pid N \(user postgres, nightly report\) .*, for T; it was waited for T\.$/,
            ),
          ]
        : [],
    );
  });

  test("is waited for, and nobody waits behind us", async () => {
    const migration = {
      sql: "ALTER TABLE orders ADD COLUMN b int",
      settings: "{ lock-timeout: 100ms, preflight: { wait: 30s } }",
    };
    let waited: Promise<readonly string[]> = Promise.resolve(["not begun"]);
    await while_("SELECT FROM orders", async () => {
      waited = failuresOf(migration);
      for (let i = 0; i < 5; i++) {
        await sleep(100);
        const { rows } = await run("SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted");
        expect(rows).toEqual([{ waiting: 0 }]);
      }
    });
    expect(await waited).toEqual([]);
  });

  test("a prepared transaction is named with what ends it", async () => {
    await run("BEGIN; INSERT INTO orders VALUES (1); PREPARE TRANSACTION 'forgotten'");
    await sleep(150);
    const failures = await failuresOf({ sql: "ALTER TABLE orders ADD COLUMN b int", settings });
    await run("ROLLBACK PREPARED 'forgotten'");
    expect(failures).toEqual([
      expect.stringMatching(/^A prepared transaction holds orders, for .*ROLLBACK PREPARED ends it\.$/),
    ]);
  });
});

describe("a vacuum against wraparound", () => {
  test("is named by a role that may see it and by one that may not, and another vacuum is not", async () => {
    const settings = {
      ...{ autovacuum: "on", autovacuum_naptime: "1s", autovacuum_freeze_max_age: "100000" },
      ...{ autovacuum_max_workers: "4" },
    };
    const own = await startPostgres({ settings });
    try {
      await own.createDatabase(database);
      await own.withClient(database, async (client) => {
        await client.query("CREATE ROLE app LOGIN PASSWORD 'app'; GRANT ALL ON SCHEMA public TO app; SET ROLE app");
        // As slow as PostgreSQL lets it be, so that it is still there when it is looked for.
        await client.query(`CREATE TABLE orders (a int, pad text) WITH (autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1);
          CREATE TABLE other (a int); INSERT INTO orders SELECT n, repeat('x', 500) FROM generate_series(1, 5000) n; RESET ROLE`);
        await client.query(
          "DO $$ BEGIN FOR i IN 1..101000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$",
        );
        const sql =
          "SELECT FROM pg_stat_activity WHERE query LIKE 'autovacuum: %public.orders (to prevent wraparound)'";
        for (let left = 400; left > 0 && (await client.query(sql)).rowCount === 0; left--) await sleep(50);
        expect((await client.query(sql)).rowCount).toBe(1);
      });
      for (const role of ["postgres", "app"] as const) {
        const password = role === "app" ? "app" : own.password;
        const client = new Client({
          connectionString: `postgres://${role}:${password}@127.0.0.1:${own.port}/${database}`,
        });
        await client.connect();
        const session = await sessionOf(client);
        const found = (name: string) => {
          const wanted = [{ table: { schema: null, name }, mode: "ACCESS EXCLUSIVE" as const }];
          const ports = { other: () => Promise.reject(new Error("not asked for")), isLocal: true };
          return preflightOver(session, ports).inTheWay(wanted, { olderThanMs: 0, anySnapshot: false });
        };
        expect(await found("orders"), role).toMatchObject([{ what: "vacuum-against-wraparound" }]);
        expect(await found("other"), role).toEqual([]);
        await session.close();
      }
    } finally {
      await own.stop();
    }
  }, 90_000);
});
