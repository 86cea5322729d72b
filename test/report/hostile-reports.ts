import fc from "fast-check";
import type { Report } from "../../src/report/report.ts";
import { finding, migration, report, statement } from "./examples.ts";

/** Pieces that mean something to Markdown, HTML, GitHub's filters, the runner, SARIF or a terminal, and some that mean nothing. */
export const hostilePieces = [
  ..."`|\\<>&*_[]()~$^#@:!{}%;,.='\"-+",
  ...["``", "```", "````", "~~~", "**", "__", "$$", "---", "===", "\\|", "\\`", "](", "![", "{0}", "{{"],
  ...["\n", "\r", "\r\n", "\t", " ", "    ", "\u2028", "\u0000", "\u001b[2J", "\u202e", "\u200b", "\ufeff", "\ud800"],
  ...["[x](https://e.vil)", "![x](https://e.vil)", "<https://e.vil>", "https://e.vil/x", "www.e.vil", "a@b.co"],
  ...[
    "<img src=x onerror=y>",
    "<script>",
    "</td>",
    "</summary>",
    "</details>",
    "<!--",
    "-->",
    "<!-- lockkeeper:check -->",
  ],
  ...["&amp;", "&lt;", "&#64;", "&#x3c;", "@team", "@org/team", "#123", "GH-12", "owner/repo#5", ":shipit:"],
  ...["deadbeef", "0123456789abcdef0123456789abcdef01234567", "[^1]", "[^1]: x", "- [ ] x", "1. x", "> q", "# h"],
  ...["::error::x", "::add-mask::x", "::stop-commands::x", "##[error]", "##[group]x", "%0A", "%250A", "%3A", "%2C"],
  ...["한국어", "😀", "a", "b", "x_y", "drop", "SELECT 1"],
] as const;

/** Text as somebody would write it who wants to be more than text. */
export const hostileText = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(fc.constantFrom(...hostilePieces), { maxLength: 12 }).map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
);

const risk = fc.constantFrom("low", "medium", "high", "critical");

const hostileFinding = fc
  .record({
    rule: hostileText,
    risk,
    certainty: fc.constantFrom("certain", "possible"),
    blocks: fc.boolean(),
    path: hostileText,
    line: fc.integer({ min: 1, max: 9 }),
    column: fc.integer({ min: 1, max: 9 }),
    message: hostileText,
    safer: fc.option(hostileText),
    allowed: fc.option(hostileText),
  })
  .chain((of) =>
    fc.integer({ min: 0, max: 3 }).map((lines) => {
      return finding({ ...of, endLine: of.line + lines, endColumn: of.column + lines });
    }),
  );

const hostileMigration = fc
  .record({ path: hostileText, risk, kind: hostileText, relation: hostileText, findings: fc.array(hostileFinding) })
  .map(({ path, risk, kind, relation, findings }) =>
    migration({
      path,
      risk,
      findings: findings.map((each, i) => (i % 2 === 0 ? { ...each, path } : each)),
      statements: [
        statement({
          class: "index",
          risk,
          actions: [{ kind, class: "index", risk }],
          effects: [{ kind: "lock", relation, mode: "SHARE", lasts: "index-build", certainty: "certain" }],
        }),
      ],
    }),
  );

/** Reports of up to four migrations in which every text that comes from SQL or from a file name is hostile. */
export const hostileReport: fc.Arbitrary<Report> = fc
  .record({
    migrations: fc.array(hostileMigration, { minLength: 1, maxLength: 4 }),
    names: fc.array(hostileText, { maxLength: 12 }),
    config: fc.option(hostileText),
    asks: fc.boolean(),
  })
  .map(({ migrations, names, config, asks }) => {
    const base = report({ migrations, config, risk: "critical" });
    return {
      ...base,
      coverage: { ...base.coverage, unreadable: names, ignored: names },
      verdict: asks
        ? {
            outcome: "needs-approval",
            because: migrations.map(({ path, risk }) => ({ kind: "statement", class: "index", risk, path, line: 1 })),
          }
        : { outcome: "pass", because: [] },
    };
  });
