import { beforeAll, describe, expect, test } from "vitest";
import { type Ended, jobToken, step } from "../action/runner.ts";
import { toolConfig, toolFiles } from "../cli/tool.ts";
import { sharedPostgres } from "../support/global-postgres.ts";
import type { Postgres } from "../support/postgres.ts";
import { config, type DeployScene, deployScene, index, table } from "../workflows/deploy-scene.ts";
import { hubot, kim, mona, runnerVariables } from "./scene.ts";
import { actionsBot, type Pull } from "./state.ts";

let postgres: Postgres;
beforeAll(async () => {
  postgres = await sharedPostgres();
});

interface Options {
  readonly event?: string;
  readonly with?: Readonly<Record<string, string>>;
}

/** `command: plan` on the newest commit of main. */
function plan(scene: DeployScene, options: Options = {}): Promise<Ended> {
  const sha = scene.repository.git("rev-parse", "main");
  const variables = runnerVariables(scene.github, { event: options.event ?? "push", id: 1, attempt: 1, sha });
  return step({
    with: { command: "plan", "database-url": scene.url("production"), ...options.with },
    env: { ...variables, GITHUB_REF_NAME: "main", PATH: process.env.PATH ?? "" },
    prepare: ({ workspace }) => scene.repository.checkOut(sha, workspace, 1),
  });
}

/** Production has the table; the index is pending, and nothing has brought it yet. */
async function prepared(settings = ""): Promise<DeployScene> {
  const scene = await deployScene(postgres, { ...table, ".github/lockkeeper.yml": `${config}${settings}` });
  await scene.hasTable("production");
  return scene;
}

/** The pull request was squashed: main has a commit of its own with the same files. */
function squash(scene: DeployScene, approvedBy = kim): Pull {
  const pull = scene.merge({ "README.md": "x\n" });
  pull.head = scene.repository.commit(pull.headRef, index);
  const squashed = scene.push(index);
  pull.merged = { at: scene.github.tick(), commits: [squashed] };
  const review = { number: pull.number, author: approvedBy, commit: pull.head, state: "APPROVED" };
  scene.github.state.reviews.push({ id: 900, ...review, at: scene.github.tick() });
  return pull;
}

describe("where a pending migration comes from", () => {
  test("is found where the pull request was squashed", async () => {
    const scene = await prepared();
    const pull = squash(scene);
    const ended = await plan(scene);
    expect(ended.status).toBe(0);
    expect(ended.outputs).toMatchObject({ origins: "approved", pending: "1", deploy: "reviewed" });
    expect(ended.markdown).toContain(`| #${pull.number} | yes |`);
  });

  test("is no pull request that was not merged, or that went to another branch", async () => {
    const scene = await prepared();
    const pull = squash(scene);
    const { merged } = pull;
    pull.baseRef = "develop";
    expect((await plan(scene)).outputs.origins).toBe("none");
    pull.baseRef = "main";
    delete pull.merged;
    expect((await plan(scene)).outputs.origins).toBe("none");
    if (merged !== undefined) pull.merged = merged;
    expect((await plan(scene)).outputs.origins).toBe("approved");
  });

  test("is not approved by its author, nor where only the down script is another one", async () => {
    const scene = await prepared();
    const pull = squash(scene, mona);
    const first = await plan(scene);
    expect(first.outputs.origins).toBe("unapproved");
    expect(first.markdown).toContain("1 of 1 approvals of its newest commit are missing");
    expect(first.markdown).toContain("needs somebody who approves the deploy itself");
    const review = {
      number: pull.number,
      author: hubot,
      commit: pull.head,
      state: "APPROVED",
      at: scene.github.tick(),
    };
    scene.github.state.reviews.push({ id: 901, ...review });
    expect((await plan(scene)).outputs.origins).toBe("approved");
    const [down = ""] = Object.keys(index).filter((path) => path.endsWith(".down.sql"));
    scene.push({ [down]: "DROP TABLE users;\n" });
    const second = await plan(scene);
    expect(second.outputs.origins).toBe("none");
    expect(second.log).toContain("it is not what was in that pull request");
  });

  test("is asked for by the label that the check of the pull request has named, where the config says label", async () => {
    const scene = await prepared("approve-by: label\n");
    const pull = squash(scene);
    expect((await plan(scene)).outputs.origins).toBe("unapproved");
    const digest = "0123456789ab".padEnd(64, "c");
    scene.github.state.checkRuns.push({
      ...{ id: 77, head: pull.head, app: "github-actions", name: "Lockkeeper / risk", status: "completed" },
      externalId: `lockkeeper 1 at=2026-03-01T09:00:00Z run=1.1 job=x digest=${digest} since= approvals=1`,
      ...{ conclusion: "success", detailsUrl: "", title: "", summary: "", annotations: [] },
    });
    const label = { number: pull.number, label: `lockkeeper:approved-${digest.slice(0, 12)}`, at: scene.github.tick() };
    scene.github.state.labelEvents.push({ ...label, author: kim, kind: "labeled" });
    expect((await plan(scene)).outputs.origins).toBe("approved");
  });

  test("is not known, and so not approved, where the token may not ask", async () => {
    const scene = await prepared();
    squash(scene);
    scene.github.state.tokens.set(jobToken, { account: actionsBot, permissions: { contents: "read" } });
    const ended = await plan(scene);
    expect(ended.status).toBe(0);
    expect(ended.outputs.origins).toBe("none");
    expect(ended.log).toContain("permissions: pull-requests: read");
  });

  test("is no pull request where a command prints it: what it prints stands in no file", async () => {
    const scene = await deployScene(postgres, toolFiles(toolConfig()));
    const ended = await plan(scene);
    expect(ended.outputs).toMatchObject({ pending: "1", origins: "none" });
    expect(ended.log).toContain("tool (sql-command) was not approved as it is: a command has printed it");
  });

  test("is asked below a working directory, and not at all on a pull request", async () => {
    const scene = await deployScene(postgres, {
      ".github/lockkeeper.yml": null,
      "services/shop/.github/lockkeeper.yml": config,
    });
    const moved = Object.fromEntries(Object.entries(table).map(([path, text]) => [`services/shop/${path}`, text]));
    scene.merge(moved);
    const inputs = { "working-directory": "services/shop" };
    const ended = await plan(scene, { with: inputs });
    expect(ended.outputs).toMatchObject({ origins: "approved", pending: "1" });
    const calls = scene.github.calls.length;
    const onPull = await plan(scene, { with: inputs, event: "pull_request" });
    expect(onPull.outputs.origins).toBeUndefined();
    expect(scene.github.calls).toHaveLength(calls);
  });

  test("is shown without doing anything, whatever the file is called", async () => {
    const scene = await prepared();
    const name = "000003_@all <img src=x> #1 `| a.up.sql";
    scene.push({ [`db/migrations/${name}`]: "CREATE TABLE b (x int);\n" });
    const { markdown, outputs } = await plan(scene);
    expect(outputs.origins).toBe("none");
    const part = markdown.slice(markdown.indexOf("### Where they come from"));
    expect(part).toContain("000003");
    expect(part).not.toMatch(/<img|@all|[^&]#1|\| a\.up/);
  });
});
