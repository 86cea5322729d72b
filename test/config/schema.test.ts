import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  appliers,
  backups,
  databases,
  defaultAppliedBy,
  defaultConfig,
  defaultDialect,
  defaultPolicy,
  deploys,
  failOnChoices,
  layouts,
  postgresVersions,
  risks,
} from "../../src/config/config.ts";
import { configOf, problemsOf } from "./reading.ts";

const schema = JSON.parse(readFileSync(new URL("../../docs/config.schema.json", import.meta.url), "utf8"));
const matches = new Ajv({ strict: true, strictTypes: false }).compile(schema);

const accepted = [
  "version: 1",
  "version: 1.0",
  "version: 1\npolicy: {}\nrules: {}",
  ...postgresVersions.map((postgres) => `version: 1\npostgres: ${postgres}`),
  ...layouts.map((layout) => `version: 1\nmigrations: [{ directory: db, layout: ${layout} }]`),
  ...appliers.map((applier) => `version: 1\nmigrations: [{ directory: db, applied-by: ${applier} }]`),
  ...databases.map((dialect) => `version: 1\nmigrations: [{ directory: db, dialect: ${dialect}, applied-by: tool }]`),
  "version: 1\nmigrations: [{ directory: db, dialect: postgresql, applied-by: lockkeeper }]",
  ...["db", "./db", ".", "a b", "..x/y..", "데이터", "db/"].map(
    (directory) => `version: 1\nmigrations: [{ directory: "${directory}" }]`,
  ),
  ...failOnChoices.map((choice) => `version: 1\npolicy: { fail-on: ${choice} }`),
  ...risks.flatMap((risk) => [
    `version: 1\nrules: { drop-table: { risk: ${risk} } }`,
    `version: 1\npolicy: { ${risk}: {} }`,
    ...deploys.map((deploy) => `version: 1\npolicy: { ${risk}: { deploy: ${deploy} } }`),
    ...backups.map((backup) => `version: 1\npolicy: { ${risk}: { backup: ${backup} } }`),
    ...[0, 1, 7, "2.0"].map((approvals) => `version: 1\npolicy: { ${risk}: { approvals: ${approvals} } }`),
  ]),
  ...["{ people: [octocat] }", "{ people: [a-b, x_corp], teams: [] }", "{ teams: [dba, my-company/dba] }"].map(
    (approvers) => `version: 1\npolicy: { low: { approvers: ${approvers} } }`,
  ),
  ...["review", "label"].map((choice) => `version: 1\napprove-by: ${choice}`),
  "version: 1\nrules: { drop-table: off, drop-column: false }",
  "version: 1\nvariables: {}",
  "version: 1\nvariables: { schema: app, n: 7, x: true, a.b-c: '' }",
  ...["ask", "on", "off", "true", "false"].map((choice) => `version: 1\nallowances: ${choice}`),
];

