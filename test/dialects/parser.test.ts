import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ActionWithEffects } from "../../src/facts/facts.ts";
import type { Dialect } from "../../src/sql/dialects/dialect.ts";
import { codeTokens } from "../../src/sql/dialects/lexer.ts";
import { plainText } from "../../src/sql/dialects/plain.ts";
import { readDialectScript } from "../../src/sql/dialects/read.ts";
import { display, type Relation } from "../../src/sql/names.ts";
import { factsOf } from "./chain.ts";
import { file } from "./texts.ts";

async function queryOf(sql: string, dialect: Dialect): Promise<object> {
  const { pieces } = await readDialectScript(sql, dialect);
  const [piece] = pieces;
  if (piece?.kind !== "statement" || piece.query.kind !== "read") return { refused: true };
  const { writes, reads, calls, where } = piece.query.query;
  return { writes: writes.map(display), reads: reads.map(display), calls, where };
}

describe("what a query does is taken from the parser's tree", () => {
  test.each([
    [
      "mysql",
      "UPDATE a AS x JOIN b ON x.i = b.i SET x.c = (SELECT max(d) FROM e), b.f = now() WHERE x.g = 1",
      { writes: ["a", "b"], reads: ["e"], calls: ["max", "now"], where: true },
    ],
    ["mysql", "UPDATE a JOIN b ON a.i = b.i SET a.c = 1", { writes: ["a"], reads: ["b"], calls: [], where: false }],
    ["mysql", "DELETE x FROM a AS x JOIN b USING (i)", { writes: ["a"], reads: ["b"], calls: [], where: false }],
    [
      "mysql",
      "INSERT INTO shop.a (c) SELECT c FROM a WHERE f(c)",
      { writes: ["shop.a"], reads: ["a"], calls: ["f"], where: false },
    ],
    [
      "mariadb",
      "DELETE FROM a WHERE status = 'x' ORDER BY id LIMIT 5",
      { writes: ["a"], reads: [], calls: [], where: true },
    ],
    [
      "sqlite",
      "WITH q AS (SELECT * FROM b) INSERT INTO a SELECT * FROM q JOIN c ON c.session = q.count",
      { writes: ["a"], reads: ["b", "c"], calls: [], where: false },
    ],
    ["sqlite", "UPDATE 'a' SET [b c] = \"d\" WHERE 표 = '\\'", { writes: ["a"], reads: [], calls: [], where: true }],
    [
      "sqlite",
      'INSERT INTO [a b] SELECT * FROM `한 글` UNION SELECT * FROM main."c;d"',
      { writes: ["a b"], reads: ["한 글", "c;d"], calls: [], where: false },
    ],
  ] as const)("%s: %s", async (dialect, sql, expected) => {
    expect(await queryOf(sql, dialect)).toEqual(expected);
  });

  test("what it refuses is refused, whatever the reason", async () => {
    const sum = `UPDATE t SET a = ${"1+".repeat(40_000)}1`;
    const nested = `UPDATE t SET a = ${"(".repeat(20_000)}1${")".repeat(20_000)}`;
    for (const sql of ["UPDATE t SET", "DELETE t WHERE", "SELECT FROM WHERE", sum, nested])
      expect(await queryOf(sql, "mysql")).toEqual({ refused: true });
    expect(await queryOf("SELECT 1 FROM a", "mysql")).toEqual({ writes: [], reads: ["a"], calls: [], where: false });
  });
});

test("the parser sees nothing of what stands in strings, comments and quoted names", () => {
  for (const dialect of ["sqlite", "mysql", "mariadb"] as const) {
    fc.assert(
      fc.property(file(dialect), ({ statements }) => {
        for (const sql of statements) {
          const { sql: plain } = plainText(sql, codeTokens(sql, dialect), dialect, { plainWords: "all" });
          expect(plain).toMatch(/^[\x20-\x7e]*$/);
          expect(plain.replaceAll("'s'", "")).not.toMatch(/['"`[#\\]|--|\/\*/);
        }
      }),
      { numRuns: 300 },
    );
  }
});

const relationsOf = (actions: readonly ActionWithEffects[]): readonly string[] => {
  const found = actions.flatMap((action): readonly (Relation | null)[] => {
    if ("table" in action)
      return [action.table, ...("to" in action && typeof action.to === "object" ? [action.to] : [])];
    return "view" in action ? [action.view] : [];
  });
  return [...new Set(found.flatMap((each) => (each === null ? [] : [display(each)])))].sort();
};

describe("statements that are read by their words name the tables that the parser finds in them", () => {
  const { Parser } = createRequire(import.meta.url)("node-sql-parser/build/mysql.js");
  const parser = new Parser();
  const theirs = (sql: string): readonly string[] => {
    const list: readonly string[] = parser.tableList(sql, { database: "mysql" });
    const named = list
      .map((each) => each.split("::"))
      .map(([, db, table]) => (db === "null" ? table : `${db}.${table}`));
    return [...new Set(named.flatMap((each) => each ?? []))].sort();
  };

  test.each([
    "CREATE TABLE `a` (`b` bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, c varchar(9) DEFAULT 'x;') ENGINE=InnoDB",
    "CREATE TABLE IF NOT EXISTS shop.a (b INT, KEY k (b), CONSTRAINT f CHECK (b > 0))",
    "CREATE TEMPORARY TABLE a (b INT)",
    "CREATE TABLE a LIKE a",
    "DROP TABLE IF EXISTS a, shop.b",
    "TRUNCATE TABLE a",
    "RENAME TABLE a TO b, c TO d",
    "ALTER TABLE a ADD COLUMN b INT AFTER c, DROP COLUMN d",
    "ALTER TABLE shop.a MODIFY COLUMN b BIGINT NOT NULL",
    "ALTER TABLE a ADD UNIQUE KEY k (b)",
  ])("%s", async (sql) => {
    const facts = await factsOf(`${sql};`, "mysql");
    const ours = facts.flatMap(({ actions }) => relationsOf(actions));
    expect([...new Set(ours)].sort()).toEqual(theirs(sql));
  });
});
