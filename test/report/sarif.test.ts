import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { renderSarif } from "../../src/report/sarif.ts";
import { rules } from "../../src/rules/index.ts";
import { project } from "../workspace/project.ts";
import { unseen } from "./columns.ts";
import { finding, harmless, migration, realistic, report, spanOf, statement } from "./examples.ts";
import { hostileReport } from "./hostile-reports.ts";

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [
    {
      readonly physicalLocation: {
        readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
        readonly region: object;
      };
    },
  ];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
  readonly suppressions: readonly unknown[];
  readonly properties: object;
}
interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly invocations: readonly [
        {
          readonly toolExecutionNotifications: readonly {
            readonly level: string;
            readonly message: { readonly text: string };
          }[];
        },
      ];
      readonly results: readonly Result[];
      readonly properties: object;
    },
  ];
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const textOf = (value: Report, files: Readonly<Record<string, string>> = {}): string =>
  renderSarif(value, { rules, version: "0.1.0", sha256, source: (path) => files[path] ?? null });
const logOf = (value: Report, files?: Readonly<Record<string, string>>): Log => JSON.parse(textOf(value, files));
const runOf = (value: Report, files?: Readonly<Record<string, string>>) => logOf(value, files).runs[0];

const tool = toolDirectory();

/** Where Microsoft's validator is, when it is installed; it is larger than all that the tests need otherwise. */
function toolDirectory(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve("@microsoft/sarif-multitool-linux/package.json"));
  } catch {
    return null;
  }
}

function validatorOf(path: string | URL) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  const valid = ajv.compile(JSON.parse(readFileSync(path, "utf8")));
  return (value: unknown): readonly string[] => {
    valid(value);
    return (valid.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  };
}

/** By the subset that stands beside this test, and by the official schema where it is there. */
const problemsBySubset = validatorOf(new URL("./sarif-subset.schema.json", import.meta.url));
const official = tool === null ? null : join(tool, "sarif-2.1.0.json");
const problemsByOfficial = official !== null && existsSync(official) ? validatorOf(official) : () => [];
const problems = (value: unknown): readonly string[] => [...problemsBySubset(value), ...problemsByOfficial(value)];

type Break = (run: {
  results: { level: string; message: { text: string }; partialFingerprints?: object; suppressions?: object }[];
  tool: { driver: { rules: { help: { text: string } }[]; semanticVersion: string } };
}) => void;

