import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { project } from "../workspace/project.ts";
import { chain, coverageIn, errorOf, findingsIn, lockkeeper, verdictIn } from "./cli.ts";

const passing = { "db/migrations/001_a.sql": "CREATE TABLE a (x int);\n" };

describe("a path that is not there", () => {
  test("is answered with the nearest name that is", async () => {
    const run = await lockkeeper(["check", "db/migratons"], { cwd: project(chain) });
    expect(errorOf(run)).toEqual([
      "There is no file or directory db/migratons.",
      "  What to do: did you mean db/migrations?",
      "  Code: path-missing",
    ]);
  });

  test("names the part that is wrong in the middle of a long one, and the whole path that was meant", async () => {
    const run = await lockkeeper(["check", "db/migratons/000003_drop_users.up.sql"], { cwd: project(chain) });
    expect(errorOf(run)).toEqual([
      "There is no file or directory db/migratons.",
      "  The path asked for is db/migratons/000003_drop_users.up.sql.",
      "  What to do: did you mean db/migrations/000003_drop_users.up.sql?",
      "  Code: path-missing",
    ]);
  });

  test("names what it can where two parts are wrong", async () => {
    const run = await lockkeeper(["check", "db/migratons/000009_other.up.sql"], { cwd: project(chain) });
    expect(errorOf(run)).toContain("  What to do: did you mean db/migrations?");
  });

  test("guesses a file by the beginning of its name", async () => {
    const run = await lockkeeper(["check", "db/migrations/000003"], { cwd: project(chain) });
    expect(errorOf(run)).toContain("  What to do: did you mean db/migrations/000003_drop_users.up.sql?");
  });

  test("is not guessed at where nothing is like it", async () => {
    const run = await lockkeeper(["check", "elsewhere/entirely"], { cwd: project(chain) });
    expect(errorOf(run)).toEqual([
      "There is no file or directory elsewhere.",
      "  The path asked for is elsewhere/entirely.",
      "  What to do: name a directory of migrations or an SQL file.",
      "  Code: path-missing",
    ]);
  });

  test("in the config is said to be the config's", async () => {
    const config = "version: 1\nmigrations:\n  - directory: db/migratons\n";
    const run = await lockkeeper(["check"], { cwd: project({ ...chain, ".github/lockkeeper.yml": config }) });
    expect(errorOf(run)).toEqual([
      "There is no file or directory db/migratons.",
      "  It is named in .github/lockkeeper.yml.",
      "  What to do: did you mean db/migrations?",
      "  Code: path-missing",
    ]);
  });

  test("that is empty, as from a variable that is not set, is no path", async () => {
    const run = await lockkeeper(["check", "db/migrations", ""], { cwd: project(chain) });
    expect(errorOf(run)[0]).toBe("One of the paths is empty.");
  });
});

describe("a path with nothing to check", () => {
  test("says so in the words of the coverage line", async () => {
    const cwd = project();
    mkdirSync(join(cwd, "empty"));
    const run = await lockkeeper(["check", "empty"], { cwd });
    expect(errorOf(run)).toEqual([
      "There are no migrations in empty.",
      "  Checked: 0 files",
      "  What to do: name the directory that holds the .sql files; sub-directories are not searched.",
      "  Code: nothing-to-check",
    ]);
  });

  test("does not hide beside one that has something", async () => {
    const cwd = project(passing);
    mkdirSync(join(cwd, "empty"));
    expect(errorOf(await lockkeeper(["check", "db/migrations", "empty"], { cwd }))).toContain("  Checked: 0 files");
  });

  test("names the directory below it that was meant", async () => {
    const above = await lockkeeper(["check", "db"], { cwd: project(chain) });
    expect(errorOf(above)).toContain("  What to do: did you mean db/migrations? Sub-directories are not searched.");
    const top = await lockkeeper(["check", "."], { cwd: project(chain) });
    expect(errorOf(top)).toEqual([
      "There are no migrations in the current directory.",
      "  Checked: 0 files",
      "  What to do: did you mean db/migrations? Sub-directories are not searched.",
      "  Code: nothing-to-check",
    ]);
  });

  test("with SQL files that no tool takes for migrations names them", async () => {
    const cwd = project({ "sql/report.sql": "SELECT 1;\n", "sql/other.sql": "SELECT 1;\n" });
    const error = errorOf(await lockkeeper(["check", "sql"], { cwd }));
    expect(error[0]).toBe("None of the 2 SQL files in sql has the name of a migration.");
    expect(error[1]).toBe("  Found: other.sql and report.sql.");
    expect(error.at(-1)).toBe("  Code: layout-unknown");
  });

  test("that is a file of another kind is not taken for SQL", async () => {
    const run = await lockkeeper(["check", "README.md"], { cwd: project({ "README.md": "# Hello\n" }) });
    expect(errorOf(run)[0]).toBe("README.md is not an SQL file: its name does not end in .sql.");
  });

  test("where nothing is named says where it looked", async () => {
    const run = await lockkeeper(["check"], { cwd: project({ "README.md": "# Hello\n" }) });
    expect(errorOf(run)).toContain("  Looked for: migrations, db/migrations, database/migrations, sql/migrations.");
    expect(errorOf(run)).toContain("  Checked: 0 files");
  });
});

