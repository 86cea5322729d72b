import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frame, linesOfSource } from "../../src/report/frame.ts";
import { coloured, plain } from "../../src/report/paint.ts";
import type { ReportSpan } from "../../src/report/report.ts";
import { above, columns, unseen, wholeCharacters } from "./columns.ts";
import { spanOf } from "./examples.ts";

function draw(source: string, span: ReportSpan, width = 80): readonly string[] {
  return frame(linesOfSource(source), span, { width, paint: plain, style: "high" });
}

function drawText(source: string, text: string, width = 80): readonly string[] {
  return draw(source, spanOf(source, text), width);
}

/** The last source row and the rule under it. */
function marked(rows: readonly string[]): { row: string; rule: string } {
  return { row: rows.at(-2) ?? "", rule: rows.at(-1) ?? "" };
}

describe("a stretch of one line", () => {
  it("is shown with the line before it and a rule under it", () => {
    const source =
      "BEGIN;\n-- speed up the customer page\nCREATE INDEX orders_customer ON orders (customer_id);\nCOMMIT;\n";
    expect(drawText(source, "CREATE INDEX orders_customer ON orders (customer_id)")).toEqual([
      "  2 │ -- speed up the customer page",
      "  3 │ CREATE INDEX orders_customer ON orders (customer_id);",
      "    │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━",
    ]);
  });

  it("has no line before it at the top of the file, nor a blank one", () => {
    expect(drawText("DROP TABLE a;", "DROP TABLE a")).toEqual(["  1 │ DROP TABLE a;", "    │ ━━━━━━━━━━━━"]);
    expect(drawText("SELECT 1;\n  \nDROP TABLE a;", "DROP TABLE a")).toEqual([
      "  3 │ DROP TABLE a;",
      "    │ ━━━━━━━━━━━━",
    ]);
  });

  it("keeps the bar straight where line numbers get longer", () => {
    const source = `${"--\n".repeat(8)}-- nine\nDROP TABLE a;\n`;
    expect(drawText(source, "a;")).toEqual(["   9 │ -- nine", "  10 │ DROP TABLE a;", "     │            ━━"]);
  });

  it.each([
    ["Korean before and inside", "UPDATE 주문 SET 상태 = '배송 완료' WHERE 번호 = 1;", "상태 = '배송 완료'"],
    ["Korean written in single letters", "COMMENT ON TABLE t IS '한글'; DROP TABLE t;", "DROP TABLE t"],
    ["emoji", "INSERT INTO t VALUES ('🎉💰'), ('🚚');", "('🚚')"],
    ["an emoji that is reported itself", "SELECT '💰';", "💰"],
    ["a picture asked for by U+FE0F", "SELECT '❤️ ☎️', 1 / 0;", "1 / 0"],
    ["key caps, flags and skin tones", "SELECT '1️⃣🇰🇷👍🏽', 1 / 0;", "1 / 0"],
    ["accents that are characters of their own", "SELECT 'cafe\u0301', 1 / 0;", "1 / 0"],
    ["fullwidth letters and ideographic space", "SELECT 'ＡＢ　Ｃ', 1 / 0;", "1 / 0"],
    ["Japanese", "SELECT 'テーブルを消す', 1 / 0;", "1 / 0"],
  ])("has its rule exactly under it: %s", (_what, source, text) => {
    const { row, rule } = marked(drawText(source, text));
    expect(above(row, rule)).toBe(text);
    expect(wholeCharacters(row, rule)).toBe(true);
  });

  it("counts two columns for each Korean letter", () => {
    expect(drawText("DROP TABLE 주문내역;", "주문내역")).toEqual([
      "  1 │ DROP TABLE 주문내역;",
      "    │            ━━━━━━━━",
    ]);
  });

  it("sees a tab as the spaces to the next fourth column", () => {
    expect(drawText("\tDROP\tTABLE a;", "TABLE a")).toEqual([
      "  1 │     DROP    TABLE a;",
      "    │             ━━━━━━━",
    ]);
    expect(drawText("ab\tDROP TABLE a;", "DROP")).toEqual(["  1 │ ab  DROP TABLE a;", "    │     ━━━━"]);
  });

  it("ends before the line end of Windows", () => {
    expect(drawText("-- one\r\nDROP TABLE a\r\n", "DROP TABLE a\r\n")).toEqual([
      "  1 │ -- one",
      "  2 │ DROP TABLE a",
      "    │ ━━━━━━━━━━━━",
    ]);
  });
});