describe("the SARIF of a report", () => {
  it("is valid, and every result has its rule", () => {
    const log = logOf(realistic);
    expect(problems(log)).toEqual([]);
    const { results, tool } = log.runs[0];
    expect(results.map(({ ruleId }) => ruleId)).toEqual([
      "drop-column",
      "create-index-concurrently",
      "type-change-rewrites",
    ]);
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(textOf(realistic).endsWith("}\n")).toBe(true);
  });

  it.each<[string, Break]>([
    ["a result without a fingerprint", ({ results: [result] }) => delete result?.partialFingerprints],
    ["a level that is none", ({ results: [result] }) => Object.assign(result ?? {}, { level: "critical" })],
    [
      "a link in a message",
      ({ results: [result] }) => Object.assign(result ?? {}, { message: { text: "[x](https://e.vil)" } }),
    ],
    [
      "a place for an argument",
      ({ results: [result] }) => Object.assign(result ?? {}, { message: { text: "wait for {0}" } }),
    ],
    ["a rule without help", ({ tool }) => Object.assign(tool.driver.rules[0]?.help ?? {}, { text: "" })],
    ["a version that is none", ({ tool }) => Object.assign(tool.driver, { semanticVersion: "one" })],
  ])("is refused with %s, so the schema does see it", (_what, damage) => {
    const run = JSON.parse(textOf(realistic)).runs[0];
    damage(run);
    expect(problemsBySubset({ ...logOf(realistic), runs: [run] })).not.toEqual([]);
  });

  it("names all rules whatever was found, each once, with what GitHub shows of it", () => {
    const ids = (value: Report) => runOf(value).tool.driver.rules.map(({ id }) => id);
    const none = ids(report({}));
    expect(none).toEqual(ids(report({ migrations: [harmless("db/1.sql")] })));
    expect(none).toEqual(expect.arrayContaining(rules.map(({ id }) => id)));
    expect(new Set(none).size).toBe(none.length);
    const [{ tool }] = JSON.parse(textOf(report({}))).runs;
    const dropColumn = tool.driver.rules.find(({ id }: { id: string }) => id === "drop-column");
    expect(dropColumn).toMatchObject({
      shortDescription: { text: "Do not drop a column in the release that stops using it." },
      defaultConfiguration: { level: "error" },
      properties: {
        precision: "high",
        "problem.severity": "error",
        tags: ["postgresql", "sqlite", "mysql", "mariadb", "migration", "data-loss", "risk-critical"],
      },
    });
    const syntaxError = tool.driver.rules.find(({ id }: { id: string }) => id === "syntax-error");
    expect(syntaxError).toMatchObject({
      defaultConfiguration: { level: "error" },
      properties: { precision: "very-high" },
    });
  });

  it("gives a result its level by what it does, not by what its rule does mostly", () => {
    const findings = (["low", "medium", "high", "critical"] as const).map((risk) =>
      finding({ rule: "drop-column", risk }),
    );
    const blocked = finding({ rule: "drop-column", risk: "low", blocks: true });
    const { results } = runOf(report({ migrations: [migration({ findings: [...findings, blocked] })] }));
    // The worst first.
    expect(results.map(({ level }) => level)).toEqual(["error", "error", "warning", "note", "note"]);
  });

  it("says the safer SQL after the first sentence, which is all that GitHub shows in a list", () => {
    const text = runOf(realistic).results[1]?.message.text;
    expect(text).toBe(
      "Writes to orders wait for the whole of this index build.\nSafer:\nCREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);   (outside a transaction)",
    );
  });

  it("writes brackets and braces so that they are no links and no places for arguments", () => {
    const message = "tags integer[] [x](https://e.vil) '{0}' \\d";
    const { results } = runOf(report({ migrations: [migration({ findings: [finding({ message, safer: "'{}'" })] })] }));
    expect(results[0]?.message.text).toBe("tags integer\\[\\] \\[x\\](https://e.vil) '{{0}}' \\\\d\nSafer:\n'{{}}'");
    expect(results[0]?.properties).toMatchObject({ safer: "'{}'" });
  });

  it("has a result for a statement that asks for approval without a rule: none would read as a pass", () => {
    const path = "db/1.sql";
    const value = report({
      verdict: {
        outcome: "needs-approval",
        because: [{ kind: "statement", class: "index", risk: "medium", path, line: 3 }],
      },
      migrations: [
        migration({
          path,
          risk: "medium",
          statements: [
            statement({
              line: 3,
              endLine: 3,
              endColumn: 9,
              class: "index",
              risk: "medium",
              actions: [{ kind: "create-index", class: "index", risk: "medium" }],
            }),
          ],
        }),
      ],
    });
    const log = logOf(value);
    expect(problems(log)).toEqual([]);
    expect(log.runs[0].results).toMatchObject([
      { ruleId: "unexplained-index", level: "note", message: { text: "Builds an index." } },
    ]);
  });

  it("keeps an allowed finding, and says who accepted it and why", () => {
    const findings = [finding({ allowed: "nobody reads it" }), finding({ line: 2 })];
    const { results } = runOf(report({ migrations: [migration({ findings })] }));
    expect(results.map(({ suppressions }) => suppressions)).toEqual([
      [{ kind: "inSource", justification: "nobody reads it" }],
      [],
    ]);
  });

  it("says the verdict, what was checked and the numbers besides the results", () => {
    const { invocations, properties } = runOf(realistic);
    expect(invocations[0].toolExecutionNotifications.map(({ message }) => message.text)).toEqual([
      "Verdict: needs approval (critical).",
      "Checked: 8 files, 11 statements (11 read, 0 unread, 0 opaque), not rehearsed.",
      "Judged for PostgreSQL 18, without a config file.",
    ]);
    expect(properties).toMatchObject({
      verdict: "needs-approval",
      reasons: 3,
      risk: "critical",
      coverage: { files: 8 },
    });
  });

  it("has at most 5,000 results, the worst, and says how many are left out", () => {
    const findings = Array.from({ length: 6000 }, (_, i) =>
      finding({ risk: i < 5990 ? "low" : "critical", line: i + 1 }),
    );
    const log = logOf(report({ migrations: [migration({ findings })] }));
    expect(problems(log)).toEqual([]);
    const { results, invocations } = log.runs[0];
    expect(results).toHaveLength(5000);
    expect(results.filter(({ level }) => level === "error")).toHaveLength(10);
    expect(invocations[0].toolExecutionNotifications[0]).toEqual({
      level: "warning",
      message: { text: "1,000 results left out, the least severe: GitHub shows 5,000 results." },
    });
  });
});