describe("paths that are there", () => {
  test("without one, the usual directories are found", async () => {
    const run = await lockkeeper(["check"], { cwd: project(passing) });
    expect(run.status).toBe(0);
    expect(coverageIn(run)).toMatch(/^Checked: 1 file, /);
  });

  test("a directory and a file in it are checked once", async () => {
    const cwd = project(chain);
    const alone = await lockkeeper(["check", "db/migrations"], { cwd });
    const file = "db/migrations/000003_drop_users.up.sql";
    const ways = [
      ["db/migrations", file],
      [file, "db/migrations"],
      [file, join(cwd, "db/migrations"), "./db/migrations/"],
    ];
    for (const paths of ways) expect(await lockkeeper(["check", ...paths], { cwd })).toEqual(alone);
  });

  test("several files of a directory share its history, and only they are judged", async () => {
    const cwd = project(chain);
    const paths = ["db/migrations/000003_drop_users.up.sql", "db/migrations/000001_create_users.up.sql"];
    const run = await lockkeeper(["check", ...paths], { cwd });
    expect(findingsIn(run)).toEqual(["db/migrations/000003_drop_users.up.sql:2:1  critical  drop-table"]);
    expect(coverageIn(run)).toMatch(/^Checked: 4 files, 5 statements/);
  });

  test("several directories are one report", async () => {
    const cwd = project({ ...chain, "billing/001_a.sql": "CREATE TABLE a (x int);\n" });
    const run = await lockkeeper(["check", "billing", "db/migrations"], { cwd });
    expect(verdictIn(run)).toBe("Verdict: needs approval (critical).");
    expect(coverageIn(run)).toMatch(/^Checked: 7 files, 8 statements/);
  });

  test("the current directory is the same chain as its path", async () => {
    const cwd = join(project(chain), "db/migrations");
    const run = await lockkeeper(["check", "."], { cwd });
    expect(findingsIn(run)).toEqual([
      "000002_index_users.up.sql:1:1  high  create-index-concurrently",
      "000003_drop_users.up.sql:2:1  critical  drop-table",
    ]);
  });

  test("an absolute path into the project reads as the relative one, one out of it as it is", async () => {
    const cwd = project(chain);
    const inside = await lockkeeper(["check", join(cwd, "db/migrations/")], { cwd });
    expect(inside).toEqual(await lockkeeper(["check", "db/migrations"], { cwd }));
    const outside = await lockkeeper(["check", join(cwd, "db/migrations")], { cwd: project() });
    expect(outside.stdout).toContain(`${cwd}/db/migrations/000002_index_users.up.sql:1:1`);
    expect(outside.status).toBe(1);
    const beside = await lockkeeper(["check", "../migrations"], { cwd: join(cwd, "db/migrations") });
    expect(findingsIn(beside)).toHaveLength(2);
  });

  test("spaces and Korean are names like others", async () => {
    const cwd = project({ "내 데이터/마이그레이션/001_회사 테이블.sql": "DROP TABLE 회사;\n" });
    const run = await lockkeeper(["check", "내 데이터/마이그레이션"], { cwd });
    expect(findingsIn(run)).toEqual(["내 데이터/마이그레이션/001_회사 테이블.sql:1:1  critical  drop-table"]);
    expect(run.stdout).toContain("  1 │ DROP TABLE 회사;\n    │ ━━━━━━━━━━━━━━━\n");
    expect(run.stdout).toMatch(/ALTER TABLE "?회사"? RENAME TO "?회사_unused"?;/);
  });

  test("a single file without a number is judged by itself", async () => {
    const cwd = project({ "sql/add.sql": "CREATE TABLE a (x int);\n", "sql/drop.sql": "DROP TABLE a;\n" });
    expect((await lockkeeper(["check", "sql/add.sql"], { cwd })).status).toBe(0);
    const both = await lockkeeper(["check", "sql/add.sql", "sql/drop.sql"], { cwd });
    expect(findingsIn(both)).toEqual(["sql/drop.sql:1:1  critical  drop-table"]);
  });

  test("a file that its tool would not take is judged all the same when it is asked for", async () => {
    const cwd = project({ ...chain, "db/migrations/fix.sql": "DROP TABLE users;\n" });
    const file = await lockkeeper(["check", "db/migrations/fix.sql"], { cwd });
    expect(findingsIn(file)).toEqual([
      "db/migrations/fix.sql:1:1  critical  drop-table",
      "db/migrations/fix.sql:1:1  medium  unrecognised-file",
    ]);
    // In the directory's own report it does nothing, because nothing applies it.
    const directory = await lockkeeper(["check", "db/migrations"], { cwd });
    expect(findingsIn(directory).filter((line) => line.includes("fix.sql"))).toEqual([
      "db/migrations/fix.sql:1:1  medium  unrecognised-file",
    ]);
  });

  test("other files of the directory are named as no migrations", async () => {
    const cwd = project({ ...passing, "db/migrations/README.md": "Read me.\n", "db/migrations/seed.csv": "1\n" });
    const run = await lockkeeper(["check", "db/migrations"], { cwd });
    expect(run.status).toBe(0);
    expect(run.stdout).toContain("Not migrations: db/migrations/README.md, db/migrations/seed.csv\n");
  });

  test("a directory that is a link out of the project is refused", async () => {
    const elsewhere = project({ "001_secret.sql": "SELECT 'secret';\n" });
    const cwd = project();
    symlinkSync(elsewhere, join(cwd, "migrations"));
    const error = errorOf(await lockkeeper(["check", "migrations"], { cwd })).join("\n");
    expect(error).toContain(
      "migrations cannot be read.\n  It is reached by a symbolic link that leads out of the project",
    );
    expect(error).not.toContain("001_secret");
  });
});
