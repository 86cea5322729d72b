import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultPolicy } from "../../src/config/config.ts";
import { approvalsAsked, type Standing, type Word, weighApprovals } from "../../src/gate/approvals.ts";
import { noOrder, shown } from "../../src/report/cells.ts";
import { checkRunOf } from "../../src/report/check-run.ts";
import { renderComment } from "../../src/report/comment.ts";
import type { CommentApprovals, CommentContext } from "../../src/report/comment-context.ts";
import { readMark, writeMark } from "../../src/report/comment-mark.ts";
import type { Report } from "../../src/report/report.ts";
import { rules } from "../../src/rules/index.ts";
import { readComment } from "./comment-reader.ts";
import { finding, harmless, migration, realistic, report, statement } from "./examples.ts";
import { hostileReport, hostileText } from "./hostile-reports.ts";
import { commandsIn } from "./runner.ts";

const head = "4be1d0a7c0ffee00000000000000000000000000";
const repositoryUrl = "https://github.com/octo/shop";

const context: CommentContext = {
  key: "check",
  run: { id: 77, attempt: 2, url: `${repositoryUrl}/actions/runs/77` },
  head,
  repositoryUrl,
  rulesUrl: null,
  rules,
  before: null,
  approvals: null,
  notices: [],
  collisions: null,
};
const read = (value: Report, more: Partial<CommentContext> = {}) =>
  readComment(renderComment(value, { ...context, ...more }));

const base = "b".repeat(40);
const nothingPending = report({ base });
const passed = report({ base, migrations: [harmless("db/0001_a.sql")] });
const blocked = report({
  base,
  risk: "high",
  verdict: {
    outcome: "blocked",
    because: [{ kind: "finding", rule: "syntax-error", risk: "high", path: "db/0002_b.up.sql", line: 3 }],
  },
  migrations: [migration({ path: "db/0002_b.up.sql", version: "0002", verdict: "blocked", risk: "high" })],
});

function approvals(words: readonly Word[], by: CommentApprovals["by"] = "review"): CommentApprovals {
  const standingOf = (person: string): Standing | null => ({ mayWrite: person !== "guest", teams: [] });
  const asked = approvalsAsked(["critical", "high"], defaultPolicy);
  return { state: weighApprovals({ asked, words, author: "author", standingOf }), by };
}
const yes = (person: string): Word => ({ person, isBot: false, but: null });

