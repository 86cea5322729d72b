import { describe, expect, test } from "vitest";
import type { Risk } from "../../src/config/config.ts";
import { newSet } from "../../src/facts/session.ts";
import { type ChangeClass, changeClasses, fewRows, judgeStatement, riskOfClass } from "../../src/gate/classify.ts";
import { history, last } from "../facts/histories.ts";

/** Tables that are in use when the statement comes. */
const before = `
  CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50), email text NOT NULL, age int, born timestamp, tags text[]);
  CREATE TABLE orders (id int PRIMARY KEY, user_id bigint REFERENCES users (id), total numeric(10, 2), state text);
  CREATE INDEX orders_state ON orders (state);
  ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total > 0) NOT VALID;
  ALTER TABLE users ADD CONSTRAINT users_age CHECK (age IS NOT NULL);
  CREATE TABLE events (id int, at date) PARTITION BY RANGE (at);
  CREATE TABLE logins (user_id bigint REFERENCES users (id) ON DELETE CASCADE, at timestamptz);
  CREATE TYPE mood AS ENUM ('ok');
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
  CREATE VIEW names AS SELECT 'x' AS name`;

async function judge(sql: string): Promise<string> {
  const { changeClass, risk } = judgeStatement(await last(before, sql));
  return `${changeClass} ${risk}`;
}

type Row = readonly [expected: `${ChangeClass} ${Risk}`, ...statements: string[]];

