import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { check } from "../../src/commands/check.ts";
import { newMigration } from "../../src/commands/new.ts";
import { openMaker } from "../../src/workspace/make.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";
import { project } from "../workspace/project.ts";

const fixtures = fileURLToPath(new URL("../fixtures/layouts/", import.meta.url));

/** A copy of what the tool laid out, so that a test may write into it. */
function laidOut(layout: string): string {
  const cwd = project();
  cpSync(join(fixtures, layout), cwd, { recursive: true });
  return cwd;
}

/** Each tool's own project: its directory, its files in order, and whether the index built with CONCURRENTLY in the last is refused. */
const projects: readonly (readonly [string, string, readonly string[], boolean])[] = [
  ["dbmate", "db/migrations", ["create_users.sql", "index users.sql"], false],
  ["sql-migrate", "migrations", ["create_users.sql", "index users.sql"], false],
  ["node-pg-migrate", "migrations", ["create-users.sql", "index-users.sql"], true],
  ["supabase", "supabase/migrations", ["create_users.sql", "index users.sql"], false],
  ["drizzle", "drizzle", ["0000_create_users.sql", "0001_index users.sql"], true],
  ["prisma", "prisma/migrations", ["0_init/migration.sql"], false],
];

test("every project has a case, and says which version of the tool made it", () => {
  const there = readdirSync(fixtures).filter((name) => !name.endsWith(".json"));
  expect(there.sort()).toEqual(projects.map(([layout]) => layout).sort());
  for (const layout of there)
    expect(readFileSync(join(fixtures, layout, "made-by.txt"), "utf8")).toMatch(/ \d+\.\d+(?:\.\d+|~git\d+\.\w+)\n$/);
});

describe.each(projects)("what %s lays out", (layout, directory, files, isRefused) => {
  test("is found by itself, in order, and judged by how the tool sends it", async () => {
    const report = await check(
      { paths: [directory], config: null, layout: null, postgres: null },
      { workspace: openWorkspace(laidOut(layout)) },
    );
    expect(report.migrations).toHaveLength(files.length);
    for (const [i, name] of files.entries()) expect(report.migrations[i]?.path.endsWith(name)).toBe(true);
    expect(report.coverage.statements).toBeGreaterThan(0);
    expect(report.coverage.opaque).toBe(0);
    const blocked = report.migrations.flatMap(({ findings }) =>
      findings.filter(({ rule }) => rule === "cannot-run-in-transaction"),
    );
    expect(blocked.length > 0).toBe(isRefused);
    // Every file of theirs is known: none is told to be no migration.
    const strange = report.migrations.flatMap(({ findings }) =>
      findings.filter(({ rule }) => rule === "unrecognised-file"),
    );
    expect(strange).toEqual([]);
  });

  test.skipIf(layout === "drizzle")(
    "gets its next one from lockkeeper new (Drizzle's own command writes it there)",
    async () => {
      const cwd = laidOut(layout);
      const { paths } = await newMigration(
        { name: "add email", directory, config: null, layout: null },
        { workspace: openWorkspace(cwd), maker: openMaker(cwd), now: new Date("2027-01-01T00:00:00Z") },
      );
      const report = await check(
        { paths: [directory], config: null, layout: null, postgres: null },
        { workspace: openWorkspace(cwd) },
      );
      expect(report.migrations.at(-1)?.path).toBe(paths[0]);
    },
  );
});