describe("a stretch of nothing", () => {
  it("is shown on the character it stands before", () => {
    expect(draw("SELEC 1;", { line: 1, column: 7, endLine: 1, endColumn: 7 })).toEqual([
      "  1 │ SELEC 1;",
      "    │       ━",
    ]);
  });

  it("is shown after the last character at the end of a file", () => {
    expect(draw("SELECT (1", { line: 1, column: 10, endLine: 1, endColumn: 10 })).toEqual([
      "  1 │ SELECT (1",
      "    │          ━",
    ]);
    expect(draw("SELECT (1\n", { line: 2, column: 1, endLine: 2, endColumn: 1 })).toEqual([
      "  1 │ SELECT (1",
      "  2 │",
      "    │ ━",
    ]);
  });

  it("is shown on an empty line", () => {
    expect(draw("a\n\nb", { line: 2, column: 1, endLine: 2, endColumn: 1 })).toEqual(["  1 │ a", "  2 │", "    │ ━"]);
  });

  it("shows something for columns and lines that the file does not have", () => {
    expect(draw("ab", { line: 1, column: 9, endLine: 1, endColumn: 30 })).toEqual(["  1 │ ab", "    │   ━"]);
    expect(draw("ab", { line: 1, column: 1, endLine: 7, endColumn: 3 })).toEqual(["  1 │ ab", "    │ ━━"]);
    expect(draw("ab", { line: 3, column: 1, endLine: 3, endColumn: 2 })).toEqual([]);
  });
});

describe("a stretch of several lines", () => {
  const alter = "-- money\nALTER TABLE orders\n  ALTER COLUMN total TYPE numeric,\n  ALTER COLUMN tax TYPE numeric;\n";

  it("has a heavy bar at its side, closed under its end", () => {
    expect(drawText(alter, alter.slice(9, -2))).toEqual([
      "  1 │ -- money",
      "  2 ┃ ALTER TABLE orders",
      "  3 ┃   ALTER COLUMN total TYPE numeric,",
      "  4 ┃   ALTER COLUMN tax TYPE numeric;",
      "    ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━",
    ]);
  });

  it("shows where it begins when that is inside a line", () => {
    const source = "BEGIN; DELETE\nFROM orders; COMMIT;\n";
    expect(drawText(source, "DELETE\nFROM orders;")).toEqual([
      "  1 ┃ BEGIN; DELETE",
      "    ┃        ━━━━━━",
      "  2 ┃ FROM orders; COMMIT;",
      "    ┗━━━━━━━━━━━━━",
    ]);
  });

  it("shows the first four lines and counts the others", () => {
    const rows = Array.from({ length: 16 }, (_, i) => `  (${i + 1}, 'row')`);
    const source = `-- seed\nINSERT INTO t VALUES\n${rows.join(",\n")};\n`;
    expect(drawText(source, source.slice(8, -1))).toEqual([
      "  1 │ -- seed",
      "  2 ┃ INSERT INTO t VALUES",
      "  3 ┃   (1, 'row'),",
      "  4 ┃   (2, 'row'),",
      "  5 ┃   (3, 'row'),",
      "    ┗ … 13 more lines",
    ]);
  });

  it("says one line, not one lines, and does not count the line end of the last", () => {
    const source = "a\nb\nc\nd\ne\n\n";
    expect(drawText(source, source)).toEqual(["  1 ┃ a", "  2 ┃ b", "  3 ┃ c", "  4 ┃ d", "    ┗ … 1 more line"]);
    expect(drawText("DROP TABLE a;\nSELECT 1;\n", "DROP TABLE a;\n")).toEqual([
      "  1 │ DROP TABLE a;",
      "    │ ━━━━━━━━━━━━━",
    ]);
  });
});

