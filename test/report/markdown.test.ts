import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noOrder, shown } from "../../src/report/cells.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { code, prose, sqlBlock } from "../../src/report/markdown-text.ts";
import type { Report } from "../../src/report/report.ts";
import { finding, harmless, migration, realistic, report, statement } from "./examples.ts";
import { hostileReport, hostileText } from "./hostile-reports.ts";
import { readMarkdown } from "./markdown-reader.ts";
import { commandsIn } from "./runner.ts";

const maxBytes = 1_000_000;
const render = (value: Report) => renderMarkdown(value, { maxBytes });
const read = (value: Report) => readMarkdown(render(value));
const bytesOf = (text: string) => Buffer.byteLength(text);

describe("the Markdown of a report", () => {
  it("has the verdict, a row for each migration, the findings folded, and what was checked", () => {
    expect(render(realistic)).toBe(`\
## Lockkeeper: needs approval (critical), 3 reasons

The policy asks: 2 approvals, backup required, deployed by hand.

| Migration | Risk | Does | Lock | Policy asks |
| --- | --- | --- | --- | --- |
| \`db/migrations/0004_notes.up.sql\` | low | adds a table |  | nothing |
| \`db/migrations/0005_orders_customer.up.sql\` | **high** | builds an index | SHARE on orders during an index build | 1 approval, backup required, deployed by hand |
| \`db/migrations/0006_money.up.sql\` | **high** | changes a column's type | ACCESS EXCLUSIVE on orders during a rewrite | 1 approval, backup required, deployed by hand |
| \`db/migrations/0007_drop_legacy_code.up.sql\` | **critical** | drops a column |  | 2 approvals, backup required, deployed by hand |

<details>
<summary>db/migrations/0005_orders_customer.up.sql: 1 finding, high</summary>

**high** \`create-index-concurrently\`, line 2: Writes to orders wait for the whole of this index build.

Safer:

\`\`\`sql
CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);   (outside a transaction)
\`\`\`

</details>

<details>
<summary>db/migrations/0006_money.up.sql: 1 finding, high (possible)</summary>

**high (possible)** \`type-change-rewrites\`, lines 2 to 4: PostgreSQL may write the whole of orders anew while nobody can read or write it; the type that total has now is not known here.

Safer:

\`\`\`sql
ALTER TABLE orders ADD COLUMN total_new numeric(12, 2);
-- fill it in batches, then, in a later migration:
ALTER TABLE orders DROP COLUMN total;
\`\`\`

</details>

<details>
<summary>db/migrations/0007_drop_legacy_code.up.sql: 1 finding, critical</summary>

**critical** \`drop-column\`, line 2: What is in legacy_code is gone for good, and programs that still read it fail.

</details>

Checked: 8 files, 11 statements (11 read, 0 unread, 0 opaque), not rehearsed.

Not migrations: \`db/migrations/README.sql\`

Judged for PostgreSQL 18, without a config file.
`);
  });

  it("of a pass is short, and says so where the policy asks nobody about a danger", () => {
    const passed = report({ migrations: [harmless("db/1.sql")] });
    expect(read(passed)).toMatchObject({ verdict: "pass (low)", sections: [] });
    const unasked = read({ ...passed, risk: "critical" });
    expect(unasked.verdict).toBe("pass (critical)");
    expect(unasked.paragraphs[0]).toBe("The policy asks for no approval.");
  });

  it("of nothing does not read as good news", () => {
    expect(render(report({}))).toBe("## Lockkeeper: nothing to check\n\nChecked: 0 files\n");
  });

  it("names the file of a finding that is in another one, and says when a finding is about all of it", () => {
    const findings = [finding({ path: "db/1.down.sql", rule: "syntax-error", blocks: true, message: "No SQL." })];
    const [section] = read(report({ migrations: [migration({ path: "db/1.up.sql", findings })] })).sections;
    expect(section).toMatchObject({
      summary: "db/1.up.sql: 1 finding, blocked",
      paragraphs: ["blocked syntax-error, the file in db/1.down.sql: No SQL."],
    });
  });

  it("tells what a statement does that asks for approval without a rule, of any risk", () => {
    const path = "db/1.sql";
    const [risk, line] = ["medium", 7] as const;
    const actions = [{ kind: "create-function", class: "routine", risk }] as const;
    const value = report({
      verdict: { outcome: "needs-approval", because: [{ kind: "statement", class: "routine", risk, path, line }] },
      migrations: [
        migration({ path, risk, statements: [statement({ line, endLine: 9, class: "routine", risk, actions })] }),
      ],
    });
    expect(read(value).sections[0]?.paragraphs).toEqual([
      "medium a function, trigger or view, lines 7 to 9: Adds a function.",
    ]);
  });

  it("counts migrations of low risk and findings of low risk instead of listing them, where there are many", () => {
    const findings = Array.from({ length: 8 }, (_, i) => finding({ rule: "missing-down", risk: "low", line: i + 2 }));
    const many = Array.from({ length: 40 }, (_, i) => harmless(`db/${i}.sql`));
    const { rows, sections, paragraphs } = read(
      report({ migrations: [...many, migration({ path: "db/x.sql", risk: "medium", findings })] }),
    );
    expect(rows.map(([path]) => path)).toEqual(["db/x.sql"]);
    expect(sections[0]?.paragraphs.filter((text) => text.startsWith("low"))).toHaveLength(5);
    expect(paragraphs).toContain("and 40 migrations of low risk");
    expect(paragraphs).toContain("and 3 more findings of missing-down (low)");
  });
});

