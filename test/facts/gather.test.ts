import { describe, expect, test } from "vitest";
import { slice } from "../sql/places.ts";
import { history, last, line, lines } from "./histories.ts";

describe("ALTER TABLE with several subcommands", () => {
  test("has an action for each, in its own place", async () => {
    const sql = `-- why
ALTER TABLE IF EXISTS ONLY app.users /* 한글 */
  ADD COLUMN "a,b" numeric(10, 2) DEFAULT 1.5, -- one, two
  ADD CONSTRAINT c CHECK (x IN (1, 2)),
  ALTER COLUMN n TYPE text USING concat(n, ',😀'),
  DROP COLUMN old;`;
    const [facts] = await history().apply(sql);
    expect(facts?.actions.map((action) => [action.kind, action.sql])).toEqual([
      ["add-column", 'ADD COLUMN "a,b" numeric(10, 2) DEFAULT 1.5'],
      ["add-constraint", "ADD CONSTRAINT c CHECK (x IN (1, 2))"],
      ["alter-column-type", "ALTER COLUMN n TYPE text USING concat(n, ',😀')"],
      ["drop-column", "DROP COLUMN old"],
    ]);
    for (const action of facts?.actions ?? []) expect(slice(sql, action.span)).toBe(action.sql);
  });

  test("takes the strongest lock of all for all, and for as long as the longest needs it", async () => {
    const weak = await last("ALTER TABLE t VALIDATE CONSTRAINT c");
    expect(lines(weak, "lock")).toEqual(["lock SHARE UPDATE EXCLUSIVE t"]);
    const strong = await last("ALTER TABLE t VALIDATE CONSTRAINT c, ADD COLUMN a int");
    expect(lines(strong, "lock")).toEqual(["lock ACCESS EXCLUSIVE t"]);
    expect(strong.effects.find(({ kind }) => kind === "lock")).toMatchObject({ lasts: "scan" });
    for (const { effects } of strong.actions) expect(effects.map(line)).toContain("lock ACCESS EXCLUSIVE t");
  });

  test("says nothing twice", async () => {
    const { effects } = await last("ALTER TABLE t ADD CHECK (a > 0), ADD CHECK (b > 0), ADD CHECK (c > 0)");
    const said = effects.map(line);
    expect(said).toEqual([...new Set(said)]);
    expect(said).toContain("scan t");
  });
});

describe("what could not be read", () => {
  test.each([
    ["SELEC 1", ["fails 42601"]],
    ["\\set x 1", ["fails 42601"]],
  ])("is refused by PostgreSQL: %s", async (sql, failures) => {
    const facts = await last(sql);
    expect(facts.actions).toMatchObject([{ kind: "opaque", reason: "unreadable" }]);
    expect(lines(facts, "fails")).toEqual(failures);
  });

  test("is not said to be refused where the parser gave up: PostgreSQL may take it", async () => {
    const facts = await last(`SELECT ${"1+".repeat(20_000)}1`);
    expect(facts.actions).toMatchObject([{ kind: "opaque", reason: "unreadable" }]);
    expect(facts.effects).toEqual([]);
  });

  test.each([
    "DO $$BEGIN EXECUTE 'DROP TABLE ' || 't'; END$$",
    "CALL p()",
    "SELECT unknown_function()",
    "SELEC 1",
    "EXECUTE q",
    "IMPORT FOREIGN SCHEMA s FROM SERVER o INTO public",
  ])("makes everything after it only possible: %s", async (opaque) => {
    const again = "CREATE TABLE t (a int)";
    expect(lines(await last(again, again), "fails")).toEqual(["fails 42P07 t"]);
    expect(lines(await last(again, opaque, again), "fails")).toEqual(["fails 42P07 t?"]);
  });

  test.each([
    "SELECT now()",
    "SELECT pg_sleep(1)",
    "SET search_path = public",
    "SELECT setval('s', 1)",
    "INSERT INTO t VALUES (1)",
  ])("what was read does not: %s", async (sql) => {
    const again = "CREATE TABLE t (a int)";
    expect(lines(await last(again, sql, again), "fails")).toEqual(["fails 42P07 t"]);
  });
});

describe("partitions and inheriting tables", () => {
  const partitioned = "CREATE TABLE p (a int) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p DEFAULT";
  const inherited = "CREATE TABLE p (a int NOT NULL); CREATE TABLE p1 () INHERITS (p)";

  // What PostgreSQL 18 shows in pg_locks after the same statements.
  test.each([
    [partitioned, "ALTER TABLE p ADD COLUMN b int", ["ACCESS EXCLUSIVE p", "ACCESS EXCLUSIVE p1"]],
    [inherited, "ALTER TABLE p ADD COLUMN b int", ["ACCESS EXCLUSIVE p", "ACCESS EXCLUSIVE p1"]],
    [partitioned, "CREATE INDEX ON p (a)", ["SHARE p", "SHARE p1"]],
    [inherited, "CREATE INDEX ON p (a)", ["SHARE p"]],
    [partitioned, "UPDATE p SET a = 1", ["ROW EXCLUSIVE p", "ROW EXCLUSIVE p1"]],
    [inherited, "DELETE FROM p", ["ROW EXCLUSIVE p", "ROW EXCLUSIVE p1"]],
    [partitioned, "TRUNCATE p", ["ACCESS EXCLUSIVE p", "ACCESS EXCLUSIVE p1"]],
    [partitioned, "LOCK TABLE p IN SHARE MODE", ["SHARE p", "SHARE p1"]],
    [partitioned, "DROP TABLE p1", ["ACCESS EXCLUSIVE p", "ACCESS EXCLUSIVE p1"]],
  ])("%s; %s", async (made, sql, locks) => {
    const facts = await last(made, sql);
    expect([...lines(facts, "lock")].sort()).toEqual(locks.map((each) => `lock ${each}`));
  });

  test("a partitioned table holds no rows itself: nothing in it is read or written anew", async () => {
    const facts = await last(`${partitioned}; ALTER TABLE p ADD b int`, "ALTER TABLE p ALTER COLUMN b TYPE bigint");
    expect(lines(facts, "rewrite", "scan")).toEqual(["rewrite p1", "scan p1"]);
  });
});
