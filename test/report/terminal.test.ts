import { describe, expect, it } from "vitest";
import { renderTerminal } from "../../src/report/terminal.ts";
import { finding, harmless, migration, realistic, render, report, spanOf } from "./examples.ts";

describe("a report with three findings", () => {
  it("reads like this at 80 columns", () => {
    expect(render(realistic)).toBe(`\
db/migrations/0005_orders_customer.up.sql:2:1  high  create-index-concurrently
  1 │ -- speed up the customer page
  2 │ CREATE INDEX orders_customer ON orders (customer_id);
    │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  Writes to orders wait for the whole of this index build.
  Safer: CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);   (outside a transaction)
  To accept it: -- lockkeeper:allow create-index-concurrently: <reason>

db/migrations/0006_money.up.sql:2:1  high (possible)  type-change-rewrites
  1 │ -- 금액을 정수에서 소수로 바꾼다 💰
  2 ┃ ALTER TABLE orders
  3 ┃   ALTER COLUMN total TYPE numeric(12, 2),
  4 ┃   ALTER COLUMN tax TYPE numeric(12, 2);
    ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  PostgreSQL may write the whole of orders anew while nobody can read or write
  it; the type that total has now is not known here.
  Safer:
    ALTER TABLE orders ADD COLUMN total_new numeric(12, 2);
    -- fill it in batches, then, in a later migration:
    ALTER TABLE orders DROP COLUMN total;

db/migrations/0007_drop_legacy_code.up.sql:2:19  critical  drop-column
  1 │ BEGIN;
  2 │ ALTER TABLE users DROP COLUMN legacy_code;
    │                   ━━━━━━━━━━━━━━━━━━━━━━━
  What is in legacy_code is gone for good, and programs that still read it fail.

db/migrations/                Risk      Does
0004_notes.up.sql             low       adds a table
0005_orders_customer.up.sql   high      builds an index
0006_money.up.sql             high      changes a column's type
0007_drop_legacy_code.up.sql  critical  drops a column

Verdict: needs approval (critical).
  drop-column at db/migrations/0007_drop_legacy_code.up.sql:2 (critical)
  create-index-concurrently at db/migrations/0005_orders_customer.up.sql:2
    (high)
  type-change-rewrites at db/migrations/0006_money.up.sql:2 (high)
The policy asks: 2 approvals, backup required, deployed by hand.
Checked: 8 files, 11 statements (11 read, 0 unread, 0 opaque), not rehearsed.
Not migrations: db/migrations/README.sql
Judged for PostgreSQL 18, without a config file.
`);
  });

  it("reads like this at 40 columns: prose is wrapped, what is copied is not cut, the table has two columns", () => {
    expect(render(realistic, { width: 40 })).toBe(`\
db/migrations/0005_orders_customer.up.sql:2:1
  high  create-index-concurrently
  1 │ -- speed up the customer page
  2 │ CREATE INDEX orders_customer ON o…
    │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  Writes to orders wait for the whole of
  this index build.
  Safer: CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);   (outside a transaction)
  To accept it:
    -- lockkeeper:allow create-index-concurrently: <reason>

db/migrations/0006_money.up.sql:2:1
  high (possible)  type-change-rewrites
  1 │ -- 금액을 정수에서 소수로 바꾼다 …
  2 ┃ ALTER TABLE orders
  3 ┃   ALTER COLUMN total TYPE numeric…
  4 ┃   ALTER COLUMN tax TYPE numeric(1…
    ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  PostgreSQL may write the whole of
  orders anew while nobody can read or
  write it; the type that total has now
  is not known here.
  Safer:
    ALTER TABLE orders ADD COLUMN total_new numeric(12, 2);
    -- fill it in batches, then, in a later migration:
    ALTER TABLE orders DROP COLUMN total;

db/migrations/0007_drop_legacy_code.up.sql:2:19
  critical  drop-column
  1 │ BEGIN;
  2 │ …LE users DROP COLUMN legacy_code;
    │           ━━━━━━━━━━━━━━━━━━━━━━━
  What is in legacy_code is gone for
  good, and programs that still read it
  fail.

db/migrations/                Risk
0004_notes.up.sql             low
0005_orders_customer.up.sql   high
0006_money.up.sql             high
0007_drop_legacy_code.up.sql  critical

Verdict: needs approval (critical).
  drop-column at
    db/migrations/0007_drop_legacy_code.up.sql:2
    (critical)
  create-index-concurrently at
    db/migrations/0005_orders_customer.up.sql:2
    (high)
  type-change-rewrites at
    db/migrations/0006_money.up.sql:2
    (high)
The policy asks: 2 approvals, backup
  required, deployed by hand.
Checked: 8 files, 11 statements (11
  read, 0 unread, 0 opaque), not
  rehearsed.
Not migrations: db/migrations/README.sql
Judged for PostgreSQL 18, without a
  config file.
`);
  });

  it("has room for all columns at 200, and does not say the policy twice", () => {
    const text = render(realistic, { width: 200 });
    expect(text).toContain(`
db/migrations/                Risk      Does                     Lock                                         Policy asks
0004_notes.up.sql             low       adds a table                                                          nothing
0005_orders_customer.up.sql   high      builds an index          SHARE on orders during an index build        1 approval, backup required, deployed by hand
0006_money.up.sql             high      changes a column's type  ACCESS EXCLUSIVE on orders during a rewrite  1 approval, backup required, deployed by hand
0007_drop_legacy_code.up.sql  critical  drops a column                                                        2 approvals, backup required, deployed by hand
`);
    expect(text).not.toContain("The policy asks:");
    // Prose stays short enough to be read.
    expect(text).toContain(
      "  PostgreSQL may write the whole of orders anew while nobody can read or write it; the type that\n  total has",
    );
  });
});

