import { describe, expect, test } from "vitest";
import { judgeStatement } from "../../src/gate/classify.ts";
import type { Dialect } from "../../src/sql/dialects/dialect.ts";
import { factsOf } from "./chain.ts";

/** Everything that is done in a statement, in the words of the actions, with the class and risk of the whole. */
async function said(sql: string, dialect: Dialect, history: readonly string[] = []): Promise<string> {
  const facts = await factsOf(sql, dialect, history);
  return facts
    .map((each) => {
      const { changeClass, risk, actions } = judgeStatement(each);
      return `${actions.map(({ kind }) => kind).join(" + ")}: ${changeClass} ${risk}`;
    })
    .join("; ");
}

/** A table that an earlier migration has made. */
const history = [
  "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b VARCHAR(20), old_name VARCHAR(20));",
  "CREATE TABLE o (id INTEGER PRIMARY KEY, t_id INT);",
];

const everywhere: readonly (readonly [sql: string, said: string])[] = [
  ["CREATE TABLE n (a INT)", "create-table: add low"],
  ["CREATE TABLE IF NOT EXISTS n AS SELECT * FROM t", "create-table: add low"],
  ["CREATE INDEX i ON t (a)", "create-index: index medium"],
  ["CREATE UNIQUE INDEX i ON t (a, b)", "create-index: index medium"],
  ["CREATE VIEW v AS SELECT a FROM t", "create-view: add low"],
  ["DROP VIEW v", "drop-view: routine medium"],
  ["DROP TRIGGER x", "drop-other-object: routine medium"],
  ["DROP TABLE t", "drop-table: drop critical"],
  ["ALTER TABLE t RENAME TO u", "rename-table: rename high"],
  ["ALTER TABLE t RENAME COLUMN old_name TO new_name", "rename-column: rename high"],
  ["ALTER TABLE t ADD COLUMN c INT", "add-column: add low"],
  ["ALTER TABLE t ADD c INT NOT NULL DEFAULT 0", "add-column: add low"],
  ["ALTER TABLE t DROP COLUMN a", "drop-column: drop critical"],
  ["INSERT INTO t (id) VALUES (1), (2)", "insert: data medium"],
  ["INSERT INTO t (id) SELECT t_id FROM o", "insert: data critical"],
  ["REPLACE INTO t (id) VALUES (1)", "insert: data medium"],
  ["UPDATE t SET a = 1", "update: data critical"],
  ["UPDATE t SET a = 1 WHERE b = 'x'", "update: data critical"],
  ["UPDATE t SET a = 1 WHERE id = 5", "update: data medium"],
  ["UPDATE t SET a = 1 WHERE id IN (5, 6) AND b = 'x'", "update: data medium"],
  ["DELETE FROM t", "delete: data critical"],
  ["DELETE FROM t WHERE id = 5", "delete: data medium"],
  ["DELETE FROM t WHERE id = 5 OR b = 'x'", "delete: data critical"],
  ["SELECT count(*), max(a) FROM t", "select: session low"],
  ["SELECT purge_everything(a) FROM t", "select + opaque: opaque high"],
  ["UPDATE t SET a = sync_all(b)", "update + opaque: data critical"],
  ["BEGIN", "begin: session low"],
  ["COMMIT", "commit: session low"],
  ["ROLLBACK TO SAVEPOINT s", "rollback-to: session low"],
  ["EXPLAIN SELECT 1", "session-other: session low"],
  ["FROBNICATE t", "opaque: opaque high"],
  ["ALTER TABLE t FROBNICATE a", "opaque: opaque high"],
  ["CREATE TABEL n (a INT)", "opaque: opaque high"],
];