describe("a long line", () => {
  const long = `INSERT INTO t VALUES ${"(1, 'abc'), ".repeat(800)}(2, 1/0), ${"(3, 'xyz'), ".repeat(800)}(4);`;

  it("is cut around what is reported", () => {
    expect(drawText(long, "(2, 1/0)", 60)).toEqual([
      "  1 │ … (1, 'abc'), (2, 1/0), (3, 'xyz'), (3, 'xyz'), (3, '…",
      "    │               ━━━━━━━━",
    ]);
  });

  it("is shown from its beginning where what is reported is near it, and to its end", () => {
    expect(drawText(long, "INTO t", 40)).toEqual(["  1 │ INSERT INTO t VALUES (1, 'abc'), …", "    │        ━━━━━━"]);
    expect(drawText(long, "(4)", 40)).toEqual([
      "  1 │ …z'), (3, 'xyz'), (3, 'xyz'), (4);",
      "    │                               ━━━",
    ]);
  });

  it("has a rule to the edge when the reported stretch goes on behind it", () => {
    expect(drawText(long, long, 40)).toEqual(["  1 │ INSERT INTO t VALUES (1, 'abc'), …", `    │ ${"━".repeat(34)}`]);
  });

  it("never splits a wide character at the edge", () => {
    const source = `-- ${"가나다라".repeat(40)} DROP ${"마바사".repeat(40)}`;
    for (const width of [20, 21, 22, 23, 40, 41]) {
      const { row, rule } = marked(drawText(source, "DROP", width));
      expect(above(row, rule)).toBe("DROP");
      expect(columns(row).length).toBeLessThanOrEqual(width);
    }
  });

  it("of many megabytes is cut like any other", () => {
    const source = `${"x".repeat(20_000_000)} DROP ${"가".repeat(5_000_000)}`;
    const { row, rule } = marked(drawText(source, "DROP"));
    expect(above(row, rule)).toBe("DROP");
    expect(columns(row).length).toBeLessThanOrEqual(80);
  });
});

describe("hostile text", () => {
  it("is shown by its numbers, and the rule still stands under what is reported", () => {
    const source = "SELECT 'a\u001b[2J\u0000\rb\u202e\u2066c\u200dd\u2028\u061c\u00ad'; DROP TABLE t;";
    const { row, rule } = marked(drawText(source, "DROP TABLE t", 200));
    expect(row).toContain("\\u001b[2J\\u0000\\u000db\\u202e\\u2066c\\u200dd\\u2028\\u061c\\u00ad");
    expect(above(row, rule)).toBe("DROP TABLE t");
  });

  it("gives no orders to a runner", () => {
    const { row, rule } = marked(drawText("SELECT '##[error]x'; DROP TABLE t;", "DROP TABLE t"));
    expect(row).not.toContain("##[");
    expect(above(row, rule)).toBe("DROP TABLE t");
  });

  it("is marked with all of its escape", () => {
    const { row, rule } = marked(drawText("a\u202eb", "\u202e"));
    expect(above(row, rule)).toBe("\\u202e");
  });

  it("in characters beyond U+FFFF and in halves of characters is shown too", () => {
    expect(drawText("a\u{e0041}b \ud800 c", "c")).toEqual([
      "  1 │ a\\u{e0041}b \\ud800 c",
      "    │                    ━",
    ]);
  });
});

it("holds for any text, stretch and width: nothing wider than the terminal, nothing a terminal acts on, the rule under the text", () => {
  const piece = fc.constantFrom(
    "a",
    " ",
    "DROP",
    "가",
    "주문",
    "💰",
    "❤️",
    "🇰🇷",
    "\t",
    "\u001b[31m",
    "\u202e",
    "\r",
    "\u0301",
    "テ",
    ";",
  );
  const line = fc.array(piece, { maxLength: 30 });
  fc.assert(
    fc.property(line, line, line, fc.integer({ min: 20, max: 100 }), (before, inside, after, width) => {
      const [head, text, tail] = [before.join(""), inside.join(""), after.join("")];
      const from = head.length + 1;
      const source = `-- ${head}\n${head}${text}${tail}\n`;
      const span = { line: 2, column: from, endLine: 2, endColumn: from + text.length };
      const rows = draw(source, span, width);
      expect(rows.length).toBeGreaterThanOrEqual(2);
      for (const row of rows) {
        expect(columns(row).length).toBeLessThanOrEqual(width);
        expect(row).not.toMatch(unseen);
      }
      const { row, rule } = marked(rows);
      expect(rule).toContain("━");
      expect(wholeCharacters(row.padEnd(200), rule)).toBe(true);
      // Where the text is plain and nothing is cut, what stands above the rule is what is reported.
      if (!row.includes("…") && /^[a-zA-Z가주문;]+$/.test(text) && !tail.startsWith("\u0301"))
        expect(above(row, rule)).toBe(text);
    }),
    { numRuns: 500 },
  );
});

it("gives colour to the rule and dims the gutter, and is the same text without", () => {
  const source = "-- one\nDROP TABLE a;";
  const span = spanOf(source, "DROP TABLE a");
  const rows = frame(linesOfSource(source), span, { width: 80, paint: coloured, style: "critical" });
  expect(rows[2]).toContain("\u001b[1;31m━━━━━━━━━━━━\u001b[0m");
  expect(rows.map((row) => row.replace(/\u001b\[[\d;]*m/g, ""))).toEqual(draw(source, span));
});
