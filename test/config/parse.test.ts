import { describe, expect, test } from "vitest";
import { anybody, defaultConfig } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { UserError } from "../../src/errors.ts";
import { configOf, problemsOf, rules } from "./reading.ts";

describe("a good config", () => {
  test("says nothing but its version and gets every default", () => {
    expect(configOf("version: 1\n")).toEqual(defaultConfig);
    expect(defaultConfig).toEqual({
      postgres: 18,
      migrations: [],
      policy: {
        low: { deploy: "automatic", approvals: 0, approvers: anybody, backup: "optional" },
        medium: { deploy: "reviewed", approvals: 1, approvers: anybody, backup: "recommended" },
        high: { deploy: "manual", approvals: 1, approvers: anybody, backup: "required" },
        critical: { deploy: "manual", approvals: 2, approvers: anybody, backup: "required" },
        failOn: "medium",
      },
      rules: new Map(),
      allowances: "ask",
      approveBy: "review",
      variables: new Map(),
    });
  });

  test("has every key there is", () => {
    const config = configOf(`version: 1
postgres: 14
migrations:
  - directory: ./db//migrations/
    layout: golang-migrate
    applied-by: lockkeeper
  - { directory: ., layout: plain, applied-by: tool, dialect: mariadb }
policy:
  low: { deploy: reviewed, approvals: 1, approvers: { people: [ann, Ann, ben], teams: [a/dba] }, backup: recommended }
  medium: { deploy: manual, approvals: 2, backup: required }
  high: { deploy: automatic, approvals: 0, backup: optional }
  critical: { deploy: manual, approvals: 3, backup: required }
  fail-on: critical
rules:
  drop-column: off
  drop-table: { risk: high }
allowances: off
approve-by: label
variables: { schema: app, limit: 10, "a.b": "x y" }
`);
    expect(config).toEqual({
      postgres: 14,
      migrations: [
        { directory: "db/migrations", layout: "golang-migrate", appliedBy: "lockkeeper", dialect: "postgresql" },
        { directory: ".", layout: "plain", appliedBy: "tool", dialect: "mariadb" },
      ],
      policy: {
        low: {
          deploy: "reviewed",
          approvals: 1,
          approvers: { people: ["Ann", "ben"], teams: ["a/dba"] },
          backup: "recommended",
        },
        medium: { deploy: "manual", approvals: 2, approvers: anybody, backup: "required" },
        high: { deploy: "automatic", approvals: 0, approvers: anybody, backup: "optional" },
        critical: { deploy: "manual", approvals: 3, approvers: anybody, backup: "required" },
        failOn: "critical",
      },
      rules: new Map([
        ["drop-column", { kind: "off" }],
        ["drop-table", { kind: "risk", risk: "high" }],
      ]),
      allowances: "off",
      approveBy: "label",
      variables: new Map([
        ["schema", "app"],
        ["limit", "10"],
        ["a.b", "x y"],
      ]),
    });
  });

  test("keeps the defaults of the policy keys it does not name", () => {
    const { policy } = configOf("version: 1\npolicy: { medium: { approvals: 3 }, low: {}, fail-on: never }");
    expect(policy).toEqual({
      ...defaultConfig.policy,
      medium: { deploy: "reviewed", approvals: 3, approvers: anybody, backup: "recommended" },
      failOn: "never",
    });
  });

  test("leaves the layout to the names of the files, applies PostgreSQL with the tool when it does not say", () => {
    const { migrations } = configOf("version: 1\nmigrations:\n  - directory: db\n");
    expect(migrations).toEqual([{ directory: "db", layout: null, appliedBy: "tool", dialect: "postgresql" }]);
  });

  test.each([
    ["as YAML 1.2 reads it, text", "version: 1\nrules: { drop-table: off }"],
    ["in quotes", 'version: 1\nrules: { drop-table: "off" }'],
    ["as YAML 1.1 reads it, false", "%YAML 1.1\n---\nversion: 1\nrules: { drop-table: off }"],
    ["as false", "version: 1\nrules: { drop-table: false }"],
  ])("turns a rule off: %s", (_, text) => {
    expect(configOf(text).rules).toEqual(new Map([["drop-table", { kind: "off" }]]));
  });

  test("reads every version of PostgreSQL from 14 to 18, and no other", () => {
    for (const version of [14, 15, 16, 17, 18]) {
      expect(configOf(`version: 1\npostgres: ${version}`).postgres).toBe(version);
    }
    expect(problemsOf("version: 1\npostgres: 13")).toEqual([
      "2:11: postgres is 13; it must be a whole number from 14 to 18",
    ]);
    expect(problemsOf("version: 1\npostgres: 19")).toHaveLength(1);
  });
});

test("a source that gives no value and no problem is refused, not taken for an empty config", () => {
  const source = { path: "x.yml", value: undefined, problems: [], positionOf: () => ({ line: 1, column: 1 }) };
  expect(() => parseConfig(source, { rules })).toThrow(UserError);
});
