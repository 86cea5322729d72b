import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { DeployResult } from "../../src/plan/deployed.ts";
import type { Failure, Outcome } from "../../src/plan/outcome.ts";
import { renderDeployJson } from "../../src/report/deploy-json.ts";
import { deployReport } from "../../src/report/deploy-report.ts";
import { againstSchema } from "../cli/migrate-schema.ts";

const span = { line: 2, column: 1, endLine: 2, endColumn: 9 };
const failure: Failure = {
  ...{
    code: "lock-timeout",
    message: "canceling statement",
    details: ["In the way: pid 1"],
    hint: "wait",
    sqlstate: "55P03",
  },
  at: { span, number: 2 },
};
const named = (version: string) => ({ version, name: "x", path: `db/${version}_x.up.sql` });
const outcomes: readonly Outcome[] = [
  { ...named("1"), status: "applied", ms: 12, rows: 3, retries: 1, statements: 2 },
  {
    ...named("2"),
    status: "applied",
    ms: 1,
    rows: 0,
    retries: 0,
    statements: 1,
    ledger: { before: ["1"], after: ["1", "2"] },
  },
  { ...named("3"), status: "undone", failure: { ...failure, at: null, hint: null, sqlstate: null } },
  { ...named("4"), status: "partial", failure, done: 1 },
  { ...named("5"), status: "unknown", failure },
  { ...named("6"), status: "not-run" },
];
const nothing: DeployResult = {
  ...{ plan: null, refusal: null, backup: null, outcomes: [], amiss: [], warnings: [], rollback: null, exitStatus: 0 },
};

test.each<[string, DeployResult]>([
  ["nothing to do", nothing],
  [
    "refused",
    { ...nothing, refusal: { code: "runner-busy", message: "m", details: ["d"], hint: null }, exitStatus: 1 },
  ],
  ["every outcome", { ...nothing, outcomes, amiss: ["a"], warnings: ["w"], exitStatus: 3 }],
])("docs/migrate.schema.json describes a deploy: %s", (_, result) => {
  expect(againstSchema(JSON.parse(renderDeployJson(deployReport(result, null))))).toEqual([]);
});

test("every key is described and asked for, and no other is let in", () => {
  const report = JSON.parse(renderDeployJson(deployReport({ ...nothing, outcomes }, null)));
  const schema = JSON.parse(readFileSync(new URL("../../docs/migrate.schema.json", import.meta.url), "utf8"));
  expect(Object.keys(schema.properties).toSorted()).toEqual(Object.keys(report).toSorted());
  for (const key of Object.keys(report)) {
    const { [key]: _left, ...rest } = report;
    expect(againstSchema(rest), key).not.toEqual([]);
  }
  for (const key of Object.keys(report.outcomes[0])) {
    const { [key]: _left, ...rest } = report.outcomes[0];
    expect(againstSchema({ ...report, outcomes: [rest] }), key).not.toEqual([]);
  }
  expect(againstSchema({ ...report, more: 1 })).not.toEqual([]);
  expect(againstSchema({ ...report, outcomes: [{ ...report.outcomes[0], more: 1 }] })).not.toEqual([]);
  expect(againstSchema({ ...report, exitStatus: 2 })).not.toEqual([]);
});