describe("a pass", () => {
  it("is a table, a verdict and what was checked", () => {
    const value = report({
      migrations: [harmless("db/0001_users.sql"), harmless("db/0002_주문.sql"), harmless("db/0003_a.sql")],
    });
    expect(render(value)).toBe(`\
db/             Risk  Does          Policy asks
0001_users.sql  low   adds a table  nothing
0002_주문.sql   low   adds a table  nothing
0003_a.sql      low   adds a table  nothing

Verdict: pass (low).
Checked: 3 files, 3 statements (3 read, 0 unread, 0 opaque), not rehearsed.
Judged for PostgreSQL 18, without a config file.
`);
  });

  it("says one file and one statement, and that it was rehearsed", () => {
    const one = report({ migrations: [harmless("a.sql")] });
    const text = render({ ...one, coverage: { ...one.coverage, rehearsed: true } });
    expect(text).toContain("Checked: 1 file, 1 statement (1 read, 0 unread, 0 opaque), rehearsed.\n");
    expect(text).toContain("Migration  Risk");
  });

  it("keeps what was allowed in sight, with its reason", () => {
    const allowed = finding({ risk: "medium", path: "a.sql", allowed: "last read in 2.3" });
    const text = render(report({ migrations: [migration({ path: "a.sql", verdict: "pass", findings: [allowed] })] }));
    expect(text).toContain(
      "a.sql:1:1  medium  drop-column\n  What is in this column is gone for good.\n  Allowed: last read in 2.3\n",
    );
  });
});

describe("nothing to check", () => {
  it("is said in those words, and never as a pass", () => {
    expect(render(report({}))).toBe("Verdict: nothing to check.\nChecked: 0 files\n");
    expect(render(report({}), { color: true })).not.toContain("\u001b[32m");
  });

  it("names the files that were passed over", () => {
    const { coverage } = report({});
    const text = render(report({ coverage: { ...coverage, ignored: ["db/README.sql", "db/seed data.sql"] } }));
    expect(text).toBe(
      "Verdict: nothing to check.\nChecked: 0 files\nNot migrations: db/README.sql, db/seed data.sql\n",
    );
  });
});

describe("a block", () => {
  const sql = "BEGIN;\nCREATE INDEX CONCURRENTLY i ON orders (id);\nCOMMIT;\n";
  const value = report({
    risk: "high",
    verdict: {
      outcome: "blocked",
      because: [
        { kind: "finding", rule: "concurrently-in-transaction", risk: "high", path: "db/0002_i.sql", line: 2 },
        { kind: "statement", class: "index", risk: "medium", path: "db/0001_first.sql", line: 7 },
      ],
    },
    migrations: [
      migration({ risk: "medium" }),
      migration({
        path: "db/0002_i.sql",
        risk: "high",
        verdict: "blocked",
        findings: [
          finding({
            ...spanOf(sql, "CREATE INDEX CONCURRENTLY i ON orders (id)"),
            rule: "concurrently-in-transaction",
            risk: "high",
            blocks: true,
            path: "db/0002_i.sql",
            message: "PostgreSQL refuses CONCURRENTLY inside a transaction (25001).",
          }),
        ],
      }),
    ],
  });

  it("is named in place of the risk: in the finding, the table and the reasons, and no approval is asked for", () => {
    expect(render(value, { files: { "db/0002_i.sql": sql }, width: 60 })).toBe(`\
db/0002_i.sql:2:1  blocked  concurrently-in-transaction
  1 │ BEGIN;
  2 │ CREATE INDEX CONCURRENTLY i ON orders (id);
    │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  PostgreSQL refuses CONCURRENTLY inside a transaction
  (25001).

db/             Risk     Does
0001_first.sql  medium   nothing
0002_i.sql      blocked  cannot be read

Verdict: blocked (high).
  concurrently-in-transaction at db/0002_i.sql:2 (blocked)
  an index at db/0001_first.sql:7 (medium)
Checked: 2 files, 0 statements (0 read, 0 unread, 0 opaque),
  not rehearsed.
Judged for PostgreSQL 18, without a config file.
`);
  });

  it("is shown without a frame where the file cannot be had", () => {
    expect(render(value)).toContain("concurrently-in-transaction\n  PostgreSQL refuses");
    const first = finding({ path: "gone.sql", endColumn: 9 });
    expect(render(report({ migrations: [migration({ findings: [first] })] }))).toContain("drop-column\n  What is");
  });
});