/** The risk table, row by row: what stands in a row is what its words say, with nothing around it that would move it. */
const table: readonly Row[] = [
  [
    "add low",
    "CREATE TABLE t (id int)",
    "CREATE TABLE t AS SELECT 1 AS a",
    "CREATE TABLE p PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
    "ALTER TABLE users ADD COLUMN nick text",
    "ALTER TABLE users ADD COLUMN score int NOT NULL DEFAULT 0",
    "ALTER TABLE users ADD COLUMN seen timestamptz DEFAULT now()",
    "CREATE VIEW v AS SELECT 1",
    "CREATE TYPE t AS ENUM ('a')",
    "ALTER TYPE mood ADD VALUE 'fine'",
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE SCHEMA app",
    "CREATE SEQUENCE s",
    "CREATE DOMAIN d AS int CHECK (value > 0)",
    "ALTER TABLE orders ADD CONSTRAINT c CHECK (total < 9) NOT VALID",
    "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID",
    "COMMENT ON TABLE users IS 'who'",
    "ALTER TABLE users ALTER COLUMN age SET DEFAULT 1",
  ],
  [
    "session low",
    "SET lock_timeout = '3s'",
    "RESET ALL",
    "BEGIN",
    "COMMIT",
    "SAVEPOINT s",
    "SELECT 1",
    "SELECT count(*) FROM users",
    "EXPLAIN DELETE FROM users",
    "ANALYZE users",
    "COPY users TO STDOUT",
    "LISTEN c",
  ],
  [
    "index medium",
    "CREATE INDEX CONCURRENTLY ON users (name)",
    "CREATE UNIQUE INDEX CONCURRENTLY i ON users (name)",
    "DROP INDEX orders_state",
    "DROP INDEX CONCURRENTLY orders_state",
    "REINDEX INDEX CONCURRENTLY orders_state",
    "REINDEX TABLE CONCURRENTLY orders",
    "ALTER INDEX orders_state RENAME TO i",
    "ALTER INDEX orders_state SET (fillfactor = 70)",
  ],
  [
    "constraint medium",
    "ALTER TABLE orders VALIDATE CONSTRAINT orders_total",
    "ALTER TABLE orders DROP CONSTRAINT orders_total",
    "ALTER TABLE users ALTER COLUMN age SET NOT NULL",
    "ALTER TABLE users ALTER COLUMN email DROP NOT NULL",
    "ALTER TABLE orders RENAME CONSTRAINT orders_total TO c",
  ],
  [
    "constraint high",
    "ALTER TABLE orders ADD CHECK (total < 9)",
    "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id)",
    "ALTER TABLE orders ADD UNIQUE (user_id)",
    "ALTER TABLE users ALTER COLUMN name SET NOT NULL",
  ],
  [
    "routine medium",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'",
    "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'",
    "DROP FUNCTION touch",
    "CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()",
    "DROP TRIGGER IF EXISTS t ON users",
    "CREATE OR REPLACE VIEW names AS SELECT 'y' AS name",
    "DROP VIEW names",
    "CREATE POLICY p ON users USING (true)",
    "DROP POLICY p ON users",
  ],
  [
    "permission medium",
    "GRANT SELECT ON users TO app",
    "REVOKE ALL ON users FROM PUBLIC",
    "ALTER TABLE users OWNER TO app",
    "ALTER SCHEMA public OWNER TO app",
    "CREATE ROLE app",
    "ALTER ROLE app NOSUPERUSER",
    "DROP ROLE app",
    "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app",
  ],
  [
    "permission high",
    "GRANT SELECT ON users TO PUBLIC",
    "GRANT USAGE ON SCHEMA public TO app, PUBLIC",
    "CREATE ROLE app SUPERUSER",
    "ALTER ROLE app BYPASSRLS",
    "GRANT pg_execute_server_program TO app",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
  ],
  [
    "rename high",
    "ALTER TABLE users RENAME COLUMN name TO full_name",
    "ALTER TABLE users RENAME TO people",
    "ALTER TABLE users SET SCHEMA app",
    "ALTER SCHEMA public RENAME TO app",
    "ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'",
    "ALTER VIEW names RENAME TO n",
  ],
  [
    "type-change high",
    "ALTER TABLE users ALTER COLUMN age TYPE bigint",
    "ALTER TABLE users ALTER COLUMN name TYPE varchar(20)",
    "ALTER TABLE users ALTER COLUMN email TYPE varchar(99)",
    "ALTER TABLE users ALTER COLUMN born TYPE timestamptz",
    "ALTER TABLE orders ALTER COLUMN total TYPE numeric(12, 3)",
    "ALTER TABLE users ALTER COLUMN email TYPE text USING lower(email)",
    "ALTER TABLE unknown ALTER COLUMN a TYPE text",
  ],
  [
    "maintenance high",
    "VACUUM FULL users",
    "CLUSTER users USING users_pkey",
    "LOCK TABLE users IN SHARE MODE",
    "ALTER TABLE users SET LOGGED",
    "ALTER TABLE users SET TABLESPACE s",
    "ALTER SYSTEM SET work_mem = '1GB'",
    "COPY users TO PROGRAM 'cat'",
  ],
  [
    "opaque high",
    "DO $$BEGIN EXECUTE 'DROP TABLE ' || 'users'; END$$",
    "CALL p()",
    "SELECT unknown_function()",
    "SELEC 1",
    "\\i other.sql",
    "EXECUTE q",
  ],
  [
    "drop critical",
    "DROP TABLE users CASCADE",
    "ALTER TABLE users DROP COLUMN name CASCADE",
    "DROP SCHEMA app",
    "DROP TYPE mood",
    "DROP SEQUENCE s",
    "DROP EXTENSION pg_trgm",
    "TRUNCATE orders",
    "DROP OWNED BY app",
  ],
  [
    "data critical",
    "UPDATE users SET name = ''",
    "DELETE FROM orders WHERE state = 'gone'",
    "DELETE FROM orders WHERE id = 1 OR state = 'gone'",
    "DELETE FROM orders WHERE id > 1",
    "DELETE FROM orders USING users WHERE users.id = 1",
    "UPDATE orders SET state = 'x' FROM users u WHERE u.id = 1",
    "DELETE FROM orders WHERE id = user_id::int",
    "MERGE INTO users USING orders ON user_id = users.id WHEN MATCHED THEN DELETE",
    "INSERT INTO orders SELECT * FROM orders",
    "COPY orders FROM '/tmp/x'",
    "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone",
    "EXPLAIN ANALYZE DELETE FROM orders",
    `INSERT INTO orders (id) VALUES ${Array.from({ length: fewRows + 1 }, (_, i) => `(${i})`).join(", ")}`,
  ],
  [
    "data medium",
    "INSERT INTO orders (id) VALUES (1)",
    "INSERT INTO orders DEFAULT VALUES",
    "DELETE FROM orders WHERE id = 1",
    "DELETE FROM orders o WHERE o.id IN (1, 2) AND state = 'gone'",
    "UPDATE users SET name = '' WHERE id = '7'::bigint",
    `INSERT INTO orders (id) VALUES ${Array.from({ length: fewRows }, (_, i) => `(${i})`).join(", ")}`,
    "SELECT setval('s', 5)",
  ],
];

describe.each(table)("%s", (expected, ...statements) => {
  test.each(statements.map((sql) => [sql.slice(0, 80), sql]))("%s", async (_title, sql = "") => {
    expect(await judge(sql)).toBe(expected);
  });
});

