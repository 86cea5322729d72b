import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Ended, manifest, type Step, step } from "./runner.ts";

const files = { "migrations/001_a.sql": "CREATE TABLE a (x int);\n", "other/001_b.sql": "DROP TABLE b;\n" };

/** The lines of the one message with which a step fails that has judged nothing. */
function errorOf(ended: Ended): readonly string[] {
  const [issue, ...others] = ended.issues;
  if (ended.status !== 1 || issue?.level !== "error" || others.length > 0) throw new Error(ended.raw);
  expect(ended.outputs).toEqual({});
  expect(ended.markdown).toBe("");
  return issue.message.split("\n");
}
const refused = async (written: Readonly<Record<string, string>>, more: Step = {}) =>
  errorOf(await step({ files, with: written, ...more }));
const problemsOf = (lines: readonly string[]) => lines.slice(1, -2).map((line) => line.trim());

describe("inputs that are wrong", () => {
  test("are all named at once", async () => {
    const written = {
      command: "chekc",
      layout: "golang",
      postgres: "13",
      "fail-on": "hihg",
      summary: "yes",
      paths: "a",
    };
    const error = await refused(written);
    expect(error[0]).toBe("The inputs of this step have 6 problems.");
    expect(problemsOf(error)).toEqual([
      'there is no input "paths": did you mean path?',
      'command is "chekc": did you mean check?',
      'layout is "golang": did you mean golang-migrate?',
      'summary is "yes": write true or false',
      'postgres is "13": it takes a major version, 14, 15, 16, 17 or 18',
      'fail-on is "hihg": did you mean high?',
    ]);
    expect(error.slice(-2)).toEqual([
      "  What to do: correct the lines under with: in the workflow; action.yml names every input.",
      "  Code: inputs-invalid",
    ]);
  });

  test.each([
    [{ command: "migrat" }, 'command is "migrat": did you mean migrate?'],
    [{ steps: "1" }, "steps: the command check does not take it"],
    [{ postgres: "16.4" }, 'postgres is "16.4": it takes a major version, 14, 15, 16, 17 or 18'],
    [{ rehearse: "on" }, 'rehearse is "on": it takes off'],
    [{ fail_on: "high" }, 'there is no input "fail_on": did you mean fail-on?'],
    [{ summary: "TRue" }, 'summary is "TRue": write true or false'],
    [{ annotations: "1" }, 'annotations is "1": write true or false'],
  ])("%j", async (written, problem) => {
    expect(problemsOf(await refused(written))).toEqual([problem]);
  });

  test("like none that there is are answered with those that there are", async () => {
    const names = Object.keys(manifest.inputs);
    const [problem = ""] = problemsOf(await refused({ frobnicate: "x" }));
    expect(problem).toMatch(/^there is no input "frobnicate": the inputs are command, /);
    for (const name of names) expect(problem).toContain(name);
  });
});

describe("inputs that are not wrong", () => {
  test.each(["true", "True", "TRUE", "false", "False", "FALSE"])("a boolean is %s", async (word) => {
    const ended = await step({ files, with: { path: "migrations", summary: word, annotations: word } });
    expect(ended.status).toBe(0);
  });

  test("an empty one is as if it were not written, and spaces around one do not count", async () => {
    const empty = Object.fromEntries(Object.keys(manifest.inputs).map((name) => [name, ""]));
    expect((await step({ files, with: empty })).outputs).toMatchObject({ verdict: "pass" });
    expect((await step({ files, with: { postgres: " 16\n", path: "\r\n migrations \r\n" } })).log).toContain(
      "Judged for PostgreSQL 16",
    );
  });

  test("need not be set at all: a runner that knows no defaults gets the same", async () => {
    const env = Object.fromEntries(Object.keys(manifest.inputs).map((name) => [`INPUT_${name.toUpperCase()}`, null]));
    expect((await step({ files, env })).outputs).toMatchObject({ verdict: "pass" });
  });
});

