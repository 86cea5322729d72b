import type { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sharedPostgres } from "../support/global-postgres.ts";
import { runStatements } from "../support/postgres.ts";
import { certainFailures, history, last, lines } from "./histories.ts";
import { pictureFrom, pictureOf } from "./picture.ts";

const database = "catalog_test";
let postgres: Awaited<ReturnType<typeof sharedPostgres>>;

beforeAll(async () => {
  postgres = await sharedPostgres();
  await postgres.createDatabase(database);
});

afterAll(async () => {
  await postgres.dropDatabase(database);
  await postgres.stop();
});

describe("the catalog after the same statements is the server's", () => {
  let client: Client;

  beforeEach(async ({ onTestFinished }) => {
    let done = () => {};
    const finished = new Promise<void>((resolve) => {
      done = resolve;
    });
    await new Promise<void>((ready, failed) => {
      const session = postgres.withClient(database, async (connected) => {
        await connected.query("DROP SCHEMA IF EXISTS public, app CASCADE; CREATE SCHEMA public");
        client = connected;
        ready();
        await finished;
      });
      session.catch(failed);
      onTestFinished(async () => {
        done();
        await session;
      });
    });
  });

  async function compare(sql: string): Promise<void> {
    const { apply, catalog } = history();
    const facts = await apply(sql);
    await runStatements(
      client,
      facts.map(({ statement }) => statement.sql),
    );
    const theirs = await pictureOf(client);
    expect(theirs.length).toBeGreaterThan(0);
    expect(pictureFrom(catalog)).toEqual(theirs);
    // What the server took was not said to fail.
    expect(facts.flatMap(certainFailures)).toEqual([]);
  }

  const wide = "a int, b int, c text, d int4range";

  test.each([
    "CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE, c int CHECK (c > 0), d int REFERENCES t (a))",
    "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b), UNIQUE (b, a), UNIQUE (b), FOREIGN KEY (b, a) REFERENCES t (a, b))",
    "CREATE TABLE t (a int CHECK (a > 0) CHECK (a < 9), b int CHECK (b > a), c int CHECK (c > c), CHECK (1 > 0), CHECK (a > 1), CHECK (b > a))",
    `CREATE TABLE t (${wide}); ALTER TABLE t ADD UNIQUE (a), ADD UNIQUE (a), ADD PRIMARY KEY (b), ADD CHECK (c <> ''), ADD CHECK (c IS NOT NULL)`,
    `CREATE TABLE t (${wide}); CREATE INDEX ON t (a); CREATE INDEX ON t (a); CREATE INDEX ON t (a, b); CREATE UNIQUE INDEX ON t (a DESC)`,
    `CREATE TABLE t (${wide}); CREATE INDEX ON t (a) INCLUDE (b); CREATE INDEX ON t (a, b, c) WHERE a > 0; CREATE INDEX ON t USING hash (c)`,
    `CREATE TABLE t (${wide}); CREATE INDEX ON t ((a + b)); CREATE INDEX ON t ((a - b))`,
    "CREATE TABLE t_a_key (a int); CREATE TABLE t (a int UNIQUE); CREATE TABLE u (t_a_key1 int); CREATE TABLE t_b_seq (a int)",
    "CREATE SCHEMA app; CREATE TABLE app.t (a int PRIMARY KEY, b int UNIQUE); CREATE TABLE t (a int PRIMARY KEY REFERENCES app.t (a))",
    "CREATE TABLE t (a serial, b bigserial PRIMARY KEY, c int GENERATED ALWAYS AS IDENTITY, d smallserial)",
    'CREATE TABLE t (a int CONSTRAINT mine PRIMARY KEY, b int CONSTRAINT "My Check" CHECK (b > 0), c int CONSTRAINT n NOT NULL)',
    "CREATE TABLE t (a varchar(9), b text[], c numeric(9, 2), d timestamptz, e date NOT NULL)",
  ])("names that PostgreSQL chooses: %s", compare);

  test.each([
    ["exclusion", `CREATE TABLE t (${wide}, EXCLUDE USING gist (d WITH &&), EXCLUDE USING btree (a WITH =, b WITH =))`],
    [
      "expressions",
      `CREATE TABLE t (${wide}); CREATE INDEX ON t (lower(c)); CREATE INDEX ON t (a, lower(c)); CREATE INDEX ON t ((a + b), b)`,
    ],
    [
      "names that are cut to 63 bytes",
      `CREATE TABLE ${"t".repeat(40)} (${"a".repeat(40)} int UNIQUE, ${"한".repeat(15)} int UNIQUE CHECK (${"한".repeat(15)} > 0))`,
    ],
    [
      "an index that becomes a constraint keeps its name",
      `CREATE TABLE t (${wide}); CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t ADD UNIQUE USING INDEX i`,
    ],
  ])("names that PostgreSQL chooses: %s", (_what, sql) => compare(sql));

  const keyed =
    "CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE, c text, CHECK (b > a)); CREATE INDEX i ON t (c); CREATE INDEX j ON t (c, b)";

  test.each([
    ["a column takes its indexes and constraints along", `${keyed}; ALTER TABLE t DROP COLUMN b`],
    ["a key too", `${keyed}; ALTER TABLE t DROP COLUMN a`],
    ["a column that is not there", `${keyed}; ALTER TABLE t DROP COLUMN IF EXISTS z`],
    ["a renamed column is still indexed", `${keyed}; ALTER TABLE t RENAME c TO z; ALTER TABLE t DROP COLUMN z`],
    [
      "a renamed table keeps its indexes and their names",
      `${keyed}; ALTER TABLE t RENAME TO u; CREATE TABLE t (a int)`,
    ],
    ["the indexes go with their table", `${keyed}; DROP TABLE t; CREATE TABLE i (a int); CREATE TABLE t_pkey (a int)`],
    [
      "a foreign key goes with the table that it refers to",
      `${keyed}; CREATE TABLE u (a int REFERENCES t (a)); DROP TABLE t CASCADE`,
    ],
    [
      "a foreign key follows the table that it refers to",
      `${keyed}; CREATE TABLE u (a int REFERENCES t (a)); ALTER TABLE t RENAME TO w; DROP TABLE w CASCADE`,
    ],
    ["another schema", `${keyed}; CREATE SCHEMA app; ALTER TABLE t SET SCHEMA app; CREATE TABLE t (a int)`],
    ["an index", `${keyed}; DROP INDEX i; ALTER INDEX j RENAME TO i`],
    [
      "a constraint takes its index along",
      `${keyed}; ALTER TABLE t DROP CONSTRAINT t_b_key; CREATE INDEX t_b_key ON t (b)`,
    ],
    [
      "types, NOT NULL and defaults",
      `${keyed}; ALTER TABLE t ALTER b TYPE bigint, ALTER c SET NOT NULL, ALTER b SET DEFAULT 1; ALTER TABLE t ALTER c DROP NOT NULL`,
    ],
    [
      "added columns",
      `${keyed}; ALTER TABLE t ADD z int UNIQUE, ADD y int NOT NULL DEFAULT 1 CHECK (y > 0), ADD IF NOT EXISTS a text`,
    ],
    [
      "a table that is there already",
      `${keyed}; CREATE TABLE IF NOT EXISTS t (z int); CREATE INDEX IF NOT EXISTS i ON t (a)`,
    ],
    [
      "an index that becomes a key",
      `${keyed}; CREATE UNIQUE INDEX k ON t (b); ALTER TABLE t ADD CONSTRAINT l UNIQUE USING INDEX k`,
    ],
    [
      "partitions",
      "CREATE TABLE t (a int, b int) PARTITION BY RANGE (a); CREATE TABLE u PARTITION OF t DEFAULT; CREATE TABLE w (a int, b int); ALTER TABLE t ATTACH PARTITION w FOR VALUES FROM (1) TO (2); ALTER TABLE t ADD c int; ALTER TABLE t DETACH PARTITION w; DROP TABLE t",
    ],
    [
      "columns of a parent",
      "CREATE TABLE t (a int, b text NOT NULL); CREATE TABLE u (c int) INHERITS (t); ALTER TABLE t ADD d int",
    ],
    ["a query's table", `${keyed}; ALTER TABLE t DROP COLUMN c; ALTER TABLE t RENAME a TO z`],
  ])("changes: %s", (_what, sql) => compare(sql));

  test.each([
    [
      "the constraint is renamed",
      `${keyed}; ALTER TABLE t RENAME CONSTRAINT t_b_key TO k; CREATE UNIQUE INDEX t_b_key ON t (b)`,
    ],
    ["the index is renamed", `${keyed}; ALTER INDEX t_b_key RENAME TO k; ALTER TABLE t DROP CONSTRAINT k`],
  ])("a constraint and its index have one name: %s", (_what, sql) => compare(sql));

  test("IF NOT EXISTS builds no index of a name that is taken", () =>
    compare(`${keyed}; CREATE TABLE u (a int); CREATE INDEX IF NOT EXISTS i ON u (a)`));

  test.each([
    [
      "CASCADE takes views along",
      "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v; DROP TABLE t CASCADE; CREATE VIEW v AS SELECT 1; CREATE TABLE w (a int)",
    ],
    [
      "a view takes views along",
      "CREATE VIEW v AS SELECT 1 AS a; CREATE VIEW w AS SELECT a FROM v; DROP VIEW v CASCADE; CREATE TABLE w (a int)",
    ],
    [
      "CASCADE takes inheriting tables along",
      "CREATE TABLE t (a int); CREATE TABLE u () INHERITS (t); DROP TABLE t CASCADE; CREATE TABLE u (b int)",
    ],
    [
      "DROP OWNED takes everything along",
      "CREATE ROLE catalog_test; CREATE TABLE t (a int); ALTER TABLE t OWNER TO catalog_test; DROP OWNED BY catalog_test; CREATE TABLE t (a int); DROP ROLE catalog_test",
    ],
    [
      "a parent's columns are its children's",
      "CREATE TABLE t (a int, b int); CREATE TABLE u () INHERITS (t); ALTER TABLE t RENAME a TO z; ALTER TABLE t DROP b; ALTER TABLE u ADD a int, ADD b int",
    ],
    [
      "ROLLBACK undoes",
      "CREATE TABLE k (a int); BEGIN; CREATE TABLE t (a int); ALTER TABLE k ADD b int; ROLLBACK; CREATE TABLE t (b int); ALTER TABLE k ADD b int",
    ],
    [
      "ROLLBACK TO undoes what follows the savepoint",
      "BEGIN; SAVEPOINT s; CREATE TABLE t (a int); ROLLBACK TO s; CREATE TABLE t (b int); COMMIT",
    ],
    ["the objects of CREATE SCHEMA are in it", "CREATE TABLE t (a int); CREATE SCHEMA app CREATE TABLE t (b int)"],
    [
      "a renamed schema leaves its names free",
      "CREATE SCHEMA app; CREATE TABLE app.t (a int); ALTER SCHEMA app RENAME TO app2; CREATE SCHEMA app; CREATE TABLE app.t (b int); DROP SCHEMA app2 CASCADE",
    ],
    [
      "search_path says where a table is",
      "CREATE TABLE t (a int); CREATE SCHEMA app; SET search_path = app; CREATE TABLE t (b int)",
    ],
    [
      "set_config too",
      "CREATE TABLE t (a int); CREATE SCHEMA app; SELECT set_config('search_path', 'app', false); CREATE TABLE t (b int)",
    ],
    [
      "a temporary table is beside the others of its name",
      "CREATE TABLE t (a int); CREATE TEMP TABLE t (b int); CREATE INDEX i ON t (b); DROP TABLE t; CREATE INDEX i ON t (a); ALTER TABLE t ADD b int",
    ],
    ["ON COMMIT DROP", "BEGIN; CREATE TEMP TABLE t (b int) ON COMMIT DROP; COMMIT; CREATE TABLE t (a int)"],
  ])("what the server takes is not said to fail: %s", async (_what, sql) => {
    const facts = await history().apply(sql);
    await runStatements(
      client,
      facts.map(({ statement }) => statement.sql),
    );
    expect(facts.flatMap(certainFailures)).toEqual([]);
  });
});

test("a temporary table is gone with its session, which is its file's", async () => {
  const file = "CREATE TEMP TABLE work (a int); CREATE INDEX work_a ON work (a)";
  const facts = await last(file, `$file; SELECT 1`, "CREATE TABLE work (a int)");
  expect(lines(facts, "fails")).toEqual([]);
});
