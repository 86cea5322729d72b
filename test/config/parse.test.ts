import { describe, expect, test } from "vitest";
import { anybody, defaultConfig } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { defaultHealth } from "../../src/config/verify.ts";
import { UserError } from "../../src/errors.ts";
import { configOf, problemsOf, rules } from "./reading.ts";

const nothingToRun = {
  before: [],
  "maintenance-on": [],
  "maintenance-off": [],
  after: [],
  "on-failure": [],
  limitMs: 300_000,
};

const noCommands = { applyCommand: null, rollbackCommand: null, rollbackSqlCommand: null };

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
      environments: new Map(),
      preflight: {
        postgres: null,
        freeDiskBytes: null,
        maxConnectionsPercent: null,
        maxReplicaLagMs: null,
        waitMs: null,
        commands: [],
      },
      backup: {
        store: null,
        format: "auto",
        directoryFromBytes: 20 * 1024 ** 3,
        jobs: null,
        lockWaitMs: 30_000,
        countRowsForMs: 300_000,
        proof: "archive",
        maxAgeMs: 86_400_000,
        scratchUrlFrom: "SCRATCH_DATABASE_URL",
        client: null,
        freeDiskBytes: null,
        keep: { days: null, count: null },
        files: [],
        commands: new Map(),
        external: null,
      },
      verify: {
        queries: "verify",
        queriesNamed: false,
        showRows: 0,
        tables: [],
        rows: "warn",
        countRowsForMs: 10_000,
        performance: [],
        commands: new Map(),
        health: [],
        timeoutMs: 60_000,
      },
      hooks: nothingToRun,
      notify: [],
    });
  });

  test("has every key there is", () => {
    const config = configOf(`version: 1
postgres: 14
migrations:
  - directory: ./db//migrations/
    layout: golang-migrate
    applied-by: lockkeeper
    ledger: { table: app.schema_migrations }
    sql-command: alembic upgrade head --sql
  - directory: versions
    ledger: { table: app.versions, column: id }
    sql-command: ./print
    apply-command: ./apply
    rollback-command: ./back
    rollback-sql-command: ./print-back
  - { directory: ., layout: plain, applied-by: tool, ledger: rails, dialect: mariadb }
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
preflight: { postgres: ">=14 <18", free-disk: 2GB, max-connections: 80%, max-replica-lag: 10s, wait: 1min, commands: [./a, ./b] }
backup:
  store: ../backups
  format: directory
  directory-from: 1GB
  jobs: 8
  lock-wait: 10s
  count-rows-for: 1min
  proof: restored
  max-age: 2h
  scratch-url-from: DRILL_URL
  client: /opt/pg/bin
  free-disk: 5GB
  keep: { days: 7, count: 3 }
  files: [config, .env]
  commands: { redis: redis-cli --rdb - }
  external: { backup-command: ./snap, verify-command: ./look, satisfies-required: true }
verify:
  queries: checks
  show-rows: 5
  tables: [users]
  rows: same
  count-rows-for: 1min
  performance: [{ name: users, query: SELECT 1, max: 1s }]
  commands: { smoke: ./smoke }
  health: [{ url: "https://a/b", status: 204, max-ms: 300, retries: 1, wait: 1s }, "https://c"]
  timeout: 5s
environments:
  staging: {}
  production:
    database-url-from: PRODUCTION_URL
    after: staging
    window: "22:30-04:00 Asia/Seoul"
    role: owner
    lock-timeout: 1.5s
    max-blocking: 250ms
    max-duration: 2h
    preflight: { free-disk: 1TB, commands: [] }
    backup: { store: /srv/backups, keep: { count: 9 } }
    verify: { rows: warn, health: [] }
    hooks: { before: [], on-failure: [./a, ./b] }
    notify: [{ url-from: CHAT }]
    rollback-on: [migration-failed, health-failed]
    rollback-within: 30min
hooks: { before: ./quiet, maintenance-on: ./on, maintenance-off: [./off], after: ./warm, limit: 90s }
notify: [{ url-from: HOOK_1, format: json, events: [failed, rolled-back] }]
`);
    const hooks = {
      ...{ before: ["./quiet"], "maintenance-on": ["./on"], "maintenance-off": ["./off"], after: ["./warm"] },
      ...{ "on-failure": [], limitMs: 90_000 },
    };
    const notify = [{ urlFrom: "HOOK_1", format: "json", events: ["failed", "rolled-back"] }];
    const preflight = {
      postgres: { from: 14, to: 17, text: ">=14 <18" },
      freeDiskBytes: 2 * 1024 ** 3,
      maxConnectionsPercent: 80,
      maxReplicaLagMs: 10_000,
      waitMs: 60_000,
      commands: ["./a", "./b"],
    };
    const backup = {
      store: "../backups",
      format: "directory",
      directoryFromBytes: 1024 ** 3,
      jobs: 8,
      lockWaitMs: 10_000,
      countRowsForMs: 60_000,
      proof: "restored",
      maxAgeMs: 7_200_000,
      scratchUrlFrom: "DRILL_URL",
      client: "/opt/pg/bin",
      freeDiskBytes: 5 * 1024 ** 3,
      keep: { days: 7, count: 3 },
      files: ["config", ".env"],
      commands: new Map([["redis", "redis-cli --rdb -"]]),
      external: { backupCommand: "./snap", verifyCommand: "./look", satisfiesRequired: true },
    };
    const verify = {
      queries: "checks",
      queriesNamed: true,
      showRows: 5,
      tables: ["users"],
      rows: "same",
      countRowsForMs: 60_000,
      performance: [{ name: "users", query: "SELECT 1", maxMs: 1000, maxSlowerPercent: null }],
      commands: new Map([["smoke", "./smoke"]]),
      health: [
        { url: "https://a/b", status: 204, maxMs: 300, retries: 1, waitMs: 1000 },
        { url: "https://c", ...defaultHealth },
      ],
      timeoutMs: 5000,
    };
    expect(config).toEqual({
      postgres: 14,
      migrations: [
        {
          directory: "db/migrations",
          layout: "golang-migrate",
          appliedBy: "lockkeeper",
          dialect: "postgresql",
          ledger: { tool: null, table: "app.schema_migrations" },
          sqlCommand: "alembic upgrade head --sql",
          ...noCommands,
        },
        {
          directory: "versions",
          layout: null,
          appliedBy: "tool",
          dialect: "postgresql",
          ledger: { tool: "custom", table: "app.versions", column: "id" },
          sqlCommand: "./print",
          applyCommand: "./apply",
          rollbackCommand: "./back",
          rollbackSqlCommand: "./print-back",
        },
        {
          directory: ".",
          layout: "plain",
          appliedBy: "tool",
          dialect: "mariadb",
          ledger: { tool: "rails", table: null },
          sqlCommand: null,
          ...noCommands,
        },
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
      ...{ preflight, backup, verify, hooks, notify },
      environments: new Map([
        [
          "staging",
          {
            name: "staging",
            databaseUrlFrom: "DATABASE_URL",
            after: null,
            window: null,
            role: null,
            lockTimeoutMs: 3000,
            maxBlockingMs: 5000,
            maxDurationMs: null,
            ...{ preflight, backup, verify, hooks, notify, rollbackOn: [], rollbackWithinMs: 4 * 3_600_000 },
          },
        ],
        [
          "production",
          {
            name: "production",
            databaseUrlFrom: "PRODUCTION_URL",
            after: "staging",
            window: { fromMinute: 1350, toMinute: 240, timeZone: "Asia/Seoul", text: "22:30-04:00 Asia/Seoul" },
            role: "owner",
            lockTimeoutMs: 1500,
            maxBlockingMs: 250,
            maxDurationMs: 2 * 3_600_000,
            preflight: { ...preflight, freeDiskBytes: 1024 ** 4, commands: [] },
            backup: { ...backup, store: "/srv/backups", keep: { days: null, count: 9 } },
            verify: { ...verify, rows: "warn", health: [] },
            hooks: { ...hooks, before: [], "on-failure": ["./a", "./b"] },
            notify: [
              { urlFrom: "CHAT", format: "slack", events: ["started", "waiting", "done", "failed", "rolled-back"] },
            ],
            rollbackOn: ["migration-failed", "health-failed"],
            rollbackWithinMs: 30 * 60_000,
          },
        ],
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
    expect(migrations).toEqual([
      {
        directory: "db",
        layout: null,
        appliedBy: "tool",
        dialect: "postgresql",
        ledger: { tool: null, table: null },
        sqlCommand: null,
        ...noCommands,
      },
    ]);
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

test("a connection string in the place of a variable's name is refused without being shown", () => {
  const text = 'version: 1\nenvironments: { a: { database-url-from: "postgres://u:geheim@h/d" } }';
  expect(problemsOf(text)).toEqual([
    "2:41: environments.a.database-url-from is no name of a variable; it must be the name of an environment variable, such as PRODUCTION_DATABASE_URL, never the address itself",
  ]);
});

test("a source that gives no value and no problem is refused, not taken for an empty config", () => {
  const source = { path: "x.yml", value: undefined, problems: [], positionOf: () => ({ line: 1, column: 1 }) };
  expect(() => parseConfig(source, { rules })).toThrow(UserError);
});
