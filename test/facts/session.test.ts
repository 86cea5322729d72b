import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Session } from "../../src/facts/facts.ts";
import { newSet } from "../../src/facts/session.ts";
import { display } from "../../src/sql/names.ts";
import { sharedPostgres } from "../support/global-postgres.ts";
import { runStatements, sendAsOneString } from "../support/postgres.ts";
import { history, last, line, lines } from "./histories.ts";

/** The session before a statement that comes after these. */
async function sessionAfter(sql: string, model: "one-string" | "lockkeeper" = "lockkeeper"): Promise<Session> {
  const facts = await history().apply(`${sql};\nSELECT 'the last'`, { model });
  const found = facts.at(-1)?.before;
  if (found === undefined) throw new Error("there is no statement");
  return found;
}

describe("the transaction", () => {
  test.each([
    ["one-string", "SELECT 1", ["none"]],
    ["one-string", "SELECT 1; SELECT 2", ["implicit", "implicit"]],
    ["one-string", "BEGIN; SELECT 1; COMMIT; SELECT 2", ["implicit", "explicit", "explicit", "implicit"]],
    ["one-string", "COMMIT; SELECT 2", ["implicit", "implicit"]],
    ["one-string", "VACUUM t", ["none"]],
    ["lockkeeper", "SELECT 1", ["implicit"]],
    ["lockkeeper", "SELECT 1; SELECT 2", ["implicit", "implicit"]],
    ["lockkeeper", "BEGIN; SELECT 1; COMMIT; SELECT 2", ["none", "explicit", "explicit", "none"]],
    ["lockkeeper", "START TRANSACTION; ROLLBACK; SELECT 2", ["none", "explicit", "none"]],
    [
      "lockkeeper",
      "BEGIN; COMMIT AND CHAIN; SELECT 1; END; SELECT 2",
      ["none", "explicit", "explicit", "explicit", "none"],
    ],
    [
      "lockkeeper",
      "BEGIN; SAVEPOINT s; ROLLBACK TO s; RELEASE s; ABORT",
      ["none", "explicit", "explicit", "explicit", "explicit"],
    ],
    ["lockkeeper", "SELECT 1; VACUUM t; SELECT 2", ["none", "none", "none"]],
    ["lockkeeper", "CREATE INDEX CONCURRENTLY i ON t (a); SELECT 2", ["none", "none"]],
    ["lockkeeper", "SELECT 'BEGIN; VACUUM'; SELECT 2", ["implicit", "implicit"]],
    ["lockkeeper", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; SELECT 2", ["implicit", "implicit"]],
  ] as const)("%s: %s", async (model, sql, transactions) => {
    const facts = await history().apply(sql, { model });
    expect(facts.map(({ before }) => before.transaction)).toEqual(transactions);
    expect(facts.map(({ before }) => before.inTransaction)).toEqual(transactions.map((each) => each !== "none"));
  });

  test.each([
    ["one-string", "CREATE INDEX CONCURRENTLY i ON t (a)", []],
    ["one-string", "CREATE INDEX CONCURRENTLY i ON t (a); SELECT 1", ["fails 25001 t"]],
    ["one-string", "COMMIT; CREATE INDEX CONCURRENTLY i ON t (a); BEGIN", ["fails 25001 t"]],
    ["one-string", "DROP INDEX CONCURRENTLY i; SELECT 1", ["fails 25001 i"]],
    ["one-string", "ALTER TABLE t DETACH PARTITION p CONCURRENTLY; SELECT 1", ["fails 25001 t"]],
    ["one-string", "VACUUM t; SELECT 1", ["fails 25001 t"]],
    ["one-string", "ALTER SYSTEM RESET ALL; SELECT 1", ["fails 25001"]],
    ["one-string", "CREATE DATABASE d; SELECT 1", ["fails 25001"]],
    ["one-string", "DISCARD ALL; SELECT 1", ["fails 25001"]],
    ["lockkeeper", "CREATE INDEX CONCURRENTLY i ON t (a); SELECT 1", []],
    ["lockkeeper", "BEGIN; CREATE INDEX CONCURRENTLY i ON t (a); COMMIT", ["fails 25001 t"]],
    ["lockkeeper", "BEGIN; SELECT 1; COMMIT; CREATE INDEX CONCURRENTLY i ON t (a); BEGIN", []],
  ] as const)("what cannot be in one is refused where it is in one: %s: %s", async (model, sql, failures) => {
    const facts = await history().apply(sql, { model });
    expect(facts.flatMap((each) => lines(each, "fails"))).toEqual(failures);
  });
});

describe("settings, as PostgreSQL itself has them after the same statements", () => {
  const database = "session_test";
  let postgres: Awaited<ReturnType<typeof sharedPostgres>>;

  beforeAll(async () => {
    postgres = await sharedPostgres();
    await postgres.createDatabase(database);
  });

  afterAll(async () => {
    await postgres.dropDatabase(database);
    await postgres.stop();
  });

  const settingsOf =
    "SELECT setting::int AS ms FROM pg_settings WHERE name IN ('lock_timeout', 'statement_timeout') ORDER BY name";
  const ourSettings = ({ lockTimeoutMs, statementTimeoutMs }: Session) => [lockTimeoutMs ?? 0, statementTimeoutMs ?? 0];

  test.each([
    "SET lock_timeout = '3s'",
    "SET lock_timeout TO 1500; SET statement_timeout = '1min'",
    "SET SESSION statement_timeout = '1h'",
    "SET lock_timeout = '1.5s'",
    "SET lock_timeout = ' 5 s '",
    "SET lock_timeout = '250ms'; SET statement_timeout = '1d'",
    "SET LOCK_TIMEOUT = '3s'; SET Statement_Timeout = 0",
    "SET lock_timeout = '3s'; SET lock_timeout = 0",
    "SET lock_timeout = '3s'; SET lock_timeout TO DEFAULT",
    "SET lock_timeout = '3s'; RESET lock_timeout",
    "SET lock_timeout = '3s'; SET statement_timeout = 9; RESET ALL",
    "SET lock_timeout = '3s'; RESET statement_timeout",
    "SET lock_timeout = '3s'; DISCARD PLANS",
    "SET lock_timeout = '3s'; DISCARD ALL",
    "SET LOCAL lock_timeout = '3s'",
    "SET lock_timeout = '3s'; SET LOCAL lock_timeout = '4s'",
    "BEGIN; SET LOCAL lock_timeout = '3s'",
    "BEGIN; SET LOCAL lock_timeout = '3s'; COMMIT",
    "BEGIN; SET lock_timeout = '3s'; COMMIT",
    "BEGIN; SET lock_timeout = '3s'; SET LOCAL lock_timeout = '4s'; COMMIT",
    "BEGIN; SET LOCAL lock_timeout = '3s'; SET lock_timeout = '4s'; COMMIT",
    "SET lock_timeout = '1s'; BEGIN; SET LOCAL lock_timeout = '3s'; RESET lock_timeout; COMMIT",
    "SET lock_timeout = '1s'; BEGIN; SET LOCAL lock_timeout = '3s'; ROLLBACK",
    "BEGIN; SET LOCAL lock_timeout = '3s'; COMMIT AND CHAIN",
    "BEGIN; SET LOCAL lock_timeout = '3s'; SAVEPOINT s; RELEASE s",
    "BEGIN; COMMIT; SET LOCAL lock_timeout = '3s'",
    // What was set in a transaction or behind a savepoint goes back with it.
    "SET lock_timeout = '1s'; BEGIN; SET lock_timeout = '3s'; ROLLBACK",
    "BEGIN; SET lock_timeout = '3s'; COMMIT; BEGIN; SET statement_timeout = '5s'; ROLLBACK AND CHAIN",
    "BEGIN; SET lock_timeout = '3s'; SAVEPOINT s; SET lock_timeout = '4s'; ROLLBACK TO s",
    "BEGIN; SET lock_timeout = '3s'; SAVEPOINT s; SET LOCAL lock_timeout = '4s'; ROLLBACK TO s; COMMIT",
    "BEGIN; SAVEPOINT s; SET lock_timeout = '3s'; SAVEPOINT u; SET lock_timeout = '4s'; RELEASE u; ROLLBACK TO s; COMMIT",
  ])("%s", async (sql) => {
    const ours = await sessionAfter(sql);
    const statements = sql.split(";");
    const theirs = await postgres.withClient(database, async (client) => {
      await runStatements(client, ours.transaction === "implicit" ? ["BEGIN", ...statements] : statements);
      return (await client.query<{ ms: number }>(settingsOf)).rows.map(({ ms }) => ms);
    });
    expect(ourSettings(ours)).toEqual(theirs);
  });

  test.each([
    "SET lock_timeout = '3s'; SELECT 1",
    "SET LOCAL lock_timeout = '3s'; SELECT 1",
    "SET LOCAL lock_timeout = '3s'; COMMIT; SELECT 1",
    "SET lock_timeout = '2s'; SET LOCAL lock_timeout = '3s'; COMMIT; SET LOCAL statement_timeout = '9s'; SELECT 1",
    "BEGIN; SET LOCAL lock_timeout = '3s'; COMMIT; SELECT 1",
  ])("sent as one string: %s", async (sql) => {
    const ours = await sessionAfter(sql, "one-string");
    const theirs = await postgres.withClient(database, async (client) => {
      // The one string is over before the answer could be asked for: it is asked for inside, and kept.
      const kept = `CREATE TEMP TABLE kept AS ${settingsOf}`;
      await sendAsOneString(client, `${sql}; ${kept}`);
      return (await client.query<{ ms: number }>("SELECT ms FROM kept")).rows.map(({ ms }) => ms);
    });
    expect(ourSettings(ours)).toEqual(theirs);
  });
});

describe("the time zone", () => {
  test.each([
    ["SELECT 1", null],
    ["SET TIME ZONE 'UTC'", "UTC"],
    ["SET timezone = 'America/New_York'", "America/New_York"],
    ["SET TimeZone TO utc", "utc"],
    ["SET TIME ZONE 'UTC'; RESET timezone", null],
    ["SET TIME ZONE 'UTC'; SET TIME ZONE LOCAL", null],
    ["BEGIN; SET LOCAL timezone = 'UTC'; COMMIT", null],
  ])("%s", async (sql, timeZone) => {
    expect((await sessionAfter(sql)).timeZone).toBe(timeZone);
  });
});

describe("the locks that a transaction has", () => {
  const heldAfter = async (sql: string) =>
    (await sessionAfter(sql)).held.map(({ mode, relation }) => `${mode} ${display(relation)}`);

  test.each([
    ["ALTER TABLE a ADD b int", ["ACCESS EXCLUSIVE a"]],
    ["UPDATE a SET b = 1; CREATE INDEX ON c (d)", ["ROW EXCLUSIVE a", "SHARE c"]],
    ["UPDATE a SET b = 1; ALTER TABLE a DROP b; SELECT * FROM a", ["ACCESS EXCLUSIVE a"]],
    ["ALTER TABLE a VALIDATE CONSTRAINT k, ADD b int", ["ACCESS EXCLUSIVE a"]],
    ["CREATE TABLE a (b int); ALTER TABLE a ADD c int", []],
    ["CREATE TABLE a (b int REFERENCES c (d))", ["SHARE ROW EXCLUSIVE c"]],
    ["BEGIN; ALTER TABLE a ADD b int; COMMIT", []],
    ["BEGIN; ALTER TABLE a ADD b int; ROLLBACK", []],
    ["BEGIN; ALTER TABLE a ADD b int; COMMIT; LOCK TABLE c IN SHARE MODE", []],
    ["BEGIN; ALTER TABLE a ADD b int; COMMIT; BEGIN; LOCK TABLE c IN SHARE MODE", ["SHARE c"]],
    ["BEGIN; ALTER TABLE a ADD b int; SAVEPOINT s", ["ACCESS EXCLUSIVE a"]],
    ["BEGIN; ALTER TABLE a ADD b int; COMMIT AND CHAIN", []],
    ["ALTER TABLE a ADD b int; CREATE INDEX CONCURRENTLY i ON c (d)", []],
  ])("grow, and are given back at its end: %s", async (sql, held) => {
    expect(await heldAfter(sql)).toEqual(held);
  });

  test("a statement does not have its own lock before it runs", async () => {
    const facts = await history().apply("ALTER TABLE a ADD b int; ALTER TABLE a ADD c int");
    expect(facts.map(({ before }) => before.held.length)).toEqual([0, 1]);
  });
});

describe("what the set has made", () => {
  const createdAfter = async (sql: string) => (await sessionAfter(sql)).createdHere.list().map(display);

  test.each([
    ["CREATE TABLE a (b int)", ["a"]],
    ["CREATE TABLE s.a (b int); CREATE VIEW v AS SELECT 1; CREATE MATERIALIZED VIEW m AS SELECT 1", ["s.a", "v", "m"]],
    ["CREATE TABLE public.a (b int)", ["a"]],
    ["SELECT 1 INTO a", ["a"]],
    ["CREATE TABLE a (b int); ALTER TABLE a RENAME TO c", ["c"]],
    ["CREATE TABLE a (b int); ALTER TABLE a SET SCHEMA s", ["s.a"]],
    ["CREATE TABLE a (b int); DROP TABLE a", []],
    ["CREATE TABLE a (b int); DROP TABLE a; CREATE TABLE a (c int)", ["a"]],
    ["ALTER TABLE old RENAME TO a", []],
    ["CREATE OR REPLACE VIEW v AS SELECT 1", []],
    ["BEGIN; CREATE TABLE a (b int); COMMIT", ["a"]],
    ["BEGIN; CREATE TABLE a (b int); ROLLBACK", []],
    ["BEGIN; SAVEPOINT s; CREATE TABLE a (b int); ROLLBACK TO s", []],
  ])("is new: %s", async (sql, created) => {
    expect(await createdAfter(sql)).toEqual(created);
  });

  test("is new to the files after it in the same set, and not to another set", async () => {
    const { apply } = history();
    const set = newSet();
    await apply("CREATE TABLE a (b int)", { set });
    const [same] = await apply("DROP TABLE a", { set });
    expect(same?.before.createdHere.list().map(display)).toEqual(["a"]);
    expect(same?.actions.map(({ onlyNew }) => onlyNew)).toEqual([true]);
    const other = await last("CREATE TABLE a (b int)", "DROP TABLE a");
    expect(other.before.createdHere.list()).toEqual([]);
    expect(other.actions.map(({ onlyNew }) => onlyNew)).toEqual([false]);
  });

  test("IF NOT EXISTS makes nothing where it is there already", async () => {
    const { apply } = history();
    await apply("CREATE TABLE a (b int); CREATE MATERIALIZED VIEW m AS SELECT 1");
    const facts = await apply(
      "CREATE TABLE IF NOT EXISTS a (b int); CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 1; DROP TABLE a",
    );
    expect(facts.at(-1)?.before.createdHere.list()).toEqual([]);
    expect(facts.at(-1)?.effects.map(line)).toContain("data-loss a");
  });

  test("what takes the name of a table in use is private only until its transaction commits", async () => {
    const swap = "CREATE TABLE a_new (b int); ALTER TABLE a RENAME TO a_old; ALTER TABLE a_new RENAME TO a";
    const inside = await last("CREATE TABLE a (b int)", `BEGIN; ${swap}; ALTER TABLE a ADD c int`);
    expect(inside.before.createdHere.list().map(display)).toEqual(["a"]);
    const outside = await last("CREATE TABLE a (b int)", `BEGIN; ${swap}; COMMIT; ALTER TABLE a ADD c int`);
    expect(outside.before.createdHere.list()).toEqual([]);
    expect(lines(outside, "lock")).toEqual(["lock ACCESS EXCLUSIVE a"]);
    const old = await last("CREATE TABLE a (b int)", `${swap}; ALTER TABLE a_old ADD c int`);
    expect(lines(old, "lock")).toEqual(["lock ACCESS EXCLUSIVE a_old"]);
  });

  test.each([
    ["locks", "ALTER TABLE n ADD CHECK (b > 0)"],
    ["index builds", "CREATE INDEX ON n (b)"],
    ["lost rows", "DELETE FROM n"],
    ["the table itself", "DROP TABLE n"],
  ])("nobody waits for it or misses it: %s", async (_what, sql) => {
    const facts = await last(`CREATE TABLE n (b int); ${sql}`);
    expect(facts.effects.filter(({ kind }) => kind !== "fails")).toEqual([]);
    expect(facts.actions.map(({ onlyNew }) => onlyNew)).toEqual([true]);
  });

  test.each([
    ["a table that becomes its partition is locked and read", "ALTER TABLE p ATTACH PARTITION old DEFAULT"],
    [
      "a table that its foreign key refers to is locked while its rows are looked up",
      "ALTER TABLE p ADD FOREIGN KEY (a) REFERENCES old (a)",
    ],
    ["TRUNCATE … CASCADE empties a table that refers to it", "TRUNCATE p CASCADE"],
  ])("but what is done to others on its behalf is not private: %s", async (_what, sql) => {
    const made =
      "CREATE TABLE p (a int PRIMARY KEY) PARTITION BY RANGE (a); ALTER TABLE old ADD FOREIGN KEY (b) REFERENCES p (a) NOT VALID";
    const facts = await last("CREATE TABLE old (a int PRIMARY KEY, b int)", `${made}; ${sql}`);
    expect(facts.effects.some(({ relation }) => relation?.name === "old")).toBe(true);
    expect(facts.actions.map(({ onlyNew }) => onlyNew)).toEqual([false]);
  });
});