describe("paths", () => {
  test.each([
    ["/etc", 'the path "/etc" is absolute: write it without the workspace'],
    ["C:\\db", 'the path "C:\\\\db" has a backslash: write it with /'],
    ["C:/db", 'the path "C:/db" is absolute: write it without the workspace'],
    ["../x", 'the path "../x" goes back by "..": write it from the root of the workspace'],
    ["a/../../x", 'the path "a/../../x" goes back by "..": write it from the root of the workspace'],
    ["a\u0007", 'the path "a\\u0007" has a control character in it'],
  ])("%j is refused for every input that takes one", async (path, problem) => {
    for (const name of ["path", "working-directory", "config", "report-file", "sarif-file"]) {
      expect(problemsOf(await refused({ [name]: path }))).toEqual([`${name}: ${problem}`]);
    }
  });

  test("of several lines are each looked at", async () => {
    const error = await refused({ path: "migrations\n/etc\n../x\n" });
    expect(problemsOf(error)).toHaveLength(2);
  });

  test("that are missing are errors, with the nearest name, also beside others", async () => {
    expect(await refused({ path: "migrations\nmigratons" })).toEqual([
      "There is no file or directory migratons.",
      "  What to do: did you mean migrations?",
      "  Code: path-missing",
    ]);
  });

  test("on one line are taken for one, and the error says how to write two", async () => {
    expect(await refused({ path: "migrations other" })).toContain("  The input path takes one path a line.");
  });

  test("that a link leads out of the workspace are refused", async () => {
    const prepare: Step["prepare"] = ({ workspace, temporary }) => symlinkSync(temporary, join(workspace, "out"));
    expect((await refused({ path: "out" }, { prepare }))[0]).toBe("out cannot be read.");
    expect((await refused({ "working-directory": "out" }, { prepare })).slice(0, 2)).toEqual([
      "The working directory out is not in the workspace.",
      "  A symbolic link leads out of it.",
    ]);
  });

  test("of one file for two reports are refused", async () => {
    const error = await refused({ "report-file": "out/x.json", "sarif-file": "./out//x.json" });
    expect(problemsOf(error)).toEqual([
      'report-file and sarif-file both name "out/x.json": each needs a file of its own',
    ]);
  });
});

describe("a workspace with nothing to check", () => {
  test("that is empty says that the checkout is missing", async () => {
    expect(await refused({}, { files: {} })).toEqual([
      "The repository is not checked out: the workspace is empty.",
      "  What to do: put a step that uses actions/checkout before this one.",
      "  Code: checkout-missing",
    ]);
  });

  test.each([null, ""])("that is not named (%j) says where this program runs", async (GITHUB_WORKSPACE) => {
    expect((await refused({}, { env: { GITHUB_WORKSPACE } }))[0]).toBe("GITHUB_WORKSPACE is not set.");
  });

  test("that is not there says so", async () => {
    const error = await refused({}, { env: { GITHUB_WORKSPACE: "/nowhere/at/all" } });
    expect(error[0]).toBe("The repository is not checked out: the workspace is empty.");
  });

  test("without migrations says where it looked, in words of the inputs", async () => {
    const error = await refused({}, { files: { "README.md": "# Hello\n" } });
    expect(error).toContain("  Looked for: migrations, db/migrations, database/migrations, sql/migrations.");
    expect(error).toContain(
      "  What to do: name the directory (path: path/to/migrations), or set migrations: in .github/lockkeeper.yml.",
    );
  });

  test("with a config that is missing names the input, not an option", async () => {
    const [, hint] = await refused({ config: "lockkeeper.yml" });
    expect(hint).toBe("  What to do: write the file, or leave the input config out to check with the defaults.");
  });

  test("with a working directory that is missing names the nearest", async () => {
    const services = { "services/api/migrations/1_a.sql": "" };
    expect(await refused({ "working-directory": "services/apo" }, { files: services })).toEqual([
      "There is no directory services/apo in the workspace.",
      "  What to do: did you mean services/api?",
      "  Code: working-directory-invalid",
    ]);
  });

  test("with a config that is wrong names every problem in it", async () => {
    const config = "version: 1\npostgress: 16\nrules:\n  drop-tabel: off\n";
    const error = await refused({}, { files: { ...files, ".github/lockkeeper.yml": config } });
    expect(error[0]).toBe("The config file .github/lockkeeper.yml has 2 problems.");
    expect(error).toHaveLength(5);
  });
});
