import { describe, expect, it } from "vitest";
import { noOrder, shown } from "../../src/report/cells.ts";
import { columns, unseen } from "./columns.ts";
import { finding, migration, render, report, spanOf, statement } from "./examples.ts";

describe("hostile text", () => {
  const evil = "\u001b[2J\u001b]0;x\u0007\r\u0000\u202e\u2066\u200b\u009b31m\u2028\u061c\n::error::x ##[error]y";
  const sql = `SELECT '${evil}'; DROP TABLE t;\n${"x".repeat(10_000)}${evil}\n`;
  const hostile = report({
    verdict: {
      outcome: "needs-approval",
      because: [{ kind: "finding", rule: evil, risk: "high", path: `db/${evil}.sql`, line: 1 }],
    },
    coverage: {
      migrations: 1,
      files: 1,
      statements: 1,
      read: 1,
      opaque: 0,
      unreadable: [evil],
      rehearsed: false,
      ignored: [evil],
    },
    migrations: [
      migration({
        path: `db${evil}/${evil}.sql`,
        risk: "high",
        statements: [
          statement({
            risk: "high",
            actions: [{ kind: evil, class: "add", risk: "high" }],
            effects: [{ kind: "lock", relation: evil, mode: "ACCESS EXCLUSIVE", lasts: "scan", certainty: "certain" }],
          }),
        ],
        findings: [
          finding({
            path: evil,
            line: 2,
            column: 1,
            endLine: 3,
            endColumn: 10_010,
            rule: evil,
            message: evil,
            safer: evil,
            allowed: evil,
          }),
        ],
      }),
    ],
  });

  it.each([40, 80, 2_000])("never reaches the terminal as anything but text, at %i columns", (width) => {
    const text = render(hostile, { width, files: { [evil]: sql } });
    expect(text).toContain("\\u001b[2J");
    for (const line of text.split("\n")) {
      expect(line).not.toMatch(unseen);
      // A line of its own would be an order to the runner that prints it.
      expect(line).not.toMatch(/^\s*::|##\[/);
    }
  });

  it("gives no orders to a runner, wherever a line is broken", () => {
    const safer = "::add-mask::x\n  ::error::y\nSELECT 1::text";
    const message = `${"word ".repeat(14)}::error::x ##[group]`;
    const orders = report({
      migrations: [
        migration({ path: "::error::a.sql", findings: [finding({ path: "::error::a.sql", message, safer })] }),
      ],
    });
    const text = render(orders, { files: { "::error::a.sql": "" } });
    expect(text).not.toMatch(/^\s*::|##\[/m);
    expect(text).toContain("\\u003a:add-mask::x\n");
    expect(text).toContain("    SELECT 1::text\n");
  });

  it("has no escapes but the colours when they are on", () => {
    const text = render(hostile, { color: true, files: { [evil]: sql } });
    expect(text.replace(/\u001b\[(0|1|2|1;31|3[0-7])m/g, "").replaceAll("\n", "")).not.toMatch(unseen);
  });

  it("of ten thousand characters in a line stays within the terminal", () => {
    const long = `${"a".repeat(5_000)}DROP TABLE t${"b".repeat(5_000)}`;
    const value = report({
      migrations: [
        migration({ path: "a.sql", findings: [finding({ ...spanOf(long, "DROP TABLE t"), path: "a.sql" })] }),
      ],
    });
    const lines = render(value, { files: { "a.sql": long } }).split("\n");
    expect(lines[1]).toContain("DROP TABLE t");
    for (const line of lines) expect(columns(line).length).toBeLessThanOrEqual(80);
  });
});

it("marks that nobody sees do not carry an order past the runner", () => {
  for (const mark of ["\u034f", "\u0301", "\ufe0f", "\u{e0100}"]) {
    expect(shown(`#${mark}#${mark}[error]x`)).not.toContain("[");
    expect(noOrder(`${mark}:${mark}:error::x`)).toMatch(/^[^:]*:[^:]*error/);
  }
  expect(shown("e\u0301 [a]")).toBe("e\u0301 [a]");
});
