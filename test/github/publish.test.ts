import { copyFileSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Ended, type Job, jobToken, step } from "../action/runner.ts";
import { hubot, kim, payload, runnerVariables, type Scene, scene } from "./scene.ts";
import { actionsBot, jobRights } from "./state.ts";

const add = { "db/migrations/000002_email.up.sql": "ALTER TABLE users ADD COLUMN email text;\n" };
const drop = { "db/migrations/000002_drop.up.sql": "DROP TABLE users;\n" };
const readOnly = { contents: "read", "pull-requests": "read", checks: "read" } as const;
const reports = "lockkeeper-reports";

/** The two stages: the run of the fork, and the one that publishes what it has left. */
async function fork(head: Readonly<Record<string, string>>) {
  const it = await scene({ head, fork: true });
  const give = (permissions: Readonly<Record<string, "read" | "write">>) =>
    it.github.state.tokens.set(jobToken, { account: actionsBot, permissions });
  const check = async (options: Parameters<Scene["run"]>[0] = {}): Promise<string> => {
    give(readOnly);
    const { outputs, raw } = await it.run(options);
    if (outputs.report === undefined) throw new Error(raw);
    return outputs.report;
  };
  const publish = async (
    prepare: (job: Job) => void,
    options: { head?: string; with?: Record<string, string>; env?: Record<string, string> } = {},
  ): Promise<Ended> => {
    give(jobRights);
    return step({
      with: { command: "publish", "report-file": reports, ...options.with },
      env: {
        ...runnerVariables(it.github, {
          event: "workflow_run",
          id: 8000 + it.github.calls.length,
          attempt: 1,
          sha: it.pull.base,
        }),
        GITHUB_WORKFLOW_REF: "octo/shop/.github/workflows/publish.yml@refs/heads/main",
        ...options.env,
      },
      prepare(job) {
        const example: Record<string, Record<string, object>> = payload("workflow_run.completed");
        const run = {
          ...example.workflow_run,
          event: "pull_request",
          head_sha: options.head ?? it.pull.head,
          head_branch: it.pull.headRef,
          head_repository: { owner: { login: "mallory" }, full_name: "mallory/shop" },
        };
        writeFileSync(join(job.temporary, "event.json"), JSON.stringify({ ...example, workflow_run: run }));
        prepare(job);
      },
    });
  };
  return { ...it, check: it.check, first: check, publish };
}

/** Puts reports where download-artifact puts them. */
const store =
  (...paths: readonly string[]) =>
  (job: Job) =>
    paths.forEach((path, i) => {
      const to = join(job.workspace, reports, `lockkeeper-report-${i}`, basename(path));
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(path, to);
    });

/** The same, with another text in the place of the report. */
const forged = (path: string, forge: (report: Record<string, never>) => unknown) => (job: Job) => {
  store(path)(job);
  const file = join(job.workspace, reports, "lockkeeper-report-0", basename(path));
  const text = forge(JSON.parse(readFileSync(file, "utf8")));
  writeFileSync(file, typeof text === "string" ? text : JSON.stringify(text));
};

