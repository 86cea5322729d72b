import { beforeAll, describe, expect, test } from "vitest";
import { hubot, kim } from "../github/scene.ts";
import { sharedPostgres } from "../support/global-postgres.ts";
import type { Postgres } from "../support/postgres.ts";
import { config, deployScene, index, table } from "./deploy-scene.ts";

let postgres: Postgres;
beforeAll(async () => {
  postgres = await sharedPostgres();
});

const found = "SELECT to_regclass('users_name') IS NOT NULL AS is";

/** Production with the index, which a deploy has brought. */
async function deployed() {
  const scene = await deployScene(postgres, table);
  await scene.hasTable("production");
  const pull = scene.merge(index, { approvedBy: [kim] });
  expect((await scene.run("deploy.yml")).errors).toEqual([]);
  expect(await scene.rows("production", found)).toEqual([{ is: true }]);
  return { scene, pull };
}

describe("rollback.yml", () => {
  test("says in a dry run what it would do, and does it when the name is confirmed and the reviewers agree", async () => {
    const { scene, pull } = await deployed();
    const inputs = { "target-version": "000001" };
    const dry = await scene.run("rollback.yml", { inputs: { ...inputs, "dry-run": "true" } });
    expect(dry.errors).toEqual([]);
    expect(dry.jobs.rollback?.result).toBe("skipped");
    expect(dry.jobs.plan?.outputs.pending).toBe("1");
    expect(await scene.rows("production", found)).toEqual([{ is: true }]);

    const rejected = await scene.run("rollback.yml", {
      inputs: { ...inputs, confirm: "production" },
      review: () => "rejected",
    });
    expect(rejected.jobs.rollback?.result).toBe("failure");
    expect(await scene.rows("production", found)).toEqual([{ is: true }]);

    const ran = await scene.run("rollback.yml", { inputs: { ...inputs, confirm: "production" } });
    expect(ran.errors).toEqual([]);
    expect(ran.outputs).toMatchObject({ result: "done", "taken-back": "000002" });
    expect(ran.outputs.digest).toBe(dry.outputs.digest);
    expect(await scene.rows("production", found)).toEqual([{ is: false }]);
    const [, back] = scene.github.state.deployments.filter(({ task }) => task === "lockkeeper");
    expect(back?.payload).toMatchObject({
      lockkeeper: { result: "rolled-back", migrations: [{ version: "000002", digest: null }] },
    });
    const [comment, ...others] = scene.github.state.comments.filter(({ number }) => number === pull.number);
    expect(comment?.body).toContain("were taken back from production");
    expect(others).toEqual([]);
  });

  test("refuses another name, no way, and a ref that is not protected, before anything is touched", async () => {
    const scene = await deployScene(postgres, table);
    const unreachable = { DATABASE_URL: "postgres://127.0.0.1:1/nowhere" };
    for (const [inputs, why, isProtected] of [
      [{ steps: "1", confirm: "prod" }, "confirm is not the name of the environment", true],
      [{ steps: "1" }, "confirm is not the name of the environment", true],
      [{ confirm: "production" }, "How far back?", true],
      [{ steps: "1", "dry-run": "maybe" }, "dry-run", true],
      [{ steps: "1", confirm: "production" }, "no branch protection", false],
    ] as const) {
      const ran = await scene.run("rollback.yml", { inputs, isProtected, secrets: unreachable });
      expect(ran.errors).toEqual([expect.stringContaining(why)]);
      expect(ran.jobs.rollback?.result).toBe("skipped");
    }
  });

  test("is evidence that production waits for staging again", async () => {
    const ordered = config.replace("production: {}", "production: { after: staging }");
    const scene = await deployScene(postgres, { ...table, ".github/lockkeeper.yml": ordered });
    for (const environment of ["staging", "production"] as const) await scene.hasTable(environment);
    scene.merge(index, { approvedBy: [kim] });
    const staging = { environment: "staging", approval: "pull-request" };
    expect((await scene.run("deploy.yml", { inputs: staging })).errors).toEqual([]);
    const back = { environment: "staging", steps: "1", confirm: "staging" };
    expect((await scene.run("rollback.yml", { inputs: back })).errors).toEqual([]);
    const ran = await scene.run("deploy.yml");
    expect(ran.errors.join("\n")).toContain("000002 did not succeed in staging as they are now");
    expect(await scene.rows("production", found)).toEqual([{ is: false }]);
  });
});

describe("a migration that fails", () => {
  const more = {
    "db/migrations/000002_teams.up.sql": "CREATE TABLE teams (id bigint PRIMARY KEY);\n",
    "db/migrations/000002_teams.down.sql": "DROP TABLE teams;\n",
    "db/migrations/000003_view.up.sql": "CREATE VIEW known AS SELECT no_such_function(id) FROM users;\n",
    "db/migrations/000003_view.down.sql": "DROP VIEW known;\n",
  };
  const teams = "SELECT to_regclass('teams') IS NOT NULL AS is";

  test("fails the run, is written down as failed, and the ones before it stay", async () => {
    const scene = await deployScene(postgres, table);
    await scene.hasTable("staging");
    const pull = scene.merge(more, { approvedBy: [hubot] });
    const ran = await scene.run("deploy.yml", { inputs: { environment: "staging", approval: "pull-request" } });
    expect(ran.errors.join("\n")).toContain("no_such_function");
    expect(ran.outputs).toMatchObject({ result: "failed", applied: "000002" });
    expect(await scene.rows("staging", teams)).toEqual([{ is: true }]);
    const [deployment] = scene.github.state.deployments.filter(({ task }) => task === "lockkeeper");
    expect(deployment?.statuses).toMatchObject([
      { state: "failure", description: "failed: 1 of 2 migrations applied" },
    ]);
    const [comment] = scene.github.state.comments.filter(({ number }) => number === pull.number);
    expect(comment?.body).toContain("`db/migrations/000003_view.up.sql`: not applied");
  });

  test("is gone back from where the config agrees to that, and so it is written down", async () => {
    const agreed = config.replace("staging: {}", "staging: { rollback-on: [migration-failed] }");
    const scene = await deployScene(postgres, { ...table, ".github/lockkeeper.yml": agreed });
    await scene.hasTable("staging");
    scene.merge(more, { approvedBy: [hubot] });
    const ran = await scene.run("deploy.yml", { inputs: { environment: "staging", approval: "pull-request" } });
    expect(ran.errors.join("\n")).toContain("no_such_function");
    expect(await scene.rows("staging", teams)).toEqual([{ is: false }]);
    const [deployment] = scene.github.state.deployments.filter(({ task }) => task === "lockkeeper");
    expect(deployment?.payload).toMatchObject({ lockkeeper: { result: "rolled-back" } });
  });
});