describe("the comment", () => {
  it("has the verdict first, then a row for each migration", () => {
    const { title, alert, rows } = read(realistic);
    expect(title).toBe("needs approval (critical)");
    expect(alert).toEqual({
      kind: "WARNING",
      sentences: [
        "The policy asks: 2 approvals, backup required, deployed by hand.",
        "Because of drop-column (0007 line 2), create-index-concurrently (0005 line 2) and type-change-rewrites (0006 line 2).",
      ],
    });
    expect(rows).toEqual([
      ["0004_notes / adds a table", "🟢 low", "nobody waits", "optional", "automatic", "no"],
      [
        "0005_orders_customer / builds an index",
        "🟠 high",
        "orders: SHARE during an index build",
        "required",
        "by hand",
        "no",
      ],
      [
        "0006_money / changes a column's type",
        "🟠 high",
        "orders: ACCESS EXCLUSIVE during a rewrite",
        "required",
        "by hand",
        "no",
      ],
      [
        "0007_drop_legacy_code / drops a column",
        "🔴 critical",
        "users: ACCESS EXCLUSIVE for an instant",
        "required",
        "by hand",
        "no",
      ],
    ]);
  });

  it("answers the checklist of the guides from what the SQL does", () => {
    const down = "db/1.down.sql";
    const rewrites = migration({
      path: "db/1.up.sql",
      version: "1",
      down,
      statements: [
        statement({
          line: 4,
          class: "data",
          risk: "critical",
          actions: [{ kind: "update", class: "data", risk: "critical" }],
          effects: [
            { kind: "lock", mode: "ACCESS EXCLUSIVE", lasts: "rewrite", relation: "users", certainty: "certain" },
          ],
        }),
      ],
    });
    expect(read(report({ migrations: [rewrites] })).checklist).toEqual({
      "Drops?": "✅ no",
      "Bulk data?": "⚠️ updates rows of users (1 line 4)",
      "Lock time?": "⚠️ users during a rewrite; how long that takes depends on the size, which is not known here",
      "Rollback plan?": "⚠️ every migration has a down script, not tried; what 1 loses comes back from a backup only",
    });
    expect(read(realistic).checklist).toMatchObject({
      "Drops?": "⚠️ drops a column of users (0007 line 1)",
      "Bulk data?": "✅ no",
      "Rollback plan?": "❌ 0001, 0005, 0006 and 0007 cannot be rolled back by a script as a whole",
    });
    expect(read(passed).checklist).toMatchObject({ "Lock time?": "✅ no lock for which anybody waits" });
  });

  it("calls nothing good of which a part could not be read", () => {
    const coverage = { ...passed.coverage, statements: 9, read: 7, opaque: 1, unreadable: ["db/0002_b.sql"] };
    const { checklist } = read({ ...passed, coverage });
    const unseen = "but 3 statements and 1 file could not be read";
    expect(checklist).toMatchObject({
      "Drops?": `⚠️ no; ${unseen}`,
      "Bulk data?": `⚠️ no; ${unseen}`,
      "Lock time?": `⚠️ no lock for which anybody waits; ${unseen}`,
    });
  });

  it("calls the locks of other databases by their own names", () => {
    const effects = [
      { kind: "lock", mode: "ACCESS EXCLUSIVE", lasts: "instant", relation: "users", certainty: "possible" },
      { kind: "rewrite", why: "a new type", relation: "users", certainty: "possible" },
    ] as const;
    const locks = (dialect: "mysql" | "sqlite") => {
      const one = migration({ dialect, statements: [statement({ effects })] });
      const { rows, chart } = read(report({ migrations: [one] }));
      return [rows[0]?.[2], chart?.match(/section (.*)/)?.[1]];
    };
    expect(locks("mysql")).toEqual(["perhaps users: metadata lock during a rewrite", "users"]);
    expect(locks("sqlite")).toEqual(["perhaps the whole database: lock during a rewrite", "the whole database"]);
  });

  it("does not call a lock short that its transaction holds through other work", () => {
    const effects = [
      { kind: "lock", mode: "ACCESS EXCLUSIVE", lasts: "instant", relation: "users", certainty: "certain" },
    ] as const;
    const actions = [{ kind: "update", class: "data", risk: "critical" }] as const;
    const locks = (second: number | null) => {
      const statements = [statement({ transaction: 1, effects }), statement({ transaction: second, actions })];
      return read(report({ migrations: [migration({ statements })] })).rows[0]?.[2];
    };
    expect(locks(1)).toBe("users: ACCESS EXCLUSIVE through later work");
    expect(locks(2)).toBe("users: ACCESS EXCLUSIVE for an instant");
    expect(locks(null)).toBe("users: ACCESS EXCLUSIVE for an instant");
  });

  it.each<[string, Partial<Parameters<typeof migration>[0]>, string]>([
    ["a down script that is there", { down: "d.sql" }, "yes"],
    ["none", {}, "no"],
    ["one that is certain to fail", { down: "d.sql", findings: [finding({ path: "d.sql", blocks: true })] }, "fails"],
    ["one that forgets a part", { down: "d.sql", findings: [finding({ rule: "incomplete-down" })] }, "in part"],
    [
      "one that cannot bring values back",
      {
        down: "d.sql",
        statements: [
          statement({ effects: [{ kind: "data-loss", what: "column", relation: "t", certainty: "certain" }] }),
        ],
      },
      "schema only",
    ],
    ["a script that is the way back itself", { direction: "down" }, "is one"],
  ])("says of %s whether it can be rolled back", (_what, more, expected) => {
    expect(read(report({ migrations: [migration(more)] })).rows[0]?.[5]).toBe(expected);
  });

  it("folds the findings under their migration, with why and the safer SQL, and says how to accept one", () => {
    const { sections } = read(realistic);
    const [, index] = sections;
    expect(index?.summary).toBe("🟠 db/migrations/0005_orders_customer.up.sql: 1 finding");
    expect(index?.paragraphs[0]).toBe(
      "🟠 high create-index-concurrently, line 2: Writes to orders wait for the whole of this index build.",
    );
    expect(index?.paragraphs[1]).toMatch(/^Why: A plain CREATE INDEX holds a SHARE lock/);
    expect(index?.paragraphs.at(-1)).toBe(
      "To accept it, write above the statement: -- lockkeeper:allow create-index-concurrently: reason",
    );
    expect(index?.sql[0]).toMatch(/^CREATE INDEX CONCURRENTLY orders_customer/);
  });

  it("leads to the lines of the commit that was judged, to the commit and to the run", () => {
    const { links, paragraphs } = read(realistic, { rulesUrl: "https://github.com/octo/lockkeeper/docs/rules" });
    expect(links).toContain(`${repositoryUrl}/blob/${head}/db/migrations/0006_money.up.sql#L2-L4`);
    expect(links).toContain(`${repositoryUrl}/commit/${head}`);
    expect(links).toContain(`${repositoryUrl}/actions/runs/77`);
    expect(links).toContain("https://github.com/octo/lockkeeper/docs/rules/drop-column.md");
    expect(paragraphs.at(-1)).toMatch(/^Commit 4be1d0a · run · digest [0-9a-f]{64}$/);
    expect(paragraphs[0]).toMatch(/^Checked: 8 files, 11 statements/);
    expect(read(realistic, { repositoryUrl: null, run: { ...context.run, url: null } }).links).toEqual([]);
  });

  it("says that nothing is pending, and does not call it good where nothing was looked at", () => {
    expect(read(nothingPending)).toMatchObject({
      title: "no pending migrations",
      rows: [],
      checklist: {},
      chart: null,
    });
    expect(read(report({}))).toMatchObject({ title: "nothing to check", alert: { kind: "NOTE" } });
  });

  it("says that everything is fixed where there was something, once", () => {
    const before = readMark(renderComment(realistic, context));
    expect(before).toMatchObject({ findings: 3, verdict: "needs-approval" });
    const fixed = read(passed, { before });
    expect(fixed.title).toBe("everything is fixed");
    expect(fixed.alert.sentences[0]).toBe("What was found before is gone (3 findings).");
    expect(read(nothingPending, { before }).alert.sentences[0]).toBe("What was found before is gone (3 findings).");
    expect(read(passed, { before: readMark(renderComment(passed, context)) }).title).toBe("pass (low)");
  });

  it("of what is certain to fail says that no approval helps", () => {
    const { title, alert, rows } = read(blocked, { approvals: approvals([yes("ann"), yes("ben")]) });
    expect(title).toBe("blocked (high)");
    expect(alert.kind).toBe("CAUTION");
    expect(alert.sentences[0]).toBe("This is certain to fail, and no approval opens the gate.");
    expect(rows[0]?.[4]).toBe("not at all");
  });
});

