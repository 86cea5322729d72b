import { readFileSync } from "node:fs";
import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { renderComment } from "../../src/report/comment.ts";
import type { CommentContext } from "../../src/report/comment-context.ts";
import type { Report } from "../../src/report/report.ts";
import { suggestionsOf } from "../../src/report/suggestions.ts";
import { openGrammar } from "../../src/sql/postgres.ts";
import { finding, harmless, migration, report, statement } from "../report/examples.ts";
import { hostilePieces } from "../report/hostile-reports.ts";
import { withBrowser } from "./browser.ts";
import { githubPage } from "./github-page.ts";
import { sampleContext, sampleReport } from "./sample.ts";

/** What a person would see of a comment, read off the page that Chromium has drawn. */
interface Seen {
  readonly text: string;
  readonly headings: readonly string[];
  readonly alerts: readonly string[];
  /** The cells of each row of each table. */
  readonly tables: readonly (readonly (readonly string[])[])[];
  readonly folded: readonly string[];
  readonly blocks: readonly string[];
  /** Of each chart its labels, and how many bars were drawn. */
  readonly charts: readonly { readonly labels: readonly string[]; readonly bars: number }[];
  readonly links: readonly string[];
  /** Elements that no comment has. */
  readonly strange: readonly string[];
  readonly complaints: readonly string[];
}

const look = `(() => {
  const body = document.querySelector(".markdown-body");
  const all = (selector, of = body) => [...of.querySelectorAll(selector)];
  const text = (element) => element.textContent.replaceAll("\\u00a0", " ").trim();
  return {
    text: body.textContent,
    headings: all("h1, h2, h3, h4").map(text),
    alerts: all("blockquote").map((each) => each.className),
    tables: all("table").map((table) => all("tr", table).map((row) => all("th, td", row).map(text))),
    folded: all("summary").map(text),
    blocks: all("pre").map((each) => each.textContent.replace(/\\n$/, "")),
    charts: all(".mermaid").map((each) => ({
      labels: all("text", each).map(text),
      bars: all("rect.task", each).length,
    })),
    links: all("a[href]").map((each) => each.getAttribute("href")),
    strange: all("script, img, iframe, form, input, object, embed, style:not(.mermaid style), video, audio, link, meta, [onerror], [onclick], [onload]")
      .filter((each) => each.closest(".mermaid") === null)
      .map((each) => each.outerHTML.slice(0, 80)),
  };
})()`;

async function see(browser: BrowserContext, markdown: string): Promise<Seen> {
  const page: Page = await browser.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("dialog", (dialog) => complaints.push(`a dialog: ${dialog.message()}`));
  page.on("request", (request) => complaints.push(`a request: ${request.url()}`));
  await page.setContent(await githubPage(markdown));
  await page.evaluate("window.drawn");
  const seen = await page.evaluate<Omit<Seen, "complaints">>(look);
  await page.close();
  return { ...seen, complaints };
}

/** Several comments, seen by one browser. */
async function seeAll(comments: readonly string[]): Promise<readonly Seen[]> {
  return withBrowser(async (browser) => {
    const seen: Seen[] = [];
    for (const comment of comments) seen.push(await see(browser, comment));
    return seen;
  });
}

const write = (value: Report, more: Partial<CommentContext> = {}) =>
  renderComment(value, { ...sampleContext, ...more });

