import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { check } from "../../src/commands/check.ts";
import type { Layout } from "../../src/config/config.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";
import { project } from "../workspace/project.ts";

const table = "CREATE TABLE t (x int);\n";
const concurrently = "CREATE INDEX CONCURRENTLY t_x ON t (x);\n";

/** What check says of a directory: its migrations in order, the rules that block, all rules, and what it left out. */
async function judged(
  files: Readonly<Record<string, string>>,
  layout: Layout | null = null,
  prepare?: (cwd: string) => void,
) {
  const cwd = project(files);
  prepare?.(cwd);
  const report = await check(
    { paths: ["db"], config: null, layout, postgres: null },
    { workspace: openWorkspace(cwd) },
  );
  const findings = report.migrations.flatMap((migration) => migration.findings);
  const told = findings.filter(({ rule }) => rule === "unrecognised-file").map(({ message }) => message);
  return {
    paths: report.migrations.map(({ path }) => path.replace("db/", "")),
    isRefused: findings.some(({ rule }) => rule === "cannot-run-in-transaction"),
    outcome: report.verdict.outcome,
    rules: findings.map(({ rule }) => rule),
    told,
    ignored: report.coverage.ignored,
  };
}

const goose = (up: string, head = "") => `${head}-- +goose Up\n${up}-- +goose Down\nDROP TABLE t;\n`;

describe("how a tool sends a file decides whether CONCURRENTLY is refused", () => {
  const alone = { "db/1_t.sql": goose(table), "db/2_i.sql": goose(concurrently) };
  test.each<readonly [string, Layout | null, Readonly<Record<string, string>>, boolean]>([
    ["goose, in its transaction", null, alone, true],
    [
      "goose, NO TRANSACTION",
      null,
      { ...alone, "db/2_i.sql": goose(table.replace("t ", "u ") + concurrently, "-- +goose NO TRANSACTION\n") },
      false,
    ],
    [
      "goose, small letters",
      null,
      { ...alone, "db/2_i.sql": goose(concurrently, "-- +goose no transaction\n") },
      false,
    ],
    ["flyway, alone", null, { "db/V1__t.sql": table, "db/V2__i.sql": concurrently }, false],
    ["flyway, beside a table", null, { "db/V1__t.sql": table + concurrently }, true],
    [
      "flyway, beside a table, .conf",
      null,
      { "db/V1__t.sql": table + concurrently, "db/V1__t.sql.conf": "executeInTransaction=false\n" },
      false,
    ],
    [
      "flyway, .conf that keeps it",
      null,
      { "db/V1__t.sql": table + concurrently, "db/V1__t.sql.conf": "executeInTransaction=true\n" },
      true,
    ],
    ["sqlx", "sqlx", { "db/1_t.sql": table, "db/2_i.sql": concurrently }, true],
    [
      "sqlx, -- no-transaction",
      "sqlx",
      { "db/1_t.sql": table, "db/2_i.sql": `-- no-transaction\n${concurrently}` },
      false,
    ],
    [
      "sqlx, -- no-transaction below the first line",
      "sqlx",
      { "db/1_t.sql": table, "db/2_i.sql": `\n-- no-transaction\n${concurrently}` },
      true,
    ],
    [
      "sqlx, -- no-transaction, beside a table",
      "sqlx",
      { "db/1_t.sql": `-- no-transaction\n${table}${concurrently}` },
      true,
    ],
    ["diesel", null, { "db/1_t/up.sql": table, "db/2_i/up.sql": concurrently }, true],
    [
      "diesel, metadata.toml",
      null,
      { "db/1_t/up.sql": table, "db/2_i/up.sql": concurrently, "db/2_i/metadata.toml": "run_in_transaction = false\n" },
      false,
    ],
    [
      "diesel, metadata.toml that keeps it",
      null,
      {
        "db/1_t/up.sql": table,
        "db/2_i/up.sql": concurrently,
        "db/2_i/metadata.toml": "run_in_transaction = true # as ever\n",
      },
      true,
    ],
    [
      "diesel, metadata.toml that is silent",
      null,
      { "db/1_t/up.sql": table, "db/2_i/up.sql": concurrently, "db/2_i/metadata.toml": "" },
      false,
    ],
    [
      "dbmate, transaction: false is two words",
      null,
      {
        "db/1_t.sql": `-- migrate:up\n${table}-- migrate:down\n`,
        "db/2_i.sql": `-- migrate:up transaction: false\n${concurrently}-- migrate:down\n`,
      },
      true,
    ],
    [
      "dbmate, transaction:false after another option",
      null,
      {
        "db/1_t.sql": `-- migrate:up\n${table}-- migrate:down\n`,
        "db/2_i.sql": `-- migrate:up x:y transaction:false\n${concurrently}-- migrate:down\n`,
      },
      false,
    ],
    ["golang-migrate, alone", null, { "db/1_t.up.sql": table, "db/2_i.up.sql": concurrently }, false],
    ["golang-migrate, beside a table", null, { "db/1_t.up.sql": table + concurrently }, true],
  ])("%s", async (_what, layout, files, isRefused) => {
    expect((await judged(files, layout)).isRefused).toBe(isRefused);
  });
});