describe("the approvals in the comment", () => {
  const sentences = (words: readonly Word[], by?: "label") =>
    read(realistic, { approvals: approvals(words, by) }).alert.sentences;

  it("say how many are missing, who has approved and whose word did not count", () => {
    const old: Word = { ...yes("cem"), but: "earlier-commit" };
    expect(sentences([yes("ann"), old, yes("author"), yes("guest")]).slice(0, 3)).toEqual([
      "1 more approval needed (critical risk): anybody who may write here.",
      "Approved by ann. Not counted: cem approved an earlier commit; author has opened this pull request; guest has no write permission.",
      "To approve: approve the newest commit in a review.",
    ]);
  });

  it("name the label where approvals are given by one", () => {
    expect(sentences([], "label")).toContain(
      `To approve: put the label lockkeeper:approved-${realistic.digest.slice(0, 12)} on this pull request.`,
    );
  });

  it("open the gate", () => {
    const all = read(realistic, { approvals: approvals([yes("ann"), yes("ben")]) });
    expect(all.title).toBe("approved (critical)");
    expect(all.alert).toMatchObject({ kind: "TIP", sentences: expect.arrayContaining(["Approved by ann and ben."]) });
  });
});

describe("what a reviewer must know about the check", () => {
  it("is said, one item each", () => {
    const { items } = read(passed, {
      notices: [
        { kind: "config-changed", path: ".github/lockkeeper.yml" },
        { kind: "loosening", input: "fail-on", asked: "never", used: "medium" },
        { kind: "generated", directory: "alembic", command: "alembic upgrade head --sql" },
        { kind: "other", sentence: "The approvals could not be read." },
      ],
      collisions: {
        found: [{ version: "0001", path: "db/0001_a.sql", number: 12, title: "Add a", theirPath: "db/0001_c.sql" }],
        lookedAt: 50,
        notLookedAt: 7,
      },
    });
    expect(items).toEqual([
      "This pull request changes .github/lockkeeper.yml. The check goes by the version that it builds on; the change counts after the merge.",
      "The workflow asks for fail-on never, which could be weaker than medium of the base. It is ignored: a pull request can only tighten its own gate.",
      "The SQL of alembic was printed by a program of this pull request (alembic upgrade head --sql). What it prints at the deploy may be something else.",
      "The approvals could not be read.",
      "Version 0001 (db/0001_a.sql) is in pull request 12 too, “Add a” as db/0001_c.sql.",
      "Whichever is merged later must take another version.",
      "7 more open pull requests not looked at: only the newest 50.",
    ]);
  });

  it("is not there where there is nothing to know", () => {
    expect(read(passed, { collisions: { found: [], lookedAt: 3, notLookedAt: 0 } }).items).toEqual([]);
  });
});

