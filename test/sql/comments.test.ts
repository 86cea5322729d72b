import { expect, test } from "vitest";
import { readDirectives } from "../../src/sql/comments.ts";
import { readScript } from "../../src/sql/parse.ts";
import { openGrammar } from "../../src/sql/postgres.ts";

/** What is read of a file, each as "line: what it says → the line of the statement that it is about". */
async function read(text: string): Promise<readonly string[]> {
  const script = await readScript(text, openGrammar(18));
  return readDirectives(script).map((each) => {
    const about = each.about === null ? "the file" : String(each.about.line);
    const said = each.kind === "allow" ? `${each.rule}=${each.reason}` : each.kind === "invalid" ? each.why : each.kind;
    return `${each.span.line}: ${said} → ${about}`;
  });
}

test("directly above a statement it is about that statement, whatever comments stand between", async () => {
  expect(
    await read(
      "SELECT 1;\n\n-- lockkeeper:allow drop-table: gone since 2.3\n-- and so on\n/* more */\nDROP TABLE a;\nDROP TABLE b;",
    ),
  ).toEqual(["3: drop-table=gone since 2.3 → 6"]);
});

test("above the first statement it is about that one, and about the file when a blank line comes between", async () => {
  expect(await read("-- lockkeeper:allow a: x\nDROP TABLE a;")).toEqual(["1: a=x → 2"]);
  expect(await read("-- lockkeeper:allow a: x\n\nDROP TABLE a;")).toEqual(["1: a=x → the file"]);
  expect(await read("-- lockkeeper:allow a: x\r\n\r\nDROP TABLE a;")).toEqual(["1: a=x → the file"]);
  expect(await read("-- lockkeeper:allow a: x\n-- why\n\n-- what\nDROP TABLE a;")).toEqual(["1: a=x → the file"]);
});

test("among the parts of a statement it is about the whole of it", async () => {
  expect(await read("ALTER TABLE t\n  -- lockkeeper:allow drop-column: unread since May\n  DROP COLUMN c;")).toEqual([
    "2: drop-column=unread since May → 1",
  ]);
});

test("a comment of the other kind and other letters' case are understood too", async () => {
  expect(await read("/* LockKeeper:Allow drop-table : x */\nDROP TABLE a;")).toEqual(["1: drop-table=x → 2"]);
  expect(await read("-- lockkeeper:no-transaction\n\nSELECT 1;")).toEqual(["1: no-transaction → the file"]);
});

test("what stands in a string or in a function's body is no directive, nor is a comment that only names the product", async () => {
  expect(await read("SELECT '\n-- lockkeeper:allow a: b\n';")).toEqual([]);
  expect(await read("DO $$ BEGIN\n-- lockkeeper:allow a: b\nNULL; END $$;")).toEqual([]);
  expect(await read("-- checked with lockkeeper: fine\nSELECT 1;")).toEqual([]);
});

test.each([
  ["-- lockkeeper:allow\nSELECT 1;", "names one rule and gives its reason"],
  ["-- lockkeeper:allow drop-table\nSELECT 1;", "drop-table gives no reason"],
  ["-- lockkeeper:allow drop-table:\nSELECT 1;", "drop-table gives no reason"],
  ["-- lockkeeper:allow drop-table: <reason>\nSELECT 1;", "drop-table gives no reason"],
  ["-- lockkeeper:allow drop-table, drop-column: x\nSELECT 1;", "names one rule"],
  ["-- lockkeeper:ignore drop-table\nSELECT 1;", 'knows "allow", "no-transaction" and "max-blocking"'],
  ["SELECT 1; -- lockkeeper:allow drop-table: x\nSELECT 2;", "in a line of its own"],
  ["SELECT 1;\n-- lockkeeper:allow drop-table: x\n", "no statement follows it"],
  ["SELECT 1;\n-- lockkeeper:no-transaction\nSELECT 2;", "above the first statement"],
  ["SELECT 1;\n-- lockkeeper:max-blocking 30s: it is night\nSELECT 2;", "above the first statement"],
  ["-- lockkeeper:max-blocking 30s\n\nSELECT 1;", "gives no reason"],
  ["-- lockkeeper:max-blocking long: it is night\n\nSELECT 1;", "names a time"],
])("what is not written as it should be says why: %j", async (text, why) => {
  expect(await read(text)).toEqual([expect.stringContaining(why)]);
});
