import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openApi } from "../../src/github/api.ts";
import { digestsDeployed } from "../../src/github/deployments.ts";
import { type Ended, jobToken, step } from "../action/runner.ts";
import { type FakeGitHub, fakeGitHub } from "./fake.ts";
import { newRepository, type Repository } from "./repository.ts";
import { mona, runnerVariables, stranger } from "./scene.ts";
import { actionsBot, type Person } from "./state.ts";

const path = "db/migrations/000001_a.up.sql";
const digest = "a".repeat(64);
const outcome = { version: "000001", path, digest, status: "applied" };
const applied = {
  ...{ schema: 1, command: "migrate", environment: "production", digest: "b".repeat(64), exitStatus: 0 },
  ...{ outcomes: [outcome], amiss: [], rollback: null },
};

const rights = { contents: "read", deployments: "write", issues: "write", "pull-requests": "write" } as const;

async function place(): Promise<{ readonly github: FakeGitHub; readonly repository: Repository }> {
  const github = await fakeGitHub();
  const repository = newRepository({ [path]: "CREATE TABLE a (x int);\n" });
  github.state.git = repository.path;
  github.state.tokens.set(jobToken, { account: actionsBot, permissions: rights });
  const head = repository.git("rev-parse", "main");
  github.state.pulls.set(7, {
    ...{ number: 7, head, headRef: "a", headRepository: "octo/shop", base: head, baseRef: "main", title: "A" },
    ...{ author: mona, isOpen: false, merged: { at: github.tick(), commits: [head] }, files: [] },
  });
  return { github, repository };
}

/** `command: record` about a report that an earlier step of the job has left. */
function record(
  { github, repository }: { readonly github: FakeGitHub; readonly repository: Repository },
  report: unknown,
  file = "report.json",
): Promise<Ended> {
  const sha = repository.git("rev-parse", "main");
  return step({
    with: { command: "record", "from-report": file },
    env: { ...runnerVariables(github, { event: "push", id: 5, attempt: 1, sha }), GITHUB_REF_NAME: "main" },
    prepare({ workspace }) {
      repository.checkOut(sha, workspace, 1);
      writeFileSync(join(workspace, "report.json"), typeof report === "string" ? report : JSON.stringify(report));
    },
  });
}

