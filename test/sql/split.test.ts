import { describe, expect, test } from "vitest";
import { split } from "../../src/sql/split.ts";

/** The pieces as their texts; what is no statement with its kind before it, what is not terminated with a mark behind it. */
function piecesOf(text: string): readonly string[] {
  return [...split(text)].map(({ kind, start, end, terminated }) => {
    const label = kind === "statement" ? "" : `${kind}: `;
    return `${label}${text.slice(start, end)}${terminated ? "" : " (to the end)"}`;
  });
}

test.each(["", "  \r\n", "-- only a comment", "/* and another */ -- one\n", ";;;", " ; /* a; */ ; "])(
  "%j has no statement",
  (text) => {
    expect(piecesOf(text)).toEqual([]);
  },
);

test.each([
  "'a;b'",
  "E'it\\'s; x'",
  "E'a'\n'it\\'s; x'",
  "U&'d\\0061t;' UESCAPE '!'",
  "B'0;1'",
  "X'1;F'",
  "N'a;'",
  "$$a;b$$",
  "$한글$ ; $a$ ; $한글$",
  '"a;b"',
  'U&"d\\0061;"',
  "1 /* a;b /* ; */ ; */",
  "1 -- a;b\n",
  "1 -- a;b\r",
  "1 AS 한글😀",
  "(1)::text",
  "a @> b, a ->> ';'",
  "arr[1:2]",
  "$1",
  "$1::text || $$;$$",
  "1-1",
])("the semicolon inside SELECT %s ends nothing, the one behind it does", (expression) => {
  const first = `SELECT ${expression}`;
  expect(piecesOf(`${first};SELECT 2`)).toEqual([
    first.replace(/ -- a;b[\n\r]$| \/\*.*\*\/$/, ""),
    "SELECT 2 (to the end)",
  ]);
});

test("comments and white space around a statement are not part of it, those inside are", () => {
  const text = "-- first\r\n /* a */ SELECT /* b */ 1 -- c\n ; /* d */\n\n SELECT 2 -- e";
  expect(piecesOf(text)).toEqual(["SELECT /* b */ 1", "SELECT 2 (to the end)"]);
});

describe("bodies that hold semicolons", () => {
  test.each([
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
    "create or replace function f() returns int language sql begin atomic select 1; end",
    "CREATE PROCEDURE p() BEGIN ATOMIC INSERT INTO t VALUES (1); DELETE FROM u; END",
    "CREATE OR REPLACE PROCEDURE p() BEGIN /* why */ ATOMIC DELETE FROM u; END",
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN CASE 1 WHEN 1 THEN 2 END END; SELECT 3; END",
    'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS "end"; SELECT 2 AS end; SELECT t.end, t.case FROM t; END',
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT 1; END; SELECT 2; END",
    "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b; NOTIFY c)",
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN CASE WHEN true THEN RETURN 1; END CASE; END $$",
    "DO 'BEGIN PERFORM 1; END'",
  ])("%s is one statement", (sql) => {
    expect(piecesOf(`${sql}; SELECT 1;`)).toEqual([sql, "SELECT 1"]);
  });

  test("BEGIN and END of a transaction are statements of their own", () => {
    expect(piecesOf("BEGIN; SELECT 1; END; BEGIN; END;")).toEqual(["BEGIN", "SELECT 1", "END", "BEGIN", "END"]);
  });
});

