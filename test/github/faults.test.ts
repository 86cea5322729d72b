import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { jobToken } from "../action/runner.ts";
import { type Scene, scene } from "./scene.ts";

const add = { "db/migrations/000002_email.up.sql": "ALTER TABLE users ADD COLUMN email text;\n" };
const drop = { "db/migrations/000002_drop.up.sql": "DROP TABLE users;\n" };

const comments = /issues\/(7\/)?comments/;
const checkRuns = /check-runs/;

/** What the check run says, and how many comments there are. */
const left = ({ check, github }: Scene) => [check()?.conclusion, github.state.comments.length];

describe("a GitHub with trouble that passes", () => {
  test.each<[string, Parameters<Scene["github"]["fault"]>[0]]>([
    ["502", { request: /./, times: 2, status: 502, message: "Bad Gateway" }],
    ["503 with a time", { request: checkRuns, times: 1, status: 503, headers: { "retry-after": "1" } }],
    ["409", { request: /^POST .*check-runs/, times: 1, status: 409, message: "Conflict" }],
    ["a connection that is cut before anything is done", { request: /./, times: 2, cut: "before" }],
    ["a connection that is cut in the middle of an answer", { request: /^GET/, times: 3, cut: "middle" }],
    [
      "429 with a time",
      { request: /./, times: 1, status: 429, message: "Too many requests", headers: { "retry-after": "1" } },
    ],
    [
      "the limit against bursts",
      {
        request: comments,
        times: 1,
        status: 403,
        message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        headers: { "retry-after": "1" },
      },
    ],
    [
      "the limit of the hour, which ends now",
      {
        request: /./,
        times: 1,
        status: 403,
        message: "API rate limit exceeded for installation.",
        headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Math.floor(Date.now() / 1000)) },
      },
    ],
  ])("is asked again: %s", async (_what, fault) => {
    const it = await scene({ head: add });
    it.github.fault(fault);
    const ended = await it.run();
    expect([ended.status, ended.issues]).toEqual([0, []]);
    expect(left(it)).toEqual(["success", 1]);
  });

  test("leaves one comment where the answer to its writing was lost", async () => {
    const it = await scene({ head: add });
    it.github.fault({ request: /^POST .*issues.7.comments/, times: 1, cut: "after" });
    const ended = await it.run();
    expect([ended.status, ended.issues]).toEqual([0, []]);
    expect(left(it)).toEqual(["success", 1]);
  });

  test("leaves one verdict where the answer to the check run was lost", async () => {
    const it = await scene({ head: drop });
    it.github.fault({ request: /^POST .*check-runs/, times: 1, cut: "after" });
    expect((await it.run()).status).toBe(0);
    it.review({ id: 102, login: "hubot", type: "User" }, "APPROVED");
    it.review({ id: 103, login: "kim", type: "User" }, "APPROVED");
    await it.run({ event: "pull_request_review" });
    expect(it.check()?.conclusion).toBe("success");
  });
});

describe("a comment that cannot be written changes no verdict", () => {
  test.each([
    [401, "Bad credentials", /GitHub does not accept the token/],
    [403, "Resource not accessible by integration", /The token may not .* the comment/],
    [404, "Not Found", /GitHub shows nothing to this token/],
    [410, "Issues are disabled", /GitHub refused to/],
    [422, "Validation Failed: body is too long (maximum is 65536 characters)", /body is too long/],
    [500, "Server Error", /GitHub could not be asked/],
  ])("with %i", async (status, message, warning) => {
    for (const [head, conclusion] of [
      [add, "success"],
      [drop, "action_required"],
    ] as const) {
      const it = await scene({ head });
      it.github.fault({ request: comments, status, message });
      const ended = await it.run();
      expect(ended.status).toBe(0);
      expect(left(it)).toEqual([conclusion, 0]);
      expect(ended.issues).toHaveLength(1);
      expect(ended.issues[0]).toMatchObject({ level: "warning" });
      expect(ended.issues[0]?.message).toMatch(/^The comment could not be written, which changes no verdict\./);
      expect(ended.issues[0]?.message).toMatch(warning);
    }
  });
});

