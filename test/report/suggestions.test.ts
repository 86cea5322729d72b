import { describe, expect, it } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { type Suggestion, suggestionsOf } from "../../src/report/suggestions.ts";
import { grammarFor, grammarVersions, openGrammar } from "../../src/sql/postgres.ts";
import { type Case, type CaseFile, readCases } from "../rules/cases.ts";
import { casesOf } from "../rules/folders.ts";
import { judge, pathOf } from "../rules/judge.ts";
import { readFence } from "./comment-reader.ts";
import { hostilePieces } from "./hostile-reports.ts";

/** The rules that have suggestions, and some in whose cases they find something too. */
const suggesting = [
  "cannot-run-in-transaction",
  "create-index-concurrently",
  "drop-index-concurrently",
  "missing-lock-timeout",
  "reindex-concurrently",
  "rewrite-table",
];
const others = ["commit-in-tool-transaction", "constraint-not-valid", "drop-table", "set-not-null", "volatile-default"];

const grammars = new Map(grammarVersions.map((version) => [version, openGrammar(version)]));

function scriptOf({ files }: Case): CaseFile | undefined {
  return files.find(({ role }) => role === "migration");
}

async function suggestions(one: Case, report: Report): Promise<readonly Suggestion[]> {
  const source = (path: string) => one.files.find((file) => pathOf(file) === path)?.text ?? null;
  const grammar = grammars.get(grammarFor(report.postgres));
  if (grammar === undefined) throw new Error("no such grammar");
  return suggestionsOf(report, { source, grammar });
}

/** The case with the lines of its migration replaced. */
function applied(one: Case, { startLine, endLine, replacement }: Suggestion): Case {
  const change = (file: CaseFile): CaseFile => {
    if (file.role !== "migration") return file;
    const lines = file.text.split("\n");
    return { ...file, text: [...lines.slice(0, startLine - 1), replacement, ...lines.slice(endLine)].join("\n") };
  };
  return { ...one, files: one.files.map(change) };
}

const blocked = ({ migrations }: Report) =>
  migrations.flatMap(({ findings }) => findings.filter(({ blocks }) => blocks)).length;
/** Whether the rule still finds something in the lines that were replaced. */
const isThere = ({ migrations }: Report, { rule, startLine, replacement }: Suggestion) =>
  migrations.some(({ findings }) =>
    findings.some((each) => {
      return each.rule === rule && each.line >= startLine && each.line < startLine + replacement.split("\n").length;
    }),
  );

/** The suggestions for one migration on tables that are in use. */
async function forSql(sql: string, options = ""): Promise<readonly Suggestion[]> {
  const history = "CREATE TABLE users (id bigint PRIMARY KEY, email text, note text);";
  const [one] = readCases(`-- good: this\n${options}-- history:\n${history}\n-- migration:\n${sql}\n`, "cases.sql");
  if (one === undefined) throw new Error("no case was read");
  return suggestions(one, await judge(one));
}

describe("a suggestion", () => {
  it.each([...suggesting, ...others])(
    "applied to the cases of %s ends its finding, and lets nothing fail that did not",
    async (id) => {
      const found = new Set<string>();
      for (const one of casesOf(id).filter((each) => scriptOf(each)?.form === "UTF-8")) {
        const before = await judge(one);
        for (const suggestion of await suggestions(one, before)) {
          const after = await judge(applied(one, suggestion));
          expect(isThere(after, suggestion), `${one.why}: ${suggestion.rule}`).toBe(false);
          expect(blocked(after), `${one.why}: ${suggestion.rule}`).toBeLessThanOrEqual(blocked(before));
          found.add(suggestion.rule);
        }
      }
      expect(suggesting).toEqual(expect.arrayContaining([...found]));
      expect(found.has(id)).toBe(suggesting.includes(id));
    },
  );

  it("replaces the lines as they stand, and says which rule and why", async () => {
    expect(await forSql("-- for the list\nCREATE INDEX users_email\n  ON users (email);\n")).toEqual([
      {
        rule: "create-index-concurrently",
        path: "migrations/000002_change.up.sql",
        startLine: 2,
        endLine: 3,
        replacement: "CREATE INDEX CONCURRENTLY users_email\n  ON users (email);",
        body: [
          "`create-index-concurrently`: Writes to users wait for the whole of this index build.",
          "",
          "```suggestion",
          "CREATE INDEX CONCURRENTLY users_email",
          "  ON users (email);",
          "```",
        ].join("\n"),
      },
    ]);
  });

  it("keeps the statement that a setting goes before, and its indentation", async () => {
    const [one] = await forSql("BEGIN;\n\tALTER TABLE users ADD COLUMN a int;\nCOMMIT;");
    expect(one).toMatchObject({
      rule: "missing-lock-timeout",
      startLine: 2,
      endLine: 2,
      replacement: "\tSET LOCAL lock_timeout = '3s';\n\tALTER TABLE users ADD COLUMN a int;",
    });
  });

  it.each([
    ["for one of two index builds in a file", "CREATE INDEX a ON users (email);\nCREATE INDEX b ON users (note);"],
    ["where another statement shares the line", "SELECT 1; CREATE INDEX a ON users (email);"],
    ["where a comment shares the line", "CREATE INDEX a ON users (email); -- for the list"],
    ["where the safer way is several steps", "ALTER TABLE users ALTER COLUMN email SET NOT NULL;"],
    ["where it is advice", "ALTER TABLE users DROP COLUMN note;"],
    [
      "where an allowance accepts what was found",
      "-- lockkeeper:allow create-index-concurrently: 4 rows\nCREATE INDEX a ON users (email);",
    ],
  ])("is not made %s", async (_where, sql) => {
    const rules = (await forSql(sql)).map(({ rule }) => rule);
    expect(rules.filter((rule) => rule !== "missing-lock-timeout")).toEqual([]);
  });

  it("is not made where a tool opens a transaction around the file", async () => {
    expect(await forSql("CREATE INDEX a ON users (email);", "-- layout: drizzle\n")).toEqual([]);
  });

  it("is one for a statement with several findings, of the most severe", async () => {
    const sql = "DROP INDEX users_email;";
    const history = "CREATE TABLE users (email text);\nCREATE INDEX users_email ON users (email);";
    const [one] = readCases(`-- good: x\n-- history:\n${history}\n-- migration:\n${sql}\n`, "cases.sql");
    if (one === undefined) throw new Error("no case was read");
    const report = await judge(one);
    expect((await suggestions(one, report)).map(({ rule }) => rule)).toEqual(["drop-index-concurrently"]);
  });

  it.each(hostilePieces)("cannot be broken out of, or hide anything: a name with %j", async (piece) => {
    const name = `"${piece.replaceAll('"', '""')}"`;
    const sql = `CREATE INDEX a ON users (email) WHERE note <> '${piece.replaceAll("'", "''")}' AND email <> ${name}`;
    for (const { body, replacement } of await forSql(`${sql};`)) {
      const { language, text } = readFence(body);
      expect(language).toBe("suggestion");
      expect(text).toBe(replacement);
      expect(replacement).not.toMatch(/[\p{Cf}\p{Cc}\u2028\u2029](?<![\n\t])/u);
    }
  });
});
