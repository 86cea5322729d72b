import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { split } from "../../src/sql/dialects/split.ts";
import { expected } from "../fixtures/dialects/sqlite-clean-architecture/expected.ts";
import { factsOf, textOf } from "./chain.ts";
import { isComplete, run, whyNoSqlite } from "./sqlite.ts";
import { file } from "./texts.ts";

const skipped = whyNoSqlite === null ? "" : ` (skipped: ${whyNoSqlite})`;
const pieces = (text: string): readonly string[] =>
  [...split(text, "sqlite")].map(({ start, end }) => text.slice(start, end));

const history = [
  "PRAGMA foreign_keys = ON",
  "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT UNIQUE)",
  "CREATE TABLE child (t_id INT REFERENCES t (id) ON DELETE CASCADE)",
  "CREATE TABLE stays (t_id INT REFERENCES t (id))",
  "CREATE INDEX t_a ON t (a)",
  "INSERT INTO t VALUES (1, 2, 'x')",
];

/** Whether something is said of a failure of the last statement. */
async function failureIsSaid(statements: readonly string[]): Promise<boolean> {
  const facts = await factsOf(`${statements.join(";\n")};`, "sqlite", [`${history.join(";\n")};`]);
  return facts.at(-1)?.effects.some(({ kind }) => kind === "fails") === true;
}

describe.skipIf(whyNoSqlite !== null)(`SQLite itself${skipped}`, () => {
  test("runs the guide's schema, statement by statement as it is cut", () => {
    const statements = expected.migrations.flatMap(({ path }) => pieces(textOf("sqlite-clean-architecture", path)));
    const said = run([...statements, "SELECT name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"]);
    expect(said.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(said.at(-1)?.rows).toEqual([
      ["legacy_strategies"],
      ["domain_strategies"],
      ["domain_triggers"],
      ["idx_domain_triggers_strategy_id"],
      ["idx_domain_triggers_type"],
    ]);
  });

  test.each([
    ["ALTER TABLE t ADD COLUMN c INT"],
    ["ALTER TABLE t ADD COLUMN c INT NOT NULL DEFAULT 0"],
    ["ALTER TABLE t ADD COLUMN c TEXT DEFAULT 'now;'"],
    ["ALTER TABLE t ADD COLUMN c INT CHECK (c > 0)"],
    ["ALTER TABLE t ADD COLUMN c INT REFERENCES t (id)"],
    ["ALTER TABLE t ADD COLUMN c INT GENERATED ALWAYS AS (a + 1) VIRTUAL"],
    ["ALTER TABLE t RENAME COLUMN a TO c"],
    ["ALTER TABLE t RENAME TO u"],
    ["CREATE INDEX i ON t (b)"],
    ["CREATE TABLE IF NOT EXISTS t (x)"],
    ["DELETE FROM t WHERE id = 1"],
    ["DROP TABLE child"],
  ])("runs what is not said to fail: %s", async (sql) => {
    expect(run([...history, sql]).at(-1)?.error).toBeUndefined();
    expect(await failureIsSaid([sql])).toBe(false);
  });

  test.each([
    [["ALTER TABLE t ADD COLUMN c INT NOT NULL"]],
    [["ALTER TABLE t ADD COLUMN c TEXT DEFAULT CURRENT_TIMESTAMP"]],
    [["ALTER TABLE t ADD COLUMN c TEXT DEFAULT (datetime('now'))"]],
    [["ALTER TABLE t ADD COLUMN c INT UNIQUE"]],
    [["ALTER TABLE t ADD COLUMN c INTEGER PRIMARY KEY"]],
    [["ALTER TABLE t ADD COLUMN c INT GENERATED ALWAYS AS (a + 1) STORED"]],
    [["ALTER TABLE t ADD COLUMN c INT DEFAULT 1 REFERENCES t (id)"]],
    [["ALTER TABLE t ADD COLUMN a INT"]],
    [["ALTER TABLE t DROP COLUMN a"]],
    [["ALTER TABLE t DROP COLUMN b"]],
    [["CREATE TABLE t (x)"]],
    [["INSERT INTO stays VALUES (1)", "DROP TABLE t"]],
    [["INSERT INTO t VALUES (2, 2, 'y')", "CREATE UNIQUE INDEX i ON t (a)"]],
    [["BEGIN", "VACUUM"]],
  ])("refuses what is said to fail: %s", async (statements) => {
    expect(run([...history, ...statements]).at(-1)?.error).toBeDefined();
    expect(await failureIsSaid(statements)).toBe(true);
  });

  test("deletes the rows of a child with its table, also where a transaction tries to turn foreign keys off", async () => {
    const statements = [
      "BEGIN",
      "PRAGMA foreign_keys = OFF",
      "DROP TABLE stays",
      "INSERT INTO child VALUES (1)",
      "DROP TABLE t",
      "COMMIT",
    ];
    const said = run([...history, ...statements, "SELECT count(*) FROM child"]);
    expect(said.at(-1)?.rows).toEqual([[0]]);
    const facts = await factsOf(`${statements.join(";\n")};`, "sqlite", [`${history.join(";\n")};`]);
    const lost = { kind: "data-loss", relation: { schema: null, name: "child" }, what: "rows", certainty: "possible" };
    expect(facts[4]?.effects).toContainEqual(lost);
  });

  test("keeps the rows of a child where foreign keys are off before the transaction", async () => {
    const statements = [
      "PRAGMA foreign_keys = OFF",
      "BEGIN",
      "DROP TABLE stays",
      "INSERT INTO child VALUES (1)",
      "DROP TABLE t",
      "COMMIT",
    ];
    const said = run([...history, ...statements, "SELECT count(*) FROM child"]);
    expect(said.at(-1)?.rows).toEqual([[1]]);
    const facts = await factsOf(`${statements.join(";\n")};`, "sqlite", [`${history.join(";\n")};`]);
    expect(facts[4]?.effects.map(({ relation }) => relation?.name)).toEqual(["t", "t"]);
  });

  test("loses a row that REPLACE puts another in place of", async () => {
    const sql = "REPLACE INTO t (id, b) VALUES (9, 'x')";
    expect(run([...history, sql, "SELECT id, a FROM t"]).at(-1)?.rows).toEqual([[9, null]]);
    const facts = await factsOf(`${sql};`, "sqlite", [`${history.join(";\n")};`]);
    expect(facts[0]?.effects.map(({ kind }) => kind)).toEqual(["data-loss"]);
  });

  test("rolls a new table back, so that its name is free again", async () => {
    const statements = ["BEGIN", "CREATE TABLE n (a)", "ROLLBACK", "CREATE TABLE n (a)"];
    expect(run(statements).at(-1)?.error).toBeUndefined();
    expect(await failureIsSaid(statements)).toBe(false);
  });

  test("takes each statement that is cut for a whole one, and no shorter part of it", () => {
    const texts = fc.sample(file("sqlite"), 300).flatMap(({ text }) => pieces(text));
    expect(texts.length).toBeGreaterThan(300);
    const whole = isComplete(texts.map((text) => `${text}\n;`));
    expect(texts.filter((_, i) => whole[i] !== true)).toEqual([]);
    const shorter = texts.flatMap((text) => [...text.matchAll(/;/g)].map(({ index }) => text.slice(0, index + 1)));
    expect(shorter.length).toBeGreaterThan(100);
    const complete = isComplete(shorter);
    expect(shorter.filter((_, i) => complete[i] === true)).toEqual([]);
  });
});