describe("places", () => {
  const placeOf = (path: string) =>
    runOf(report({ migrations: [migration({ path, findings: [finding({ path })] })] })).results[0]?.locations[0]
      .physicalLocation;

  it.each([
    ["db/1_a.sql", "db/1_a.sql"],
    ["db/1 a.sql", "db/1%20a.sql"],
    ["db/100%0A.sql", "db/100%250A.sql"],
    ["db/#1?.sql", "db/%231%3F.sql"],
    ["db/한국어.sql", "db/%ED%95%9C%EA%B5%AD%EC%96%B4.sql"],
    ["a:b/1.sql", "a%3Ab/1.sql"],
    ["db/\n.sql", "db/%0A.sql"],
    ["db/\ud800.sql", "db/%EF%BF%BD.sql"],
    ["../other/1.sql", "../other/1.sql"],
  ])("%j is relative to the root of the repository as %s", (path, uri) => {
    expect(placeOf(path)?.artifactLocation).toEqual({ uri, uriBaseId: "%SRCROOT%" });
  });

  it.each([
    ["/srv/a b/1.sql", "file:///srv/a%20b/1.sql"],
    ["C:/a/1.sql", "file:///C:/a/1.sql"],
  ])("%s stands for itself", (path, uri) => {
    expect(placeOf(path)?.artifactLocation).toEqual({ uri });
  });

  it("count columns in UTF-16 units, and a finding about a whole file is at its start", () => {
    const sql = "-- 💰\nSELECT '💰'; DROP TABLE a;\n";
    const at = spanOf(sql, "DROP TABLE a;");
    const value = report({ migrations: [migration({ path: "1.sql", findings: [finding({ path: "1.sql", ...at })] })] });
    expect(JSON.parse(textOf(value)).runs[0].columnKind).toBe("utf16CodeUnits");
    expect(runOf(value).results[0]?.locations[0].physicalLocation.region).toEqual({
      startLine: 2,
      startColumn: 14,
      endLine: 2,
      endColumn: 27,
    });
    expect(placeOf("1.sql")?.region).toEqual({ startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 });
  });
});

