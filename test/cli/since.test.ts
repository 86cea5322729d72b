import { execFileSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Repository, repositoryIn } from "../support/repository.ts";
import { project } from "../workspace/project.ts";
import { chain, coverageIn, errorOf, findingsIn, lockkeeper, verdictIn } from "./cli.ts";

/** A repository whose main has the chain, on a branch of its own. */
function onBranch(): Repository {
  const repository = repositoryIn(project());
  repository.commit(chain);
  repository.git("checkout", "--quiet", "-b", "work");
  return repository;
}

const check = (repository: Repository, ...args: readonly string[]) =>
  lockkeeper(["check", "db/migrations", "--since", "main", ...args], {
    cwd: repository.directory,
    env: { PATH: process.env.PATH ?? "" },
  });

describe("what is pending", () => {
  test("is nothing on a branch that changes no migration, and that passes in so many words", async () => {
    const repository = onBranch();
    repository.commit({ "README.md": "# Shop\n" });
    const run = await check(repository);
    expect(run.status).toBe(0);
    expect(verdictIn(run)).toBe("Verdict: pass. No pending migrations.");
    expect(coverageIn(run)).toBe("Checked: 0 files");
  });

  test("is one set: what the first file makes is new for the second, what the base has is in use", async () => {
    const repository = onBranch();
    repository.commit({
      "db/migrations/000004_notes.up.sql": "CREATE TABLE notes (id bigint PRIMARY KEY, body text);\n",
      "db/migrations/000004_notes.down.sql": "DROP TABLE notes;\n",
      "db/migrations/000005_index.up.sql":
        "CREATE INDEX notes_body ON notes (body);\nCREATE INDEX orders_x ON orders (x);\n",
      "db/migrations/000005_index.down.sql": "DROP INDEX orders_x;\nDROP INDEX notes_body;\n",
    });
    const run = await check(repository);
    expect(findingsIn(run)).toEqual(["db/migrations/000005_index.up.sql:2:1  high  create-index-concurrently"]);
    expect(coverageIn(run)).toMatch(/^Checked: 4 files, 6 statements/);
  });

  test("takes what is not committed yet", async () => {
    const repository = onBranch();
    writeFileSync(join(repository.directory, "db/migrations/000004_x.up.sql"), "DROP TABLE orders;\n");
    expect(findingsIn(await check(repository))).toContain("db/migrations/000004_x.up.sql:1:1  critical  drop-table");
  });

  test("is counted from where the branch began: what main got meanwhile is no deletion", async () => {
    const repository = onBranch();
    repository.commit({ "db/migrations/000005_mine.up.sql": "CREATE TABLE mine (id bigint);\n" });
    repository.git("checkout", "--quiet", "main");
    repository.commit({ "db/migrations/000004_theirs.up.sql": "CREATE TABLE theirs (id bigint);\n" });
    repository.git("checkout", "--quiet", "work");
    const run = await check(repository);
    expect(findingsIn(run)).toEqual(["db/migrations/000005_mine.up.sql:1:1  low  missing-down"]);
    expect(run.status).toBe(0);
  });

  test("is found from a directory below, and with another line end than in the commit", async () => {
    const repository = onBranch();
    const [name] = Object.keys(chain);
    writeFileSync(
      join(repository.directory, name ?? ""),
      (chain["db/migrations/000001_create_users.up.sql"] ?? "").replaceAll("\n", "\r\n"),
    );
    const run = await lockkeeper(["check", "migrations", "--since", "main"], {
      cwd: join(repository.directory, "db"),
      env: { PATH: process.env.PATH ?? "" },
    });
    expect(verdictIn(run)).toBe("Verdict: pass. No pending migrations.");
  });

  test("is in JSON with the commit that it was compared with, and one digest for the same SQL", async () => {
    const repository = onBranch();
    repository.commit({ "db/migrations/000004_a.up.sql": "CREATE TABLE a (id bigint);\n" });
    const first = JSON.parse((await check(repository, "--format", "json")).stdout);
    expect(first.base).toBe(repository.git("rev-parse", "main"));
    repository.commit({ "db/migrations/000004_a.up.sql": "CREATE TABLE a (id bigint);\r\n" });
    const second = JSON.parse((await check(repository, "--format", "json")).stdout);
    repository.commit({ "db/migrations/000004_a.up.sql": "CREATE TABLE a (id int);\n" });
    const third = JSON.parse((await check(repository, "--format", "json")).stdout);
    expect([second.digest === first.digest, third.digest === first.digest]).toEqual([true, false]);
  });
});