describe("the chart of the locks", () => {
  const lock = (line: number, relation: string, mode: "SHARE" | "ACCESS EXCLUSIVE", transaction: number | null) =>
    statement({
      line,
      transaction,
      effects: [{ kind: "lock", mode, lasts: "instant", relation, certainty: "certain" }],
    });
  const bars = (value: Report) =>
    (read(value).chart ?? "")
      .split("\n")
      .flatMap((line) => /^ {4}(\S.*) :(\w+), (\d+), (\d+)$/.exec(line)?.slice(1) ?? []);

  it("draws a lock from its statement to the end of its transaction", () => {
    const own = migration({
      version: "7",
      statements: [lock(1, "a", "SHARE", 1), lock(2, "b", "ACCESS EXCLUSIVE", 1), statement({ transaction: 1 })],
    });
    expect(bars(report({ migrations: [harmless("db/1.sql"), own] }))).toEqual([
      ...["7 line 1, SHARE", "active", "2", "5"],
      ...["7 line 2, ACCESS EXCLUSIVE", "crit", "3", "5"],
    ]);
  });

  it("ends it with its statement where that is a transaction of its own", () => {
    const own = migration({ version: "7", statements: [lock(1, "a", "SHARE", null), lock(2, "b", "SHARE", null)] });
    expect(bars(report({ migrations: [own] })).filter((_each, i) => i % 4 >= 2)).toEqual(["1", "2", "2", "3"]);
  });

  it("draws a lock once, and again where it grows", () => {
    const statements = [lock(1, "a", "SHARE", 1), lock(2, "a", "SHARE", 1), lock(3, "a", "ACCESS EXCLUSIVE", 1)];
    expect(
      bars(report({ migrations: [migration({ version: "7", statements })] })).filter((_each, i) => i % 4 === 0),
    ).toEqual(["7 line 1, SHARE", "7 line 3, ACCESS EXCLUSIVE"]);
  });

  it("is not there where nobody waits", () => {
    expect(read(passed).chart).toBeNull();
  });

  it("is of a size that can be drawn, and counts the rest", () => {
    const statements = Array.from({ length: 5000 }, (_, i) => lock(i + 1, `table ${i}`, "ACCESS EXCLUSIVE", null));
    const { chart, sections } = read(report({ migrations: [migration({ statements })] }));
    expect(chart?.split("\n").length).toBeLessThan(50);
    expect(chart).toContain("tickInterval 313millisecond");
    expect(sections[0]?.paragraphs.join()).toContain("4,990 more locks not drawn");
  });
});

