import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { check } from "../../src/commands/check.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";
import { configSource } from "../../src/workspace/yaml.ts";
import { chains } from "./chains.ts";
import type { Runner } from "./expectation.ts";

/** The report of a chain, with the config that says who runs it. */
async function reportOf(directory: URL, runner: Runner) {
  const workspace = openWorkspace(fileURLToPath(new URL("..", directory)));
  const yaml = `version: 1\nmigrations:\n  - directory: migrations\n    applied-by: ${runner}\n`;
  const config = async () => configSource({ path: "lockkeeper.yml", bytes: Buffer.from(yaml) });
  const request = { paths: [], config: null, layout: null, postgres: null };
  return check(request, { workspace: { ...workspace, config } });
}

const runners: readonly Runner[] = ["tool", "lockkeeper"];

describe.each(chains)("the chain $name", ({ migrations, expected }) => {
  it.each(runners)("gets from Lockkeeper the verdicts written by hand, applied by %s", async (runner) => {
    const report = await reportOf(migrations, runner);
    const judged = report.migrations.map(({ path, version, verdict }) => ({ path, version, verdict }));
    expect(judged).toEqual(
      expected.migrations.map(({ path, version, verdict, down }) => ({
        path: `migrations/${path}`,
        version,
        // A way back that PostgreSQL refuses is a migration that cannot be undone: blocked too.
        verdict: down?.[runner].outcome === "blocked" ? "blocked" : verdict[runner].outcome,
      })),
    );
  });

  it("gets the class, the risk and the line of every statement", async () => {
    const report = await reportOf(migrations, "tool");
    for (const [i, { path, risk, statements }] of report.migrations.entries()) {
      const wanted = expected.migrations[i];
      const seen = statements.map((each) => ({ line: each.line, class: each.class, risk: each.risk }));
      expect({ path, risk, statements: seen }).toEqual({
        path,
        risk: wanted?.risk,
        statements: wanted?.statements.map((each) => ({ ...each })),
      });
    }
  });

  it.each(runners)("has a finding with the place of what PostgreSQL refuses, applied by %s", async (runner) => {
    const report = await reportOf(migrations, runner);
    const blocking = report.migrations.flatMap(({ findings }) => findings.filter(({ blocks }) => blocks));
    for (const { path, verdict, down } of expected.migrations) {
      const refusals = [
        { path: `migrations/${path}`, expected: verdict[runner] },
        { path: `migrations/${path.replace(".up.sql", ".down.sql")}`, expected: down?.[runner] ?? null },
      ];
      for (const { path: file, expected: refusal } of refusals) {
        if (refusal?.outcome !== "blocked") continue;
        const lines = blocking.filter((finding) => finding.path === file).map(({ line }) => line);
        // A syntax error is shown at the token that PostgreSQL names.
        expect(lines, file).toContain(refusal.errorLine ?? refusal.line);
      }
    }
  });
});
