import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Ended, step } from "../action/runner.ts";
import type { Files } from "./repository.ts";
import { hubot, payload, runnerVariables, type Scene, scene } from "./scene.ts";

const index = { "db/migrations/000002_index.up.sql": "CREATE INDEX CONCURRENTLY users_name ON users (name);\n" };

/** Puts the pull request into the queue, on top of a commit, and runs the action for its group. */
async function queued(
  it: Scene,
  { onto = it.pull.base, base = onto, ref }: { onto?: string; base?: string; ref?: string } = {},
): Promise<Ended & { head: string }> {
  const { github, repository, pull } = it;
  const branch = ref ?? `refs/heads/gh-readonly-queue/main/pr-${pull.number}-${onto}`;
  const head = repository.merge("refs/queue", onto, pull.head);
  github.state.refs.set(branch.replace("refs/", ""), head);
  const ended = await step({
    env: runnerVariables(github, { event: "merge_group", id: 9000, attempt: 1, sha: head }),
    prepare(job) {
      repository.checkOut(head, job.workspace, 1);
      const example: Record<string, object> = payload("merge_group.checks_requested");
      const group = { ...example.merge_group, head_sha: head, head_ref: branch, base_sha: base };
      writeFileSync(join(job.temporary, "event.json"), JSON.stringify({ ...example, merge_group: group }));
    },
  });
  return { ...ended, head };
}

describe("in the merge queue", () => {
  test("what was approved passes, with a check run on the commit of the group and no comment of its own", async () => {
    const it = await scene({ head: index });
    it.review(hubot, "APPROVED");
    await it.run();
    const comments = structuredClone(it.github.state.comments);
    const ended = await queued(it);
    expect([ended.status, ended.issues, ended.outputs.gate]).toEqual([0, [], "open"]);
    expect(it.check(undefined, ended.head)).toMatchObject({ conclusion: "success", title: "Approved (medium)" });
    expect(it.github.state.comments).toEqual(comments);
  });

  test("what nobody has approved does not, and what lost its approval meanwhile neither", async () => {
    const it = await scene({ head: index });
    await it.run();
    expect((await queued(it)).outputs.gate).toBe("closed");
    it.review(hubot, "APPROVED");
    await it.run();
    for (const review of it.github.state.reviews) review.state = "DISMISSED";
    const ended = await queued(it);
    expect(it.check(undefined, ended.head)).toMatchObject({ conclusion: "action_required" });
  });

  test("what was never checked by itself does not, whatever its reviews say", async () => {
    const it = await scene({ head: index });
    it.review(hubot, "APPROVED");
    const ended = await queued(it);
    expect(it.check(undefined, ended.head)).toMatchObject({ conclusion: "action_required" });
    expect(ended.log).toContain("Pull request 7 has no check run of this name");
  });

  test("other SQL than what was approved does not", async () => {
    const both = { ...index, "db/migrations/000003_more.up.sql": "DROP INDEX CONCURRENTLY users_name;\n" };
    const it = await scene({ head: both });
    it.review(hubot, "APPROVED");
    await it.run();
    // One of the two reached the base in another way.
    const ended = await queued(it, { onto: it.moveBase(index) });
    expect(it.check(undefined, ended.head)).toMatchObject({ conclusion: "action_required" });
    expect(ended.log).toContain("was checked with other migrations than the queue has now");
  });

  test("two pull requests that bring the same version are found where they meet", async () => {
    const other: Files = { "db/migrations/000002_other.up.sql": "CREATE TABLE other (id bigint);\n" };
    const it = await scene({ head: { "db/migrations/000002_email.up.sql": "CREATE TABLE emails (id bigint);\n" } });
    await it.run();
    expect(it.check()).toMatchObject({ conclusion: "success" });
    const ended = await queued(it, { onto: it.repository.commit("queue", other) });
    expect(ended.log).toContain("duplicate-version");
    expect(it.check(undefined, ended.head)).toMatchObject({ conclusion: "failure" });
  });

  test("of a group of several, each must be approved", async () => {
    const it = await scene({ head: index });
    const { github, repository, pull } = it;
    const second = {
      ...pull,
      number: 8,
      head: repository.commit("second", {
        "db/migrations/000003_name.up.sql": "CREATE INDEX CONCURRENTLY users_id_name ON users (id, name);\n",
      }),
    };
    github.state.pulls.set(8, second);
    it.review(hubot, "APPROVED");
    await it.run();
    const [own] = github.state.checkRuns;
    if (own === undefined) throw new Error("There is no check run");
    const between = repository.merge("refs/queue-8", pull.base, second.head);
    github.state.refs.set(`heads/gh-readonly-queue/main/pr-8-${pull.base}`, between);
    github.state.checkRuns.push({ ...own, id: 1, head: second.head });
    const closed = await queued(it, { onto: between, base: pull.base });
    expect(closed.outputs).toMatchObject({ pending: "2", gate: "closed" });
    github.state.reviews.push({
      id: 4,
      number: 8,
      author: hubot,
      commit: second.head,
      state: "APPROVED",
      at: github.tick(),
    });
    const open = await queued(it, { onto: between, base: pull.base });
    expect(open.outputs).toMatchObject({ pending: "2", gate: "open" });
  });

  test.each([
    "refs/heads/gh-readonly-queue/main/x",
    "refs/heads/main",
    `refs/heads/gh-readonly-queue/main/pr-7-${"0".repeat(40)}`,
  ])("a group whose pull requests are not known stays closed: %s", async (ref) => {
    const it = await scene({ head: index });
    it.review(hubot, "APPROVED");
    await it.run();
    const ended = await queued(it, { ref });
    expect(ended.outputs.gate).toBe("closed");
    expect(it.check(undefined, ended.head)).toMatchObject({ conclusion: "action_required" });
    expect(ended.log).toContain("The pull requests of this merge group are not known.");
  });

  test("nothing pending passes without a look at anybody's approvals", async () => {
    const it = await scene({ head: { "README.md": "# Shop\n" } });
    const ended = await queued(it);
    expect(it.check(undefined, ended.head)).toMatchObject({ conclusion: "success" });
    expect(it.github.calls.filter((call) => call.includes("reviews"))).toEqual([]);
  });
});