const refused = [
  ...["", "app", "[]", '{ "1a": b }', "{ a: [] }", "{ a: }", '{ "a b": c }'].map(
    (map) => `version: 1\nvariables: ${map}`,
  ),
  ...["", "yes", "[]", "{ on: 1 }", "7"].map((choice) => `version: 1\nallowances: ${choice}`),
  "postgres: 16",
  "[]",
  "text",
  "7",
  ...['"1"', "2", "0", "1.5", "true", "", "[1]"].map((version) => `version: ${version}`),
  ...['"16"', "13", "19", "16.4", "", "sixteen", "[16]", "{ a: 1 }"].map(
    (postgres) => `version: 1\npostgres: ${postgres}`,
  ),
  ...["", "db", "[]", "[db]", "{}", "[{}]", "[[]]", "[null]", "[{ layout: plain }]"].map(
    (list) => `version: 1\nmigrations: ${list}`,
  ),
  ...[
    "",
    "7",
    '""',
    '" "',
    "/db",
    "C:/db",
    "c:db",
    '"a\\\\b"',
    '"a\\nb"',
    '"a\\u0085b"',
    "..",
    "../db",
    "a/../b",
    "a/..",
    "[db]",
  ].map((directory) => `version: 1\nmigrations: [{ directory: ${directory} }]`),
  ...[
    "layout: alembic",
    "layout: Plain",
    "layout: ",
    "applied-by: me",
    "applied-by: ",
    "dialect: postgres",
    "dialect: ",
    "dialect: [mysql]",
    "dialect: MySQL",
    "dialect: sqlite, applied-by: lockkeeper",
    "dialect: mysql, applied-by: lockkeeper",
    "dialect: mariadb, applied-by: lockkeeper",
    "appliedBy: tool",
    "path: x",
  ].map((more) => `version: 1\nmigrations: [{ directory: db, ${more} }]`),
  ...["", "[]", "high", "{ severe: {} }", "{ fail-on: none }", "{ fail-on: }", "{ fail-on: off }", "{ Low: {} }"].map(
    (policy) => `version: 1\npolicy: ${policy}`,
  ),
  ...risks.flatMap((risk) =>
    [
      "",
      "manual",
      "[]",
      "{ deploy: auto }",
      "{ deploy: }",
      "{ approvals: -1 }",
      "{ approvals: 0.5 }",
      '{ approvals: "1" }',
      "{ approvals: .inf }",
    ]
      .concat(["{ backup: always }", "{ backup: }", "{ backups: required }", "{ approvals: true }"])
      .map((row) => `version: 1\npolicy: { ${risk}: ${row} }`),
  ),
  ...["", "[]", "off", "false"].map((all) => `version: 1\nrules: ${all}`),
  ...["", "on", "true", "high", "0", "{}", "[]", "{ risk: }", "{ risk: off }", "{ risk: low, off: true }", "Off"].map(
    (setting) => `version: 1\nrules: { drop-table: ${setting} }`,
  ),
  ...["", "[]", "octocat", "{}", "{ people: [] }", "{ teams: [], people: [] }", "{ people: octocat }"]
    .concat([
      '{ people: ["@octocat"] }',
      "{ people: [a/b] }",
      "{ people: [-a] }",
      "{ people: [7] }",
      "{ people: [''] }",
    ])
    .concat(['{ teams: ["@a/b"] }', "{ teams: [a/b/c] }", "{ teams: [a b] }", "{ users: [a] }", "{ people: [a-] }"])
    .map((approvers) => `version: 1\npolicy: { low: { approvers: ${approvers} } }`),
  ...["", "reviews", "[label]", "true"].map((choice) => `version: 1\napprove-by: ${choice}`),
  "version: 1\nenvironments: {}",
];

describe("docs/config.schema.json and Lockkeeper are of one mind", () => {
  test.each(accepted)("both accept %j", (text) => {
    configOf(text);
    expect(matches(parse(text)), JSON.stringify(matches.errors)).toBe(true);
  });

  test.each(refused)("both refuse %j", (text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0);
    expect(matches(parse(text))).toBe(false);
  });

  // A schema cannot say these; its description names them.
  test.each([
    "version: 1\nrules: { drop-tabel: off }",
    "version: 1\nrules: { syntax-error: off }",
    "version: 1\nmigrations: [{ directory: db }, { directory: ./db }]",
    "version: 1\npolicy: { critical: { approvers: { people: [ann] } } }",
  ])("only Lockkeeper refuses %j", (text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0);
    expect(matches(parse(text))).toBe(true);
  });

  test("the schema's defaults are the real ones", () => {
    const { postgres, policy } = schema.properties;
    expect(postgres.default).toBe(defaultConfig.postgres);
    expect(schema.definitions.migrations.properties["applied-by"].default).toBe(defaultAppliedBy);
    expect(schema.definitions.migrations.properties.dialect.default).toBe(defaultDialect);
    expect(policy.properties["fail-on"].default).toBe(defaultPolicy.failOn);
    for (const risk of risks) {
      const { deploy, approvals, backup } = defaultPolicy[risk];
      expect(policy.properties[risk].default).toEqual({ deploy, approvals, backup });
    }
  });
});
