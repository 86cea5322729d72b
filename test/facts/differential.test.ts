import fc from "fast-check";
import type { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sharedPostgres } from "../support/global-postgres.ts";
import { certainFailures, type History, history, lines } from "./histories.ts";
import { pictureFrom, pictureOf } from "./picture.ts";

const database = "differential_test";
let postgres: Awaited<ReturnType<typeof sharedPostgres>>;

beforeAll(async () => {
  postgres = await sharedPostgres();
  await postgres.createDatabase(database);
});

afterAll(async () => {
  await postgres.dropDatabase(database);
  await postgres.stop();
});

/** Statements over few names, so that they meet each other. :t is a table, :c a column, :i an index, :k a constraint, :v a view. */
const templates = [
  "CREATE TABLE :t (x int, y text, z timestamptz)",
  "CREATE TABLE :t (x int PRIMARY KEY, y varchar(10) UNIQUE, z int CHECK (z > 0))",
  "CREATE TABLE IF NOT EXISTS :t (x serial, y int CHECK (y > 0), z int REFERENCES a (x))",
  "CREATE TABLE :t (x int, y int, CHECK (x > y), UNIQUE (x, y), FOREIGN KEY (y) REFERENCES :t (x))",
  "CREATE TABLE :t (LIKE :t)",
  "DROP TABLE :t",
  "DROP TABLE IF EXISTS :t CASCADE",
  "ALTER TABLE :t RENAME TO :t",
  "ALTER TABLE :t RENAME :c TO :c",
  "ALTER TABLE :t ADD COLUMN :c bigint UNIQUE",
  "ALTER TABLE :t ADD COLUMN IF NOT EXISTS :c varchar(20) DEFAULT 'x' NOT NULL",
  "ALTER TABLE :t ADD COLUMN :c int REFERENCES b (x)",
  "ALTER TABLE :t DROP COLUMN :c",
  "ALTER TABLE :t DROP COLUMN IF EXISTS :c CASCADE",
  "ALTER TABLE :t ALTER COLUMN :c TYPE text",
  "ALTER TABLE :t ALTER COLUMN :c TYPE varchar(20)",
  "ALTER TABLE :t ALTER COLUMN :c SET NOT NULL",
  "ALTER TABLE :t ALTER COLUMN :c DROP NOT NULL",
  "ALTER TABLE :t ALTER COLUMN :c ADD GENERATED ALWAYS AS IDENTITY",
  "ALTER TABLE :t ADD CONSTRAINT :k CHECK (:c IS NOT NULL) NOT VALID",
  "ALTER TABLE :t ADD CHECK (:c IS NOT NULL)",
  "ALTER TABLE :t ADD UNIQUE (:c)",
  "ALTER TABLE :t ADD CONSTRAINT :k PRIMARY KEY (:c)",
  "ALTER TABLE :t ADD CONSTRAINT :k UNIQUE USING INDEX :i",
  "ALTER TABLE :t ADD FOREIGN KEY (:c) REFERENCES :t (:c) NOT VALID",
  "ALTER TABLE :t ADD CONSTRAINT :k FOREIGN KEY (:c) REFERENCES :t (:c)",
  "ALTER TABLE :t DROP CONSTRAINT :k",
  "ALTER TABLE :t VALIDATE CONSTRAINT :k",
  "ALTER TABLE :t RENAME CONSTRAINT :k TO :k",
  "CREATE INDEX ON :t (:c)",
  "CREATE UNIQUE INDEX :i ON :t (:c)",
  "CREATE INDEX IF NOT EXISTS :i ON :t (:c)",
  "CREATE INDEX ON :t (lower(y), x)",
  "DROP INDEX :i",
  "ALTER INDEX :i RENAME TO :i",
  "CREATE OR REPLACE VIEW :v AS SELECT x FROM :t",
  "CREATE MATERIALIZED VIEW :v AS SELECT * FROM :t",
  "DROP VIEW IF EXISTS :v CASCADE",
  "TRUNCATE :t",
  "TRUNCATE :t CASCADE",
  "DELETE FROM :t",
  "UPDATE :t SET y = NULL",
  "INSERT INTO :t (x) VALUES (1)",
];

