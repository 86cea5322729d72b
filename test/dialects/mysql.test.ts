import { describe, expect, test } from "vitest";
import type { Effect } from "../../src/facts/facts.ts";
import { implicitCommits } from "../../src/facts/implicit-commits.ts";
import { display } from "../../src/sql/names.ts";
import { factsOf } from "./chain.ts";

const history = [
  "CREATE TABLE t (id BIGINT PRIMARY KEY, a INT, title VARCHAR(40), UNIQUE (title));",
  "CREATE TABLE child (t_id BIGINT, FOREIGN KEY (t_id) REFERENCES t (id) ON DELETE CASCADE);",
];

async function effectsOf(sql: string): Promise<readonly Effect[]> {
  return (await factsOf(sql, "mysql", history)).flatMap(({ effects }) => effects);
}

/** The effects of these kinds, each as its kind, its relation and why. */
async function why(sql: string, ...kinds: readonly Effect["kind"][]): Promise<readonly string[]> {
  const effects = await effectsOf(sql);
  return effects.flatMap((effect) => {
    if (!kinds.includes(effect.kind)) return [];
    const said = "why" in effect ? effect.why : "what" in effect ? effect.what : "";
    return [`${effect.kind} ${effect.relation === null ? "-" : display(effect.relation)}: ${said}`];
  });
}

const copied = "the table is copied, and whoever writes to it waits meanwhile";

describe("what MySQL does about a statement (refman 8.4, innodb-online-ddl-operations)", () => {
  test.each([
    ["ALTER TABLE t MODIFY a BIGINT;", [`rewrite t: a is converted in every row: ${copied}`]],
    ["ALTER TABLE t ADD COLUMN c INT;", []],
    [
      "ALTER TABLE t ADD COLUMN c INT AUTO_INCREMENT UNIQUE;",
      [`rewrite t: every row gets its own number for c: ${copied}`],
    ],
    [
      "ALTER TABLE t ADD COLUMN c INT AS (a + 1) STORED;",
      [`rewrite t: the stored value of c is computed for every row: ${copied}`],
    ],
    ["ALTER TABLE t ADD COLUMN c INT AS (a + 1) VIRTUAL;", []],
    ["ALTER TABLE t DROP PRIMARY KEY;", [`rewrite t: the rows are kept in the order of the primary key; ${copied}`]],
    ["ALTER TABLE t ADD COLUMN c INT, ALGORITHM=COPY;", [`rewrite t: ALGORITHM=COPY asks for it: ${copied}`]],
    ["ALTER TABLE t ADD INDEX (a);", []],
    [
      "ALTER TABLE t ROW_FORMAT=COMPRESSED;",
      [
        "rewrite t: the rows are stored in another format; reads and writes go on meanwhile, but for a moment at either end",
      ],
    ],
    ["ALTER TABLE t COMMENT = 'x', AUTO_INCREMENT = 5;", []],
    [
      "OPTIMIZE TABLE t;",
      [
        "rewrite t: every row is written into a new file; reads and writes go on meanwhile, but for a moment at either end",
      ],
    ],
  ])("%s", async (sql, expected) => {
    expect(await why(sql, "rewrite")).toEqual(expected);
  });

  test("an algorithm that does not copy makes the server refuse instead", async () => {
    expect(await why("ALTER TABLE t MODIFY a BIGINT, ALGORITHM=INPLACE;", "rewrite", "fails")).toEqual([
      "fails t: a is converted in every row, which ALGORITHM=INPLACE may not be able to do",
    ]);
  });

  test("a table that others refer to is neither dropped nor emptied, unless the file turns the checks off", async () => {
    const refused = "fails t: a foreign key of child refers to it, unless foreign_key_checks is off";
    expect(await why("DROP TABLE t;", "fails")).toEqual([refused]);
    expect(await why("TRUNCATE t;", "fails")).toEqual([refused]);
    expect(await why("SET FOREIGN_KEY_CHECKS = 0; DROP TABLE t;", "fails")).toEqual([]);
    expect(await why("SET foreign_key_checks = 0; SET foreign_key_checks = 1; TRUNCATE t;", "fails")).toEqual([
      refused,
    ]);
  });

  test("a foreign key is not checked where the checks are off", async () => {
    const add = "ALTER TABLE child ADD FOREIGN KEY (t_id) REFERENCES t (id);";
    expect(await why(add, "rewrite", "scan", "fails")).toHaveLength(3);
    expect(await why(`SET SESSION foreign_key_checks = OFF; ${add}`, "rewrite", "scan", "fails")).toEqual([]);
  });

  test("what is lost and what clients miss is certain, everything else is possible", async () => {
    const sql = [
      "ALTER TABLE t DROP COLUMN a, RENAME COLUMN title TO name, ADD CHECK (id > 0), ADD FULLTEXT INDEX (name);",
      "DELETE FROM child; DROP VIEW v; RENAME TABLE t TO u; TRUNCATE child; DROP TABLE u;",
    ].join("\n");
    const effects = await effectsOf(sql);
    expect(effects.length).toBeGreaterThan(10);
    const certain = effects.filter(({ certainty }) => certainty === "certain").map(({ kind }) => kind);
    expect([...new Set(certain)].sort()).toEqual(["breaks-clients", "data-loss"]);
    expect(effects.some((effect) => effect.kind === "lock" && effect.lasts !== "instant")).toBe(false);
  });

  test("nobody waits for a table of the same file", async () => {
    const sql = "CREATE TABLE n (a INT); ALTER TABLE n MODIFY a BIGINT; ALTER TABLE n ADD INDEX (a); DROP TABLE n;";
    expect(await why(sql, "rewrite", "scan", "lock", "data-loss")).toEqual([]);
  });
});