const onlyMysql: readonly (readonly [sql: string, said: string])[] = [
  ["DROP TABLE IF EXISTS t, o CASCADE", "drop-table + drop-table: drop critical"],
  ["DROP TEMPORARY TABLE IF EXISTS t", "session-other: session low"],
  ["CREATE TABLE n LIKE t", "create-table: add low"],
  ["TRUNCATE t", "truncate: drop critical"],
  ["RENAME TABLE t TO t_old, o TO t", "rename-table + rename-table: rename high"],
  ["alter table `t` add unique `t_a`(`a`)", "add-constraint: constraint medium"],
  ["alter table `t` drop primary key", "drop-constraint: constraint high"],
  ["alter table `t` add `c` int null, drop `a`", "add-column + drop-column: drop critical"],
  ["ALTER TABLE t ADD (c INT, d INT)", "add-column + add-column: add low"],
  ["ALTER TABLE t ADD COLUMN c INT, ALGORITHM=COPY", "add-column: add high"],
  ["ALTER TABLE t ADD COLUMN c INT CHECK (c > 0)", "add-column: add high"],
  ["ALTER TABLE t ADD c BIGINT NOT NULL AUTO_INCREMENT UNIQUE", "add-column: add high"],
  ["ALTER TABLE t MODIFY a BIGINT", "alter-column-type: type-change high"],
  ["ALTER TABLE t MODIFY a INT(11) DEFAULT 5", "set-default: add low"],
  ["ALTER TABLE t MODIFY a INT NOT NULL", "set-not-null: constraint medium"],
  ["ALTER TABLE t CHANGE old_name new_name VARCHAR(20)", "rename-column: rename high"],
  ["ALTER TABLE unknown MODIFY a INT", "alter-column-type: type-change high"],
  ["ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES o (id)", "add-constraint: constraint high"],
  ["ALTER TABLE t ADD CHECK (a > 0) NOT ENFORCED", "add-constraint: add low"],
  ["ALTER TABLE t ADD SPATIAL INDEX (b)", "create-index: index high"],
  ["ALTER TABLE t DROP PARTITION p0", "delete: data critical"],
  ["ALTER TABLE t TRUNCATE PARTITION p0", "delete: data critical"],
  ["ALTER TABLE t ADD PARTITION (PARTITION p9 VALUES LESS THAN (9))", "attach-partition: add low"],
  [
    "ALTER TABLE t REORGANIZE PARTITION p0 INTO (PARTITION p VALUES LESS THAN (1))",
    "set-access-method: maintenance high",
  ],
  ["ALTER TABLE t COMMENT 'x' ENGINE = InnoDB", "set-table-options + set-access-method: maintenance high"],
  ["ALTER TABLE t ENGINE = InnoDB FROBNICATE", "set-access-method + opaque: opaque high"],
  ["UPDATE t JOIN o ON o.t_id = t.id SET t.a = 1, o.t_id = 2", "update + update: data critical"],
  ["DELETE t FROM t JOIN o ON o.t_id = t.id", "delete: data critical"],
  ["DELETE FROM t ORDER BY id LIMIT 50", "delete: data medium"],
  ["DELETE FROM t ORDER BY id LIMIT 5000", "delete: data critical"],
  ["UPDATE t SET a = 1 WHERE id = '5'", "update: data medium"],
  ["DROP DATABASE shop", "drop-schema: drop critical"],
  ["DROP USER 'u'@'%'", "drop-role: permission medium"],
  ["GRANT SELECT ON shop.* TO 'u'@'%'", "grant: permission medium"],
  ["GRANT admin TO u WITH ADMIN OPTION", "grant-role: permission high"],
  ["SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'", "opaque: opaque high"],
  ["SET @@global.read_only = 1", "alter-system: maintenance high"],
  ["SET @a = (SELECT purge_everything())", "set + opaque: opaque high"],
  ["SELECT * FROM t INTO OUTFILE '/tmp/t'", "copy-to: maintenance high"],
  ["CREATE FUNCTION f RETURNS STRING SONAME 'udf.so'", "load-library: maintenance high"],
  ["START REPLICA", "opaque: opaque high"],
  ["ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a)", "opaque: opaque high"],
  ["ALTER TABLE t ADD CONSTRAINT", "opaque: opaque high"],
  ["ALTER TABLE t RENAME COLUMN a", "opaque: opaque high"],
  ["CREATE TABLE n (a INT, FOREIGN KEY (a) REFERENCES)", "create-table + opaque: opaque high"],
  ["DESC ANALYZE DELETE FROM t", "delete + opaque: data critical"],
  ["CREATE EVENT e ON SCHEDULE AT NOW() DO DROP TABLE t", "create-other-object + opaque: opaque high"],
  ["CREATE TABLE n (a INT) PARTITION BY HASH (a) PARTITIONS 4", "create-table: add low"],
];

const onlyMariadb: readonly (readonly [sql: string, said: string])[] = [
  ["CREATE OR REPLACE TABLE t (a INT)", "drop-table + create-table: drop critical"],
  ["ALTER TABLE IF EXISTS t WAIT 5 ADD COLUMN IF NOT EXISTS c INT", "add-column: add low"],
  ["CREATE SEQUENCE s START WITH 1", "create-sequence: add low"],
  ["ALTER TABLE t ADD SYSTEM VERSIONING", "set-access-method: maintenance high"],
  ["SET STATEMENT max_statement_time = 1 FOR DROP TABLE t", "drop-table: drop critical"],
  ["ANALYZE UPDATE t SET a = 1", "update + opaque: data critical"],
  ["BEGIN NOT ATOMIC DROP TABLE t; END", "opaque: opaque high"],
  ["EXECUTE IMMEDIATE 'DROP TABLE t'", "opaque: opaque high"],
];