describe("text from SQL, file names and titles", () => {
  const word = fc.tuple(hostileText, hostileText).map(([a, b]) => `${a}x${b}`);

  it("is text and nothing else, wherever it stands in the comment", () => {
    const strangers = fc.record({ value: hostileReport, key: hostileText, text: word, person: word });
    fc.assert(
      fc.property(strangers, ({ value, key, text, person }) => {
        const words: readonly Word[] = [yes(person), { ...yes(`${person}2`), but: "dismissed" }];
        const comment = renderComment(value, {
          ...context,
          key,
          approvals: approvals(words),
          notices: [
            { kind: "config-changed", path: text },
            { kind: "loosening", input: "fail-on", asked: text, used: text },
            { kind: "generated", directory: text, command: text },
            { kind: "other", sentence: text },
          ],
          collisions: {
            found: [{ version: text, path: text, number: 3, title: text, theirPath: person }],
            lookedAt: 1,
            notLookedAt: 0,
          },
        });
        expect(readMark(comment)?.key).toBe(key.replace(/\p{Cs}/gu, "\ufffd"));
        const [, ...rest] = comment.split("\n");
        // A marker that finds our own comments again must not come from anybody else.
        expect(rest.join("\n").replace(/^(`{3,})sql\n[\s\S]*?\n\1$/gm, "")).not.toContain("<!--");
        expect(commandsIn(comment)).toEqual([]);
        const { links, chart, sections } = readComment(comment);
        for (const link of links) expect(link.startsWith(`${repositoryUrl}/`)).toBe(true);
        expect(chart?.replace(/^%%.*$|%Q$/gm, "") ?? "").toMatch(/^[\p{L}\p{N}\n .,:;#()…-]*$/u);
        const safer = value.migrations.flatMap(({ findings }) => findings).map((each) => each.safer ?? "");
        for (const sql of sections.flatMap((section) => section.sql)) expect(safer.map(asShown)).toContain(sql);
      }),
      { numRuns: 150 },
    );
  });

  function asShown(sql: string): string {
    const lines = sql.trimEnd().split(/\r?\n/);
    return lines.map((line) => noOrder(shown(line.replace(/\t/g, "    ")))).join("\n");
  }
});

describe("the hidden line", () => {
  it("is the first, and is read back as it was written, whatever the key", () => {
    fc.assert(
      fc.property(hostileText, fc.nat(), fc.nat(999), (key, run, attempt) => {
        const mark = { key, run, attempt, commit: head, verdict: "blocked", findings: 3 } as const;
        const line = writeMark(mark);
        expect(line).toMatch(/^<!-- [^\n<>]* -->$/);
        expect(line.slice(4, -3)).not.toContain("--");
        expect(readMark(`${line}\ntext`)).toEqual({ ...mark, key: key.replace(/\p{Cs}/gu, "\ufffd") });
      }),
    );
  });

  it.each([
    "",
    "text",
    "\n<!-- lockkeeper:comment key=a run=1 attempt=1 commit=c verdict=pass findings=0 -->\n",
    "<!-- lockkeeper:comment key=a run=1 attempt=1 commit=c verdict=pass findings=0 -->",
    "<!-- lockkeeper:comment key=a run=x attempt=1 commit=c verdict=pass findings=0 -->\n",
    "<!-- lockkeeper:comment key=a run=1 attempt=1 commit=c verdict=great findings=0 -->\n",
    "<!-- lockkeeper:comment key=%zz run=1 attempt=1 commit=c verdict=pass findings=0 -->\n",
    "> <!-- lockkeeper:comment key=a run=1 attempt=1 commit=c verdict=pass findings=0 -->\n",
  ])("is not seen in %j", (body) => {
    expect(readMark(body)).toBeNull();
  });
});

describe("a pull request of any size", () => {
  const many = (migrations: number, findings: number, message: string): Report => {
    const path = (i: number) => `db/migrations/${i}_${"x".repeat(60)}.up.sql`;
    return report({
      base,
      risk: "critical",
      verdict: {
        outcome: "needs-approval",
        because: [{ kind: "finding", rule: "drop-table", risk: "critical", path: path(0), line: 1 }],
      },
      migrations: Array.from({ length: migrations }, (_, i) =>
        migration({
          path: path(i),
          version: String(i),
          risk: i % 2 === 0 ? "critical" : "high",
          findings: Array.from({ length: findings }, (_, line) =>
            finding({ path: path(i), line: line + 1, endLine: line + 1, message, safer: "SELECT 1;" }),
          ),
        }),
      ),
    });
  };

  it.each([
    ["3,000 migrations", many(3000, 1, "Gone.")],
    ["5,000 findings", many(50, 100, "Gone.")],
    ["5,000 findings in Korean", many(5, 1000, "되돌릴 수 없습니다. 값이 사라집니다.".repeat(20))],
    ["findings of which each is too long", many(2, 3, "x".repeat(70_000))],
  ])("of %s fits into a comment and into a check run, and says what is left out", (_what, value) => {
    for (const text of [renderComment(value, context), checkRunOf(value, context).summary]) {
      expect(text.length).toBeLessThanOrEqual(65_535);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
      expect(text).toContain("Lockkeeper: needs approval (critical)");
      expect(text).toMatch(/^Left out for their size: [\d,]+ (?:findings|rows)/m);
      expect(text).toMatch(/^Commit /m);
    }
    readComment(renderComment(value, context));
  });
});

describe("the check run", () => {
  it.each<[string, Report, Partial<CommentContext>, string, string]>([
    ["a pass", passed, {}, "success", "Pass (low)"],
    ["nothing pending", nothingPending, {}, "success", "No pending migrations"],
    ["nothing looked at", report({}), {}, "failure", "Nothing to check"],
    ["what is certain to fail", blocked, { approvals: approvals([yes("a"), yes("b")]) }, "failure", "Blocked (high)"],
    [
      "one of two approvals",
      realistic,
      { approvals: approvals([yes("a")]) },
      "action_required",
      "Needs approval (critical): 1 of 2 approvals",
    ],
    ["approvals that nobody could read", realistic, {}, "action_required", "Needs approval (critical)"],
    ["all approvals", realistic, { approvals: approvals([yes("a"), yes("b")]) }, "success", "Approved (critical)"],
  ])("of %s", (_what, value, more, conclusion, title) => {
    const run = checkRunOf(value, { ...context, ...more });
    expect(run).toMatchObject({ conclusion, title });
    expect(run.summary).toMatch(/^## /);
    expect(run.summary).not.toContain("mermaid");
  });
});