describe("fingerprints", () => {
  const path = "db/1.sql";
  /** The fingerprints of findings about these stretches of a file, in the order of the file. */
  const prints = (sql: string, ...stretches: readonly string[]): readonly string[] => {
    const findings = stretches.map((stretch) => finding({ path, rule: "drop-column", ...spanOf(sql, stretch) }));
    const statements = [...sql.matchAll(/\S[^;]*;/g)].map(([text]) => statement(spanOf(sql, text)));
    const value = report({ migrations: [migration({ path, statements, findings })] });
    return runOf(value, { [path]: sql }).results.map((result) => result.partialFingerprints.primaryLocationLineHash);
  };
  const drop = "ALTER TABLE users DROP COLUMN a;";
  const [print = ""] = prints(drop, "DROP COLUMN a");

  it("stay the same when the statement moves, is formatted anew, or gets a comment", () => {
    expect(print).toMatch(/^[0-9a-f]{32}:1$/);
    expect(prints(`SELECT 1;\n\n${drop}\n`, "DROP COLUMN a")).toEqual([print]);
    expect(prints("alter table users\r\n  drop column a;", "drop column a")).toEqual([print]);
    expect(prints("ALTER TABLE users /* 1 */ DROP -- 2\n COLUMN a;", "DROP -- 2\n COLUMN a")).toEqual([print]);
  });

  it("are others when the statement does something else", () => {
    expect(prints("ALTER TABLE users DROP COLUMN b;", "DROP COLUMN b")).not.toEqual([print]);
    expect(prints("ALTER TABLE orders DROP COLUMN a;", "DROP COLUMN a")).not.toEqual([print]);
    expect(prints('ALTER TABLE "Users" DROP COLUMN a;', "DROP COLUMN a")).not.toEqual(
      prints('ALTER TABLE "users" DROP COLUMN a;', "DROP COLUMN a"),
    );
  });

  it("tell the parts of one statement apart, and two of the same by their order", () => {
    const [a, b] = prints("ALTER TABLE users DROP COLUMN a, DROP COLUMN b;", "DROP COLUMN a", "DROP COLUMN b");
    expect(a).not.toBe(b);
    const twice = `${drop}\n${drop.replace("a;", "a; ")}`;
    const findings = [1, 2].map((line) => finding({ path, line, column: 19, endLine: line, endColumn: 32 }));
    const statements = [1, 2].map((line) => statement({ line, column: 1, endLine: line, endColumn: 33 }));
    const { results } = runOf(report({ migrations: [migration({ path, statements, findings })] }), { [path]: twice });
    expect(results.map((each) => each.partialFingerprints.primaryLocationLineHash)).toEqual([
      print,
      print.replace(/1$/, "2"),
    ]);
  });

  it("tell findings about comments apart by what these say", () => {
    const sql = "-- lockkeeper:allow a: x\nSELECT 1;\n-- lockkeeper:allow b:  x\n";
    const [a, b] = prints(sql, "-- lockkeeper:allow a: x", "-- lockkeeper:allow b:  x");
    expect(a).not.toBe(b);
    expect(b).toMatch(/:1$/);
    expect(prints("SELECT 1; -- lockkeeper:allow b: x", "-- lockkeeper:allow b: x")).toEqual([b]);
  });

  it("depend on the rule, and on the file where the finding is about all of it or its text cannot be had", () => {
    const of = (more: Parameters<typeof finding>[0], files = {}) =>
      runOf(report({ migrations: [migration({ path, findings: [finding({ path, ...more })] })] }), files).results[0]
        ?.partialFingerprints.primaryLocationLineHash;
    const gone = { line: 1, endLine: 1, column: 1, endColumn: 9 };
    const all = [of({}), of({ rule: "other" }), of({ path: "db/2.sql" }), of(gone), of({ ...gone, message: "Else." })];
    expect(new Set(all).size).toBe(all.length);
    expect(of({})).toBe(of({ message: "Said in other words." }));
  });
});

describe("hostile text", () => {
  it("stays text: the log is valid JSON, valid SARIF, and nothing in it acts where it is printed", () => {
    fc.assert(
      fc.property(hostileReport, (value) => {
        const migrations = value.migrations.map((each) => ({
          ...each,
          path: `m${each.path}`,
          findings: each.findings.map((of) => ({
            ...of,
            path: `m${of.path}`,
            rule: `r${of.rule}`,
            message: `It waits. ${of.message}`,
          })),
        }));
        const text = textOf({ ...value, migrations });
        expect(problems(JSON.parse(text))).toEqual([]);
        const { results } = JSON.parse(text).runs[0];
        for (const { message } of results) expect(message.text.replaceAll("\n", "")).not.toMatch(unseen);
        for (const line of text.trimEnd().split("\n")) {
          expect(line).not.toMatch(unseen);
          expect(line).not.toMatch(/^\s*::|##\[/);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe.skipIf(tool === null)("by Microsoft's validator with the rules of GitHub's ingestion", () => {
  it("there is nothing wrong with it", () => {
    const cwd = project({ "a.sarif": textOf(realistic) });
    const args = ["validate", "a.sarif", "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"];
    const { stdout } = spawnSync(join(tool ?? "", "Sarif.Multitool"), args, {
      cwd,
      encoding: "utf8",
      env: { DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1", TMPDIR: cwd, HOME: cwd },
    });
    expect(stdout).toContain("Analysis completed successfully.");
    // There is no public page of Lockkeeper to name yet.
    expect(
      stdout.split("\n").filter((line) => /: (?:error|warning) /.test(line) && !line.includes("SARIF2005")),
    ).toEqual([]);
  });
});
