import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Ended, step } from "../action/runner.ts";
import { fakeGitHub } from "./fake.ts";
import { newRepository } from "./repository.ts";
import { payload, runnerVariables, scene, usersTable } from "./scene.ts";

const users = "db/migrations/000001_users.up.sql";
const add = { "db/migrations/000002_email.up.sql": "ALTER TABLE users ADD COLUMN email text;\n" };
/** The names of the files that were judged. */
function judgedIn({ outputs, raw }: Ended): readonly string[] {
  if (outputs.report === undefined) throw new Error(raw);
  const { migrations } = JSON.parse(readFileSync(outputs.report, "utf8"));
  return migrations.map(({ path }: { path: string }) => path.replace(/^.*\//, ""));
}

describe("what is pending in a pull request", () => {
  test.each([
    ["merge", 1],
    ["merge", 2],
    ["merge", 0],
    ["head", 1],
    ["head", 0],
  ] as const)("is what it adds, also when its base has moved on: %s checked out, depth %i", async (checkout, depth) => {
    const { run, moveBase, check } = await scene({ head: add });
    moveBase({ "db/migrations/000003_other.up.sql": "CREATE TABLE other (id bigint);\n" });
    const ended = await run({ checkout, depth });
    expect(ended.issues).toEqual([]);
    expect(judgedIn(ended)).toEqual(["000002_email.up.sql"]);
    expect(ended.outputs.pending).toBe("1");
    expect(check()?.conclusion).toBe(checkout === "merge" ? "failure" : "success");
  });

  test.each([1, 0])("an edited, a renamed and a deleted migration close the gate, with depth %i", async (depth) => {
    const edited = await scene({ head: { [users]: usersTable.replace("name text", "name varchar(20)") } });
    const renamed = await scene({ head: { [users]: null, "db/migrations/000001_people.up.sql": usersTable } });
    const deleted = await scene({ head: { [users]: null, ...add } });
    for (const [{ run, check }, rule] of [
      [edited, "edited-migration"],
      [renamed, "renamed-migration"],
      [deleted, "deleted-migration"],
    ] as const) {
      const ended = await run({ depth });
      expect([rule, ended.log.includes(rule)]).toEqual([rule, true]);
      expect(check()?.conclusion).toMatch(rule === "edited-migration" ? /^failure$/ : /^(failure|action_required)$/);
    }
  });

  test("is found by walking where GitHub cuts its lists off", async () => {
    const base = Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [
        `db/migrations/0${i + 1}_t/migration.sql`,
        `CREATE TABLE t${i} (id bigint);\n`,
      ]),
    );
    const { github, run } = await scene({ base, head: { "db/migrations/09_t/migration.sql": "DROP TABLE t0;\n" } });
    github.state.truncatesTrees = true;
    const ended = await run();
    expect(ended.log).not.toContain("deleted-migration");
    expect(ended.outputs).toMatchObject({ pending: "1", verdict: "needs-approval" });
  });

  test("is not guessed where neither the clone nor the token reaches the base", async () => {
    const { github, run, check } = await scene({ head: add });
    github.fault({ request: /^GET .*git.trees/, status: 404, message: "Not Found" });
    const ended = await run();
    expect(ended.status).toBe(1);
    expect(ended.issues[0]?.message).toMatch(
      /^GitHub shows nothing to this token, to read a commit of the repository\.\n/,
    );
    expect(ended.issues[0]?.message).toContain("contents: read");
    expect(ended.outputs).toEqual({});
    expect(check()).toBeUndefined();
    const without = await run({ with: { token: "" }, env: { INPUT_TOKEN: "" } });
    expect(without.status).toBe(1);
    expect(without.issues[0]?.message).toMatch(/fetch-depth: 0/);
  });

  test("is not taken from another commit than the event's", async () => {
    const { run, repository, check } = await scene({ head: add });
    const other = repository.commit("other", { "README.md": "# Other\n" });
    const ended = await run({ prepare: ({ workspace }) => repository.checkOut(other, workspace, 1) });
    expect(ended.status).toBe(1);
    expect(ended.issues[0]?.message).toMatch(/^What is checked out is not the pull request that started this run\./);
    expect(ended.outputs).toEqual({});
    expect(check()).toBeUndefined();
  });

  test("after a force push is what the new commits add", async () => {
    const { run, repository, pull, check } = await scene({ head: add });
    await run();
    repository.git("checkout", "--quiet", "main");
    repository.git("branch", "-D", "pull-request");
    pull.head = repository.commit("pull-request", { "db/migrations/000002_phone.up.sql": "DROP TABLE users;\n" });
    const ended = await run({ depth: 0 });
    expect(judgedIn(ended)).toEqual(["000002_phone.up.sql"]);
    expect(check()).toMatchObject({ conclusion: "action_required" });
  });
});

