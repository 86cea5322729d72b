import { describe, expect, test } from "vitest";
import { moveLocations } from "../../src/sql/nodes.ts";
import { readScript, type Script } from "../../src/sql/parse.ts";
import { openGrammar } from "../../src/sql/postgres.ts";
import { placeOf, slice } from "./places.ts";

const grammar = openGrammar();
const read = (text: string): Promise<Script> => readScript(text, grammar);

/** Each piece as its kind, or why it is unread, and its text. */
async function piecesOf(text: string): Promise<readonly string[]> {
  const { pieces } = await read(text);
  return pieces.map((piece) => `${piece.kind === "unread" ? piece.why : "statement"}: ${piece.sql}`);
}

/** The only piece that could not be read, and the text that it points at. */
async function faultIn(text: string): Promise<{ message: string; at: string; line: number; column: number }> {
  const unread = (await read(text)).pieces.filter((piece) => piece.kind === "unread");
  const [first] = unread;
  if (first === undefined || unread.length > 1) throw new Error(`${unread.length} pieces are unread`);
  const { line, column } = first.at;
  return { message: first.message, at: slice(text, first.at), line, column };
}

describe("a syntax error", () => {
  test.each([
    ["SELECT 1;\nSELEC 2;\nSELECT 3;", 'syntax error at or near "SELEC"', "SELEC", 2, 1],
    ["SELECT '한글 😀', FROM t;", 'syntax error at or near "FROM"', "FROM", 1, 17],
    ["-- 😀\r\nSELECT '가',\r\n  😀 + ;\r\nSELECT 2;", 'syntax error at or near ";"', ";", 3, 8],
    ["SELECT 1 + -- more\n;SELECT 2", 'syntax error at or near ";"', ";", 2, 1],
    ["SELECT 1 +  ", "syntax error at end of input", "", 1, 11],
    ["SELECT 1; SELECT 2 + -- the end", "syntax error at end of input", "", 1, 21],
    ["SELECT 1 FROM\n  WHERE a", 'syntax error at or near "WHERE"', "WHERE", 2, 3],
    ["SELECT $1 $2", 'syntax error at or near "$2"', "$2", 1, 11],
    ["SELECT 1a", 'trailing junk after numeric literal at or near "1a"', "1a", 1, 8],
    ["SELECT a b c", 'syntax error at or near "c"', "c", 1, 12],
    ['SELECT 1 "a""b" "c d"', 'syntax error at or near ""c d""', '"c d"', 1, 17],
    ["CREATE TABLE t (a int;\nSELECT 1;", 'syntax error at or near ";"', ";", 1, 22],
  ])("in %j is told in PostgreSQL's words, at its token", async (text, message, at, line, column) => {
    expect(await faultIn(text)).toEqual({ message, at, line, column });
  });

  test.each([
    ["SELECT 1;\nSELECT '한글 it''s\nSELECT 2;", "unterminated quoted string", "'한글 it''s", 2, 8],
    ["SELECT 😀, E'a\\';\nSELECT 2;", "unterminated quoted string", "E'a\\';", 1, 12],
    ['SELECT 1;\n\nSELECT "a;\nSELECT 2;', "unterminated quoted identifier", '"a;', 3, 8],
    ["DO $가$ BEGIN END $;\r\nSELECT 2;", "unterminated dollar-quoted string", "$가$ BEGIN END $;", 1, 4],
    ["SELECT 1;\n  /* a /* b */\nSELECT 2;", "unterminated /* comment", "/* a /* b */", 2, 3],
  ])("%j is reported where what is not terminated begins", async (text, message, at, line, column) => {
    const fault = await faultIn(text);
    expect(fault.message).toContain(message);
    expect(fault).toMatchObject({ at, line, column });
  });

  test("costs only its own statement", async () => {
    const text =
      "CREATE TABLE a (id int;\nINSERT INTO a VALUES (1);\nCREATE RULE r AS ON INSERT TO a DO ALSO (NOTIFY x; NOTIFY y);\nSELEC;\nSELECT 4";
    expect(await piecesOf(text)).toEqual([
      "syntax-error: CREATE TABLE a (id int",
      "statement: INSERT INTO a VALUES (1)",
      "statement: CREATE RULE r AS ON INSERT TO a DO ALSO (NOTIFY x; NOTIFY y)",
      "syntax-error: SELEC",
      "statement: SELECT 4",
    ]);
  });
});

describe("what is no SQL", () => {
  test("psql's commands and COPY's data are named, and the rest is read", async () => {
    const text = "\\set a 1\nSELECT 1 \\gx\nCOPY t FROM STDIN;\n1\tit's; x\n\\.\nSELECT 2;";
    const { pieces } = await read(text);
    expect(await piecesOf(text)).toEqual([
      "psql-command: \\set a 1",
      "statement: SELECT 1",
      "psql-command: \\gx",
      "statement: COPY t FROM STDIN",
      "copy-data: 1\tit's; x\n\\.",
      "statement: SELECT 2",
    ]);
    expect(pieces[2]).toMatchObject({ message: expect.stringContaining("\\gx is a command of psql") });
    expect(pieces[4]).toMatchObject({ message: expect.stringContaining("only psql sends them") });
  });

  test.each(["", " \r\n", "-- nothing\n/* at all */", ";;"])("%j is read as nothing", async (text) => {
    expect((await read(text)).pieces).toEqual([]);
  });
});

