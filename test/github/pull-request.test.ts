import { describe, expect, test } from "vitest";
import { hubot, kim, mona, type Scene, scene, stranger } from "./scene.ts";
import { actionsBot, type Person } from "./state.ts";

const add = {
  "db/migrations/000002_email.up.sql": "SET lock_timeout = '3s';\nALTER TABLE users ADD COLUMN email text;\n",
  "db/migrations/000002_email.down.sql": "SET lock_timeout = '3s';\nALTER TABLE users DROP COLUMN email;\n",
};
const index = { "db/migrations/000002_index.up.sql": "CREATE INDEX CONCURRENTLY users_name ON users (name);\n" };
const drop = { "db/migrations/000002_drop.up.sql": "DROP TABLE users;\n" };

describe("an ordinary pull request", () => {
  test("gets one comment and one green check run, and the job is green", async () => {
    const { github, run, check, pull } = await scene({ head: add });
    const ended = await run();
    expect(ended.issues).toEqual([]);
    expect(ended.status).toBe(0);
    expect(check()).toMatchObject({ conclusion: "success", status: "completed", app: "github-actions" });
    expect(github.state.comments).toHaveLength(1);
    expect(github.state.comments[0]?.author).toEqual(actionsBot);
    expect(github.state.comments[0]?.body).toContain("000002_email");
    expect(github.state.comments[0]?.body).toContain(pull.head.slice(0, 7));
    expect(ended.outputs).toMatchObject({
      verdict: "pass",
      gate: "open",
      pending: "1",
      deploy: "automatic",
      "backup-required": "false",
    });
  });

  test("costs so many calls of the API, and no more: from the clone alone, and where GitHub is asked for the base", async () => {
    const inClone = await scene({ head: add });
    await inClone.run({ depth: 2 });
    expect(inClone.github.calls.map((call) => call.replace(/[0-9a-f]{40}/, "SHA"))).toEqual([
      "GET /repos/octo/shop/pulls/7",
      "POST /api/graphql",
      "GET /repos/octo/shop/commits/SHA/check-runs",
      "GET /repos/octo/shop/commits/SHA/check-runs",
      "POST /repos/octo/shop/check-runs",
      "GET /repos/octo/shop/issues/7/comments",
      "POST /repos/octo/shop/issues/7/comments",
      "GET /repos/octo/shop/issues/7/comments",
      "GET /repos/octo/shop/pulls/7/comments",
    ]);
    const shallow = await scene({ head: add });
    await shallow.run({ depth: 1 });
    expect(shallow.github.calls).toHaveLength(inClone.github.calls.length + 3);
  });

  test("keeps its one comment and its one check run over several runs for the same commit", async () => {
    const { github, run } = await scene({ head: index });
    for (let i = 0; i < 3; i++) expect((await run()).status).toBe(0);
    expect(github.state.comments).toHaveLength(1);
    expect(github.state.checkRuns).toHaveLength(1);
    const lines = github.state.checkRuns[0]?.annotations.map(({ title }) => title);
    expect(new Set(lines).size).toBe(lines?.length);
  });

  test("with nothing pending passes, says so, and has its check run", async () => {
    const { github, run, check } = await scene({ head: { "README.md": "# Shop\n" } });
    const ended = await run();
    expect(ended.status).toBe(0);
    expect(ended.log).toContain("No pending migrations.");
    expect(ended.outputs).toMatchObject({ pending: "0", gate: "open", verdict: "pass" });
    expect(check()).toMatchObject({ conclusion: "success", title: "No pending migrations" });
    expect(github.state.comments[0]?.body).toMatch(/no pending migrations/i);
  });
});

