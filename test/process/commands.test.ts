import { realpathSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openCommands } from "../../src/process/commands.ts";
import { project } from "../workspace/project.ts";

const environment = { PATH: process.env.PATH, HOME: "/home/me", LC_ALL: "C", CI: "true" };
const limits = { timeoutMs: 20_000, maxBytes: 1000 };

async function ran(command: string, more: { readonly env?: Record<string, string>; readonly timeoutMs?: number } = {}) {
  const its = { ...limits, timeoutMs: more.timeoutMs ?? limits.timeoutMs };
  const commands = openCommands(project({ "a.txt": "" }), { ...environment, ...more.env }, its);
  const printed = await commands.run(command, { LOCKKEEPER_BASE: "abc" });
  return printed.kind === "printed" ? Buffer.from(printed.bytes).toString("utf8") : printed;
}

describe("a command of the project", () => {
  test("is run by the shell in the directory, and only what it prints on standard output is taken", async () => {
    const at = project({ "a.txt": "" });
    const printed = await openCommands(at, environment, limits).run("pwd -P; ls; echo note >&2", {});
    const text = printed.kind === "printed" ? Buffer.from(printed.bytes).toString("utf8") : printed.why;
    expect(text).toBe(`${realpathSync(at)}\na.txt\n`);
  });

  test("gets what a program needs, the base, and no secret by any name", async () => {
    const env = {
      SECRET_TOKEN: "s1",
      GITHUB_TOKEN: "s2",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "s3",
      INPUT_TOKEN: "s4",
      DATABASE_URL: "postgres://s5",
      PGPASSWORD: "s6",
      LC_SECRET_TOKEN: "s7",
      NODE_OPTIONS: "--s8",
      PATHS: "s9",
    };
    const text = await ran("env", { env });
    const lines = typeof text === "string" ? text.trim().split("\n") : [];
    const names = lines
      .map((line) => line.split("=")[0])
      .filter((name) => !["PWD", "_", "SHLVL", "OLDPWD"].includes(name ?? ""));
    expect(names.toSorted()).toEqual(["CI", "HOME", "LC_ALL", "LOCKKEEPER_BASE", "PATH"]);
    expect(lines).toContain("LOCKKEEPER_BASE=abc");
  });

  test("gets nothing to read", async () => {
    expect(await ran("cat; echo done")).toBe("done\n");
  });

  test("fails with its status and the end of what it said", async () => {
    const failed = await ran("echo 'SELECT 1;'; echo no module named app >&2; exit 3");
    expect(failed).toEqual({ kind: "failed", why: "It ended with status 3.", said: "no module named app" });
  });

  test("fails when a signal ends it", async () => {
    expect(await ran("kill -KILL $$")).toEqual({ kind: "failed", why: "It was ended by SIGKILL.", said: "" });
  });

  test("is stopped with all that it has started when it takes too long", async () => {
    const began = Date.now();
    expect(await ran("echo 'SELECT 1;'; sleep 60 & sleep 60", { timeoutMs: 300 })).toEqual({
      kind: "failed",
      why: "It took longer than 0.3 s.",
      said: "",
    });
    expect(Date.now() - began).toBeLessThan(20_000);
  });

  test("is stopped when it prints without an end", async () => {
    expect(await ran("yes")).toEqual({ kind: "failed", why: "It printed more than 1000 bytes.", said: "" });
  });
});