test("every class has its row, and its risk is the table's", () => {
  const rows = new Set(table.map(([expected]) => expected.split(" ")[0]));
  expect([...rows].sort()).toEqual([...changeClasses].sort());
  for (const changeClass of changeClasses) {
    expect(table.some(([expected]) => expected === `${changeClass} ${riskOfClass[changeClass]}`)).toBe(true);
  }
});

describe("effects move the risk", () => {
  test.each([
    [
      "a volatile default rewrites the table",
      "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid()",
      "add high",
    ],
    ["so does a serial column", "ALTER TABLE users ADD COLUMN number serial", "add high"],
    [
      "a stored column is computed for every row",
      "ALTER TABLE users ADD COLUMN low text GENERATED ALWAYS AS (lower(name)) STORED",
      "add high",
    ],
    [
      "NOT NULL without a default is refused where there are rows",
      "ALTER TABLE users ADD COLUMN a int NOT NULL",
      "add high",
    ],
    [
      "a unique column builds its index under the lock",
      "ALTER TABLE users ADD COLUMN a int DEFAULT 1 UNIQUE",
      "add high",
    ],
    ["an index without CONCURRENTLY stops writes", "CREATE INDEX ON users (name)", "index high"],
    ["so does REINDEX", "REINDEX INDEX orders_state", "index high"],
    [
      "a varchar that only widens changes the catalog alone",
      "ALTER TABLE users ALTER COLUMN name TYPE varchar(80)",
      "type-change low",
    ],
    ["so does varchar to text", "ALTER TABLE users ALTER COLUMN name TYPE text", "type-change low"],
    [
      "so does a numeric with more digits before the point",
      "ALTER TABLE orders ALTER COLUMN total TYPE numeric(12, 2)",
      "type-change low",
    ],
    ["VACUUM lets everybody work", "VACUUM users", "maintenance low"],
    [
      "an index that becomes a constraint is read already",
      "ALTER TABLE users ADD CONSTRAINT c UNIQUE USING INDEX users_pkey",
      "add low",
    ],
    ["filling a materialized view stops its readers", "REFRESH MATERIALIZED VIEW m", "routine high"],
    ["CONCURRENTLY does not", "REFRESH MATERIALIZED VIEW CONCURRENTLY m", "routine medium"],
  ])("%s", async (_why, sql, expected) => {
    expect(await judge(sql)).toBe(expected);
  });

  test("the worst of several subcommands is the statement's", async () => {
    expect(await judge("ALTER TABLE users ADD COLUMN a int, DROP COLUMN age, ADD COLUMN b int")).toBe("drop critical");
    expect(await judge("DROP TABLE IF EXISTS nothing, orders")).toBe("drop critical");
  });

  test("a scan that would let others write is high beside a subcommand that does not", async () => {
    expect(await judge("ALTER TABLE orders VALIDATE CONSTRAINT orders_total, ADD COLUMN a int")).toBe(
      "constraint high",
    );
  });
});

