import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { project } from "../workspace/project.ts";
import { chain, errorOf, lockkeeper } from "./cli.ts";

test("the next pair is written beside the others, its paths alone are printed, and check takes it for the newest", async () => {
  const cwd = project(chain);
  const run = await lockkeeper(["new", "전표 참조번호 추가"], { cwd });
  const [up, down] = [
    "db/migrations/000004_전표_참조번호_추가.up.sql",
    "db/migrations/000004_전표_참조번호_추가.down.sql",
  ];
  expect(run).toEqual({ status: 0, stdout: `${up}\n${down}\n`, stderr: "" });
  expect(readFileSync(join(cwd, up), "utf8")).toBe("-- 전표_참조번호_추가\n");
  const checked = await lockkeeper(["check", "--format", "json"], { cwd });
  const report = JSON.parse(checked.stdout);
  expect(report.migrations.at(-1)).toMatchObject({ path: up, version: "000004", findings: [] });
});

test("a directory is named from where the command starts, however it is written", async () => {
  const cwd = project({ "services/a/sql/V1__a.sql": "" });
  const run = await lockkeeper(["new", "add email", "--directory", "./services//a/sql/"], { cwd });
  expect(run).toEqual({ status: 0, stdout: "services/a/sql/V2__add_email.sql\n", stderr: "" });
});

test("what is decided without being asked stands beside the paths, not among them", async () => {
  const cwd = project();
  const run = await lockkeeper(["new", "start"], { cwd });
  expect(run.stdout).toBe("migrations/000001_start.up.sql\nmigrations/000001_start.down.sql\n");
  expect(run.stderr).toContain("named for golang-migrate. Another layout: --layout dbmate");
});

test.each([
  [["new"], "argument-missing"],
  [["new", "add", "email"], "argument-unexpected"],
  [["new", "../x"], "name-invalid"],
  [["new", "x", "--layout", "gose"], "option-invalid"],
  [["new", "x", "--layout", "drizzle"], "layout-generated"],
  [["new", "x", "--format", "json"], "option-unknown"],
  [["check", "--directory", "db"], "option-unknown"],
])("lockkeeper %j writes nothing and says what to do", async (args, code) => {
  const cwd = project();
  const error = errorOf(await lockkeeper(args, { cwd }));
  expect(error.at(-1)).toBe(`  Code: ${code}`);
  expect(error.join("\n")).toMatch(/What to do: |It takes: /);
  expect(readdirSync(cwd)).toEqual([]);
});
