import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { describe, expect, test } from "vitest";
import { chain } from "../cli/cli.ts";
import { type Ended, step } from "./runner.ts";

const pass = { "db/migrations/001_a.sql": "CREATE TABLE a (x int);\n" };
const broken = { ...chain, "db/migrations/000004_broken.up.sql": "ALTER TABLE orders ADD COLUMN a int,;\n" };

const errorsOf = ({ issues }: Ended) => issues.filter(({ level }) => level === "error").map(({ message }) => message);
const verdictOf = ({ log }: Ended) => log.split("\n").find((line) => line.startsWith("Verdict: "));
/** The message with which the step fails, by lines. */
const failureOf = (ended: Ended) =>
  ended.issues.find(({ level, file }) => level === "error" && file === null)?.message.split("\n");

describe("a step whose migrations pass", () => {
  test("is green, with the report in the log and the outputs set", async () => {
    const ended = await step({ files: pass });
    expect(ended.status).toBe(0);
    expect(errorsOf(ended)).toEqual([]);
    expect(verdictOf(ended)).toBe("Verdict: pass (low).");
    expect(ended.outputs).toEqual({
      risk: "low",
      verdict: "pass",
      gate: "open",
      findings: "0",
      pending: "1",
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      "backup-required": "false",
      deploy: "automatic",
      report: expect.any(String),
    });
  });

  test("is green at a critical risk too, where the config blocks nothing", async () => {
    const ended = await step({
      files: { ...chain, ".github/lockkeeper.yml": "version: 1\npolicy:\n  fail-on: never\n" },
    });
    expect(ended.status).toBe(0);
    expect(ended.outputs).toMatchObject({ risk: "critical", verdict: "pass" });
  });
});

describe("a step whose migrations need approval", () => {
  test("fails with the verdict, the first reasons and what the policy asks", async () => {
    const ended = await step({ files: chain });
    expect(ended.status).toBe(1);
    expect(failureOf(ended)).toEqual([
      "Migrations need approval (critical).",
      "  drop-table at db/migrations/000003_drop_users.up.sql:2 (critical)",
      "  create-index-concurrently at db/migrations/000002_index_users.up.sql:1 (high)",
      "The policy asks: 2 approvals, backup required, deployed by hand.",
    ]);
    expect(verdictOf(ended)).toBe("Verdict: needs approval (critical).");
    expect(ended.outputs).toMatchObject({ risk: "critical", verdict: "needs-approval", findings: "2" });
  });

  test("counts the reasons that do not fit", async () => {
    const statements = Array.from({ length: 9 }, (_, i) => `DROP TABLE t${i};\n`).join("");
    const ended = await step({ files: { "migrations/001_a.sql": statements } });
    expect(failureOf(ended)).toContain("  and 4 more");
  });
});

describe("a step whose migrations are blocked", () => {
  test("fails and says that no approval helps", async () => {
    const ended = await step({ files: broken });
    expect(ended.status).toBe(1);
    expect(failureOf(ended)?.slice(0, 2)).toEqual([
      "Migrations are blocked (critical): no approval opens the gate.",
      "  syntax-error at db/migrations/000004_broken.up.sql:1",
    ]);
    expect(ended.outputs).toMatchObject({ verdict: "blocked" });
  });
});

describe("every step that judges", () => {
  test.each([
    ["pass", pass],
    ["needs-approval", chain],
    ["blocked", broken],
  ])("%s: fails with one message at most, and names the JSON report, which says the same", async (verdict, files) => {
    const ended = await step({ files });
    const failures = ended.issues.filter(({ level, file }) => level === "error" && file === null);
    expect(failures).toHaveLength(verdict === "pass" ? 0 : 1);
    const { report = "", risk, findings } = ended.outputs;
    expect(isAbsolute(report)).toBe(true);
    expect(report.startsWith(ended.temporary)).toBe(true);
    const json = JSON.parse(readFileSync(report, "utf8"));
    expect(json).toMatchObject({ schema: 1, risk, verdict: { outcome: verdict } });
    expect(json.migrations.flatMap((migration: { findings: unknown[] }) => migration.findings)).toHaveLength(
      Number(findings),
    );
  });

  test("shows the log in colours, unless NO_COLOR is set", async () => {
    expect((await step({ files: chain })).raw).toContain("\u001b[1;31mcritical\u001b[0m");
    expect((await step({ files: chain, env: { NO_COLOR: "1" } })).raw).not.toContain("\u001b");
  });
});

describe("the same check as the command line's", () => {
  test("by the config, the layout, the server and the paths that the inputs name", async () => {
    const files = {
      "m/1_a.sql": "CREATE TABLE a (x int);\n",
      "m/2_b.sql": "ALTER TABLE a ALTER COLUMN x SET NOT NULL;\n",
      "other/1_c.sql": "CREATE TABLE c (x int);\n",
      "ci/strict.yml": "version: 1\n",
    };
    const asked = { config: "ci/strict.yml", layout: "plain", postgres: "15", rehearse: "off" };
    const ended = await step({ files, with: { ...asked, path: "m\n\n  ./other/  \nm/2_b.sql\n" } });
    expect(ended.log).toContain("CHECK (x IS NOT NULL) NOT VALID");
    expect(ended.log).toContain("Judged for PostgreSQL 15, by ci/strict.yml.");
    expect(ended.log).toMatch(/^Checked: 3 files, 3 statements /m);
  });

  test("from the risk on that fail-on names, whatever the config says", async () => {
    const verdict = async (inConfig: string, failOn: string) => {
      const config = `version: 1\npolicy:\n  fail-on: ${inConfig}\n`;
      const files = { ...chain, ".github/lockkeeper.yml": config };
      return (await step({ files, with: { "fail-on": failOn } })).outputs.verdict;
    };
    expect(await verdict("never", "")).toBe("pass");
    expect(await verdict("never", "critical")).toBe("needs-approval");
    expect(await verdict("low", "never")).toBe("pass");
  });

  test("of the directories that the config names, where no path is written", async () => {
    const config = "version: 1\nmigrations:\n  - directory: sql/changes\n";
    const files = { "sql/changes/1_a.sql": "CREATE TABLE a (x int);\n", ".github/lockkeeper.yml": config };
    expect((await step({ files })).outputs).toMatchObject({ verdict: "pass" });
  });
});

describe("a working directory", () => {
  const files = {
    "services/api/migrations/1_a.sql": "DROP TABLE a;\n",
    "services/api/.github/lockkeeper.yml": "version: 1\n",
  };

  test("is where paths and the config start; files are named from the root of the repository", async () => {
    const ended = await step({ files, with: { "working-directory": "services/api" } });
    expect(ended.log).toMatch(/^services\/api\/migrations\/1_a\.sql:1:1 {2}critical {2}drop-table$/m);
    // The line of the file itself, so it was found under its longer name.
    expect(ended.log).toContain("1 │ DROP TABLE a;");
    expect(ended.log).toContain("by services/api/.github/lockkeeper.yml.");
    expect(failureOf(ended)).toContain("  drop-table at services/api/migrations/1_a.sql:1 (critical)");
    const json = JSON.parse(readFileSync(ended.outputs.report ?? "", "utf8"));
    expect(json.migrations[0]).toMatchObject({ path: "services/api/migrations/1_a.sql" });
  });

  test("with a checkout of its own gives the names that this repository has", async () => {
    const checkedOutBelow = { ...files, "services/api/.git/config": "[core]\n" };
    const ended = await step({ files: checkedOutBelow, with: { "working-directory": "services/api" } });
    expect(failureOf(ended)).toContain("  drop-table at migrations/1_a.sql:1 (critical)");
  });
});
