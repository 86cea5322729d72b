import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { check } from "../../src/commands/check.ts";
import { below } from "../../src/commands/target.ts";
import { discover } from "../../src/migrations/discover.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";
import { project } from "../workspace/project.ts";

/** What scripts/layout-runs.ts wrote down: the tools themselves applied these files to a real server. */
interface Run {
  readonly layout: string;
  readonly tool: string;
  readonly case: string;
  readonly directory: string;
  readonly files: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, string>>;
  readonly directories: readonly string[];
  readonly failed: boolean;
  readonly made: readonly string[];
}

const runs: readonly Run[] = JSON.parse(
  readFileSync(new URL("../fixtures/layouts/runs.json", import.meta.url), "utf8"),
);

function laidOut({ files, links, directories }: Run): string {
  const cwd = project(files);
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(cwd, path));
  for (const path of directories) mkdirSync(join(cwd, path));
  return cwd;
}

function found(run: Run) {
  const workspace = openWorkspace(laidOut(run));
  const listing = workspace.look(run.directory);
  if (listing.kind !== "directory") throw new Error("the directory is not there");
  const discovered = discover(run.directory, listing.entries, null, below(workspace));
  if (discovered === null) throw new Error("no migrations were found");
  const text = (path: string | null): string => below(workspace).text(path ?? "") ?? "";
  const tables = discovered.migrations.map(({ up }) => /CREATE TABLE (\w+)/.exec(text(up))?.[1] ?? "");
  return { ...discovered, tables };
}

const about = ({ tool, case: name }: Run) => [tool, name] as const;
const named = (run: Run) => /\bnames?\b|ending/.test(run.case);

test("there are runs of every tool that npm or Debian has", () => {
  expect([...new Set(runs.map(({ layout }) => layout))].sort()).toEqual([
    "dbmate",
    "drizzle",
    "node-pg-migrate",
    "prisma",
    "sql-migrate",
    "supabase",
  ]);
  expect(runs.length).toBeGreaterThan(60);
});

describe("the names", () => {
  test.each(runs.map((run) => [...about(run), run] as const))("%s: %s: the layout is found", (_tool, _case, run) => {
    expect(found(run).layout).toBe(run.layout);
  });

  const done = runs.filter((run) => named(run) && !run.failed);
  test.each(done.map((run) => [...about(run), run] as const))(
    "%s: %s: what it applied is found, in its order, and no more",
    (_tool, _case, run) => {
      expect(found(run).tables).toEqual(run.made);
    },
  );

  const left = done.filter((run) => Object.keys(run.files).length + run.directories.length > run.made.length + 1);
  test.each(left.map((run) => [...about(run), run] as const))(
    "%s: %s: what it left out is told",
    (_tool, _case, run) => {
      expect(found(run).problems.length).toBeGreaterThan(0);
    },
  );
});

/** Where a finding tells it, and nothing blocks. */
const onlyTold: Readonly<Record<string, string>> = {
  // The tool stops at the file before PostgreSQL sees anything.
  "node-pg-migrate: a name without a number": "unrecognised-file",
  "prisma: an ending in capitals": "unrecognised-file",
  // What stands in the file is done; the tool then stumbles over the transaction that is gone, and records nothing.
  "dbmate: BEGIN of its own": "commit-in-tool-transaction",
  // The same, and it records the migration: it only ends with an error.
  "sql-migrate: CONCURRENTLY after COMMIT": "commit-in-tool-transaction",
  "sql-migrate: BEGIN of its own": "commit-in-tool-transaction",
};

describe("the transactions", () => {
  test.each(runs.map((run) => [...about(run), run] as const))(
    "%s: %s: what it refused is blocked, and nothing else",
    async (_tool, _case, run) => {
      const cwd = laidOut(run);
      const report = await check(
        { paths: [run.directory], config: null, layout: null, postgres: null },
        { workspace: openWorkspace(cwd) },
      );
      const isBlocked = report.verdict.outcome === "blocked";
      const told = onlyTold[`${run.layout}: ${run.case}`];
      const rules = report.migrations.flatMap(({ findings }) => findings.map(({ rule }) => rule));
      if (told !== undefined) expect([run.failed, isBlocked, rules.includes(told)]).toEqual([true, false, true]);
      // The tools pass over a directory with the name of a file; somebody meant it for one.
      else if (run.directories.length > 0) expect([isBlocked, rules.includes("unreadable-file")]).toEqual([true, true]);
      else expect(isBlocked).toBe(run.failed);
    },
  );
});