describe("a check run that cannot be written fails the job", () => {
  test.each([
    [401, "Bad credentials", "github-unauthorized"],
    [403, "Resource not accessible by integration", "github-forbidden"],
    [404, "Not Found", "github-not-found"],
    [422, "Invalid request", "github-refused"],
    [500, "Server Error", "github-unavailable"],
  ])("with %i, whatever the verdict, and the outputs are there", async (status, message, code) => {
    const it = await scene({ head: add });
    it.github.fault({ request: /^POST .*check-runs/, status, message });
    const ended = await it.run();
    expect(ended.status).toBe(1);
    expect(ended.issues.find(({ level }) => level === "error")?.message).toContain(`Code: ${code}`);
    expect(ended.outputs).toMatchObject({ verdict: "pass", gate: "open" });
    expect(ended.log).toContain("Verdict: pass (low).");
    expect(left(it)).toEqual([undefined, 1]);
  });
});

describe("a GitHub that answers nothing at all", () => {
  test("leaves the verdict in the log and in the report, and the job fails", async () => {
    const it = await scene({ head: drop });
    it.github.fault({ request: /./, cut: "before" });
    const ended = await it.run({ depth: 2 });
    expect(ended.status).toBe(1);
    expect(ended.log).toContain("Verdict: needs approval (critical).");
    expect(ended.issues.at(-1)?.message).toContain("Code: github-unavailable");
    expect(ended.outputs).toMatchObject({ verdict: "needs-approval", report: expect.any(String) });
    expect(JSON.parse(readFileSync(ended.outputs.report ?? "", "utf8")).risk).toBe("critical");
    expect(ended.markdown).toMatch(/^## Lockkeeper: needs approval \(critical\)/);
  });

  test("for hours, by its limit, is not waited for", async () => {
    const it = await scene({ head: add });
    const reset = String(Math.floor(Date.now() / 1000) + 3000);
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    it.github.fault({ request: /./, status: 403, message: "API rate limit exceeded", headers });
    const began = Date.now();
    const ended = await it.run({ depth: 2 });
    expect(Date.now() - began).toBeLessThan(30_000);
    expect(ended.status).toBe(1);
    expect(ended.issues.find(({ level }) => level === "error")?.message).toContain("Code: github-limit");
  });
});

test("a query that GitHub refuses leaves out the other pull requests, and says so", async () => {
  const it = await scene({ head: add });
  it.github.fault({ request: /graphql/, times: 4, status: 502, message: "Something went wrong" });
  await it.run();
  expect(left(it)).toEqual(["success", 1]);
  expect(it.github.state.comments[0]?.body).toContain("Other open pull requests were not looked at");
});

describe("large pull requests", () => {
  test("of 3,000 files are judged in whole, within GitHub's limits", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 3000 }, (_, i) => [
        `db/migrations/${String(i + 2).padStart(6, "0")}_t.up.sql`,
        `CREATE TABLE t${i} (id bigint);\n`,
      ]),
    );
    const it = await scene({ head: files });
    const ended = await it.run();
    expect(ended.outputs.pending).toBe("3000");
    expect(left(it)).toEqual(["success", 1]);
    expect(it.github.state.comments[0]?.body.length).toBeLessThanOrEqual(65_536);
    expect(it.github.state.comments[0]?.body).toMatch(/[\d,]+ more/);
  });

  test("of 5,000 findings keep to the limits, with the most severe at their lines and the rest counted", async () => {
    const statements = Array.from({ length: 5000 }, (_, i) => `ALTER TABLE users ALTER COLUMN c${i} TYPE bigint;`);
    const it = await scene({
      head: { "db/migrations/000002_a.up.sql": `${statements.join("\n")}\nDROP TABLE users;\n` },
    });
    const ended = await it.run();
    expect(Number(ended.outputs.findings)).toBeGreaterThanOrEqual(5000);
    expect(left(it)).toEqual(["action_required", 1]);
    const { annotations = [], summary = "" } = it.check() ?? {};
    expect(annotations).toHaveLength(200);
    expect(annotations[0]).toMatchObject({ annotation_level: "failure", title: "drop-table" });
    expect(summary.length).toBeLessThanOrEqual(65_535);
    expect(it.github.state.comments[0]?.body.length).toBeLessThanOrEqual(65_536);
    expect(it.github.calls.length).toBeLessThan(25);
  });
});

test("the token appears nowhere, whatever goes wrong", async () => {
  for (const fault of [null, { request: /./, status: 401 }, { request: /check-runs|comments/, status: 500 }]) {
    const it = await scene({ head: drop });
    if (fault !== null) it.github.fault(fault);
    const ended = await it.run({ depth: 2 });
    const said = [
      ended.raw,
      ended.markdown,
      ...Object.values(ended.outputs),
      ...it.github.state.comments.map(({ body }) => body),
    ];
    for (const text of said) expect(text).not.toContain(jobToken.slice(4));
  }
});
