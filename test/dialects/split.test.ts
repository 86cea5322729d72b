import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Dialect, dialects } from "../../src/sql/dialects/dialect.ts";
import { nextToken, openLexer } from "../../src/sql/dialects/lexer.ts";
import { readDialectScript } from "../../src/sql/dialects/read.ts";
import { split } from "../../src/sql/dialects/split.ts";
import { offsetOf, slice } from "../sql/places.ts";
import { factsOf } from "./chain.ts";
import { file, nonsense } from "./texts.ts";

const cut = (text: string, dialect: Dialect): readonly string[] =>
  [...split(text, dialect)].map(({ start, end }) => text.slice(start, end));

describe("MySQL's text is cut as its client cuts it", () => {
  test.each([
    [
      "at semicolons outside strings, names and comments",
      "SELECT ';' , `;`, \";\" /* ; */; # ;\nSELECT 2 -- ;\n;",
      ["SELECT ';' , `;`, \";\"", "SELECT 2"],
    ],
    [
      "with a backslash as an escape in strings, not in names",
      "SELECT 'a\\';'; SELECT `a\\`; SELECT 1",
      ["SELECT 'a\\';'", "SELECT `a\\`", "SELECT 1"],
    ],
    [
      "with two dashes as a comment only before a space",
      "SELECT 5--3; SELECT 5 --3;\n",
      ["SELECT 5--3", "SELECT 5 --3"],
    ],
    [
      "with version comments as the code that they are",
      "/*!40101 SET NAMES utf8 */; /*!50001 DROP TABLE a; DROP TABLE b */;",
      ["/*!40101 SET NAMES utf8 */", "/*!50001 DROP TABLE a", "DROP TABLE b"],
    ],
    ["without comments that nest", "/* a /* b */ SELECT 1; */ SELECT 2", ["SELECT 1", "*/ SELECT 2"]],
    [
      "at what DELIMITER puts in place of the semicolon",
      "DELIMITER //\nSELECT 1 //\nSELECT 2//\ndelimiter ;\nSELECT 3;",
      ["DELIMITER //", "SELECT 1", "SELECT 2", "delimiter ;", "SELECT 3"],
    ],
    [
      "at a delimiter that a word runs into",
      "DELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; END$$\nDROP TABLE t$$",
      ["DELIMITER $$", "CREATE PROCEDURE p() BEGIN SELECT 1; END", "DROP TABLE t"],
    ],
    [
      "at semicolons behind a body even before the delimiter",
      "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END; DROP TABLE t;\n//",
      ["DELIMITER //", "CREATE PROCEDURE p() BEGIN SELECT 1; END", "DROP TABLE t"],
    ],
    ["at \\G and \\g", "SELECT 1\\G SELECT 2\\g", ["SELECT 1", "SELECT 2"]],
    [
      "with a body of one statement",
      "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1; DROP TABLE t",
      ["CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1", "DROP TABLE t"],
    ],
    [
      "with columns that are called as blocks are",
      "CREATE VIEW v AS SELECT begin, end FROM t; CREATE PROCEDURE p() SELECT t.begin AS begin FROM t; DROP TABLE t",
      [
        "CREATE VIEW v AS SELECT begin, end FROM t",
        "CREATE PROCEDURE p() SELECT t.begin AS begin FROM t",
        "DROP TABLE t",
      ],
    ],
  ])("%s", (_what, text, pieces) => {
    expect(cut(text, "mysql")).toEqual(pieces);
  });

  test("a body that never ends hides nothing that stands behind it", async () => {
    const text = "CREATE PROCEDURE p() BEGIN SELECT 1;\nDROP TABLE t;\n";
    expect([...split(text, "mysql")].map(({ kind }) => kind)).toEqual(["unclosed", "statement"]);
    const facts = await factsOf(text, "mysql");
    expect(facts.flatMap(({ actions }) => actions.map(({ kind }) => kind))).toEqual(["opaque", "drop-table"]);
  });
});

describe("SQLite's text is cut as its shell cuts it", () => {
  test.each([
    [
      "with brackets, backquotes and double quotes around names",
      'SELECT [a;b], `;`, ";"; SELECT 2',
      ['SELECT [a;b], `;`, ";"', "SELECT 2"],
    ],
    [
      "with a backslash as a character like any other",
      "SELECT '\\'; DROP TABLE t; SELECT '\\'",
      ["SELECT '\\'", "DROP TABLE t", "SELECT '\\'"],
    ],
    ["with two dashes as a comment anywhere", "SELECT 5--3;\n; SELECT 1", ["SELECT 5", "SELECT 1"]],
    ["with a number sign as no comment", "SELECT '#'; SELECT # 1;", ["SELECT '#'", "SELECT # 1"]],
    [
      "with a trigger to the END of its own",
      "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; END; DROP TABLE t;",
      ["CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; END", "DROP TABLE t"],
    ],
    [
      "with the commands of the shell as lines of their own",
      ".mode csv\nSELECT 1;\n.read 'x;y.sql'\n",
      [".mode csv", "SELECT 1", ".read 'x;y.sql'"],
    ],
  ])("%s", (_what, text, pieces) => {
    expect(cut(text, "sqlite")).toEqual(pieces);
  });
});

describe.each(dialects)("%s: statements with anything between their tokens", (dialect) => {
  test("are cut where they end, and stand where their spans say, with Korean and emoji too", async () => {
    await fc.assert(
      fc.asyncProperty(file(dialect), async ({ text, statements }) => {
        const { pieces } = await readDialectScript(text, dialect);
        expect(pieces.map(({ sql }) => sql)).toEqual(statements);
        for (const piece of pieces) {
          expect(piece.kind).toBe("statement");
          expect(slice(text, piece.span)).toBe(piece.sql);
          if (piece.kind === "statement") expect(text.startsWith(piece.sql, piece.start)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("and any text at all leaves nothing out, throws nothing, and has an action for each piece", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          nonsense(dialect),
          file(dialect).map(({ text }) => text),
        ),
        async (text) => {
          let behind = 0;
          for (const { start, end } of split(text, dialect)) {
            expect(holdsNothing(text.slice(behind, start), dialect)).toBe(true);
            expect(end).toBeGreaterThan(start);
            behind = end;
          }
          expect(holdsNothing(text.slice(behind), dialect)).toBe(true);
          for (const { statement, actions } of await factsOf(text, dialect)) {
            expect(actions.length).toBeGreaterThan(0);
            expect(slice(text, statement.span)).toBe(statement.sql);
            for (const { span, sql } of actions)
              expect(text.startsWith(sql, offsetOf(text, span.line, span.column))).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Whether a stretch between two pieces holds nothing but white space, comments, the ends of version comments, and what ends a statement. */
function holdsNothing(gap: string, dialect: Dialect): boolean {
  const lexer = openLexer(gap, dialect);
  for (let token = nextToken(lexer); token !== null; token = nextToken(lexer)) {
    const text = gap.slice(token.start, token.end);
    if (token.kind === "comment" || token.kind === "version-comment" || token.kind === "semicolon") continue;
    if (dialect !== "sqlite" && ["*", "/", "\\", "G", "g"].includes(text)) continue;
    if (/^(?:\/\/|\$\$)$/.test(text)) continue;
    return false;
  }
  return true;
}