const names: Readonly<Record<string, readonly string[]>> = {
  ":t": ["a", "b", "c"],
  ":c": ["x", "y", "z"],
  ":i": ["i", "j", "a_x_idx", "b_y_key"],
  ":k": ["k", "a_z_check", "a_pkey", "b_y_key"],
  ":v": ["v", "w"],
};

const statement: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...templates), fc.array(fc.nat(11), { minLength: 5, maxLength: 5 }))
  .map(([template, picks]) => {
    let hole = 0;
    return template.replace(/:[tcikv]\b/g, (kind) => {
      const choices = names[kind] ?? [];
      return choices[(picks[hole++] ?? 0) % choices.length] ?? "";
    });
  });

/** What the server says to a statement: the table locks it took on what was there before, or null where it refused it. */
async function locksOf(client: Client, sql: string): Promise<readonly string[] | null> {
  await client.query(
    "BEGIN; CREATE TEMP TABLE present ON COMMIT DROP AS SELECT oid, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm')",
  );
  try {
    await client.query(sql);
    const { rows } = await client.query<{ mode: string; relname: string }>(
      "SELECT mode, relname FROM pg_locks JOIN present ON oid = relation WHERE pid = pg_backend_pid() AND locktype = 'relation'",
    );
    await client.query("COMMIT");
    return rows.map(
      ({ mode, relname }) =>
        `${mode
          .replace(/Lock$/, "")
          .replace(/([a-z])([A-Z])/g, "$1 $2")
          .toUpperCase()} ${relname}`,
    );
  } catch {
    await client.query("ROLLBACK");
    return null;
  }
}

/** What is predicted of a statement after these, which the server took. */
async function replay(taken: readonly string[]): Promise<History> {
  const fresh = history();
  for (const sql of taken) await fresh.apply(sql);
  return fresh;
}

/** The disagreements about one history, each with the statements that led to it. */
async function disagreements(client: Client, statements: readonly string[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  const taken: string[] = [];
  let ours = history();
  for (const sql of statements) {
    const [facts] = await ours.apply(sql);
    const locks = await locksOf(client, sql);
    if (facts === undefined || locks === null) {
      ours = await replay(taken);
      continue;
    }
    taken.push(sql);
    const say = (what: string) => wrong.push(`${what}, after\n${taken.join(";\n")}`);
    for (const failure of certainFailures(facts)) say(`${failure}, but the server took it`);
    const predicted = lines(facts, "lock").map((each) => each.replace(/^lock /, ""));
    const present = new Set(locks.map((lock) => lock.split(" ").at(-1)));
    for (const lock of predicted) {
      const relation = lock.split(" ").at(-1);
      if (!lock.endsWith("?") && present.has(relation) && !locks.includes(lock)) say(`there was no ${lock}`);
    }
    for (const lock of locks.filter((each) => !/^(?:ACCESS|ROW) SHARE /.test(each))) {
      const relation = lock.split(" ").at(-1);
      const covered = [lock, `${lock}?`, `ACCESS EXCLUSIVE ${relation}`, `ACCESS EXCLUSIVE ${relation}?`];
      if (!covered.some((each) => predicted.includes(each))) say(`${lock} was not predicted`);
    }
  }
  const theirs = await pictureOf(client);
  const picture = pictureFrom(ours.catalog);
  const differences = [
    ...theirs.filter((each) => !picture.includes(each)).map((each) => `only the server has ${each}`),
    ...picture.filter((each) => !theirs.includes(each)).map((each) => `only the catalog has ${each}`),
  ];
  if (differences.length > 0) wrong.push(`${differences.join(", ")}, after\n${taken.join(";\n")}`);
  return wrong;
}

test("the catalog, the locks and the failures of any history are the server's", async () => {
  // The same histories every time: a fault that is found is found again.
  const histories = fc.sample(fc.array(statement, { minLength: 25, maxLength: 25 }), { numRuns: 40, seed: 20_260_819 });
  const wrong = await postgres.withClient(database, async (client) => {
    const found: string[] = [];
    for (const more of histories) {
      await client.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
      const first = [
        "CREATE TABLE a (x int, y text, z timestamptz)",
        "CREATE TABLE b (x int PRIMARY KEY, y varchar(10) UNIQUE)",
      ];
      found.push(...(await disagreements(client, [...first, ...more])));
    }
    return found;
  });
  expect(wrong).toEqual([]);
});