describe("what was merged before", () => {
  test.each([
    [
      "edited",
      (each: Repository) => each.commit({ "db/migrations/000002_index_users.up.sql": "SELECT 1;\n" }),
      "db/migrations/000002_index_users.up.sql:1:1  blocked  edited-migration",
    ],
    [
      "renamed",
      ({ git }: Repository) =>
        git("mv", "db/migrations/000003_drop_users.up.sql", "db/migrations/000004_drop_users.up.sql"),
      "db/migrations/000004_drop_users.up.sql:1:1  blocked  renamed-migration",
    ],
    [
      "deleted",
      (each: Repository) => each.commit({ "db/migrations/000003_drop_users.up.sql": null }),
      "db/migrations/000003_drop_users.up.sql:1:1  blocked  deleted-migration",
    ],
  ])("is blocked when it is %s", async (_, change, finding) => {
    const repository = onBranch();
    change(repository);
    const run = await check(repository);
    expect(findingsIn(run)).toContain(finding);
    expect(run.status).toBe(1);
    expect(verdictIn(run)).toMatch(/^Verdict: blocked/);
  });

  test("is history as the base has it, not as it stands now", async () => {
    const repository = repositoryIn(project());
    repository.commit({ "db/migrations/1_users.up.sql": "CREATE TABLE users (email text);\n" });
    repository.git("checkout", "--quiet", "-b", "work");
    // Wider is harmless for varchar(10); text becomes narrower, which rewrites the table.
    repository.commit({
      "db/migrations/1_users.up.sql": "CREATE TABLE users (email varchar(10));\n",
      "db/migrations/2_wider.up.sql": "ALTER TABLE users ALTER COLUMN email TYPE varchar(20);\n",
    });
    expect(findingsIn(await check(repository))).toContain("db/migrations/2_wider.up.sql:1:1  high  change-column-type");
  });

  test("by another branch with a higher version blocks the lower one", async () => {
    const repository = onBranch();
    repository.git("checkout", "--quiet", "main");
    repository.commit({ "db/migrations/000009_theirs.up.sql": "CREATE TABLE theirs (id bigint);\n" });
    repository.git("checkout", "--quiet", "-b", "late");
    repository.commit({ "db/migrations/000005_mine.up.sql": "CREATE TABLE mine (id bigint);\n" });
    expect(findingsIn(await check(repository))).toContain(
      "db/migrations/000005_mine.up.sql:1:1  blocked  out-of-order-version",
    );
  });
});

describe("what cannot be told is an error, never an open gate", () => {
  const env = { PATH: process.env.PATH ?? "" };

  test("no repository", async () => {
    const run = await lockkeeper(["check", "--since", "main", "db/migrations"], { cwd: project(chain), env });
    expect(errorOf(run)[0]).toBe("There is no git repository here, and --since needs one.");
  });

  test("no git", async () => {
    const run = await lockkeeper(["check", "--since", "main", "db/migrations"], {
      cwd: project(chain),
      env: { PATH: "/nowhere" },
    });
    expect(errorOf(run)[0]).toBe("git is needed to compare with a commit: there is no program git here.");
  });

  test("no such branch, with the one that was meant", async () => {
    const { directory } = onBranch();
    const run = await lockkeeper(["check", "--since", "mian", "db/migrations"], { cwd: directory, env });
    expect(errorOf(run)).toEqual([
      "This repository has no commit mian.",
      "  What to do: did you mean main?",
      "  Code: since-unknown",
    ]);
  });

  test("a reference that looks like an option", async () => {
    const { directory } = onBranch();
    const run = await lockkeeper(["check", "--since=--output=x", "db/migrations"], { cwd: directory, env });
    expect(errorOf(run)[0]).toBe("This repository has no commit --output=x.");
  });

  test("a shallow clone", async () => {
    const repository = onBranch();
    repository.commit({ "db/migrations/000004_a.up.sql": "CREATE TABLE a (id bigint);\n" });
    const clone = join(project(), "clone");
    execFileSync(
      "git",
      ["clone", "--quiet", "--depth=1", "--no-single-branch", `file://${repository.directory}`, clone],
      {
        stdio: "ignore",
      },
    );
    const run = await lockkeeper(["check", "--since", "origin/main", "db/migrations"], { cwd: clone, env });
    const lines = errorOf(run);
    expect(lines[0]).toBe("HEAD and origin/main have no commit in common here.");
    expect(lines[1]).toMatch(/shallow/);
    expect(lines.at(-1)).toBe("  Code: merge-base-missing");
  });

  test("branches that have nothing in common", async () => {
    const repository = onBranch();
    repository.git("checkout", "--quiet", "--orphan", "other");
    repository.commit({ "README.md": "# Another beginning\n" });
    const run = await check(repository);
    expect(errorOf(run).at(-1)).toBe("  Code: merge-base-missing");
  });

  test("a directory outside the repository", async () => {
    const { directory } = onBranch();
    const run = await lockkeeper(["check", "--since", "main", join(project(chain), "db/migrations")], {
      cwd: directory,
      env,
    });
    expect(errorOf(run).at(-1)).toBe("  Code: path-outside-repository");
  });

  test("a new link among the migrations blocks", async () => {
    const repository = onBranch();
    symlinkSync("/etc/hostname", join(repository.directory, "db/migrations/000004_x.up.sql"));
    const run = await check(repository);
    expect(findingsIn(run)).toContain("db/migrations/000004_x.up.sql:1:1  blocked  unreadable-file");
  });
});