describe("the names and their order", () => {
  test("goose takes numbers from 1 to 64 bits, and leaves 0 out", async () => {
    const names = ["0_zero", "2_b", "10_j", "9223372036854775808_big"];
    const { paths, told } = await judged(
      Object.fromEntries(names.map((name) => [`db/${name}.sql`, goose("SELECT 1;\n")])),
    );
    expect(paths).toEqual(["2_b.sql", "10_j.sql", "0_zero.sql", "9223372036854775808_big.sql"]);
    expect(told).toHaveLength(2);
  });

  test("Flyway compares number by number, takes endings in capitals, and looks into the directories below", async () => {
    const names = ["V1__a", "V1.10__b", "V1.9__c", "sub/V1_2__d", "sub/deeper/V3__e", "R__views"];
    const files = Object.fromEntries(names.map((name) => [`db/${name}.sql`, "SELECT 1;\n"]));
    const { paths } = await judged({ ...files, "db/V2__f.SQL": "SELECT 1;\n" });
    expect(paths).toEqual([
      "V1__a.sql",
      "sub/V1_2__d.sql",
      "V1.9__c.sql",
      "V1.10__b.sql",
      "V2__f.SQL",
      "sub/deeper/V3__e.sql",
      "R__views.sql",
    ]);
  });

  test("Flyway's one version in two directories is one version", async () => {
    const { rules } = await judged({ "db/V1__a.sql": "", "db/old/V1.0__b.sql": "" });
    expect(rules.filter((rule) => rule === "duplicate-version")).toHaveLength(2);
  });

  test("golang-migrate reads one directory: those for releases below it are named, and not read", async () => {
    const { paths, ignored, rules } = await judged({
      "db/1_a.up.sql": "SELECT 1;\n",
      "db/1_a.down.sql": "SELECT 1;\n",
      "db/v1.2.0/2_b.up.sql": "DROP TABLE users;\n",
      "db/docs/README.md": "",
    });
    expect(paths).toEqual(["1_a.up.sql"]);
    expect(ignored).toEqual(["db/v1.2.0/"]);
    expect(rules).not.toContain("drop-table");
  });

  test("Rails' way of numbering is plain: a time, then the name", async () => {
    const { paths, outcome } = await judged({
      "db/20260201120000_add_x.sql": "ALTER TABLE users ADD COLUMN x int;\n",
      "db/20260101120000_create_users.sql": "CREATE TABLE users (id int);\n",
    });
    expect(paths).toEqual(["20260101120000_create_users.sql", "20260201120000_add_x.sql"]);
    expect(outcome).toBe("pass");
  });

  test("a Drizzle file that its journal does not name is told, and so is one that is not there", async () => {
    const entries = [{ tag: "0001_b" }, { tag: "0000_a" }, { tag: "0009_gone" }];
    const { paths, rules, told, outcome } = await judged({
      "db/0000_a.sql": "SELECT 1;\n--> statement-breakpoint\nSELECT 2;\n",
      "db/0001_b.sql": "SELECT 1;\n",
      "db/0002_c.sql": "SELECT 1;\n",
      "db/meta/_journal.json": JSON.stringify({ entries }),
    });
    expect(paths.slice(0, 2)).toEqual(["0001_b.sql", "0000_a.sql"]);
    expect(told.join()).toContain("meta/_journal.json");
    expect(rules).toContain("unreadable-file");
    expect(outcome).toBe("blocked");
  });

  test("diesel passes over directories that begin with a dot, and stops at one without a script", async () => {
    const { paths, told, ignored } = await judged({
      "db/2026-01-01-120000_a/up.sql": "SELECT 1;\n",
      "db/2026-01-01-120000_a/down.sql": "SELECT 1;\n",
      "db/.idea/x.xml": "",
      "db/2026-01-02-120000_b/notes.md": "",
    });
    expect(paths).toEqual(["2026-01-01-120000_a/up.sql", "2026-01-02-120000_b"]);
    expect(told.join()).toContain("diesel stops there");
    expect(ignored).toContain("db/.idea");
  });

  test("spaces are part of a name, a directory with the name of a file blocks, and a link is followed", async () => {
    const files = { "db/1 a.sql": table, "db/2 b c.sql": "SELECT 1;\n", "db/behind.txt": "DROP TABLE t;\n" };
    const { paths, rules } = await judged(files, null, (cwd) => {
      mkdirSync(join(cwd, "db/3_x.up.sql"));
      symlinkSync("behind.txt", join(cwd, "db/4 d.sql"));
    });
    expect(paths).toEqual(["1 a.sql", "2 b c.sql", "4 d.sql", "3_x.up.sql"]);
    expect(rules).toEqual(expect.arrayContaining(["drop-table", "unreadable-file"]));
  });
});

