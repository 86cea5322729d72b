import { describe, expect, it } from "vitest";
import type { ReportEffect } from "../../src/report/report.ts";
import { harmless, migration, render, report, statement } from "./examples.ts";

describe("the table", () => {
  const lock = (more: Partial<Extract<ReportEffect, { kind: "lock" }>>): ReportEffect => ({
    kind: "lock",
    mode: "ACCESS EXCLUSIVE",
    lasts: "scan",
    relation: "orders",
    certainty: "certain",
    ...more,
  });
  const action = (kind: string, risk: "low" | "high" = "low", session = false) =>
    ({ kind, risk, class: session ? "session" : "add" }) as const;
  const rowOf = (statements: Parameters<typeof statement>[0][]): string => {
    const text = render(report({ migrations: [migration({ path: "a.sql", statements: statements.map(statement) })] }), {
      width: 200,
    });
    return text.split("\n").find((line) => line.startsWith("a.sql")) ?? "";
  };

  it("names what is done once each, the riskiest first, at most three, without settings", () => {
    expect(
      rowOf([
        {
          actions: [
            action("begin", "low", true),
            action("add-column"),
            action("add-column"),
            action("drop-column", "high"),
          ],
        },
      ]),
    ).toContain("  drops a column, adds a column  ");
    expect(
      rowOf([{ actions: ["create-table", "create-index", "grant", "insert", "comment"].map((kind) => action(kind)) }]),
    ).toContain("  adds a table, builds an index, grants rights, 2 more  ");
    expect(rowOf([{ actions: [action("set", "low", true)] }])).toContain("  changes a setting  ");
    expect(rowOf([{}])).toContain("  cannot be read  ");
    expect(rowOf([])).toContain("  nothing  ");
  });

  it("has words for the kinds there are and for those to come", () => {
    const said = (kind: string) => rowOf([{ actions: [action(kind)] }]);
    expect(said("create-materialized-view")).toContain("adds a materialized view");
    expect(said("add-enum-value")).toContain("adds an enum value");
    expect(said("create-extension")).toContain("adds an extension");
    expect(said("create-user-mapping")).toContain("adds a user mapping");
    expect(said("drop-other-object")).toContain("drops another object");
    expect(said("set-not-null")).toContain("forbids NULL");
    expect(said("frobnicate-the-table")).toContain("frobnicate the table");
  });

  it("names the strongest lock that makes somebody wait for longer than an instant", () => {
    const effects = [
      lock({ mode: "SHARE", lasts: "index-build" }),
      lock({ lasts: "instant" }),
      lock({ relation: "users" }),
    ];
    expect(rowOf([{ risk: "high", effects }])).toContain("  ACCESS EXCLUSIVE on users during a scan  ");
    expect(rowOf([{ risk: "high", effects: [lock({ certainty: "possible", relation: null })] }])).toContain(
      "  perhaps ACCESS EXCLUSIVE during a scan  ",
    );
  });

  it("names none that nobody waits for: an instant, a weak mode, a table that this set creates", () => {
    expect(
      rowOf([{ risk: "high", effects: [lock({ lasts: "instant" }), lock({ mode: "SHARE UPDATE EXCLUSIVE" })] }]),
    ).not.toContain("EXCLUSIVE");
    expect(rowOf([{ risk: "low", effects: [lock({})] }])).not.toContain("EXCLUSIVE");
  });

  it("says which rows are down scripts", () => {
    const down = migration({
      path: "a.sql",
      direction: "down",
      statements: [statement({ actions: [action("drop-table", "high")] })],
    });
    expect(render(report({ migrations: [down] }))).toContain("down: drops a table");
  });

  it("of more than thirty lists those above low and counts the rest", () => {
    const many = Array.from({ length: 40 }, (_, i) => harmless(`db/${String(i).padStart(4, "0")}.sql`));
    const text = render(
      report({
        migrations: [
          ...many,
          migration({ path: "db/0040.sql", risk: "high" }),
          migration({ path: "db/0041.sql", verdict: "blocked" }),
        ],
      }),
    );
    expect(text).toContain("0040.sql  high ");
    expect(text).toContain("0041.sql  blocked ");
    expect(text).toContain("\nand 40 migrations of low risk\n");
    expect(text).not.toContain("0007.sql");
    expect(render(report({ migrations: many }))).toMatch(/^40 migrations of low risk\n\nVerdict: pass/);
    expect(render(report({ migrations: many.slice(0, 30) }))).toContain("0007.sql");
  });

  it("keeps whole paths where they share no directory", () => {
    const text = render(report({ migrations: [harmless("app/1.sql"), harmless("billing/2.sql")] }));
    expect(text).toContain("Migration      Risk");
    expect(text).toContain("app/1.sql      low");
    expect(render(report({ migrations: [harmless("db/app/1.sql"), harmless("db/apply/2.sql")] }))).toContain(
      "db/          Risk",
    );
  });
});
