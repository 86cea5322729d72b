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
  ledgers,
  postgresVersions,
  risks,
} from "../../src/config/config.ts";
import { defaultEnvironment } from "../../src/config/environments.ts";
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
  ...ledgers
    .filter((ledger) => ledger !== "custom")
    .map((ledger) => `version: 1\nmigrations: [{ directory: db, ledger: ${ledger} }]`),
  ...["{}", "{ tool: rails }", "{ table: app.schema_migrations }", '{ table: "My App.the ledger" }'].map(
    (ledger) => `version: 1\nmigrations: [{ directory: db, ledger: ${ledger} }]`,
  ),
  "version: 1\nmigrations: [{ directory: db, sql-command: 'alembic upgrade head --sql' }]",
  ...[
    "sql-command: a, apply-command: b, ledger: alembic",
    "sql-command: a, apply-command: b, ledger: { table: a.b, column: v }, rollback-command: c, rollback-sql-command: d",
    "sql-command: a, apply-command: b, ledger: { tool: custom, table: a.b, column: v }",
    "sql-command: a, apply-command: b, ledger: { tool: django, table: a.b }, applied-by: tool, dialect: postgresql",
    "apply-command: b",
    "apply-command: b, rollback-command: c, ledger: prisma",
    "ledger: { table: a.b, column: v }",
  ].map((keys) => `version: 1\nmigrations: [{ directory: db, ${keys} }]`),
  "version: 1\nenvironments: {}\npreflight: {}",
  "version: 1\nenvironments: { staging: {}, prod-1.eu_x: { after: staging, database-url-from: _URL2 } }",
  ...["02:00-06:00 Asia/Seoul", "23:30-00:15 UTC", " 00:00 - 23:59  Europe/Berlin "].map(
    (window) => `version: 1\nenvironments: { a: { window: "${window}" } }`,
  ),
  ...["500ms", "3s", "1.5 s", "2min", "1h"].map(
    (time) =>
      `version: 1\nenvironments: { a: { lock-timeout: ${time}, max-blocking: ${time}, max-duration: ${time}, role: 앱 } }`,
  ),
  ...['">=13"', '">=14 <18"', '"16"', "16", '"<= 9"'.replace("= ", "=")].map(
    (range) => `version: 1\npreflight: { postgres: ${range} }`,
  ),
  ...["1%", "80%", "100%", "80 %"].map((share) => `version: 1\npreflight: { max-connections: ${share} }`),
  ...["512kB", "0.5GB", "10 TB"].map(
    (size) => `version: 1\nenvironments: { a: { preflight: { free-disk: ${size} } } }`,
  ),
  "version: 1\npreflight: { max-replica-lag: 10s, wait: 1min, commands: [] }",
  "version: 1\npreflight: { commands: [./x.sh, 'test -f y'] }",
  "version: 1\nbackup: {}\nverify: {}",
  ...["auto", "custom", "directory"].map((format) => `version: 1\nbackup: { format: ${format}, store: /a b }`),
  ...["checksums", "archive", "restored"].map((proof) => `version: 1\nbackup: { proof: ${proof}, jobs: 64 }`),
  "version: 1\nbackup: { directory-from: 1GB, lock-wait: 1s, count-rows-for: 1h, free-disk: 1kB, client: bin }",
  "version: 1\nbackup: { keep: { days: 1, count: 1 }, files: [a, ./b/], commands: { re-dis.1: x }, scratch-url-from: X }",
  "version: 1\nbackup: { external: { backup-command: x, verify-command: y, satisfies-required: true } }",
  "version: 1\nverify: { queries: v, show-rows: 100, tables: [users, a.b], rows: same, timeout: 1s }",
  "version: 1\nverify: { rows: off, commands: { smoke test: x } }",
  "version: 1\nverify: { performance: [{ name: a, query: SELECT 1, max: 1s }, { name: b, query: SELECT, slower: 20% }] }",
  "version: 1\nverify: { health: [https://a/b?c, { url: 'http://h', status: 204, max-ms: 1, retries: 0, wait: 1s }] }",
  "version: 1\nhooks: {}\nnotify: []",
  "version: 1\nhooks: { before: ./x, after: [./y, ./z], on-failure: [], limit: 10s }",
  "version: 1\nenvironments: { a: { hooks: { maintenance-on: x, maintenance-off: y }, rollback-on: [], rollback-within: 4h } }",
  ...["slack", "json"].map((format) => `version: 1\nnotify: [{ url-from: A_1, format: ${format}, events: [done] }]`),
];

