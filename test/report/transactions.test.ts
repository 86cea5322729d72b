import { describe, expect, it } from "vitest";
import { check } from "../../src/commands/check.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";
import { project } from "../workspace/project.ts";

const config = (appliedBy: string) =>
  `version: 1\nmigrations: [{ directory: migrations, layout: golang-migrate, applied-by: ${appliedBy} }]\n`;

/** The transactions of the statements of one file. */
async function transactions(sql: string, appliedBy: string): Promise<readonly (number | null)[]> {
  const directory = project({ "migrations/1_a.up.sql": sql, ".github/lockkeeper.yml": config(appliedBy) });
  const request = { paths: [], config: null, layout: null, postgres: null, failOn: null };
  const { migrations } = await check(request, { workspace: openWorkspace(directory) });
  return migrations.flatMap(({ statements }) => statements.map(({ transaction }) => transaction));
}

const own = "CREATE TABLE a (x int);\nSELECT 1;\n";
const apart =
  "BEGIN; CREATE TABLE a (x int); COMMIT;\nCREATE INDEX CONCURRENTLY ON b (x);\nBEGIN; SELECT 1; ROLLBACK;\n";

describe("the report says which transaction a statement runs in", () => {
  it("a file that is sent as one string, or in one transaction, is one", async () => {
    expect(await transactions(own, "tool")).toEqual([1, 1]);
    expect(await transactions(own, "lockkeeper")).toEqual([1, 1]);
  });

  it("what the file itself begins and ends, and what stands between", async () => {
    expect(await transactions(apart, "lockkeeper")).toEqual([1, 1, 1, null, 2, 2, 2]);
  });

  it("a statement that is sent alone has none with others", async () => {
    expect(await transactions("CREATE INDEX CONCURRENTLY ON b (x);\n", "tool")).toEqual([null]);
    expect(await transactions("-- lockkeeper:no-transaction\n\nSELECT 1;\nSELECT 2;\n", "lockkeeper")).toEqual([
      null,
      null,
    ]);
  });
});