describe("MySQL ends a transaction by itself (refman 8.4, implicit-commit)", () => {
  const commits = async (sql: string, dialect: "mysql" | "mariadb" | "sqlite" = "mysql") =>
    implicitCommits(await factsOf(sql, dialect, history));

  test("at a change of a table between BEGIN and COMMIT, with what stays of it", async () => {
    const [found, ...more] = await commits(
      "START TRANSACTION;\nUPDATE t SET a = 1;\nALTER TABLE t ADD COLUMN c INT;\nDELETE FROM child;\nCOMMIT;",
    );
    expect(more).toEqual([]);
    expect(found?.facts.statement.span.line).toBe(3);
    expect(found?.begun?.statement.span.line).toBe(1);
    expect(found?.kept.map(({ statement }) => statement.span.line)).toEqual([2]);
    expect(found?.apart.map(({ statement }) => statement.span.line)).toEqual([4]);
  });

  test("what stands behind it is in no transaction any more", async () => {
    const facts = await factsOf("BEGIN;\nDROP TABLE t;\nDELETE FROM child;\nROLLBACK;", "mysql", history);
    expect(facts.map(({ before }) => before.inTransaction)).toEqual([false, true, false, false]);
    expect(facts.map(({ effects }) => effects.some(({ kind }) => kind === "no-transaction-block"))).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  test.each([
    "CREATE TABLE n (a INT)",
    "DROP INDEX i ON t",
    "TRUNCATE t",
    "RENAME TABLE t TO u",
    "GRANT SELECT ON t TO u",
    "CREATE USER u",
    "LOCK TABLES t READ",
    "ANALYZE TABLE t",
    "BEGIN",
    "START TRANSACTION",
    "SET PASSWORD = 'x'",
    "FLUSH PRIVILEGES",
    "CREATE VIEW v AS SELECT 1",
    "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
  ])("at %s", async (sql) => {
    expect(await commits(`BEGIN; UPDATE t SET a = 1; ${sql}; COMMIT;`)).toHaveLength(1);
    expect(await commits(`BEGIN; UPDATE t SET a = 1; ${sql}; COMMIT;`, "mariadb")).toHaveLength(1);
  });

  test.each([
    "CREATE TEMPORARY TABLE n (a INT)",
    "DROP TEMPORARY TABLE n",
    "INSERT INTO t (id) VALUES (1)",
    "SET foreign_key_checks = 0",
    "SELECT 1",
    "SAVEPOINT s",
    "CALL p()",
  ])("but not at %s", async (sql) => {
    expect(await commits(`BEGIN; UPDATE t SET a = 1; ${sql}; COMMIT;`)).toEqual([]);
  });

  test("where autocommit is off, each statement begins a transaction", async () => {
    const found = await commits(
      "SET autocommit = 0;\nUPDATE t SET a = 1;\nDROP TABLE t;\nUPDATE child SET t_id = 1;\nDROP TABLE child;",
    );
    expect(found.map(({ facts, begun }) => [facts.statement.span.line, begun])).toEqual([
      [3, null],
      [5, null],
    ]);
    expect(await commits("SET autocommit = 0; SET autocommit = 1; DROP TABLE t;")).toEqual([]);
  });

  test("SQLite has nothing of the kind", async () => {
    expect(await commits("BEGIN; UPDATE t SET a = 1; DROP TABLE t; COMMIT;", "sqlite")).toEqual([]);
  });
});