const refused = [
  ...["", "external", "[]", "{ store: }", '{ store: "" }', '{ store: "a\\nb" }', "{ format: plain }"].map(
    (backup) => `version: 1\nbackup: ${backup}`,
  ),
  ...["{ jobs: 0 }", "{ proof: none }", "{ keep: 7 }", "{ keep: { days: 0 } }", "{ keep: { weeks: 1 } }"].map(
    (backup) => `version: 1\nbackup: ${backup}`,
  ),
  ...["{ files: a }", "{ files: [7] }", "{ commands: [x] }", "{ commands: { ../x: y } }", "{ commands: { x: } }"].map(
    (backup) => `version: 1\nbackup: ${backup}`,
  ),
  ...["{ scratch-url-from: 'postgres://u:p@h/d' }", "{ lock-wait: 3 }", "{ free-disk: 1 }", "{ client: }"].map(
    (backup) => `version: 1\nbackup: ${backup}`,
  ),
  ...["{}", "{ verify-command: x }", "{ backup-command: '' }", "{ backup-command: x, satisfies-required: yes }"].map(
    (external) => `version: 1\nbackup: { external: ${external} }`,
  ),
  ...["", "[]", "{ query: x }", "{ queries: '' }", "{ show-rows: 101 }", "{ tables: users }", "{ rows: equal }"].map(
    (verify) => `version: 1\nverify: ${verify}`,
  ),
  ...["[x]", "[{ name: a, query: b }]", "[{ name: a, max: 1s }]", "[{ query: b, max: 1s }]"].map(
    (list) => `version: 1\nverify: { performance: ${list} }`,
  ),
  ...["x", "[ftp://h]", "[{ url: /health }]", "[{}]", "[{ url: 'http://h', status: 99 }]"].map(
    (list) => `version: 1\nverify: { health: ${list} }`,
  ),
  ...["[{ url: 'http://h', retries: -1 }]", "[{ url: 'http://h', max-ms: 1.5 }]", "['https:// h']"].map(
    (list) => `version: 1\nverify: { health: ${list} }`,
  ),

  ...[
    "",
    "oracle",
    "[]",
    "{ tool: x }",
    "{ table: ledger }",
    "{ table: a.b.c }",
    "{ table: '\"a\".b' }",
    "{ name: x }",
  ].map((ledger) => `version: 1\nmigrations: [{ directory: db, ledger: ${ledger} }]`),
  ...["", "' '", "7", "[alembic]"].map(
    (command) => `version: 1\nmigrations: [{ directory: db, sql-command: ${command} }]`,
  ),
  ...[
    "apply-command: ' '",
    "apply-command: b, ledger: alembic",
    "apply-command: b, ledger: { tool: django }",
    "apply-command: b, ledger: { table: a.b, column: v }",
    "apply-command: b, ledger: lockkeeper",
    "apply-command: b, ledger: { tool: lockkeeper }",
    "apply-command: b, applied-by: lockkeeper",
    "apply-command: b, dialect: mysql",
    "sql-command: a, apply-command: b",
    "sql-command: a, apply-command: b, ledger: { table: a.b }",
    "rollback-command: c",
    "apply-command: b, rollback-sql-command: d",
    "ledger: custom",
    "ledger: { tool: custom }",
    "ledger: { tool: custom, table: a.b }",
    "ledger: { column: v }",
    "ledger: { tool: rails, table: a.b, column: v }",
  ].map((keys) => `version: 1\nmigrations: [{ directory: db, ${keys} }]`),
  ...[
    "",
    "production",
    "[]",
    "{ '': {} }",
    "{ a b: {} }",
    "{ a: }",
    "{ a: [] }",
    "{ a: { url: x } }",
    "{ -a: {} }",
  ].map((map) => `version: 1\nenvironments: ${map}`),
  ...["2:00-06:00 UTC", "02:00-24:00 UTC", "02:00-06:00", "02:00 UTC", "night", "7", ""].map(
    (window) => `version: 1\nenvironments: { a: { window: ${window} } }`,
  ),
  ...["3", "0s", "-1s", "3 seconds", "1m", "", "[]", "0.0ms"].map(
    (time) => `version: 1\nenvironments: { a: { lock-timeout: ${time} } }`,
  ),
  ...['"postgres://u:p@h/d"', '"A-B"', "1A", '""', "7", "[]"].map(
    (name) => `version: 1\nenvironments: { a: { database-url-from: ${name} } }`,
  ),
  ...['""', '"a\\nb"', "7", "{}"].map((role) => `version: 1\nenvironments: { a: { role: ${role} } }`),
  ...['"14.2"', "14.2", '">= 14"', '"=>14"', "", "new", "[14]"].map(
    (range) => `version: 1\npreflight: { postgres: ${range} }`,
  ),
  ...["80", "0%", "101%", "-5%", "1.5%", "most", ""].map(
    (share) => `version: 1\npreflight: { max-connections: ${share} }`,
  ),
  ...["10", "10G", "10gb", "0GB", ""].map((size) => `version: 1\npreflight: { free-disk: ${size} }`),
  ...["", "x", "[7]", "['']", "[' ']", "{ a: b }"].map((list) => `version: 1\npreflight: { commands: ${list} }`),
  ...["", "[]", "{ disk: 10GB }"].map((checks) => `version: 1\npreflight: ${checks}`),
  ...["", "x", "{ during: x }", "{ before: '' }", "{ before: [' '] }", "{ before: 7 }", "{ limit: 0s }"].map(
    (hooks) => `version: 1\nhooks: ${hooks}`,
  ),
  ...[
    "",
    "{}",
    "[x]",
    "[{}]",
    "[{ url-from: a-b }]",
    "[{ url-from: A, format: teams }]",
    "[{ url-from: A, events: [x] }]",
  ].map((notify) => `version: 1\nnotify: ${notify}`),
  ...["", "always", "[manual]", "[7]"].map((on) => `version: 1\nenvironments: { a: { rollback-on: ${on} } }`),
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
    'version: 1\nenvironments: { a: { window: "02:00-06:00 Mars/Base" } }',
    'version: 1\nenvironments: { a: { window: "02:00-02:00 UTC" } }',
    "version: 1\nenvironments: { a: { after: b } }",
    "version: 1\nenvironments: { a: { after: a } }",
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
    const { environment } = schema.definitions;
    expect(environment.properties["database-url-from"].default).toBe(defaultEnvironment.databaseUrlFrom);
    expect(environment.properties["lock-timeout"].default).toBe(`${defaultEnvironment.lockTimeoutMs / 1000}s`);
    expect(environment.properties["max-blocking"].default).toBe(`${defaultEnvironment.maxBlockingMs / 1000}s`);
    for (const risk of risks) {
      const { deploy, approvals, backup } = defaultPolicy[risk];
      expect(policy.properties[risk].default).toEqual({ deploy, approvals, backup });
    }
  });
});