test("the comment of the sample migrations is drawn whole: tables, chart, folded findings, links", async () => {
  const [seen] = await seeAll([write(await sampleReport())]);
  expect(seen).toMatchObject({ headings: ["🟠 Lockkeeper: needs approval (critical)"], strange: [], complaints: [] });
  expect(seen?.alerts).toEqual(["alert warning"]);
  const [migrations = [], checklist = []] = seen?.tables ?? [];
  expect(seen?.tables).toHaveLength(2);
  expect(migrations.map((row) => row.length)).toEqual([6, 6, 6, 6, 6]);
  expect(migrations.map(([name]) => name)).toEqual([
    "Migration",
    "000006_index_voucher_referencebuilds an index",
    expect.stringMatching(/^000007_add_user_preferences/),
    expect.stringMatching(/^000008_change_amount_precision/),
    expect.stringMatching(/^000009_tidy_audit_logs/),
  ]);
  expect(checklist.map(([question]) => question)).toEqual([
    "Checklist",
    ...["Drops?", "Bulk data?", "Lock time?", "Rollback plan?"],
  ]);
  const [chart] = seen?.charts ?? [];
  expect(chart?.bars).toBeGreaterThan(4);
  expect(chart?.labels).toEqual(
    expect.arrayContaining(["users", "audit_logs", "000009 line 2, SHARE during an index build"]),
  );
  expect(seen?.folded.slice(1)).toEqual([
    "🟡 migrations/000006_index_voucher_reference.up.sql: 1 finding",
    expect.stringMatching(/^🔴 migrations\/000007_add_user_preferences\.up\.sql: \d findings$/),
    expect.stringMatching(/^🟠 migrations\/000008_/),
    expect.stringMatching(/^🔴 migrations\/000009_/),
  ]);
  for (const link of seen?.links ?? []) expect(link).toMatch(/^https:\/\/github\.com\/octo\/shop\//);
  expect(seen?.text).not.toMatch(/&#|\*\*|\[!|Syntax error/);
});

test("every form of the comment has its heading and its colour", async () => {
  const base = "b".repeat(40);
  const passed = report({ base, migrations: [harmless("db/1.sql")] });
  const blocked = report({
    base,
    verdict: {
      outcome: "blocked",
      because: [{ kind: "finding", rule: "syntax-error", risk: "high", path: "db/1.sql", line: 1 }],
    },
    migrations: [migration({ verdict: "blocked" })],
  });
  const before = { key: "check", run: 1, attempt: 1, commit: base, verdict: "blocked", findings: 4 } as const;
  const seen = await seeAll([write(passed), write(blocked), write(report({ base })), write(passed, { before })]);
  expect(seen.map(({ headings, alerts, complaints }) => [headings[0], alerts[0], complaints])).toEqual([
    ["✅ Lockkeeper: pass (low)", "alert tip", []],
    ["⛔ Lockkeeper: blocked (low)", "alert caution", []],
    ["✅ Lockkeeper: no pending migrations", "alert note", []],
    ["✅ Lockkeeper: everything is fixed", "alert tip", []],
  ]);
});

describe("hostile text", () => {
  /** A report in which this stands wherever SQL and file names can put something. */
  function hostile(text: string): Report {
    const lock = {
      kind: "lock",
      mode: "ACCESS EXCLUSIVE",
      lasts: "rewrite",
      relation: text,
      certainty: "certain",
    } as const;
    const one = migration({
      path: `db/${text}.sql`,
      version: text,
      risk: "high",
      down: text,
      statements: [
        statement({
          line: 2,
          transaction: 1,
          class: "data",
          risk: "critical",
          actions: [{ kind: "update", class: "data", risk: "critical" }],
          effects: [lock, { kind: "data-loss", what: "rows", relation: text, certainty: "certain" }],
        }),
      ],
      findings: [
        finding({ path: `db/${text}.sql`, line: 2, endLine: 2, rule: text, message: text, safer: text, allowed: text }),
      ],
    });
    return report({ base: "b".repeat(40), config: text, migrations: [one, harmless("db/2.sql")] });
  }

  const everything = hostilePieces.join(" x ");
  const texts = [
    everything,
    [...hostilePieces].reverse().join(""),
    "]]><svg onload=window.hacked=1><script>window.hacked=1</script>",
    'a :crit, 1, 9\n    section b\n click x href "javascript:window.hacked=1"',
    '%%{init: {"securityLevel": "loose"}}%% <img src=x onerror=window.hacked=1>',
    "```\n<script>window.hacked=1</script>\n```",
    "| a | b |\n| --- | --- |\n[x](javascript:window.hacked=1)",
    "done; title x; section y #quot; #60;b#62; {curly} 100%",
  ];

  test("is text on the page, in its tables and in its chart, and nothing else", async () => {
    const comments = texts.map((text) =>
      write(hostile(text), {
        notices: [
          { kind: "config-changed", path: text },
          { kind: "other", sentence: text },
        ],
        collisions: {
          found: [{ version: text, path: text, number: 1, title: text, theirPath: "x" }],
          lookedAt: 1,
          notLookedAt: 0,
        },
      }),
    );
    for (const [i, seen] of (await seeAll(comments)).entries()) {
      expect(seen.complaints, texts[i]).toEqual([]);
      expect(seen.strange, texts[i]).toEqual([]);
      expect(seen.headings, texts[i]).toHaveLength(1);
      expect(
        seen.tables.map((table) => table.map((row) => row.length)),
        texts[i],
      ).toEqual([
        [6, 6, 6],
        [2, 2, 2, 2, 2],
      ]);
      expect(seen.charts, texts[i]).toHaveLength(1);
      expect(seen.charts[0]?.bars, texts[i]).toBe(1);
      for (const link of seen.links) expect(link).toMatch(/^https:\/\/github\.com\/octo\/shop\//);
    }
  });

  test("is the name of a table in the chart as it is written", async () => {
    const names = [
      "semi;colon",
      "co:lon",
      "ha#sh",
      'qu"ote',
      "<b>old</b>",
      "a&amp;b",
      "per%cent",
      "테이블",
      "100% {x}",
      "style:x#y;",
    ];
    const lock = (relation: string) =>
      statement({ effects: [{ kind: "lock", mode: "SHARE", lasts: "scan", relation, certainty: "certain" }] });
    const [seen] = await seeAll([write(report({ migrations: [migration({ statements: names.map(lock) })] }))]);
    expect(seen?.complaints).toEqual([]);
    expect(seen?.charts[0]?.labels).toEqual(expect.arrayContaining(names));
    expect(seen?.charts[0]?.bars).toBe(names.length);
  });
});

test("the longest comment is drawn", async () => {
  const findings = Array.from({ length: 5000 }, (_, i) => finding({ line: i + 1, endLine: i + 1, safer: "SELECT 1;" }));
  const statements = Array.from({ length: 5000 }, (_, i) =>
    statement({
      line: i + 1,
      effects: [{ kind: "lock", mode: "SHARE", lasts: "scan", relation: `t${i}`, certainty: "certain" }],
    }),
  );
  const comment = write(report({ migrations: [migration({ risk: "critical", statements, findings })] }));
  expect(comment.length).toBeGreaterThan(60_000);
  const [seen] = await seeAll([comment]);
  expect(seen).toMatchObject({ complaints: [], strange: [] });
  expect(seen?.charts[0]?.bars).toBe(10);
  expect(seen?.text).toMatch(/Left out for their size: [\d,]+ findings/);
});

test("a suggestion is one block with the lines as they will be", async () => {
  const sql = "CREATE INDEX a ON users (email) WHERE note <> '``` </details> <img src=x onerror=window.hacked=1>';";
  const path = "db/1.up.sql";
  const span = { line: 1, column: 1, endLine: 1, endColumn: sql.length + 1 };
  const safer = `${sql.replace("INDEX", "INDEX CONCURRENTLY")}\n-- alone in its migration file: it cannot run inside a transaction`;
  const value = report({
    migrations: [
      migration({
        path,
        statements: [
          statement({ ...span, class: "index", actions: [{ kind: "create-index", class: "index", risk: "high" }] }),
        ],
        findings: [finding({ ...span, rule: "create-index-concurrently", path, message: "Writes wait.", safer })],
      }),
    ],
  });
  const [one] = await suggestionsOf(value, { source: () => `${sql}\n`, grammar: openGrammar(18) });
  const [seen] = await seeAll([one?.body ?? ""]);
  expect(seen).toMatchObject({ complaints: [], strange: [], blocks: [sql.replace("INDEX", "INDEX CONCURRENTLY")] });
});

test("the picture that the README shows is there, and is small", () => {
  const picture = readFileSync(new URL("../../docs/images/comment.png", import.meta.url));
  expect(picture.subarray(1, 4).toString()).toBe("PNG");
  expect(picture.readUInt32BE(16)).toBeGreaterThan(600);
  expect(picture.length).toBeLessThan(200_000);
});
