import { expect, test } from "vitest";
import { check } from "../../src/commands/check.ts";
import type { Report } from "../../src/report/report.ts";
import { readCases } from "./cases.ts";
import { directory, workspaceOf } from "./judge.ts";

/** What check says of a migration on a table of users in use, by a config that says this of allowances. */
async function judge(sql: string, allowances?: "ask" | "on" | "off", applier = "tool"): Promise<Report> {
  const history = "CREATE TABLE users (id bigint PRIMARY KEY, email text);";
  const [one] = readCases(`-- good: this\n-- history:\n${history}\n-- migration:\n${sql}\n`, "cases.sql");
  if (one === undefined) throw new Error("no case was read");
  const value = {
    version: 1,
    ...(allowances === undefined ? {} : { allowances }),
    rules: { "missing-down": "off", "missing-lock-timeout": "off" },
    migrations: [{ directory, "applied-by": applier }],
  };
  const config = { path: "lockkeeper.yml", value, problems: [], positionOf: () => ({ line: 1, column: 1 }) };
  const only = one.files.find(({ role }) => role === "migration")?.name ?? "";
  const asked = { paths: [`${directory}/${only}`], config: null, layout: null, postgres: null };
  return check(asked, { workspace: { ...workspaceOf(one), config: async () => config } });
}

const index = "CREATE INDEX users_email ON users (email);";
const allowed = `-- lockkeeper:allow create-index-concurrently: 40 rows, and writers can wait\n${index}`;

function rulesOf(report: Report): readonly string[] {
  return report.migrations.flatMap(({ findings }) => findings.map(({ rule, risk }) => `${rule} ${risk}`));
}

test("an allowance lowers its finding, keeps its reason in the report, and asks for somebody's yes", async () => {
  expect(rulesOf(await judge(index))).toEqual(["create-index-concurrently high"]);
  const report = await judge(allowed);
  expect(report.risk).toBe("medium");
  expect(rulesOf(report)).toEqual(["accepted-finding medium", "create-index-concurrently medium"]);
  expect(report.migrations[0]?.findings[1]?.allowed).toBe("40 rows, and writers can wait");
  expect(report.migrations[0]?.statements[0]?.risk).toBe("medium");
});

test("a config that trusts its authors does not ask, and one that wants none refuses", async () => {
  const safe = `-- lockkeeper:allow set-not-null: the check ran last night\nALTER TABLE users ALTER email SET NOT NULL;`;
  expect(rulesOf(await judge(safe, "on"))).toEqual(["set-not-null medium"]);
  const refused = await judge(safe, "off");
  expect(rulesOf(refused)).toEqual(["accepted-finding medium", "set-not-null high"]);
  expect(refused.migrations[0]?.findings.map((each) => each.allowed)).toEqual([null, null]);
  expect(refused.migrations[0]?.findings[0]?.message).toContain("refuses allowances");
});

test("nobody can accept what PostgreSQL refuses, and a DROP stays what it is", async () => {
  const blocked = await judge(
    `-- lockkeeper:allow cannot-run-in-transaction: it worked\n\nBEGIN;\nCREATE INDEX CONCURRENTLY i ON users (email);\nCOMMIT;`,
    "on",
  );
  expect(blocked.verdict.outcome).toBe("blocked");
  expect(rulesOf(blocked)).toContain("invalid-directive medium");
  const drop = await judge("-- lockkeeper:allow drop-table: nobody reads it\nDROP TABLE users;", "on");
  expect(drop).toMatchObject({ risk: "critical", verdict: { outcome: "needs-approval" } });
});

test("an allowance in the header is about the whole file, and a nearer one gives the reason", async () => {
  const report = await judge(
    `-- lockkeeper:allow create-index-concurrently: a small table\n\n${index}\n-- lockkeeper:allow create-index-concurrently: this one too\nCREATE INDEX users_id ON users (id);`,
    "on",
  );
  expect(report.migrations[0]?.findings.map((each) => [each.line, each.allowed])).toEqual([
    [3, "a small table"],
    [5, "this one too"],
  ]);
});

test("with no-transaction Lockkeeper sends a file's statements one by one", async () => {
  const two = "CREATE INDEX CONCURRENTLY a ON users (email);\nCREATE TABLE notes (id bigint PRIMARY KEY);";
  expect((await judge(two)).verdict.outcome).toBe("blocked");
  const report = await judge(`-- lockkeeper:no-transaction\n${two}`, "ask", "lockkeeper");
  expect(report.verdict.outcome).not.toBe("blocked");
  expect(rulesOf(report)).toEqual([]);
});