describe("the comment", () => {
  test("is brought up to date by each push, and says when everything is fixed", async () => {
    const { github, run, push, check } = await scene({ head: drop });
    expect((await run()).status).toBe(0);
    expect(github.state.comments[0]?.body).toContain("needs approval (critical)");
    const first = check();
    push({ "db/migrations/000002_drop.up.sql": null, ...add });
    await run();
    expect(github.state.comments).toHaveLength(1);
    expect(github.state.comments[0]?.body).toContain("everything is fixed");
    expect(check()).toMatchObject({ conclusion: "success" });
    expect(first?.conclusion).toBe("action_required");
  });

  test("of a stranger who has written our mark is left alone, whatever it says", async () => {
    const { github, run } = await scene({ head: add });
    await run();
    const [ours] = github.state.comments;
    const planted = { id: 1, number: 7, author: stranger, body: ours?.body.replace(/run=\d+/, "run=999999999") ?? "" };
    github.state.comments = [planted];
    await run();
    expect(github.state.comments).toHaveLength(2);
    expect(github.state.comments[0]).toBe(planted);
    expect(planted.body).toContain("run=999999999");
    expect(github.state.comments[1]?.author).toEqual(actionsBot);
  });

  test("is found on any page", async () => {
    const { github, run } = await scene({ head: add });
    for (let id = 1; id <= 250; id++)
      github.state.comments.push({ id, number: 7, author: hubot, body: `Comment ${id}` });
    await run();
    await run();
    expect(github.state.comments.filter(({ author }) => author.id === actionsBot.id)).toHaveLength(1);
    expect(github.state.comments).toHaveLength(251);
  });

  test("that is deleted between reading and writing is written anew", async () => {
    const { github, run } = await scene({ head: add });
    await run();
    github.before(/^PATCH .*issues.comments/, () => void github.state.comments.splice(0));
    expect((await run()).issues).toEqual([]);
    expect(github.state.comments).toHaveLength(1);
  });

  test("of two runs at once is one, and the newer run's", async () => {
    const { github, run } = await scene({ head: add });
    const [older, newer] = await Promise.all([run({ id: 70 }), run({ id: 71 })]);
    expect([older.status, newer.status]).toEqual([0, 0]);
    expect(github.state.comments).toHaveLength(1);
    expect(github.state.comments[0]?.body).toContain("run=71 ");
  });

  test("of two runs that have each written one is the newer run's, and the other is gone", async () => {
    const { github, run } = await scene({ head: add });
    await run({ id: 71 });
    const [other] = github.state.comments;
    github.state.comments = [];
    // What the newer run writes appears just when this one has found none.
    github.before(
      /^POST .*issues.7.comments/,
      () => void github.state.comments.push(...(other === undefined ? [] : [other])),
    );
    await run({ id: 70 });
    expect(github.state.comments).toEqual([other]);
  });

  test("of a run that was overtaken by a push is not written, and the newer one stays", async () => {
    const { github, run, push, pull } = await scene({ head: drop });
    const head = pull.head;
    push({ "db/migrations/000002_drop.up.sql": null, ...add });
    await run({ id: 90 });
    await run({ id: 91, head });
    expect(github.state.comments).toHaveLength(1);
    expect(github.state.comments[0]?.body).toContain("run=90 ");
    // Each commit has the check run that is its own.
    expect(github.state.checkRuns.map((each) => [each.head === head, each.conclusion])).toEqual([
      [false, "success"],
      [true, "action_required"],
    ]);
  });

  test.each([
    ["never", drop, 0],
    ["on-failure", add, 0],
    ["on-failure", drop, 1],
    ["always", add, 1],
  ])("with comment: %s", async (comment, head, comments) => {
    const { github, run } = await scene({ head });
    await run({ with: { comment } });
    expect(github.state.comments).toHaveLength(comments);
  });

  test("that is there is brought up to date also when only failures get one", async () => {
    const { github, run, push } = await scene({ head: drop });
    await run({ with: { comment: "on-failure" } });
    push({ "db/migrations/000002_drop.up.sql": null });
    await run({ with: { comment: "on-failure" } });
    expect(github.state.comments).toHaveLength(1);
    expect(github.state.comments[0]?.body).toContain("What was found before is gone");
  });
});

describe("several jobs in one pull request", () => {
  const head = {
    "a/migrations/000001_a.up.sql": "CREATE TABLE a (id bigint);\n",
    "b/migrations/000001_b.up.sql": "DROP TABLE users;\n",
  };

  test("have a comment and a check run each, by their directories", async () => {
    const { github, run, check } = await scene({ head });
    await run({ with: { "working-directory": "a" } });
    await run({ with: { "working-directory": "b" } });
    await run({ with: { "working-directory": "a" } });
    expect(github.state.comments).toHaveLength(2);
    expect(check("Lockkeeper / risk (a)")).toMatchObject({ conclusion: "success" });
    expect(check("Lockkeeper / risk (b)")).toMatchObject({ conclusion: "action_required" });
    expect(github.state.comments[1]?.body).toContain("b/migrations/000001_b.up.sql");
  });

  test("can be given names", async () => {
    const { github, run, check } = await scene({ head });
    await run({ with: { "working-directory": "a", key: "orders" } });
    expect(check("Lockkeeper / risk (orders)")).toMatchObject({ conclusion: "success" });
    expect(github.state.comments[0]?.body).toContain("key=orders ");
  });

  test("that would write the same check run close it: one must not hide what the other says", async () => {
    const { run, check } = await scene({ head: drop });
    await run();
    await run({ env: { GITHUB_JOB: "another" }, with: { "fail-on": "critical" } });
    expect(check()).toMatchObject({ conclusion: "failure", title: "Two jobs write this check" });
    await run();
    expect(check()).toMatchObject({ conclusion: "failure" });
  });
});