describe("command: record", () => {
  test("keeps one comment for an environment, and leaves alone what others have written with its mark", async () => {
    const at = await place();
    const { comments, deployments } = at.github.state;
    const mark = "<!-- lockkeeper:deployed environment=production -->";
    comments.push({ id: 1, number: 7, author: stranger, body: `${mark}\nforged` });
    expect((await record(at, applied)).status).toBe(0);
    expect((await record(at, { ...applied, outcomes: [{ ...outcome, status: "undone" }], exitStatus: 1 })).status).toBe(
      0,
    );
    expect(comments.map(({ author }) => author.login)).toEqual(["mallory", "github-actions[bot]"]);
    expect(comments[0]?.body).toContain("forged");
    expect(comments[1]?.body).toContain("could not be applied in full to production");
    expect(deployments.map(({ statuses }) => statuses[0]?.state)).toEqual(["success", "failure"]);
    // GitHub takes no longer description.
    expect(deployments.every(({ statuses }) => (statuses[0]?.description.length ?? 0) <= 140)).toBe(true);
  });

  test("tells of a way back that stopped, and keeps no evidence of what may be gone", async () => {
    const at = await place();
    const outcomes = [
      { ...outcome, path: "db/migrations/000001_a.down.sql", status: "partial" },
      { version: "000000", path: "db/migrations/000000_b.down.sql", status: "not-run" },
    ];
    expect((await record(at, { ...applied, command: "rollback", outcomes, exitStatus: 3 })).status).toBe(0);
    const [deployment] = at.github.state.deployments;
    expect(deployment?.payload).toMatchObject({
      lockkeeper: { result: "failed", migrations: [{ version: "000001", digest: null }] },
    });
    expect(deployment?.statuses[0]).toMatchObject({
      state: "failure",
      description: expect.stringMatching(/^failed: 1 /),
    });
    const undone = [{ ...outcome, status: "undone" }];
    const nothing = await record(at, { ...applied, command: "rollback", outcomes: undone, exitStatus: 1 });
    expect(nothing.log).toContain("Nothing was changed");
  });

  test("fails where the deployment cannot be written, and only warns where a comment cannot", async () => {
    const at = await place();
    const without = (permissions: Readonly<Record<string, "read" | "write">>) =>
      at.github.state.tokens.set(jobToken, { account: actionsBot, permissions });
    without({ ...rights, deployments: "read" });
    const failed = await record(at, applied);
    expect(failed.status).toBe(1);
    expect(failed.issues[0]?.message).toContain("permissions: deployments: write");
    without({ contents: "read", deployments: "write", "pull-requests": "read" });
    const warned = await record(at, applied);
    expect(warned.status).toBe(0);
    expect(warned.issues.map(({ level }) => level)).toEqual(["warning", "warning"]);
    expect(at.github.state.deployments).toHaveLength(1);
  });

  test("says nothing to GitHub where nothing was done, or of no environment", async () => {
    const at = await place();
    expect((await record(at, { ...applied, outcomes: [] })).log).toContain("Nothing was changed");
    expect((await record(at, { ...applied, environment: null })).log).toContain("of no environment");
    expect(at.github.calls).toEqual([]);
  });

  test.each([
    ["", "", "there is none"],
    ["{}", "report.json", "neither migrate nor rollback"],
    ["no JSON", "report.json", "cannot be read"],
    [JSON.stringify(applied), "/etc/hostname", "it is not of this job"],
  ])("refuses what is no report of this job: %s %s", async (text, file, why) => {
    const at = await place();
    const ended = await record(at, text, file);
    expect(ended.status).toBe(1);
    expect(ended.issues[0]?.message).toContain(why);
    expect(at.github.calls).toEqual([]);
  });
});

describe("what succeeded in an environment", () => {
  const deployed = async (all: readonly (readonly [Person, unknown])[]) => {
    const github = await fakeGitHub();
    github.state.tokens.set(jobToken, { account: actionsBot, permissions: rights });
    all.forEach(([creator, payload], i) => {
      github.state.deployments.push({
        ...{ id: i + 1, creator, sha: "0", task: "lockkeeper", environment: "staging", payload, statuses: [] },
      });
    });
    const { owner, repo } = github.state;
    const server = { apiUrl: github.apiUrl, graphqlUrl: github.graphqlUrl, token: jobToken, owner, repo };
    const found = await digestsDeployed(openApi(server), "staging", actionsBot);
    return found === null ? null : [...found];
  };
  const of = (result: string, migrations: readonly object[], environment = "staging") => ({
    lockkeeper: { schema: 1, environment, digest: null, result, migrations },
  });
  const one = { version: "1", path: "m/1.up.sql" };

  test("is the newest word on each version, also as a text", async () => {
    const found = await deployed([
      [
        actionsBot,
        of("applied", [
          { ...one, digest: "d1" },
          { version: "2", path: "m/2.sql", digest: "d2" },
        ]),
      ],
      [actionsBot, JSON.stringify(of("rolled-back", [{ ...one, path: "m/1.down.sql", digest: null }]))],
      [actionsBot, of("applied", [{ version: "1", path: "other/1.sql", digest: "d3" }])],
    ]);
    expect(found?.toSorted()).toEqual(["d2", "d3"]);
  });

  test("is not known where only others, other environments or other programs have written", async () => {
    expect(
      await deployed([
        [mona, of("applied", [{ ...one, digest: "d1" }])],
        [actionsBot, of("applied", [{ ...one, digest: "d1" }], "production")],
        [actionsBot, {}],
        [actionsBot, "deploy"],
        [actionsBot, { lockkeeper: { ...of("applied", []).lockkeeper, schema: 2 } }],
        [actionsBot, of("maybe", [])],
      ]),
    ).toBeNull();
    expect(await deployed([[actionsBot, of("applied", [null as never, { version: 1 }, {}])]])).toEqual([]);
  });
});