const onlySqlite: readonly (readonly [sql: string, said: string])[] = [
  ['CREATE TABLE [a b] ("c d" TEXT, `e f` INT) STRICT', "create-table: add low"],
  ["CREATE TABLE kv (key TEXT PRIMARY KEY, value ANYTHING AT ALL) WITHOUT ROWID", "create-table: add low"],
  ["CREATE VIRTUAL TABLE x USING fts5(a)", "create-table: add low"],
  ["CREATE VIRTUAL TABLE x USING csv(filename='a')", "create-table + opaque: opaque high"],
  ["CREATE TEMP TABLE x (a)", "create-table: add low"],
  ["DROP INDEX IF EXISTS i", "drop-index: index medium"],
  ["ALTER TABLE T RENAME old_name TO new_name", "rename-column: rename high"],
  ["ALTER TABLE t ALTER COLUMN a TYPE TEXT", "opaque: opaque high"],
  ["INSERT OR REPLACE INTO t VALUES (1, 2, 3, 4)", "insert: data medium"],
  ["INSERT INTO t (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1", "insert: data medium"],
  ["INSERT INTO t DEFAULT VALUES", "insert: data medium"],
  ["UPDATE OR IGNORE t SET a = 1", "update: data critical"],
  ["WITH x AS (SELECT 1) DELETE FROM t WHERE id IN (SELECT * FROM x) RETURNING id", "delete: data critical"],
  ["UPDATE t SET a = o.t_id FROM o WHERE o.t_id = t.id", "update + opaque: data critical"],
  ["END TRANSACTION", "commit: session low"],
  ["PRAGMA foreign_keys = OFF", "set: session low"],
  ["PRAGMA writable_schema = ON", "opaque: opaque high"],
  ["PRAGMA writable_schema", "set: session low"],
  ["SELECT load_extension('x')", "select + opaque: opaque high"],
  ["VACUUM", "vacuum: maintenance high"],
  ["VACUUM INTO 'copy.db'", "copy-to: maintenance high"],
  ["ATTACH 'other.db' AS o2", "session-other: session low"],
  [".mode csv", "session-other: session low"],
  [".read other.sql", "opaque: opaque high"],
  [".once |sh", "opaque: opaque high"],
  ["PRAGMA schema_version = 7", "opaque: opaque high"],
  ["CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM o; END", "create-trigger: routine medium"],
];

const all = (["sqlite", "mysql", "mariadb"] as const).flatMap((dialect) =>
  everywhere.map((each) => [dialect, ...each] as const),
);

describe("what a statement does is said in the actions and risks of the table", () => {
  test.each(all)("%s: %s → %s", async (dialect, sql, expected) => {
    expect(await said(`${sql};`, dialect, history)).toBe(expected);
  });
  test.each(onlyMysql)("mysql: %s → %s", async (sql, expected) => {
    expect(await said(`${sql};`, "mysql", history)).toBe(expected);
  });
  test.each(onlyMariadb)("mariadb: %s → %s", async (sql, expected) => {
    expect(await said(`${sql};`, "mariadb", history)).toBe(expected);
  });
  test.each(onlySqlite)("sqlite: %s → %s", async (sql, expected) => {
    expect(await said(`${sql};`, "sqlite", history)).toBe(expected);
  });
});

test("a column of words that equals a number is no key of one row to MySQL", async () => {
  const words = ["CREATE TABLE w (code VARCHAR(9) PRIMARY KEY, a INT);"];
  expect(await said("UPDATE w SET a = 1 WHERE code = 0;", "mysql", words)).toBe("update: data critical");
  expect(await said("UPDATE w SET a = 1 WHERE code = 'x';", "mysql", words)).toBe("update: data medium");
});

test("a key that was dropped is a key no more, by whichever name", async () => {
  const keyed = ["CREATE TABLE k (id INT PRIMARY KEY, code INT, UNIQUE (code), UNIQUE KEY by_id (id));"];
  const write = async (column: string, change: string): Promise<string> =>
    said(`UPDATE k SET code = 1 WHERE ${column} = 5;`, "mysql", [...keyed, change]);
  expect(await write("code", "SELECT 1;")).toBe("update: data medium");
  expect(await write("code", "DROP INDEX code ON k;")).toBe("update: data critical");
  expect(await write("id", "ALTER TABLE k DROP PRIMARY KEY;")).toBe("update: data medium");
  expect(await write("id", "ALTER TABLE k DROP PRIMARY KEY, DROP KEY by_id;")).toBe("update: data critical");
});

test("rows that a foreign key takes with them are counted: one row may bring many", async () => {
  const child = [...history, "CREATE TABLE child (t_id INT REFERENCES t (id) ON DELETE CASCADE);"];
  expect(await said("DELETE FROM t WHERE id = 5;", "sqlite", child)).toBe("delete: data critical");
});

test("SQLite knows a table by its name in any case, and finds the rows of the earlier migration", async () => {
  const facts = await factsOf("DROP TABLE IF EXISTS T;", "sqlite", history);
  expect(facts[0]?.effects).toContainEqual({
    kind: "data-loss",
    relation: { schema: null, name: "t" },
    what: "table",
    certainty: "certain",
  });
});
