import { describe, expect, test } from "vitest";
import type { StatementFacts } from "../../src/facts/facts.ts";
import type { FileFacts } from "../../src/facts/file.ts";
import { layoutOf } from "../../src/migrations/layouts/index.ts";
import { rules } from "../../src/rules/index.ts";
import { defineRule, type Problem } from "../../src/rules/rule.ts";
import { type Dialect, dialects } from "../../src/sql/dialects/dialect.ts";
import { expected } from "../fixtures/dialects/mysql-shop/expected.ts";
import { factsOf, factsOfChain, textOf } from "./chain.ts";

function fileOf(statements: readonly StatementFacts[], dialect: Dialect): FileFacts {
  const path = "1_x.sql";
  return {
    path,
    migration: { version: "1", name: "x", up: path, down: null },
    direction: "up",
    up: null,
    layout: layoutOf("plain"),
    model: "statements",
    dialect,
    appliedBy: "lockkeeper",
    unreadable: null,
    byteOrderMark: false,
    problems: [],
    statements,
    directives: [],
    major: 18,
  };
}

/** What the rules that hold for the dialect say. */
function found(
  statements: readonly StatementFacts[],
  dialect: Dialect,
): readonly (Problem & { readonly rule: string })[] {
  const holding = rules.filter(({ dialects }) => dialects.includes(dialect));
  return holding.flatMap((rule) =>
    [...rule.check(fileOf(statements, dialect))].map((problem) => ({ ...problem, rule: rule.id })),
  );
}

test("a rule that does not say of which databases it holds is silent but for PostgreSQL", () => {
  const { id, meta, check } = rules[0] ?? expect.fail("there are no rules");
  expect(defineRule({ id, meta, check }).dialects).toEqual(["postgresql"]);
});

describe("the shop's migrations are explained", () => {
  test("by the rules that hold for MySQL, where something is lost, written at once or not read", async () => {
    const texts = expected.migrations.map(({ path }) => textOf("mysql-shop", path));
    const facts = await factsOfChain(texts, "mysql");
    const said = expected.migrations.flatMap(({ path }, i) => {
      return found(facts[i] ?? [], "mysql").map(({ rule, at }) => `${path.slice(0, 4)}:${at.line} ${rule}`);
    });
    expect(said.sort()).toEqual([
      "V010:2 unbatched-write",
      // ALTER TABLE, behind START TRANSACTION and an UPDATE.
      "V010:3 implicit-commit",
      "V011:1 drop-column",
      "V011:2 drop-table",
      "V011:3 truncate-table",
      "V015:3 opaque-statement",
      "V015:5 opaque-statement",
      "V015:7 opaque-statement",
    ]);
  });

  test.each(dialects)("in words that hold for %s", async (dialect) => {
    const history = ["CREATE TABLE t (id INT PRIMARY KEY, a INT); CREATE TABLE o (t_id INT REFERENCES t (id));"];
    const text = [
      "DROP TABLE t; ALTER TABLE o DROP COLUMN t_id; UPDATE o SET t_id = 1; DELETE FROM o WHERE t_id > 5;",
      "FROBNICATE o; UPDATE o SET t_id = unknown_function(1); TRUNCATE o; DROP DATABASE shop;",
      "CREATE INDEX i ON o (t_id); ALTER TABLE o ADD COLUMN c INT NOT NULL; ALTER TABLE o RENAME TO p;",
    ].join("\n");
    const problems = found(await factsOf(text, dialect, history), dialect);
    expect(problems.length).toBeGreaterThan(5);
    for (const { message, safer } of problems) {
      expect(message).not.toMatch(/PostgreSQL|CONCURRENTLY|NOT VALID|ACCESS EXCLUSIVE|SHARE|psql|vacuum/);
      expect(safer ?? "").not.toMatch(/CONCURRENTLY|NOT VALID|ctid/);
    }
  });

  test("with a reason for what was not read", async () => {
    const said = async (text: string, dialect: Dialect): Promise<readonly string[]> =>
      found(await factsOf(text, dialect), dialect).map(({ message }) => message);
    expect(await said("FROBNICATE all of it;", "sqlite")).toEqual([
      "What “FROBNICATE all of it” does is not worked out: it may do anything.",
    ]);
    expect(await said("INSERT INTO t VALUES ('x);", "mysql")).toEqual([
      "This could not be read as MySQL: a string, a comment or a body that begins here does not end.",
    ]);
    expect(await said("SELECT purge();", "mariadb")).toEqual([
      "What purge() does is not known here: it may do anything.",
    ]);
  });
});