describe("psql", () => {
  test.each([
    ["\\set x 1; 2\nSELECT 1;", ["psql-command: \\set x 1; 2", "SELECT 1"]],
    ["SELECT 1\\gx\nSELECT 2;", ["SELECT 1", "psql-command: \\gx", "SELECT 2"]],
    ["SELECT 1 \\gset a_\r\nSELECT 2;", ["SELECT 1", "psql-command: \\gset a_", "SELECT 2"]],
    ["SELECT (1, \\i x.sql\n2);", ["SELECT (1,", "psql-command: \\i x.sql", "2)"]],
    ["\\\\", ["psql-command: \\\\"]],
    ["SELECT E'\\d', '\\i' -- \\q\n;", ["SELECT E'\\d', '\\i'"]],
  ])("the command in %j ends with its line", (text, pieces) => {
    expect(piecesOf(text)).toEqual(pieces);
  });

  test.each([
    ["1\tit's;\n2\t$$\n\\.\nSELECT 1;", ["copy-data: 1\tit's;\n2\t$$\n\\.", "SELECT 1"]],
    ["1\r\n\\.\r\nSELECT 1;", ["copy-data: 1\r\n\\.", "SELECT 1"]],
    ["\\.\nSELECT 1;", ["copy-data: \\.", "SELECT 1"]],
    ["a\\.\n\\.b\n\\.  \nSELECT 1;", ["copy-data: a\\.\n\\.b\n\\.", "SELECT 1"]],
    ["1\n2\n", ["copy-data: 1\n2\n (to the end)"]],
    ["", []],
  ])("what follows COPY … FROM STDIN is data: %j", (data, pieces) => {
    for (const copy of [
      "COPY t FROM STDIN",
      "copy t (a, b) from stdin with (format csv)",
      "COPY t FROM /* x */ STDIN",
    ]) {
      expect(piecesOf(`${copy};\n${data}`)).toEqual([copy, ...pieces]);
    }
  });

  test.each([
    "COPY t TO STDOUT",
    "COPY t FROM '/stdin'",
    "SELECT copy, stdin FROM stdin",
    "COPY (SELECT 1 FROM stdin) TO STDOUT",
  ])("what follows %s is SQL", (sql) => {
    expect(piecesOf(`${sql};\nSELECT 1;`)).toEqual([sql, "SELECT 1"]);
  });

  test("a statement in the line of COPY … FROM STDIN is no data", () => {
    expect(piecesOf("COPY t FROM STDIN; SELECT 1;\nSELECT 2;")).toEqual(["COPY t FROM STDIN", "SELECT 1", "SELECT 2"]);
  });
});

describe("what is never closed", () => {
  test.each(["'a", "E'a\\'", '"a', "$$a", "$t$ a $$", "U&'a", "X'1", "/* a /* */"])("%s runs to the end", (open) => {
    expect(piecesOf(`SELECT 1; SELECT ${open}; SELECT 2;`)).toEqual([
      "SELECT 1",
      `SELECT ${open}; SELECT 2; (to the end)`,
    ]);
  });

  test("an open comment alone is a piece, so that it is not lost", () => {
    expect(piecesOf("SELECT 1; /* SELECT 2;")).toEqual(["SELECT 1", "/* SELECT 2; (to the end)"]);
  });

  test("a body of a function runs to the end", () => {
    const body = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2;";
    expect(piecesOf(`SELECT 0; ${body}`)).toEqual(["SELECT 0", `${body} (to the end)`]);
  });

  test("a bracket swallows its own statement alone", () => {
    const text = "CREATE TABLE t (a int; CREATE INDEX i ON (t (a); SELECT (1); SELECT 2";
    expect(piecesOf(text)).toEqual([
      "CREATE TABLE t (a int",
      "CREATE INDEX i ON (t (a)",
      "SELECT (1)",
      "SELECT 2 (to the end)",
    ]);
  });

  test("20,000 open brackets take no time, and nothing is lost", () => {
    const text = "SELECT (1;\n".repeat(20_000);
    const started = performance.now();
    const pieces = [...split(text)];
    expect(performance.now() - started).toBeLessThan(5000);
    expect(pieces.at(-1)?.end).toBe(text.trimEnd().length);
  });

  test("a bracket too many ends nothing and swallows nothing", () => {
    expect(piecesOf("SELECT 1); SELECT 2));; ] SELECT 3;")).toEqual(["SELECT 1)", "SELECT 2))", "] SELECT 3"]);
  });
});
