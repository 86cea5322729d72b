import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Dialect, dialects } from "../../src/sql/dialects/dialect.ts";
import { codeTokens } from "../../src/sql/dialects/lexer.ts";
import { factsOf, judged } from "./chain.ts";

const statements: readonly string[] = [
  "DROP TABLE IF EXISTS t",
  "ALTER TABLE t DROP COLUMN a",
  "ALTER TABLE t ADD COLUMN c INT NOT NULL DEFAULT 0",
  "UPDATE t SET a = 'x;' WHERE b IN (SELECT id FROM o)",
  "DELETE FROM t WHERE id = 5",
  "INSERT INTO t (id, a) VALUES (1, 'it''s'), (2, lower('X'))",
  "INSERT INTO t SELECT sync_all(id) FROM o",
  "CREATE TABLE n (a INT PRIMARY KEY, b VARCHAR(20) NOT NULL, FOREIGN KEY (b) REFERENCES t (id))",
  "CREATE UNIQUE INDEX i ON t (a, b)",
  "CREATE VIEW v AS SELECT a FROM t",
  "WITH q AS (SELECT 1) UPDATE t SET a = 2",
  "ROLLBACK TO SAVEPOINT s",
  "FROBNICATE t",
];
const history = ["CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b VARCHAR(20)); CREATE TABLE o (id INT);"];

/** Class and risk of each statement, without its place. */
async function verdict(text: string, dialect: Dialect): Promise<readonly object[]> {
  return judged(await factsOf(text, dialect, history)).map((each) => ({ ...each, line: 0 }));
}

/** The tokens of a statement, each written by itself. */
function tokensOf(sql: string, dialect: Dialect): readonly string[] {
  return codeTokens(sql, dialect).map(({ start, end }) => sql.slice(start, end));
}

const spaces = ["\n", "\r\n", "\t", " /* ; DROP TABLE o; */ ", " -- ; it's \"\n", " /**/\n/* 😀 */ "];

describe.each(dialects)("%s: how a statement is written changes nothing of its verdict", (dialect) => {
  test("white space and comments between its words, and the case of its words", async () => {
    const own = dialect === "sqlite" ? spaces : [...spaces, " # ; `\n"];
    const written = fc.constantFrom(...statements).chain((sql) => {
      const tokens = tokensOf(sql, dialect);
      const gaps = fc.array(fc.constantFrom(...own, " "), { minLength: tokens.length, maxLength: tokens.length });
      return fc.tuple(fc.constant(sql), gaps, fc.boolean()).map(([plain, between, upper]) => {
        // A space before a bracket that opens makes no difference but in MySQL, where it may: calls keep theirs closed.
        const text = tokens.map((token, i) => `${i === 0 || token === "(" ? "" : between[i]}${token}`).join("");
        return { plain, text: upper ? text : text.toLowerCase() };
      });
    });
    await fc.assert(
      fc.asyncProperty(written, async ({ plain, text }) => {
        expect(await verdict(`${text};`, dialect)).toEqual(await verdict(`${plain};`, dialect));
      }),
      { numRuns: 150 },
    );
  });

  test("a statement in front of it, whatever that is, hides it only where the database would not run it either", async () => {
    for (const before of [
      "SELECT 'a''b';",
      "SELECT '--';",
      "-- '\n",
      "/* ' */",
      "CREATE INDEX i ON t (a);",
      'SELECT "/*";',
      "SELECT `'` FROM t;",
    ]) {
      const said = await verdict(`${before}\nDROP TABLE t;`, dialect);
      expect(said.at(-1)).toEqual({ line: 0, class: "drop", risk: "critical" });
    }
  });
});

test("MySQL's version comments hide nothing, wherever they begin and end", async () => {
  for (const text of [
    "/*!50000 DROP TABLE t */;",
    "/*! DROP TABLE t */;",
    "DROP /*!32302 TABLE */ t;",
    "/*!99999 DROP */ TABLE t;",
    "SELECT 1 /*!50000 ; DROP TABLE t */;",
    "/*!50000 SELECT 1; DROP TABLE t; */",
  ]) {
    expect((await verdict(text, "mysql")).at(-1), text).toEqual({ line: 0, class: "drop", risk: "critical" });
    expect((await verdict(text, "mariadb")).at(-1), text).toEqual({ line: 0, class: "drop", risk: "critical" });
  }
  expect((await verdict("/*M! DROP TABLE t */;", "mariadb")).at(-1)).toEqual({
    line: 0,
    class: "drop",
    risk: "critical",
  });
  expect(await verdict("/*M! DROP TABLE t */;", "mysql")).toEqual([]);
});

test("texts that are made to take long do not", async () => {
  const much = " ".repeat(200_000);
  const texts = [
    `d${much}x`,
    `PRAGMA x = ${much}y;`,
    `UPDATE${much}t SET a${much}= 1;`,
    "DELIMITER //\n".repeat(10_000),
    "/*!50000 ".repeat(30_000),
    "CREATE PROCEDURE p() BEGIN ;".repeat(10_000),
    `CREATE TABLE t (${"(".repeat(50_000)}`,
    `ALTER TABLE t ${"ADD a INT,".repeat(5_000)}`,
    `SELECT ${"(".repeat(20_000)}1${")".repeat(20_000)};`,
    `INSERT INTO t VALUES ${"(1,'x'),".repeat(100_000)}(2,'y');`,
    "'".repeat(50_001),
    "a.".repeat(50_000),
  ];
  const started = performance.now();
  for (const text of texts) for (const dialect of ["sqlite", "mysql"] as const) await factsOf(text, dialect);
  // A few seconds on the slowest machine; what goes back and forth over a text takes minutes.
  expect(performance.now() - started).toBeLessThan(30_000);
});
