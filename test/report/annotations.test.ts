import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { annotationsOf, renderAnnotations } from "../../src/report/annotations.ts";
import { shown } from "../../src/report/cells.ts";
import { unseen } from "./columns.ts";
import { finding, migration, realistic, report, statement } from "./examples.ts";
import { hostileReport } from "./hostile-reports.ts";
import { commandsIn } from "./runner.ts";

const oneOf = (more: Parameters<typeof finding>[0]) =>
  report({
    migrations: [migration({ findings: [finding({ line: 2, endLine: 2, column: 3, endColumn: 9, ...more })] })],
  });

describe("annotations", () => {
  it("are what the runner is told: most severe first, at their places, with the safer SQL in the message", () => {
    expect(renderAnnotations(realistic)).toBe(
      [
        "::error file=db/migrations/0007_drop_legacy_code.up.sql,line=2,endLine=2,col=19,endColumn=42,title=drop-column::What is in legacy_code is gone for good, and programs that still read it fail.",
        "::warning file=db/migrations/0005_orders_customer.up.sql,line=2,endLine=2,col=1,endColumn=54,title=create-index-concurrently::Writes to orders wait for the whole of this index build.%0ASafer:%0ACREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);   (outside a transaction)",
        "::warning file=db/migrations/0006_money.up.sql,line=2,endLine=4,title=type-change-rewrites::PostgreSQL may write the whole of orders anew while nobody can read or write it; the type that total has now is not known here. This is possible, not certain.%0ASafer:%0AALTER TABLE orders ADD COLUMN total_new numeric(12, 2);%0A-- fill it in batches, then, in a later migration:%0AALTER TABLE orders DROP COLUMN total;",
        "Verdict: needs approval (critical).",
        "The policy asks: 2 approvals, backup required, deployed by hand.",
        "Checked: 8 files, 11 statements (11 read, 0 unread, 0 opaque), not rehearsed.",
        "Not migrations: db/migrations/README.sql",
        "Judged for PostgreSQL 18, without a config file.",
        "",
      ].join("\n"),
    );
  });

  it.each([
    [{ risk: "critical" }, "error"],
    [{ risk: "high" }, "warning"],
    [{ risk: "medium" }, "notice"],
    [{ risk: "low" }, "notice"],
    [{ risk: "low", blocks: true }, "error"],
  ] as const)("%o is told as %s", (more, level) => {
    expect(annotationsOf(oneOf(more))[0]?.level).toBe(level);
  });

  it("have no columns over several lines, where GitHub takes none", () => {
    expect(annotationsOf(oneOf({ endLine: 4 }))[0]).toMatchObject({
      line: 2,
      endLine: 4,
      column: null,
      endColumn: null,
    });
    expect(renderAnnotations(oneOf({ endLine: 4 }))).not.toContain("col=");
    expect(annotationsOf(oneOf({}))[0]).toMatchObject({ line: 2, endLine: 2, column: 3, endColumn: 9 });
  });

  it("tell what the statement does where it asks for approval and no rule has a word for it", () => {
    const path = "db/1.sql";
    const actions = [{ kind: "rename-table", class: "rename", risk: "high" }] as const;
    const unexplained = report({
      verdict: {
        outcome: "needs-approval",
        because: [{ kind: "statement", class: "rename", risk: "high", path, line: 7 }],
      },
      migrations: [
        migration({ path, statements: [statement({ line: 7, endLine: 7, class: "rename", risk: "high", actions })] }),
      ],
    });
    expect(annotationsOf(unexplained)).toMatchObject([
      { level: "warning", path, line: 7, title: "a rename", message: "Renames a table." },
    ]);
  });

  it("say the reason of an allowance", () => {
    expect(annotationsOf(oneOf({ allowed: "nobody\nreads it" }))[0]?.message).toMatch(/\nAllowed: nobody reads it$/);
  });

  it("never hold half of an SQL statement: the runner cuts off after 4096 characters", () => {
    const message = annotationsOf(oneOf({ message: "It waits.", safer: `SELECT ${"1, ".repeat(3000)}1;` }))[0]?.message;
    expect(message).toBe("It waits.\nThe safer SQL is too long to be shown here.");
    expect(annotationsOf(oneOf({ message: "wait ".repeat(3000) }))[0]?.message.length).toBeLessThan(4096);
  });

  it("are at most ten of each level, and the others are counted", () => {
    const some = (count: number, more: Parameters<typeof finding>[0]) =>
      Array.from({ length: count }, (_, i) => finding({ ...more, line: i + 2 }));
    const findings = [...some(12, { risk: "low" }), ...some(11, { risk: "critical" }), ...some(10, { risk: "high" })];
    const many = report({ migrations: [migration({ findings })] });
    expect(annotationsOf(many)).toHaveLength(33);
    const log = renderAnnotations(many);
    const names = commandsIn(log).map(({ name }) => name);
    expect(names).toEqual([
      ...Array<string>(10).fill("error"),
      ...Array<string>(10).fill("warning"),
      ...Array<string>(10).fill("notice"),
    ]);
    expect(log).toContain("\nNot shown: 1 error and 2 notices. GitHub shows at most 10 of each in a step.\nVerdict: ");
  });

  it("of a report without migrations do not read as good news", () => {
    expect(renderAnnotations(report({}))).toBe("Verdict: nothing to check.\nChecked: 0 files\n");
  });

  it("are read by the runner as they were meant, whatever is in the SQL and the names, and are all that it obeys", () => {
    fc.assert(
      fc.property(hostileReport, (value) => {
        const log = renderAnnotations(value);
        for (const line of log.split("\n")) expect(line).not.toMatch(unseen);
        const all = annotationsOf(value);
        const expected = (["error", "warning", "notice"] as const).flatMap((level) =>
          all.filter((each) => each.level === level).slice(0, 10),
        );
        const commands = commandsIn(log);
        expect(commands.map(({ name }) => name)).toEqual(expected.map(({ level }) => level));
        commands.forEach(({ properties, data }, i) => {
          const { path = "", title = "", message = "", line, endLine } = expected[i] ?? {};
          // What cannot be seen is shown by its number; a line that would be an order on its own has its colon so too.
          const harmless = (text: string) => text.replace(/^(\s*):(?=:)/, "$1\\u003a");
          expect(properties.file ?? "").toBe(harmless(shown(path)));
          // The runner takes the spaces from the end of the last property.
          expect(properties.title ?? "").toBe(harmless(shown(title)).trimEnd());
          expect(properties).toMatchObject({ line: String(line), endLine: String(endLine) });
          const lines = message.split("\n").map((each) => harmless(shown(each.replaceAll("\t", "    "))));
          expect(data).toBe(lines.join("\n"));
        });
      }),
      { numRuns: 500 },
    );
  });
});