describe("white space", () => {
  test.each(["\u00a0", "\u3000", "\ufeff", "\u2003"])("%j is a letter, as it is to PostgreSQL", async (letter) => {
    const text = `SELECT 1 AS a${letter}; SELECT 2 AS ${letter}`;
    expect(await piecesOf(text)).toEqual([`statement: SELECT 1 AS a${letter}`, `statement: SELECT 2 AS ${letter}`]);
  });

  test("lines end with \\n alone: a lone \\r is a character of its line", async () => {
    const { pieces } = await read("SELECT 1;\rSELECT 2;\r\nSELECT 3;\n\n  SELECT 4");
    expect(pieces.map(({ span }) => [span.line, span.column, span.endLine, span.endColumn])).toEqual([
      [1, 1, 1, 9],
      [1, 11, 1, 19],
      [2, 1, 2, 9],
      [4, 3, 4, 11],
    ]);
  });
});

/** An expression that nests this deep. */
const terms = (count: number) => `SELECT ${"1+".repeat(count)}1`;
const brackets = (count: number) => `SELECT ${"(".repeat(count)}1${")".repeat(count)}`;

describe("a statement that the parser cannot take", () => {
  test("is said to be unread, alone, and the parser is right about all that follows", async () => {
    const own = openGrammar();
    const deep = `SELECT 1;\n${terms(20_000)};\nSELECT '한글' FROM "표😀" WHERE a = 1;`;
    for (const _ of [1, 2]) {
      const { pieces } = await readScript(deep, own);
      expect(pieces.map((piece) => (piece.kind === "unread" ? piece.why : piece.sql))).toEqual([
        "SELECT 1",
        "gave-up",
        "SELECT '한글' FROM \"표😀\" WHERE a = 1",
      ]);
      expect(pieces[1]).toMatchObject({ message: expect.stringContaining("nested too deeply"), span: { line: 2 } });
    }
    const before = await own.parse("SELECT a, b FROM t WHERE c = 'x'");
    for (let i = 0; i < 60; i++) {
      const answer = await own.parse(brackets(3_000));
      if (answer.kind === "parsed") expect(answer.statements).toHaveLength(1);
      else expect(answer.kind).toBe("gave-up");
    }
    expect(before.kind).toBe("parsed");
    expect(await own.parse("SELECT a, b FROM t WHERE c = 'x'")).toEqual(before);
    expect(await own.parse("SELECT FROM WHERE")).toMatchObject({ kind: "syntax-error", codePoint: 12 });
    expect(await own.parse(`SELECT 1 FROM ${"a, ".repeat(5_000)}b`)).toMatchObject({ kind: "parsed" });
  });

  test("does not change how the process ends", async () => {
    await openGrammar().parse(terms(40_000));
    expect(process.exitCode).toBeUndefined();
  });
});

/** 20,000 small statements, with and without Korean, comments and \r\n. */
function manyStatements(count: number): readonly string[] {
  const kinds = [
    (n: number) => `INSERT INTO t VALUES (${n}, 'it''s; 한글 😀')`,
    (n: number) => `UPDATE "표 ${n}" SET a = $$x;${n}$$ WHERE b > ${n}`,
    (n: number) => `ALTER TABLE t${n}\r\n  ADD COLUMN c int /* 가; */ DEFAULT ${n}`,
    (n: number) => `SELECT ${n}`,
  ];
  return Array.from({ length: count }, (_, i) => kinds[i % kinds.length]?.(i) ?? "");
}

describe("a file larger than what is parsed at once", () => {
  const statements = manyStatements(20_000);
  const gaps = [";", "; -- 한글;\n", ";\r\n/* ; */ ", " ;\n"];
  const textOf = (all: readonly string[]) => all.map((sql, i) => sql + gaps[i % gaps.length]).join("");

  test("is read as its statements are one by one, trees and places included", async () => {
    const text = textOf(statements);
    expect(text.length).toBeGreaterThan(256 * 1024);
    const { pieces } = await read(text);
    expect(pieces).toHaveLength(statements.length);
    let at = 0;
    for (const [i, sql] of statements.entries()) {
      const piece = pieces[i];
      if (piece?.kind !== "statement" || piece.sql !== sql) throw new Error(`${sql} was read as ${piece?.sql}`);
      const start = text.indexOf(sql, at);
      if (piece.start !== start) throw new Error(`${sql} is at ${start}, not at ${piece.start}`);
      at = start + sql.length;
      // Every hundredth is compared whole: all of them would take as long as everything else here.
      if (i % 100 !== 0 && i < statements.length - 8) continue;
      expect(slice(text, piece.span)).toBe(sql);
      const [alone] = (await read(sql)).pieces;
      if (alone?.kind !== "statement") throw new Error(`${sql} alone was not read`);
      moveLocations(alone.node, (offset) => offset + start);
      expect(piece.node).toEqual(alone.node);
    }
  });

  test("loses one statement to a syntax error, and tells its place", async () => {
    const broken = "UPDATE 한글 SET WHERE 가";
    for (const at of [0, 9_999, 19_999]) {
      const all = statements.with(at, broken);
      const text = textOf(all);
      const { pieces } = await read(text);
      expect(pieces.length).toBe(statements.length);
      expect(pieces.findIndex((piece, i) => piece.sql !== all[i])).toBe(-1);
      const unread = pieces.filter((piece) => piece.kind === "unread");
      const offset = text.indexOf(broken) + broken.indexOf("WHERE");
      expect(unread).toMatchObject([{ sql: broken, why: "syntax-error", at: placeOf(text, offset) }]);
    }
  });
});