describe("approvals", () => {
  const bot: Person = { id: 900, login: "robot[bot]", type: "Bot" };
  const closed = { conclusion: "action_required" };
  const open = { conclusion: "success" };
  /** What the check run says after a review. */
  const reviewed = async ({ run, check }: Scene) => {
    const ended = await run({ event: "pull_request_review" });
    expect(ended.status).toBe(0);
    expect(ended.outputs.gate).toBe(check()?.conclusion === "success" ? "open" : "closed");
    return check();
  };

  test("turn the check run green without a red job left behind, once there are enough", async () => {
    const it = await scene({ head: drop });
    const ended = await it.run();
    expect([ended.status, ended.outputs.gate, ended.outputs.verdict]).toEqual([0, "closed", "needs-approval"]);
    expect(it.check()).toMatchObject(closed);
    it.review(hubot, "APPROVED");
    expect(await reviewed(it)).toMatchObject(closed);
    it.review(kim, "APPROVED");
    expect(await reviewed(it)).toMatchObject({ ...open, title: "Approved (critical)" });
    expect(it.github.state.checkRuns).toHaveLength(1);
    expect(it.github.state.comments[0]?.body).toContain("Approved by hubot and kim");
  });

  test("of one person count once, and the last decisive review is what counts", async () => {
    const it = await scene({ head: index });
    it.review(hubot, "CHANGES_REQUESTED");
    expect(await reviewed(it)).toMatchObject(closed);
    it.review(hubot, "APPROVED");
    it.review(hubot, "COMMENTED");
    expect(await reviewed(it)).toMatchObject(open);
    it.github.state.reviews.forEach((review) => {
      if (review.state === "APPROVED") review.state = "DISMISSED";
    });
    expect(await reviewed(it)).toMatchObject(closed);
  });

  test.each<[string, (it: Scene) => void]>([
    ["the author", (it) => it.review(mona, "APPROVED")],
    ["a program", (it) => it.review(bot, "APPROVED")],
    ["somebody who may only read", (it) => it.review(stranger, "APPROVED")],
    [
      "somebody who may only sort issues",
      (it) => {
        it.github.state.permissions.set("mallory", "triage");
        it.review(stranger, "APPROVED");
      },
    ],
    ["an earlier commit", (it) => it.review(hubot, "APPROVED", "0123456789012345678901234567890123456789")],
    ["a commit that is gone", (it) => it.review(hubot, "APPROVED", null)],
  ])("of %s do not count, and it is said why", async (_who, review) => {
    const it = await scene({ head: index });
    review(it);
    expect(await reviewed(it)).toMatchObject(closed);
    expect(it.check()?.summary).toContain("Not counted:");
  });

  test("are void with the next commit", async () => {
    const it = await scene({ head: index });
    it.review(hubot, "APPROVED");
    expect(await reviewed(it)).toMatchObject(open);
    it.push({ "README.md": "# Shop\n" });
    expect(await reviewed(it)).toMatchObject(closed);
  });

  test("are void when the SQL becomes another under the same commit, as after a change of the base", async () => {
    const first = { "db/migrations/000002_a.up.sql": "CREATE INDEX CONCURRENTLY a ON users (name);\n" };
    const second = { "db/migrations/000003_b.up.sql": "DROP INDEX CONCURRENTLY a;\n" };
    const it = await scene({ head: { ...first, ...second } });
    it.review(hubot, "APPROVED");
    expect(await reviewed(it)).toMatchObject(open);
    it.moveBase(first);
    const digest = it.check()?.externalId;
    expect(await reviewed(it)).toMatchObject(closed);
    expect(it.check()?.externalId).not.toBe(digest);
    it.review(hubot, "APPROVED");
    expect(await reviewed(it)).toMatchObject(open);
  });

  test("do not open what is certain to fail", async () => {
    const head = { "db/migrations/000002_a.up.sql": "CREAT TABLE b (id bigint);\n" };
    const it = await scene({ head });
    it.review(hubot, "APPROVED");
    it.review(kim, "APPROVED");
    expect(await reviewed(it)).toMatchObject({ conclusion: "failure", title: "Blocked (high)" });
  });

  test("that cannot be read are none, and it is said what is missing", async () => {
    const it = await scene({ head: index });
    it.review(hubot, "APPROVED");
    it.github.fault({ request: /^GET .*reviews/, status: 403, message: "Resource not accessible by integration" });
    const ended = await it.run();
    expect(it.check()).toMatchObject(closed);
    expect(ended.log).toContain("The token may not read the reviews.");
    expect(ended.log).toContain("pull-requests: read");
  });

  test("of a later dismissal are not undone by a run that looked before it", async () => {
    const it = await scene({ head: index });
    it.review(hubot, "APPROVED");
    // The older run is about to write what it has seen, when another has looked later and closed the gate.
    it.github.before(/^POST .*check-runs/, () => undefined);
    await it.run({ id: 80 });
    const [check] = it.github.state.checkRuns;
    if (check === undefined) throw new Error("There is no check run");
    const later = check.externalId.replace(/at=\S+/, "at=2030-01-01T00:00:00Z");
    Object.assign(check, { conclusion: "action_required", externalId: later });
    await it.run({ id: 79 });
    expect(it.check()).toMatchObject(closed);
  });

  describe("by people and teams that the policy names", () => {
    const config = (approvers: string) =>
      ({
        ".github/lockkeeper.yml": `version: 1\npolicy:\n  medium: { approvals: 1, approvers: ${approvers} }\n`,
      }) as const;
    const base = { "db/migrations/000001_users.up.sql": "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n" };
    const members = {
      account: actionsBot,
      permissions: { contents: "read", "pull-requests": "write", checks: "write", members: "read" },
    } as const;

    test("others do not count", async () => {
      const it = await scene({ base: { ...base, ...config("{ people: [kim] }") }, head: index });
      it.review(hubot, "APPROVED");
      expect(await reviewed(it)).toMatchObject(closed);
      it.review(kim, "APPROVED");
      expect(await reviewed(it)).toMatchObject(open);
    });

    test("a team counts with a token that can see it", async () => {
      const it = await scene({ base: { ...base, ...config("{ teams: [dba] }") }, head: index });
      it.github.state.teams.set("octo/dba", ["kim"]);
      it.github.state.tokens.set("app-token", members);
      const run = (event: "pull_request_review") => it.run({ event, with: { token: "app-token" } });
      it.review(hubot, "APPROVED");
      await run("pull_request_review");
      expect(it.check()).toMatchObject(closed);
      it.review(kim, "APPROVED");
      await run("pull_request_review");
      expect(it.check()).toMatchObject(open);
    });

    test("a team that the token cannot see leaves the gate closed, and the error says which token can", async () => {
      const it = await scene({ base: { ...base, ...config("{ teams: [dba] }") }, head: index });
      it.github.state.teams.set("octo/dba", ["kim"]);
      it.review(kim, "APPROVED");
      const ended = await it.run();
      expect(it.check()).toMatchObject(closed);
      expect(ended.log).toContain("The token cannot see the team dba, which the policy asks for.");
      expect(ended.log).toContain("members: read");
    });
  });

  test("by a label that names what is approved, where the base's config says so", async () => {
    const base = {
      "db/migrations/000001_users.up.sql": "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n",
      ".github/lockkeeper.yml": "version: 1\napprove-by: label\n",
    };
    const it = await scene({ base, head: index });
    const ended = await it.run();
    const label = `lockkeeper:approved-${ended.outputs.digest?.slice(0, 12)}`;
    expect(it.github.state.comments[0]?.body).toContain(label);
    const put = (author: Person, kind: "labeled" | "unlabeled", name = label) =>
      it.github.state.labelEvents.push({ number: 7, author, label: name, kind, at: it.github.tick() });
    put(mona, "labeled");
    put(hubot, "labeled", "lockkeeper:approved-000000000000");
    await it.run();
    expect(it.check()).toMatchObject(closed);
    put(hubot, "labeled");
    await it.run();
    expect(it.check()).toMatchObject(open);
    // A push that leaves the SQL as it is leaves the approval too.
    it.push({ "README.md": "# Shop\n" });
    await it.run();
    expect(it.check()).toMatchObject(open);
    it.push({ "db/migrations/000002_index.up.sql": "CREATE INDEX CONCURRENTLY users_name ON users (name, id);\n" });
    await it.run();
    expect(it.check()).toMatchObject(closed);
    put(hubot, "unlabeled");
  });
});

test("fail-job fails the job too where the gate is closed, and an approval makes the next one green", async () => {
  const it = await scene({ head: index });
  const ended = await it.run({ with: { "fail-job": "true" } });
  expect(ended.status).toBe(1);
  expect(ended.issues[0]?.message).toMatch(/^Migrations need approval \(medium\)\./);
  it.review(hubot, "APPROVED");
  expect((await it.run({ with: { "fail-job": "true" } })).status).toBe(0);
});