describe("the config", () => {
  const strict = "version: 1\npolicy: { fail-on: low, low: { deploy: reviewed, approvals: 1 } }\n";
  const config = ".github/lockkeeper.yml";

  test.each([1, 2])(
    "of the base counts, and what the pull request makes of it is said, with depth %i",
    async (depth) => {
      const base = { [users]: usersTable, [config]: strict };
      const { run, check, github } = await scene({
        base,
        head: { ...add, [config]: "version: 1\npolicy: { fail-on: never }\n" },
      });
      const ended = await run({ depth });
      expect(check()).toMatchObject({ conclusion: "action_required" });
      expect(ended.log).toContain("This pull request changes `.github/lockkeeper.yml`");
      expect(github.state.comments[0]?.body).toContain("This pull request changes `.github/lockkeeper.yml`");
    },
  );

  test.each<[string, Record<string, string | null>, Record<string, string>]>([
    ["deletes it", { [config]: null }, {}],
    ["adds a second one", { ".github/lockkeeper.yaml": "version: 1\n" }, {}],
    ["names another", { "loose.yml": "version: 1\npolicy: { fail-on: never }\n" }, { config: "loose.yml" }],
  ])("of the base counts where the pull request %s", async (_what, changes, written) => {
    const base = { [users]: usersTable, [config]: strict };
    const { run, check } = await scene({
      base,
      head: { ...changes, "db/migrations/000002_drop.up.sql": "DROP TABLE users;\n" },
    });
    const ended = await run({ with: written });
    expect(ended.log).toContain("This pull request changes");
    expect(check()).toMatchObject({ conclusion: "action_required" });
  });

  test("can be made tighter by the workflow and not looser, and it is said", async () => {
    const { run, check, github } = await scene({ head: { "db/migrations/000002_drop.up.sql": "DROP TABLE users;\n" } });
    await run({ with: { "fail-on": "never" } });
    expect(check()).toMatchObject({ conclusion: "action_required" });
    expect(github.state.comments[0]?.body).toContain("The workflow asks for `fail-on` `never`");
    const tight = await scene({
      base: { [users]: usersTable, [config]: strict.replace("low,", "critical,") },
      head: add,
    });
    await tight.run({ with: { "fail-on": "low" } });
    expect(tight.check()).toMatchObject({ conclusion: "action_required" });
  });
});

describe("other events", () => {
  const run = async (
    event: string,
    options: {
      name: string;
      change?: Record<string, unknown>;
      with?: Record<string, string>;
      depth?: number;
      before?: "first" | "none";
    },
  ) => {
    const github = await fakeGitHub();
    const repository = newRepository({ [users]: usersTable });
    github.state.git = repository.path;
    const before = repository.git("rev-parse", "HEAD");
    const after = repository.commit("main", { "db/migrations/000002_drop.up.sql": "DROP TABLE users;\n" });
    const commits = options.before === "none" ? "0".repeat(40) : before;
    const ended = await step({
      with: options.with ?? {},
      env: runnerVariables(github, { event, id: 1, attempt: 1, sha: after }),
      prepare(job) {
        repository.checkOut(after, job.workspace, options.depth ?? 0);
        const body = { ...payload(options.name), before: commits, after, ...options.change };
        writeFileSync(join(job.temporary, "event.json"), JSON.stringify(body));
      },
    });
    return { ended, github, before };
  };

  test.each([0, 1])("a push is judged by what it adds, and its job says so itself, with depth %i", async (depth) => {
    const { ended, github } = await run("push", { name: "push", depth });
    expect(judgedIn(ended)).toEqual(["000002_drop.up.sql"]);
    expect(ended.status).toBe(1);
    expect(github.state.checkRuns).toEqual([]);
    expect(github.state.comments).toEqual([]);
  });

  test("a push of a new branch and a run by hand are judged in whole, or since what the input says", async () => {
    for (const [event, name] of [
      ["push", "push"],
      ["workflow_dispatch", "workflow_dispatch"],
    ] as const) {
      const whole = await run(event, { name, before: "none" });
      expect(judgedIn(whole.ended)).toEqual(["000001_users.up.sql", "000002_drop.up.sql"]);
      const since = await run(event, { name, before: "none", with: { since: "HEAD~1" } });
      expect(judgedIn(since.ended)).toEqual(["000002_drop.up.sql"]);
      const named = await run(event, { name, before: "none", with: { since: "HEAD" } });
      expect(named.ended.log).toContain("No pending migrations.");
    }
  });

  test("by the clock nothing is pending", async () => {
    const { ended } = await run("schedule", { name: "workflow_dispatch" });
    expect(ended.status).toBe(0);
    expect(ended.log).toContain("No pending migrations.");
  });

  test("pull_request_target is refused", async () => {
    const { ended } = await run("pull_request_target", { name: "pull_request.opened" });
    expect(ended.status).toBe(1);
    expect(ended.issues[0]?.message).toMatch(/^Nothing is judged on pull_request_target\./);
  });

  test.each([
    ["", /cannot be read/],
    ["{}", /no number at number/],
    ['{"pull_request":{"number":7,"head":{"sha":"main; rm -rf /"}}}', /no commit at head\.sha/],
  ])("a payload that is not GitHub's is an error: %s", async (text, message) => {
    const { run: runPull } = await scene({ head: add });
    const ended = await runPull({ prepare: ({ temporary }) => writeFileSync(join(temporary, "event.json"), text) });
    expect(ended.status).toBe(1);
    expect(ended.issues[0]?.message).toMatch(message);
    expect(ended.outputs).toEqual({});
  });
});
