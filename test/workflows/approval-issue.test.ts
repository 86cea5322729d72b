import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { type Ended, step } from "../action/runner.ts";
import { hubot, kim, mona, payload, runnerVariables, stranger } from "../github/scene.ts";
import { actionsBot, type Person } from "../github/state.ts";
import { sharedPostgres } from "../support/global-postgres.ts";
import type { Postgres } from "../support/postgres.ts";
import { config, type DeployScene, deployScene, index, table } from "./deploy-scene.ts";
import { root } from "./files.ts";

let postgres: Postgres;
beforeAll(async () => {
  postgres = await sharedPostgres();
});

const found = "SELECT to_regclass('users_name') IS NOT NULL AS is";
const inputs = { approval: "issue" };

/** A plan that waits in an issue. */
async function waiting() {
  // The policy asks two people.
  const two = `${config}policy:\n  medium: { approvals: 2 }\n`;
  const scene = await deployScene(postgres, { ...table, ".github/lockkeeper.yml": two });
  // A smaller plan of GitHub has no reviewers.
  scene.github.state.environments.set("production", { reviewers: [] });
  await scene.hasTable("production");
  scene.merge(index);
  const ran = await scene.run("deploy.yml", { inputs });
  expect(ran.errors).toEqual([]);
  expect(ran.outputs.result).toBe("waiting");
  expect(ran.jobs.deploy?.result).toBe("skipped");
  const [issue] = scene.github.state.issues;
  if (issue === undefined) throw new Error("no issue was opened");
  return { scene, issue, digest: ran.outputs.digest ?? "" };
}

let comments = 70_000;

/** A comment, and what the workflow on issue_comment makes of it. */
async function comment(scene: DeployScene, person: Person, body: string, isEdited = false): Promise<Ended> {
  const [issue] = scene.github.state.issues;
  scene.github.state.comments.push({ id: ++comments, number: issue?.number ?? 0, author: person, body, isEdited });
  return answered(scene, person, body);
}

function answered(scene: DeployScene, person: Person, body: string): Promise<Ended> {
  const [issue] = scene.github.state.issues;
  const example = payload("issue_comment.created") as Record<string, object>;
  const event = {
    ...example,
    action: "created",
    issue: { ...example.issue, number: issue?.number, body: issue?.body, user: issue?.author },
    comment: { ...example.comment, body, user: person },
  };
  scene.github.state.tokens.set("ghs_answer", { account: actionsBot, permissions: { issues: "write" } });
  return step({
    with: { command: "answer", token: "ghs_answer" },
    env: {
      ...runnerVariables(scene.github, { event: "issue_comment", id: 1, attempt: 1, sha: "0" }),
    },
    prepare: ({ temporary }) => writeFileSync(join(temporary, "event.json"), JSON.stringify(event)),
  });
}

describe("a plan that waits in an issue", () => {
  test("is deployed when the people whom the policy asks have approved just it, and the issue is closed", async () => {
    const { scene, issue, digest } = await waiting();
    expect(issue.title).toBe("Migrations wait for approval: production");
    expect(issue.body).toContain(`/lockkeeper approve ${digest}`);
    expect(issue.body).toContain("2 more approvals needed");
    const first = await comment(scene, hubot, `/lockkeeper approve ${digest.slice(0, 12)}`);
    expect(first.outputs).toMatchObject({ result: "approved", environment: "production", "expect-digest": digest });
    const again = { inputs: { ...inputs, "expect-digest": digest } };
    // One of two.
    expect((await scene.run("deploy.yml", again)).outputs.result).toBe("waiting");
    expect(issue.body).toContain("Approved by hubot");
    expect(scene.github.state.issues).toHaveLength(1);
    await comment(scene, kim, `/lockkeeper approve ${digest}\nLooks fine to me.`);
    const ran = await scene.run("deploy.yml", again);
    expect(ran.errors).toEqual([]);
    expect(ran.outputs.result).toBe("done");
    expect(await scene.rows("production", found)).toEqual([{ is: true }]);
    expect(issue.isOpen).toBe(false);
  });

  test("is not deployed by the word of its author, a stranger, a program, an edited comment or for another plan", async () => {
    const { scene, digest } = await waiting();
    const say = `/lockkeeper approve ${digest}`;
    scene.github.state.permissions.set("robot", "write");
    const robot: Person = { id: 500, login: "robot", type: "Bot" };
    // The author may write, but has written the migration: that is weighed by the deploy.
    expect((await comment(scene, mona, say)).outputs.result).toBe("approved");
    const byStranger = await comment(scene, stranger, say);
    expect(byStranger.outputs).toMatchObject({ result: "refused", "expect-digest": "" });
    expect(byStranger.log).toContain("mallory has no write permission");
    expect((await comment(scene, robot, say)).outputs.result).toBe("refused");
    expect((await comment(scene, hubot, `/lockkeeper approve ${"0".repeat(64)}`)).outputs.result).toBe("refused");
    await comment(scene, hubot, say, true);
    // One is there, the other takes it back.
    await comment(scene, kim, say);
    expect((await comment(scene, kim, `/lockkeeper refuse ${digest}`)).outputs.result).toBe("refused");
    expect((await comment(scene, hubot, `I would /lockkeeper approve ${digest}`)).outputs.result).toBe("ignored");
    const ran = await scene.run("deploy.yml", { inputs: { ...inputs, "expect-digest": digest } });
    expect(ran.errors).toEqual([]);
    expect(ran.outputs.result).toBe("waiting");
    const [issue] = scene.github.state.issues;
    for (const words of [
      "mona",
      "mallory has no write permission",
      "robot is a program",
      "hubot has a comment that was changed",
    ]) {
      expect(issue?.body).toContain(words);
    }
    expect(await scene.rows("production", found)).toEqual([{ is: false }]);
  });

  test("is refused when it has changed since: the approval is of another", async () => {
    const { scene, digest } = await waiting();
    for (const person of [hubot, kim]) await comment(scene, person, `/lockkeeper approve ${digest}`);
    scene.merge({ "db/migrations/000003_more.up.sql": "CREATE TABLE more (id bigint PRIMARY KEY);\n" });
    const ran = await scene.run("deploy.yml", { inputs: { ...inputs, "expect-digest": digest } });
    expect(ran.errors.join("\n")).toContain("The plan is another than the one that was agreed to");
    // Without the digest it asks again, for what it is now.
    const asked = await scene.run("deploy.yml", { inputs });
    expect(asked.outputs.result).toBe("waiting");
    expect(asked.outputs.digest).not.toBe(digest);
    expect(scene.github.state.issues[0]?.body).toContain(asked.outputs.digest);
    expect(await scene.rows("production", found)).toEqual([{ is: false }]);
  });

  test("is not found in an issue of somebody else with our words", async () => {
    const { scene, issue, digest } = await waiting();
    const forged = { ...issue, number: 4, author: stranger };
    scene.github.state.issues.unshift(forged);
    const ended = await answered(scene, hubot, `/lockkeeper approve ${digest}`);
    expect(ended.outputs.result).toBe("ignored");
    expect(scene.github.state.comments.filter(({ number }) => number === 4)).toEqual([]);
  });
});

test("the example starts the answer only where a comment speaks to Lockkeeper", () => {
  const text = readFileSync(`${root}examples/approval-issue.yml`, "utf8");
  const condition = parseDocument(text).getIn(["jobs", "answer", "if"]);
  expect(condition).toContain("startsWith(github.event.comment.body, '/lockkeeper ')");
});