describe("what is made in the same set", () => {
  test.each([
    "CREATE INDEX ON t (a)",
    "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
    "ALTER TABLE t ADD CHECK (a > 0)",
    "ALTER TABLE t ALTER COLUMN a TYPE bigint",
    "ALTER TABLE t RENAME TO u",
    "INSERT INTO t SELECT generate_series(1, 1000)",
    "UPDATE t SET a = 1",
    "DROP TABLE t",
    "GRANT SELECT ON t TO app",
    "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch()",
  ])("nobody waits for it: %s", async (sql) => {
    const own = judgeStatement(await last(before, `CREATE TABLE t (a int); ${sql}`));
    expect(own.risk).toBe("low");
    const earlier = judgeStatement(await last(before, "CREATE TABLE t (a int)", sql));
    expect(earlier.risk).not.toBe("low");
  });

  test("a later file of the same set knows it, a later set does not", async () => {
    for (const [together, risk] of [
      [true, "low"],
      [false, "critical"],
    ] as const) {
      const { apply } = history();
      const set = newSet();
      await apply("CREATE TABLE t (a int)", { set });
      const [facts] = await apply("DROP TABLE t", together ? { set } : {});
      expect(facts === undefined ? null : judgeStatement(facts).risk).toBe(risk);
    }
  });

  test.each([
    [
      "a table that IF NOT EXISTS found",
      "CREATE TABLE IF NOT EXISTS users (id int); DROP TABLE users CASCADE",
      "drop critical",
    ],
    [
      "a table that IF NOT EXISTS may have found",
      "CREATE TABLE IF NOT EXISTS people (id int); DELETE FROM people",
      "data critical",
    ],
    [
      "a table whose making was rolled back",
      "BEGIN; CREATE TABLE people (id int); ROLLBACK; DELETE FROM people",
      "data critical",
    ],
    [
      "a table that took the name of one in use, after its transaction",
      "BEGIN; CREATE TABLE t (id int); ALTER TABLE users RENAME TO gone; ALTER TABLE t RENAME TO users; COMMIT; DELETE FROM users",
      "data critical",
    ],
    [
      "a table that becomes a partition of a new one",
      "CREATE TABLE p (id int) PARTITION BY RANGE (id); ALTER TABLE p ATTACH PARTITION orders DEFAULT",
      "add high",
    ],
    [
      "a table that a new one's rows are looked up in",
      "CREATE TABLE t AS SELECT 1::bigint AS a; ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES users (id)",
      "constraint high",
    ],
    [
      "a table that TRUNCATE of a new one empties as well",
      "CREATE TABLE t (a int PRIMARY KEY); ALTER TABLE orders ADD FOREIGN KEY (id) REFERENCES t (a) NOT VALID; TRUNCATE t CASCADE",
      "drop critical",
    ],
    ["a table behind a new view", "CREATE VIEW w AS SELECT * FROM users; DELETE FROM w", "data critical"],
    [
      "a table that is given a new parent",
      "CREATE TABLE p (); ALTER TABLE logins INHERIT p; DELETE FROM p",
      "data critical",
    ],
    [
      "what a rule of a new table does to others",
      "CREATE TABLE t (a int); CREATE RULE r AS ON INSERT TO t DO ALSO DELETE FROM users",
      "routine medium",
    ],
    ["the server's programs", "CREATE TABLE t (a text); COPY t FROM PROGRAM 'id'", "data critical"],
  ])("is not %s", async (_what, sql, expected) => {
    expect(await judge(sql)).toBe(expected);
  });
});

describe("what hides in a statement of another kind", () => {
  test.each([
    ["COPY of a DELETE", "COPY (DELETE FROM users RETURNING *) TO STDOUT", "data critical"],
    [
      "CREATE TABLE AS with a DELETE",
      "CREATE TABLE t AS WITH x AS (DELETE FROM users RETURNING *) SELECT * FROM x",
      "data critical",
    ],
    ["SELECT INTO with a DELETE", "WITH x AS (DELETE FROM users RETURNING *) SELECT * INTO t FROM x", "data critical"],
    [
      "EXPLAIN ANALYZE of CREATE TABLE AS",
      "EXPLAIN ANALYZE CREATE TABLE t AS WITH x AS (DELETE FROM users RETURNING *) SELECT * FROM x",
      "data critical",
    ],
    ["CREATE TABLE AS EXECUTE", "CREATE TABLE t AS EXECUTE q", "opaque high"],
    ["COPY of a function that is not known", "COPY (SELECT unknown_function()) TO STDOUT", "opaque high"],
    ["a cursor over one", "DECLARE c CURSOR FOR SELECT unknown_function()", "opaque high"],
    ["a row whose end takes others along", "DELETE FROM users WHERE id = 1", "data critical"],
    ["a function of another schema with a harmless name", "SELECT app.version()", "opaque high"],
    ["another one", "SELECT app.setval('s', 1)", "opaque high"],
    ["a default that is not known", "ALTER TABLE users ADD COLUMN a int DEFAULT app.random()", "add high"],
    ["an update whose value calls one", "INSERT INTO orders (id) VALUES (unknown_function())", "opaque high"],
    [
      "an update of what a sub-select deletes",
      "WITH x AS (DELETE FROM orders RETURNING id) INSERT INTO orders (id) VALUES (1)",
      "data critical",
    ],
  ])("%s", async (_what, sql, expected) => {
    expect(await judge(sql)).toBe(expected);
  });
});

test.each([
  "ALTER SEQUENCE s RESTART WITH 1",
  "ALTER TABLE users ALTER COLUMN id RESTART WITH 1",
  "SELECT setval('s', 1)",
])("a sequence that is set back gives out numbers that are in use: %s", async (sql) => {
  expect(judgeStatement(await last(before, sql)).risk).toBe("medium");
});
