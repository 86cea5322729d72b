import { expect, test } from "vitest";
import { readCases } from "./cases.ts";
import { bytesOf } from "./judge.ts";

const text = `-- What the rule is about.

-- bad: why it is bad
-- layout: plain
-- postgres: 15
-- history:
CREATE TABLE t (x int);
-- migration:
ALTER TABLE t
  DROP x,
-- ^ reported
-- ^ reported at column 9
  ADD y int; -- ^ reported
-- a comment
SELECT 1;
-- ^ reported

-- good: why it is fine
-- migration: with a byte order mark
SELECT 2;
-- down:
SELECT 3;
`;

test("a case has its options, its scripts without the marks, and its marks by line and column", () => {
  const [bad, good] = readCases(text, "cases.sql");
  expect(bad).toMatchObject({
    kind: "bad",
    why: "why it is bad",
    line: 3,
    layout: "plain",
    postgres: 15,
    appliedBy: "tool",
  });
  expect(bad?.files).toEqual([
    { role: "history", name: "001_before.sql", form: "UTF-8", text: "CREATE TABLE t (x int);\n", marks: [] },
    {
      role: "migration",
      name: "002_change.sql",
      form: "UTF-8",
      text: "ALTER TABLE t\n  DROP x,\n  ADD y int; -- ^ reported\n-- a comment\nSELECT 1;\n",
      marks: [
        { line: 2, column: 3 },
        { line: 2, column: 9 },
        { line: 5, column: 1 },
      ],
    },
  ]);
  expect(good).toMatchObject({ kind: "good", layout: "golang-migrate", postgres: 18 });
  expect(good?.files).toMatchObject([
    { name: "000002_change.up.sql", form: "with a byte order mark", text: "SELECT 2;\n" },
    { name: "000002_change.down.sql", form: "UTF-8", text: "SELECT 3;\n" },
  ]);
});

test("a rule about files has a directory, with marks for whole files", () => {
  const [one] = readCases(
    "-- bad: two\n-- file: 1_a.up.sql, as UTF-16\n-- reported\nSELECT 1;\n-- file: b.sql, a directory\n",
    "f",
  );
  expect(one?.files).toEqual([
    { role: "file", name: "1_a.up.sql", form: "as UTF-16", text: "SELECT 1;\n", marks: [{ line: 1, column: 1 }] },
    { role: "file", name: "b.sql", form: "a directory", text: "\n", marks: [] },
  ]);
});

test.each([
  ["SELECT 1;\n", /^cases.sql:1: this stands before the first case$/],
  ["-- bad: x\nSELECT 1;\n-- migration:\n", /^cases.sql:2: this is no option/],
  ["-- bad: x\n-- layout: flyway\n-- migration:\n", /^cases.sql:1: an option has a value/],
  ["-- bad: x\n-- postgres: 9\n-- migration:\n", /^cases.sql:1: an option has a value/],
  ["-- bad: x\n-- migration: in Latin\n", /^cases.sql:2: this form of a file/],
  ["-- bad: x\n-- history:\nSELECT 1;\n", /^cases.sql:1: the case has 0 migrations$/],
  ["-- bad: x\n\n-- good: y\n-- migration:\n", /^cases.sql:1: the case has no migration$/],
])("what cannot be read is refused with its line: %j", (wrong, why) => {
  expect(() => readCases(wrong, "cases.sql")).toThrow(why);
});

test.each([
  ["UTF-8", "53454c4543542031 0a"],
  ["with a byte order mark", "efbbbf 53454c4543542031 0a"],
  ["as UTF-16", "fffe 530045004c004500430054002000 3100 0a00"],
  ["as EUC-KR", "53454c4543542031 202d2d20 b0a1 0a"],
  ["with a NUL byte", "53454c4543542031 00 0a"],
] as const)("a file %s has these bytes", (form, hex) => {
  expect(bytesOf({ form, text: "SELECT 1\n" }).toString("hex")).toBe(hex.replaceAll(" ", ""));
});