describe("text from SQL and file names", () => {
  it.each([
    ["<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"],
    ["<!-- lockkeeper:check -->", "&lt;!-- lockkeeper:&#8203;check --&gt;"],
    ["![x](https://e.vil/p.png)", "!&#91;x&#93;(https:&#8203;//e.vil/p.png)"],
    ["a | b \\| c", "a &#124; b &#92;&#124; c"],
    ["@octo/team and #123", "@&#8203;octo/team and #&#8203;123"],
    ["GH-12 www.e.vil", "GH-&#8203;12 www&#8203;.e.vil"],
    ["`x` *y* __z__ ~~q~~", "&#96;x&#96; &#42;y&#42; &#95;&#95;z&#95;&#95; &#126;&#126;q&#126;&#126;"],
    ["users_email_key stays", "users_email_key stays"],
    ["line\nbreak\t", "line&#92;nbreak&#92;t"],
    [":shipit: 3:1", ":&#8203;shipit: 3:&#8203;1"],
    ["0123abcdef is a commit", "0123ab&#8203;cdef is a commit"],
    ["&lt; &#64;", "&amp;lt; &amp;#&#8203;64;"],
    ["한국어 😀", "한국어 😀"],
  ])("%j in prose is written so that it does nothing", (text, expected) => {
    expect(prose(text)).toBe(expected);
  });

  it.each([
    ["db/0001_first.up.sql", "`db/0001_first.up.sql`"],
    ["마이그레이션/1 a.sql", "`마이그레이션/1 a.sql`"],
    ["a|b.sql", "a&#124;b.sql"],
    ["a`b`.sql", "a&#96;b&#96;.sql"],
    ["a\n.sql", "a&#92;n.sql"],
    ["<b>.sql", "&lt;b&gt;.sql"],
    [" a.sql", " a.sql"],
    ["", ""],
  ])("%j as a name is code only where code can hold it", (name, expected) => {
    expect(code(name)).toBe(expected);
  });

  it("of SQL stands in a fence that it cannot end", () => {
    expect(sqlBlock(["SELECT '```';", "````", "SELECT 1;"]).split("\n")).toEqual([
      "`````sql",
      "SELECT '```';",
      "````",
      "SELECT 1;",
      "`````",
    ]);
    expect(sqlBlock(["::add-mask::x", "\tSELECT 1; -- \u202e##[error]"]).split("\n").slice(1, -1)).toEqual([
      "\\u003a:add-mask::x",
      "    SELECT 1; -- \\u202e##\\u005berror]",
    ]);
  });

  it("is read as it was written, and as nothing else, wherever it stands", () => {
    fc.assert(
      fc.property(hostileReport, (value) => {
        const text = render(value);
        // A marker that finds our own comments again must not come from anybody else.
        expect(text.replace(/^(`{3,})sql\n[\s\S]*?\n\1$/gm, "")).not.toContain("<!--");
        expect(commandsIn(text)).toEqual([]);
        const { rows, sections } = readMarkdown(text);
        expect(rows.map(([path]) => path)).toEqual(value.migrations.map(({ path }) => shown(path).trim()));
        const sql = value.migrations.flatMap(({ findings }) => findings).map(({ safer }) => safer);
        const all = sections.flatMap((section) => section.sql);
        for (const each of all) {
          expect(sql.map((safer) => (safer === null ? null : asShown(safer)))).toContain(each);
        }
        const marked = value.migrations.flatMap(({ findings }) => findings).filter(({ risk }) => risk !== "low");
        expect(all.length).toBeGreaterThanOrEqual(marked.filter(({ safer }) => safer !== null).length);
      }),
      { numRuns: 500 },
    );
  });

  it("survives prose unchanged for whoever reads it", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const value = report({
          migrations: [migration({ path: `x${text}x`, findings: [finding({ message: text })] })],
        });
        expect(read(value).rows[0]?.[0]).toBe(shown(`x${text}x`));
      }),
      { numRuns: 300 },
    );
  });
});

function asShown(safer: string): string {
  const lines = safer.trimEnd().split(/\r?\n/);
  return lines.map((line) => noOrder(shown(line.replaceAll("\t", "    ")))).join("\n");
}

describe("a report that is longer than it may be", () => {
  const safer = (name: string) => `ALTER TABLE ${name} ADD COLUMN a int; -- ${"잠금 ".repeat(40)}`;
  const many = report({
    risk: "critical",
    verdict: {
      outcome: "needs-approval",
      because: [{ kind: "finding", rule: "drop-column", risk: "critical", path: "db/7.sql", line: 2 }],
    },
    migrations: Array.from({ length: 20 }, (_, i) =>
      migration({
        path: `db/${i}.sql`,
        risk: i === 7 ? "critical" : "high",
        findings: [
          finding({ path: `db/${i}.sql`, risk: "high", rule: "one", safer: safer("a") }),
          finding({ path: `db/${i}.sql`, risk: i === 7 ? "critical" : "high", rule: "two", safer: safer("b") }),
        ],
      }),
    ),
  });
  const cut = (bytes: number) => renderMarkdown(many, { maxBytes: bytes });

  it("leaves out whole findings, the least severe first, and counts them", () => {
    const text = cut(6000);
    expect(bytesOf(text)).toBeLessThanOrEqual(6000);
    const { rows, sections, paragraphs } = readMarkdown(text);
    expect(rows).toHaveLength(20);
    const findings = sections.flatMap((section) => section.paragraphs.filter((each) => each.includes("the file")));
    expect(findings.filter((each) => each.startsWith("critical two"))).toHaveLength(1);
    expect(findings.length).toBeGreaterThan(3);
    expect(paragraphs).toContain(`Left out for their size: ${40 - findings.length} findings.`);
    expect(paragraphs.at(-1)).toBe("Judged for PostgreSQL 18, without a config file.");
  });

  it("then leaves out whole rows, the least severe first", () => {
    const { rows, sections, paragraphs } = readMarkdown(cut(1000));
    expect(rows.map(([path]) => path)).toContain("db/7.sql");
    expect(rows.length).toBeGreaterThan(1);
    expect(sections).toEqual([]);
    expect(paragraphs).toContain(`Left out for their size: 40 findings and ${20 - rows.length} rows of the table.`);
  });

  it("never cuts the verdict", () => {
    for (const bytes of [0, 10, 60, 200])
      expect(cut(bytes)).toMatch(/^## Lockkeeper: needs approval \(critical\), 1 reason\n/);
  });

  it("passes over a finding that is too long by itself", () => {
    const [first, ...rest] = many.migrations;
    const huge = finding({ path: "db/0.sql", blocks: true, rule: "huge", safer: "x".repeat(50_000) });
    const value = { ...many, migrations: first === undefined ? rest : [{ ...first, findings: [huge] }, ...rest] };
    const { sections, paragraphs } = readMarkdown(renderMarkdown(value, { maxBytes: 30_000 }));
    expect(sections).toHaveLength(19);
    expect(paragraphs).toContain("Left out for their size: 1 finding.");
  });

  it("keeps within any size that has room for the verdict, and what it says of what is missing is true", () => {
    fc.assert(
      fc.property(hostileReport, fc.integer({ min: 100, max: 6000 }), (value, most) => {
        const text = renderMarkdown(value, { maxBytes: most });
        expect(bytesOf(text)).toBeLessThanOrEqual(most);
        const { rows, sections, paragraphs } = readMarkdown(text);
        const all = readMarkdown(renderMarkdown(value, { maxBytes }));
        const count = (word: string) => {
          const said = paragraphs.find((each) => each.startsWith("Left out for their size: ")) ?? "";
          return Number(new RegExp(`(\\d+) ${word}`).exec(said)?.[1] ?? 0);
        };
        const findings = (of: typeof sections) =>
          of.flatMap((each) => each.paragraphs.filter((text) => / (?:lines?|the file)\b/.test(text))).length;
        if (most < 300) return;
        expect(rows.length + count("rows? of the table")).toBe(all.rows.length);
        expect(findings(sections) <= findings(all.sections)).toBe(true);
        if (count("findings?") === 0) expect(sections).toEqual(all.sections);
      }),
      { numRuns: 300 },
    );
  });

  it("of ten thousand migrations and a hundred thousand findings is written in bounded time", () => {
    const findings = Array.from({ length: 10 }, () => finding({ risk: "high", safer: safer("a") }));
    const migrations = Array.from({ length: 10_000 }, (_, i) =>
      migration({ path: `db/${i}.sql`, risk: "high", findings }),
    );
    const text = renderMarkdown(report({ migrations }), { maxBytes: 500_000 });
    expect(bytesOf(text)).toBeLessThanOrEqual(500_000);
    expect(text).toMatch(/^Left out for their size: 100,000 findings and [\d,]+ rows of the table\.$/m);
  });
});