describe("a finding", () => {
  it("about the file as a whole has no frame", () => {
    const value = report({
      migrations: [migration({ path: "a.sql", findings: [finding({ path: "a.sql", message: "Not UTF-8." })] })],
    });
    expect(render(value, { files: { "a.sql": "DROP TABLE a;" } })).toContain(
      "a.sql:1:1  critical  drop-column\n  Not UTF-8.\n",
    );
  });

  it("of a down script is shown in that file", () => {
    const sql = "DROP TABLE a;";
    const down = finding({ ...spanOf(sql, sql), path: "a.down.sql" });
    const text = render(report({ migrations: [migration({ path: "a.up.sql", findings: [down] })] }), {
      files: { "a.down.sql": sql },
    });
    expect(text).toContain("a.down.sql:1:1  critical  drop-column\n  1 │ DROP TABLE a;\n");
  });

  it("keeps the order of the files, and asks for each file once", () => {
    const asked: string[] = [];
    const paths = ["b.sql", "a.sql"];
    const migrations = paths.map((path) => migration({ path, findings: [finding({ path }), finding({ path })] }));
    const text = renderTerminal(report({ migrations }), {
      color: false,
      width: 80,
      source(path) {
        asked.push(path);
        return "";
      },
    });
    expect(asked).toEqual(["b.sql", "a.sql"]);
    expect(text.indexOf("b.sql:1:1")).toBeLessThan(text.indexOf("a.sql:1:1"));
  });

  it("has safer SQL of several lines as it is to be pasted: no tabs, no trailing line, blank lines kept", () => {
    const safer = "BEGIN;\r\n\tALTER TABLE a ADD COLUMN b int;\r\n\r\nCOMMIT;\r\n";
    const text = render(report({ migrations: [migration({ findings: [finding({ safer })] })] }));
    expect(text).toContain("  Safer:\n    BEGIN;\n        ALTER TABLE a ADD COLUMN b int;\n\n    COMMIT;\n\n");
  });
});

describe("the verdict", () => {
  it("gives at most five reasons and counts the others", () => {
    const because = Array.from(
      { length: 12 },
      (_, i) => ({ kind: "statement", class: "data", risk: "critical", path: "a.sql", line: i + 1 }) as const,
    );
    const text = render(
      report({
        risk: "critical",
        verdict: { outcome: "needs-approval", because },
        migrations: [migration({ risk: "critical" })],
      }),
    );
    expect(text).toContain("  a change of data at a.sql:5 (critical)\n  and 7 more\n");
    expect(text).not.toContain("a.sql:6");
  });
});

describe("coverage", () => {
  it("counts what could not be read and names the files", () => {
    const coverage = {
      migrations: 6,
      files: 7,
      statements: 1_023,
      read: 1_022,
      opaque: 1,
      unreadable: ["db/0003.sql", "db/0004.sql"],
      rehearsed: false,
      ignored: Array.from({ length: 12 }, (_, i) => `n${i}.sql`),
    };
    const text = render(report({ coverage, migrations: [harmless("a.sql")] }));
    expect(text).toContain(`\
Checked: 7 files, 1,023 statements (1,022 read, 1 unread, 1 opaque), not
  rehearsed.
Could not be read: db/0003.sql, db/0004.sql
Not migrations: n0.sql, n1.sql, n2.sql, n3.sql, n4.sql, n5.sql, n6.sql, n7.sql,
  n8.sql, n9.sql, and 2 more
`);
  });
});

it("is the same text at any absurd width, only narrower or wider", () => {
  for (const width of [0, -1, 1, 19, Number.POSITIVE_INFINITY])
    expect(render(realistic, { width })).toContain("Verdict: needs");
});
