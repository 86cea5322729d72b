import { describe, expect, test } from "vitest";
import { jobToken } from "../action/runner.ts";
import { hubot, scene, stranger } from "./scene.ts";
import { actionsBot } from "./state.ts";

const add = { "db/migrations/000002_email.up.sql": "ALTER TABLE users ADD COLUMN email text;\n" };
const drop = { "db/migrations/000002_drop.up.sql": "DROP TABLE users;\n" };
const index = { "db/migrations/000002_index.up.sql": "CREATE INDEX CONCURRENTLY users_name ON users (name);\n" };
const readOnly = {
  account: actionsBot,
  permissions: { contents: "read", "pull-requests": "read", checks: "read" },
} as const;

describe("a pull request from a fork", () => {
  test("has the same verdict, summary and annotations, and nothing is written", async () => {
    const fork = await scene({ head: drop, fork: true });
    fork.github.state.tokens.set(jobToken, readOnly);
    const ended = await fork.run();
    expect(ended.status).toBe(1);
    expect(ended.outputs).toMatchObject({ verdict: "needs-approval", gate: "closed", report: expect.any(String) });
    expect(ended.issues.map(({ title }) => title)).toContain("drop-table");
    expect(ended.issues.at(-1)?.message).toMatch(/^Migrations need approval \(critical\)\./);
    expect(ended.markdown).toMatch(/^## Lockkeeper: needs approval \(critical\)/);
    expect(fork.github.state.checkRuns).toEqual([]);
    expect(fork.github.state.comments).toEqual([]);
    expect(fork.github.calls.filter((call) => !/^GET|graphql/.test(call))).toEqual([]);
  });

  test("that nobody must approve is green", async () => {
    const fork = await scene({ head: add, fork: true });
    fork.github.state.tokens.set(jobToken, readOnly);
    expect((await fork.run()).status).toBe(0);
  });

  test("is open once it is approved", async () => {
    const fork = await scene({ head: index, fork: true });
    fork.github.state.tokens.set(jobToken, readOnly);
    fork.review(stranger, "APPROVED");
    expect((await fork.run({ event: "pull_request_review" })).status).toBe(1);
    fork.review(hubot, "APPROVED");
    const ended = await fork.run({ event: "pull_request_review" });
    expect([ended.status, ended.outputs.gate]).toEqual([0, "open"]);
  });
});

describe("a token that cannot write", () => {
  test("of Dependabot's run is treated like a fork's", async () => {
    const it = await scene({ head: add });
    it.github.state.tokens.set(jobToken, readOnly);
    expect((await it.run({ env: { GITHUB_ACTOR: "dependabot[bot]" } })).status).toBe(0);
    const closed = await scene({ head: drop });
    closed.github.state.tokens.set(jobToken, readOnly);
    expect((await closed.run({ env: { GITHUB_ACTOR: "dependabot[bot]" } })).status).toBe(1);
  });

  test("fails the job elsewhere, because the check run could not be written, and names the permission", async () => {
    const it = await scene({ head: add });
    it.github.state.tokens.set(jobToken, readOnly);
    const ended = await it.run();
    expect(ended.status).toBe(1);
    const message = ended.issues.find(({ level }) => level === "error")?.message;
    expect(message).toMatch(/^The token may not write the check run\.\n/);
    expect(message).toContain("Needed: checks: write.");
    expect(message).toContain("Code: github-forbidden");
    expect(ended.outputs).toMatchObject({ verdict: "pass" });
  });

  test("of a person cannot write check runs, and the error has GitHub's reason", async () => {
    const it = await scene({ head: add });
    const permissions = { "pull-requests": "write", checks: "write" } as const;
    it.github.state.tokens.set("ghp_of-a-person", { account: hubot, permissions });
    const ended = await it.run({ with: { token: "ghp_of-a-person" } });
    expect(ended.status).toBe(1);
    expect(ended.issues.find(({ level }) => level === "error")?.message).toContain(
      "You must authenticate via a GitHub App.",
    );
    expect(it.github.state.comments).toMatchObject([{ author: hubot }]);
  });
});
