import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Row, withTable } from "../../scripts/layout-runs-table.ts";
import { layouts as ids } from "../../src/config/config.ts";
import { layoutOf } from "../../src/migrations/layouts/index.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const page = read("docs/layouts.md");

/** The cells of the row that is about this layout. */
const rowOf = (text: string, id: string): readonly string[] =>
  (text.split("\n").find((line) => line.startsWith(`| \`${id}\` |`)) ?? "").split("|").map((cell) => cell.trim());

test.each(ids)("docs/layouts.md and the README have a row for %s, with the name that errors show", (id) => {
  const { example, withoutTransaction, runs } = layoutOf(id);
  const row = rowOf(page, id);
  expect(row).toHaveLength(8);
  expect(row[2]).toContain(example.replace(/\.up\.sql$/, ""));
  const short = rowOf(read("README.md"), id);
  expect(short[2]).not.toBe("");
  // Who sends one string says so in both, and who has a way out names it.
  expect(/one string/.test(short[3] ?? "")).toBe(runs === "one-string");
  const ask = withoutTransaction?.ask.split(" in ")[0] ?? null;
  if (ask !== null) expect(row[5]).toContain(ask);
});

test("the table of runs is that of the last run", () => {
  const runs: readonly Row[] = JSON.parse(read("test/fixtures/layouts/runs.json"));
  expect(withTable(page, runs)).toBe(page);
  expect(page).toContain("| CONCURRENTLY alone | ");
});