describe("the report of a fork", () => {
  test("becomes a comment and a check run on its commit, as if the pull request were of the repository", async () => {
    const it = await fork(drop);
    const report = await it.first();
    const ended = await it.publish(store(report));
    expect([ended.status, ended.issues]).toEqual([0, []]);
    expect(it.check()).toMatchObject({ conclusion: "action_required", head: it.pull.head });
    expect(it.github.state.comments).toHaveLength(1);
    expect(it.github.state.comments[0]?.body).toContain("needs approval (critical)");
    it.review(hubot, "APPROVED");
    it.review(kim, "APPROVED");
    await it.publish(store(await it.first({ event: "pull_request_review" })));
    expect(it.check()).toMatchObject({ conclusion: "success" });
    expect(it.github.state.comments).toHaveLength(1);
  });

  test("of each of several jobs has its own", async () => {
    const it = await fork({
      "a/migrations/000001_a.up.sql": "CREATE TABLE a (id bigint);\n",
      "b/migrations/000001_b.up.sql": "DROP TABLE users;\n",
    });
    const all = [
      await it.first({ with: { "working-directory": "a" } }),
      await it.first({ with: { "working-directory": "b" } }),
    ];
    expect((await it.publish(store(...all))).issues).toEqual([]);
    expect(it.check("Lockkeeper / risk (a)")).toMatchObject({ conclusion: "success" });
    expect(it.check("Lockkeeper / risk (b)")).toMatchObject({ conclusion: "action_required" });
    expect(it.github.state.comments).toHaveLength(2);
  });

  test("is approved as the base's config asks, whatever it says of the policy", async () => {
    const it = await fork(drop);
    const report = await it.first();
    it.review(hubot, "APPROVED");
    await it.publish(
      forged(report, (value) => JSON.parse(JSON.stringify(value).replaceAll('"approvals":2', '"approvals":0'))),
    );
    expect(it.check()).toMatchObject({ conclusion: "action_required" });
  });

  test("is not trusted where the pull request may have changed the check", async () => {
    const it = await fork({ ...add, ".github/workflows/migrations.yml": "on: pull_request\n" });
    it.review(hubot, "APPROVED");
    const ended = await it.publish(store(await it.first()));
    expect(ended.log).toContain("the gate is closed");
    expect(it.check()).toMatchObject({
      conclusion: "action_required",
      title: "The report of this pull request is not trusted",
    });
    expect(it.github.state.comments).toEqual([]);
  });

  test("is trusted where only the base has changed it meanwhile", async () => {
    const it = await fork(add);
    const report = await it.first();
    it.moveBase({ ".github/workflows/other.yml": "on: push\n" });
    await it.publish(store(report));
    expect(it.check()).toMatchObject({ conclusion: "success" });
  });

  test("of a commit that is not the newest any more is not published", async () => {
    const it = await fork(add);
    const [report, head] = [await it.first(), it.pull.head];
    it.push(drop);
    const ended = await it.publish(store(report), { head });
    expect(ended.status).toBe(0);
    expect(ended.log).toContain("there is nothing to publish");
    expect(it.github.state.checkRuns).toEqual([]);
    expect(it.github.state.comments).toEqual([]);
  });

  test("of a pull request that is closed is not published", async () => {
    const it = await fork(add);
    const report = await it.first();
    it.pull.isOpen = false;
    expect((await it.publish(store(report))).log).toContain("there is nothing to publish");
  });
});

describe("a report that is none", () => {
  const refused = async (make: (path: string) => (job: Job) => void): Promise<string> => {
    const it = await fork(add);
    const ended = await it.publish(make(await it.first()));
    expect(ended.status).toBe(1);
    expect(it.github.state.checkRuns).toEqual([]);
    expect(it.github.state.comments).toEqual([]);
    expect(ended.issues).toHaveLength(1);
    return ended.issues[0]?.message ?? "";
  };

  test.each<[string, (value: Record<string, never>) => unknown, RegExp]>([
    ["is no JSON", () => "{", /it is no JSON/],
    ["is another value", () => [], /docs\/report\.schema\.json/],
    ["has a key more", (value) => ({ ...value, number: 1 }), /docs\/report\.schema\.json/],
    ["has a key less", ({ digest: _, ...value }) => value, /docs\/report\.schema\.json/],
    [
      "says pass of what it blocks",
      (value) => ({ ...value, migrations: [{ ...Object(Object(value.migrations)[0]), verdict: "blocked" }] }),
      /it contradicts itself/,
    ],
    ["hides its migrations", (value) => ({ ...value, migrations: [] }), /it contradicts itself/],
    ["is deep", () => "[".repeat(100_000), /it is no JSON/],
    [
      "has a key of JavaScript's own",
      (value) => JSON.stringify(value).replace("{", '{"__proto__":{"schema":1},'),
      /docs\/report\.schema\.json/,
    ],
  ])("that %s", async (_what, forge, message) => {
    const said = await refused((path) => forged(path, forge));
    expect(said).toMatch(/^The report .* is not published: /);
    expect(said).toMatch(message);
  });

  test("that is too large is not read", async () => {
    const large = (path: string) => (job: Job) => {
      store(path)(job);
      truncateSync(join(job.workspace, reports, "lockkeeper-report-0", basename(path)), 30 * 1024 * 1024);
    };
    expect(await refused(large)).toMatch(/bytes, of 20971520 at most/);
  });

  test("that is a link is not followed", async () => {
    const link = (path: string) => (job: Job) => {
      mkdirSync(join(job.workspace, reports), { recursive: true });
      symlinkSync(path, join(job.workspace, reports, "lockkeeper-report.json"));
      symlinkSync(dirname(path), join(job.workspace, reports, "directory"));
    };
    expect(await refused(link)).toMatch(/^There is no report at lockkeeper-reports\./);
  });

  test("that is missing, or there twice, is an error", async () => {
    expect(await refused(() => (job) => mkdirSync(join(job.workspace, reports)))).toMatch(/^There is no report/);
    expect(await refused((path) => store(path, path))).toMatch(
      /^Two reports are of jobs that call themselves the same\./,
    );
  });
});

test("publish is for runs on pull requests only", async () => {
  const it = await scene({ head: add });
  const ended = await it.run({ with: { command: "publish" } });
  expect(ended.status).toBe(1);
  expect(ended.issues[0]?.message).toMatch(/^Only a run on a pull request has something to be published\./);
});
