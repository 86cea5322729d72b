import { createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Ended, step } from "./runner.ts";

const files = {
  "db/000001_a.up.sql": "CREATE TABLE a (x int);\n",
  ".github/lockkeeper.yml": "version: 1\nenvironments: { staging: {}, production: {} }\n",
};

/** A server that nobody must connect to; how often it was tried. */
async function untouched(): Promise<{ readonly url: string; readonly connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return { url: `postgres://user:pass-word@127.0.0.1:${port}/app`, connections: () => connections };
}

function errorOf(ended: Ended): readonly string[] {
  const [issue, ...others] = ended.issues;
  if (ended.status !== 1 || issue?.level !== "error" || others.length > 0) throw new Error(ended.raw);
  expect([ended.outputs, ended.markdown]).toEqual([{}, ""]);
  return issue.message.split("\n");
}

/** What is wrong with these inputs, once it is seen that the database was left alone. */
async function refused(written: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { url, connections } = await untouched();
  const error = errorOf(await step({ files, with: written, env: { DATABASE_URL: url } }));
  expect(connections()).toBe(0);
  return error;
}
const problemsOf = (lines: readonly string[]) => lines.slice(1, -2).map((line) => line.trim());

describe("inputs of a command for a database", () => {
  test("are all looked at before anything is connected to, and told at once", async () => {
    const error = await refused({
      ...{ command: "rollback", environment: "pro duction", "target-version": "-1; DROP", steps: "0" },
      ...{ reason: "manaul", "expect-digest": "latest", "lock-timeout": "3", backup: "never", "dry-run": "yes" },
      ...{ "confirm-loss": "users\nor\u0007ders", migrate: "auto", proof: "archive" },
    });
    expect(error[0]).toBe("The inputs of this step have 11 problems.");
    expect(problemsOf(error)).toEqual([
      "migrate: the command rollback does not take it",
      "proof: the command rollback does not take it",
      'environment is "pro duction": it takes the name of an environment of the config',
      'target-version is "-1; DROP": it takes a version',
      'expect-digest is "latest": it takes the digest of a plan, 64 digits of 0-9 and a-f',
      'backup is "never": it takes policy or always',
      'lock-timeout is "3": it takes a time with its unit: 500ms, 3s, 2min or 1h',
      'steps is "0": it takes how many migrations are to be taken back',
      'reason is "manaul": did you mean manual?',
      'confirm-loss has "or\\u0007ders": it takes one name a line',
      'dry-run is "yes": write true or false',
    ]);
  });

  test.each([
    [{ command: "plan", steps: "1" }, "steps: the command plan does not take it"],
    [{ command: "migrate", "sarif-file": "x.sarif" }, "sarif-file: the command migrate does not take it"],
    [{ command: "verify", "fail-on": "high" }, "fail-on: the command verify does not take it"],
    [{ command: "backup", path: "db" }, "path: the command backup does not take it"],
    [
      { command: "check", "database-url": "postgres://u:pass-word@h/d" },
      "database-url: the command check does not take it",
    ],
    [{ command: "migrate", migrate: "yes" }, 'migrate is "yes": it takes auto, manual or skip'],
    [
      { command: "migrate", migrate: "auto", "expect-digest": "0".repeat(64) },
      "expect-digest: migrate is auto, which nobody agrees to; leave it out, or write migrate: manual",
    ],
    [
      { command: "rollback", steps: "1", "target-version": "1" },
      "steps and target-version do not go together: write one of them",
    ],
    [
      { command: "backup", "data-only": "true", "schema-only": "true" },
      "data-only and schema-only do not go together: write one of them",
    ],
    [
      { command: "resolve", "target-version": "1" },
      "a decision needs its target-version, and a target-version its decision: mark, resume-at or roll-back",
    ],
    [
      { command: "resolve", "target-version": "1", mark: "applied", "roll-back": "true" },
      "mark and roll-back are several decisions: write one of them",
    ],
    [{ command: "baseline" }, "target-version is not written: baseline needs it"],
    [{ command: "backup verify" }, "backup-id is not written: backup verify needs it, and backup list names them"],
    [{ command: "backup", jobs: "65" }, 'jobs is "65": it takes a number from 1 to 64'],
    [{ command: "backup", store: "--help" }, 'store is "--help": it takes the path of a directory'],
    [
      { command: "plan", environment: "postgres://u:pass-word@h/d" },
      "environment is a connection string: it takes the name of an environment of the config",
    ],
    [{ command: "migrate", save: "../x" }, "save: the command migrate does not take it"],
  ])("%j", async (written, problem) => {
    const error = await refused(written);
    expect(problemsOf(error)).toContain(problem);
    expect(error.at(-1)).toBe("  Code: inputs-invalid");
    expect(error.join("\n")).not.toContain("pass-word");
  });

  test("that are empty, or what they are where nothing is written, are taken by every command", async () => {
    const written = {
      command: "plan",
      migrate: "manual",
      backup: "policy",
      reason: "manual",
      "dry-run": "False",
      steps: "",
    };
    expect((await refused({ ...written, environment: "nowhere" })).at(-1)).toBe("  Code: environment-unknown");
  });
});

describe("what stands in the config", () => {
  test("an environment that it does not have is refused, with what was meant", async () => {
    const error = await refused({ command: "migrate", path: "db", environment: "prodution" });
    expect(error).toEqual([
      "There is no environment prodution in the config.",
      "  It has: staging and production.",
      "  What to do: did you mean environment: production?",
      "  Code: environment-unknown",
    ]);
  });

  test("a database that nobody names is said in the words of a workflow", async () => {
    const error = errorOf(await step({ files, with: { command: "migrate", path: "db", environment: "staging" } }));
    expect(error[1]).toBe("  The variable DATABASE_URL is not set, and the input database-url is not given.");
    expect(error.at(-1)).toBe("  Code: database-url-missing");
  });

  test("a database that is not there is a refusal: later steps can read that nothing was done", async () => {
    const env = { DATABASE_URL: "postgres://user:pass-word@127.0.0.1:1/app" };
    const ended = await step({ files, with: { command: "migrate", path: "db", environment: "staging" }, env });
    expect(ended).toMatchObject({ status: 1, outputs: { result: "refused", "exit-status": "1" } });
    expect(ended.issues[0]?.message).toContain("  Code: database-unreachable");
    expect(ended.markdown).toContain("cannot be reached");
  });
});
