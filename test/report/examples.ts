import type { Report, ReportFinding, ReportMigration, ReportSpan, ReportStatement } from "../../src/report/report.ts";
import { renderTerminal } from "../../src/report/terminal.ts";

/** Where a text stands in a source: lines and UTF-16 columns from 1, the end behind the last unit. */
export function spanOf(source: string, text: string): ReportSpan {
  const start = source.indexOf(text);
  if (start === -1) throw new Error(`not in the source: ${text}`);
  const place = (offset: number) => {
    const before = source.slice(0, offset).split("\n");
    return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
  };
  const [from, to] = [place(start), place(start + text.length)];
  return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

const noSpan: ReportSpan = { line: 1, column: 1, endLine: 1, endColumn: 1 };

export function finding(more: Partial<ReportFinding>): ReportFinding {
  return {
    rule: "drop-column",
    risk: "critical",
    certainty: "certain",
    blocks: false,
    path: "db/0001_first.sql",
    ...noSpan,
    message: "What is in this column is gone for good.",
    safer: null,
    allowed: null,
    ...more,
  };
}

export function statement(more: Partial<ReportStatement>): ReportStatement {
  return { ...noSpan, transaction: null, class: "add", risk: "low", actions: [], effects: [], ...more };
}

const policies = {
  low: { deploy: "automatic", approvals: 0, backup: "optional" },
  medium: { deploy: "reviewed", approvals: 1, backup: "recommended" },
  high: { deploy: "manual", approvals: 1, backup: "required" },
  critical: { deploy: "manual", approvals: 2, backup: "required" },
} as const;

export function migration(more: Partial<ReportMigration>): ReportMigration {
  const risk = more.risk ?? "low";
  return {
    path: "db/0001_first.sql",
    version: "0001",
    direction: "up",
    dialect: "postgresql",
    risk,
    verdict: risk === "low" ? "pass" : "needs-approval",
    policy: policies[risk],
    appliedBy: "golang-migrate",
    down: null,
    digest: "0".repeat(64),
    statements: [],
    findings: [],
    ...more,
  };
}

/** A migration with one low-risk table. */
export function harmless(path: string): ReportMigration {
  const actions = [{ kind: "create-table", class: "add", risk: "low" }] as const;
  return migration({ path, statements: [statement({ actions })] });
}

export function report(more: Partial<Report>): Report {
  const migrations = more.migrations ?? [];
  const found = migrations.reduce((sum, each) => sum + each.statements.length, 0);
  return {
    schema: 1,
    command: "check",
    postgres: 18,
    config: null,
    base: null,
    digest: "0".repeat(64),
    risk: "low",
    verdict: { outcome: "pass", because: [] },
    coverage: {
      migrations: migrations.length,
      files: migrations.length,
      statements: found,
      read: found,
      opaque: 0,
      unreadable: [],
      rehearsed: false,
      ignored: [],
    },
    ...more,
    migrations,
  };
}

const indexSql = `-- speed up the customer page
CREATE INDEX orders_customer ON orders (customer_id);
`;
const moneySql = `-- 금액을 정수에서 소수로 바꾼다 💰
ALTER TABLE orders
  ALTER COLUMN total TYPE numeric(12, 2),
  ALTER COLUMN tax TYPE numeric(12, 2);
`;
const dropSql = `BEGIN;
ALTER TABLE users DROP COLUMN legacy_code;
COMMIT;
`;
const notesSql = `CREATE TABLE notes (id bigint PRIMARY KEY, body text NOT NULL);
`;

const sources: Readonly<Record<string, string>> = {
  "db/migrations/0004_notes.up.sql": notesSql,
  "db/migrations/0005_orders_customer.up.sql": indexSql,
  "db/migrations/0006_money.up.sql": moneySql,
  "db/migrations/0007_drop_legacy_code.up.sql": dropSql,
};

/** Four migrations with three findings, as a pull request might bring them. */
export const realistic: Report = report({
  risk: "critical",
  verdict: {
    outcome: "needs-approval",
    because: [
      {
        kind: "finding",
        rule: "drop-column",
        risk: "critical",
        path: "db/migrations/0007_drop_legacy_code.up.sql",
        line: 2,
      },
      {
        kind: "finding",
        rule: "create-index-concurrently",
        risk: "high",
        path: "db/migrations/0005_orders_customer.up.sql",
        line: 2,
      },
      { kind: "finding", rule: "type-change-rewrites", risk: "high", path: "db/migrations/0006_money.up.sql", line: 2 },
    ],
  },
  coverage: {
    migrations: 4,
    files: 8,
    statements: 11,
    read: 11,
    opaque: 0,
    unreadable: [],
    rehearsed: false,
    ignored: ["db/migrations/README.sql"],
  },
  migrations: [
    harmless("db/migrations/0004_notes.up.sql"),
    migration({
      path: "db/migrations/0005_orders_customer.up.sql",
      version: "0005",
      risk: "high",
      statements: [
        statement({
          ...spanOf(indexSql, "CREATE INDEX orders_customer ON orders (customer_id);"),
          class: "index",
          risk: "high",
          actions: [{ kind: "create-index", class: "index", risk: "high" }],
          effects: [{ kind: "lock", relation: "orders", mode: "SHARE", lasts: "index-build", certainty: "certain" }],
        }),
      ],
      findings: [
        finding({
          ...spanOf(indexSql, "CREATE INDEX orders_customer ON orders (customer_id);"),
          rule: "create-index-concurrently",
          risk: "high",
          path: "db/migrations/0005_orders_customer.up.sql",
          message: "Writes to orders wait for the whole of this index build.",
          safer: "CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);   (outside a transaction)",
        }),
      ],
    }),
    migration({
      path: "db/migrations/0006_money.up.sql",
      version: "0006",
      risk: "high",
      statements: [
        statement({
          ...spanOf(moneySql, moneySql.slice(moneySql.indexOf("ALTER"), -1)),
          class: "type-change",
          risk: "high",
          actions: [{ kind: "alter-column-type", class: "type-change", risk: "high" }],
          effects: [
            { kind: "lock", relation: "orders", mode: "ACCESS EXCLUSIVE", lasts: "rewrite", certainty: "certain" },
            { kind: "rewrite", relation: "orders", why: "integer to numeric changes every row", certainty: "certain" },
          ],
        }),
      ],
      findings: [
        finding({
          ...spanOf(moneySql, moneySql.slice(moneySql.indexOf("ALTER"), -1)),
          rule: "type-change-rewrites",
          risk: "high",
          certainty: "possible",
          path: "db/migrations/0006_money.up.sql",
          message:
            "PostgreSQL may write the whole of orders anew while nobody can read or write it; the type that total has now is not known here.",
          safer:
            "ALTER TABLE orders ADD COLUMN total_new numeric(12, 2);\n-- fill it in batches, then, in a later migration:\nALTER TABLE orders DROP COLUMN total;",
        }),
      ],
    }),
    migration({
      path: "db/migrations/0007_drop_legacy_code.up.sql",
      version: "0007",
      risk: "critical",
      statements: [
        statement({ class: "session", actions: [{ kind: "begin", class: "session", risk: "low" }] }),
        statement({
          class: "drop",
          risk: "critical",
          actions: [{ kind: "drop-column", class: "drop", risk: "critical" }],
          effects: [
            { kind: "lock", relation: "users", mode: "ACCESS EXCLUSIVE", lasts: "instant", certainty: "certain" },
            { kind: "data-loss", relation: "users", what: "column", certainty: "certain" },
          ],
        }),
      ],
      findings: [
        finding({
          ...spanOf(dropSql, "DROP COLUMN legacy_code"),
          path: "db/migrations/0007_drop_legacy_code.up.sql",
          message: "What is in legacy_code is gone for good, and programs that still read it fail.",
        }),
      ],
    }),
  ],
});

/** The terminal output at 80 columns without colours, or as told; `files` stand beside those of `realistic`. */
export function render(
  value: Report,
  {
    width = 80,
    color = false,
    files = {},
  }: { width?: number; color?: boolean; files?: Readonly<Record<string, string>> } = {},
): string {
  return renderTerminal(value, { width, color, source: (path) => files[path] ?? sources[path] ?? null });
}