test("of several pairs in one file of sql-migrate each way up runs, and no way down between them", async () => {
  const file = `-- +migrate Up\n${table}-- +migrate Down\nTRUNCATE t;\n-- +migrate Up\nDROP TABLE users;\n-- +migrate Down\n`;
  const { rules } = await judged({ "db/1_a.sql": file });
  expect(rules).toContain("drop-table");
  expect(rules).not.toContain("truncate-table");
});

test("sql-migrate is found by its mark where no name has a number, and takes every name that ends in .sql", async () => {
  const script = "-- +migrate Up\nSELECT 1;\n-- +migrate Down\n";
  const names = ["users.sql", "Orders.sql", "10_b.sql", "9223372036854775808_big.sql", "CAPITALS.SQL"];
  expect((await judged({ "db/users.sql": script, "db/Orders.sql": script })).paths).toEqual([
    "Orders.sql",
    "users.sql",
  ]);
  const { paths, told } = await judged(Object.fromEntries(names.map((name) => [`db/${name}`, script])), "sql-migrate");
  expect(paths.slice(0, 3)).toEqual(["10_b.sql", "Orders.sql", "users.sql"]);
  expect(told).toHaveLength(2);
});

test("of several pairs in one dbmate file every way up is judged", async () => {
  const file = `-- migrate:up\n${table}-- migrate:down\nTRUNCATE t;\n-- migrate:up\nDROP TABLE users;\n-- migrate:down\n`;
  const { rules } = await judged({ "db/1_a.sql": file });
  expect(rules).toContain("drop-table");
  expect(rules).not.toContain("truncate-table");
});

test("a node-pg-migrate file without the line that begins the way up is one whole way up", async () => {
  const { rules, outcome } = await judged({ "db/1767225600000_a.sql": "DROP TABLE users;\n" }, "node-pg-migrate");
  expect(rules).toContain("drop-table");
  expect(outcome).toBe("needs-approval");
});
