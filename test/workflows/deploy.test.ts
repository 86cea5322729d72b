import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { hubot, kim, mona } from "../github/scene.ts";
import { actionsBot } from "../github/state.ts";
import { sharedPostgres } from "../support/global-postgres.ts";
import type { Postgres } from "../support/postgres.ts";
import { config, deployScene, index, table } from "./deploy-scene.ts";
import type { Ran } from "./run.ts";

let postgres: Postgres;
beforeAll(async () => {
  postgres = await sharedPostgres();
});

const tables = "SELECT relname FROM pg_class WHERE relname LIKE 'users%' AND relkind IN ('r', 'i') ORDER BY 1";
const none: readonly unknown[] = [];
const tableOnly = [{ relname: "users" }, { relname: "users_pkey" }];
const withIndex = [{ relname: "users" }, { relname: "users_name" }, { relname: "users_pkey" }];

describe("a plan that the policy deploys by itself", () => {
  test("goes straight through where nobody reviews, and is written down on GitHub", async () => {
    const scene = await deployScene(postgres);
    const pull = scene.merge(table);
    const ran = await scene.run("deploy.yml", { inputs: { environment: "staging" } });
    expect(ran.errors).toEqual([]);
    const asked = { deploy: "automatic", origins: "approved", pending: "1", asked: "approved" };
    expect(ran.jobs.plan?.outputs).toMatchObject(asked);
    const ask = ran.jobs.plan?.steps.find(({ id }) => id === "ask");
    expect(ask?.log.trim()).toBe("The policy deploys risk low by itself: nobody is asked.");
    expect(ran.jobs.deploy?.environment).toBe("staging");
    expect(ran.outputs).toMatchObject({ result: "done", applied: "000001" });
    expect(await scene.rows("staging", tables)).toEqual(tableOnly);
    const [deployment] = scene.github.state.deployments.filter(({ task }) => task === "lockkeeper");
    expect(deployment?.environment).toBe("staging");
    expect(deployment?.payload).toMatchObject({
      lockkeeper: { schema: 1, environment: "staging", digest: ran.outputs.digest, result: "applied" },
    });
    expect(deployment?.statuses.map(({ state }) => state)).toEqual(["success"]);
    const [comment] = scene.github.state.comments.filter(({ number }) => number === pull.number);
    expect(comment?.body).toContain("are in staging");
    // Nothing is pending any more: nobody is asked, and no job waits.
    const again = await scene.run("deploy.yml", { inputs: { environment: "staging" } });
    expect(again.errors).toEqual([]);
    expect(again.jobs.deploy?.result).toBe("skipped");
    expect(again.outputs.result).toBe("nothing");
  });

  test("takes the environment for it, and what reached the branch another way takes the one with reviewers", async () => {
    const scene = await deployScene(postgres);
    scene.github.state.environments.set("quick", { reviewers: [] });
    scene.github.state.environments.set("asked", { reviewers: [hubot] });
    const inputs = { "environment-automatic": "quick", "environment-approval": "asked" };
    scene.merge(table);
    const first = await scene.run("deploy.yml", { inputs });
    expect(first.errors).toEqual([]);
    expect([first.jobs.deploy?.environment, first.outputs.result]).toEqual(["quick", "done"]);
    expect(first.jobs.deploy?.group).toBe("lockkeeper-production");
    scene.push({ "db/migrations/000003_teams.up.sql": "CREATE TABLE teams (id bigint PRIMARY KEY);\n" });
    const second = await scene.run("deploy.yml", { inputs });
    expect(second.errors).toEqual([]);
    expect(second.jobs.plan?.outputs).toMatchObject({ deploy: "automatic", origins: "none", asked: "held" });
    expect([second.jobs.deploy?.environment, second.outputs.result]).toEqual(["asked", "done"]);
    // While it waits for somebody, nobody waits behind it.
    expect(second.jobs.deploy?.group).toMatch(/^lockkeeper-production-\d+$/);
    const plan = second.jobs.plan?.steps.find(({ id }) => id === "plan");
    expect(plan?.markdown).toContain("it came to the branch without a pull request");
  });
});

describe("a plan above automatic", () => {
  test("waits for the reviewers of the environment, and is applied when they let it through", async () => {
    const scene = await deployScene(postgres, table);
    await scene.hasTable("production");
    scene.merge(index, { approvedBy: [kim] });
    let before: readonly unknown[] = [];
    const ran = await scene.run("deploy.yml", {
      async review() {
        before = await scene.rows("production", tables);
        return "approved" as const;
      },
    });
    expect(ran.errors).toEqual([]);
    expect(ran.jobs.plan?.outputs).toMatchObject({ deploy: "reviewed", asked: "held" });
    expect(before).toEqual(tableOnly);
    expect(ran.outputs.result).toBe("done");
    expect(await scene.rows("production", tables)).toEqual(withIndex);
  });

  test("is not applied when they reject it", async () => {
    const scene = await deployScene(postgres, table);
    await scene.hasTable("production");
    scene.merge(index, { approvedBy: [kim] });
    const ran = await scene.run("deploy.yml", { review: () => "rejected" });
    expect(ran.jobs.deploy?.result).toBe("failure");
    expect(await scene.rows("production", tables)).toEqual(tableOnly);
  });

  test("is refused when it is another one by the time that they have agreed", async () => {
    const scene = await deployScene(postgres, table);
    await scene.hasTable("production");
    scene.merge(index, { approvedBy: [kim] });
    const more = { "db/migrations/000003_more.up.sql": "CREATE TABLE more (id bigint PRIMARY KEY);\n" };
    scene.merge(more, { approvedBy: [kim] });
    const ran = await scene.run("deploy.yml", {
      // Somebody applies one of them by hand while the reviewers think.
      async review() {
        await scene.rows("production", "CREATE INDEX users_name ON users (name)");
        await scene.rows("production", "UPDATE schema_migrations SET version = 2");
        return "approved" as const;
      },
    });
    expect(ran.errors.join("\n")).toContain("This is not the plan that was agreed to.");
    expect(ran.outputs.result).toBe("refused");
    expect(await scene.rows("production", "SELECT to_regclass('more') AS found")).toEqual([{ found: null }]);
  });

  test("is refused when a newer one was let through first", async () => {
    const scene = await deployScene(postgres, table);
    await scene.hasTable("production");
    scene.merge(index, { approvedBy: [kim] });
    let newer: Ran | null = null;
    const older = await scene.run("deploy.yml", {
      async review() {
        scene.merge({ "db/migrations/000003_more.up.sql": "CREATE TABLE more (id bigint PRIMARY KEY);\n" });
        newer = await scene.run("deploy.yml");
        return "approved" as const;
      },
    });
    expect(newer).toMatchObject({ errors: [], outputs: { result: "done", applied: "000002 000003" } });
    expect(older.outputs).toMatchObject({ result: "refused", applied: "" });
    expect(older.errors).toHaveLength(1);
  });

  test("is refused where the environment has no reviewers: GitHub would hold nothing", async () => {
    const scene = await deployScene(postgres, table);
    await scene.hasTable("production");
    scene.merge(index, { approvedBy: [kim] });
    scene.github.state.environments.delete("production");
    for (const reviewers of [null, []]) {
      if (reviewers !== null) scene.github.state.environments.set("production", { reviewers });
      const ran = await scene.run("deploy.yml");
      expect(ran.errors.join("\n")).toContain("nobody would be asked");
      expect(ran.jobs.deploy?.result).toBe("skipped");
    }
    expect(await scene.rows("production", tables)).toEqual(tableOnly);
  });

  test("is refused with migrate: auto", async () => {
    const scene = await deployScene(postgres, table);
    await scene.hasTable("production");
    scene.merge(index, { approvedBy: [kim] });
    const ran = await scene.run("deploy.yml", { inputs: { migrate: "auto" } });
    expect(ran.errors.join("\n")).toContain("the policy does not deploy this plan by itself");
    expect(ran.jobs.deploy?.result).toBe("skipped");
    expect(await scene.rows("production", tables)).toEqual(tableOnly);
  });

  test("goes to staging with the approvals of its pull request, and not without them", async () => {
    const scene = await deployScene(postgres, table);
    await scene.hasTable("staging");
    const inputs = { environment: "staging", approval: "pull-request" };
    const pull = scene.merge(index);
    // Its author, an approval of another commit, and somebody who may not write.
    const say = (author: typeof mona, commit: string) =>
      scene.github.state.reviews.push({
        id: 7 + author.id,
        number: pull.number,
        author,
        commit,
        state: "APPROVED",
        at: scene.github.tick(),
      });
    say(mona, pull.head);
    say(kim, pull.base);
    const first = await scene.run("deploy.yml", { inputs });
    expect(first.errors.join("\n")).toContain("1 of 1 approvals of its newest commit are missing");
    expect(await scene.rows("staging", tables)).toEqual(tableOnly);
    say(hubot, pull.head);
    const second = await scene.run("deploy.yml", { inputs });
    expect(second.errors).toEqual([]);
    expect(await scene.rows("staging", tables)).toEqual(withIndex);
    // What was approved is not what is deployed: the file was changed on the branch afterwards.
    scene.merge({ "db/migrations/000003_a.up.sql": "CREATE TABLE a (x int);\n" }, { approvedBy: [hubot] });
    scene.push({ "db/migrations/000003_a.up.sql": "CREATE TABLE a (x bigint);\n" });
    const third = await scene.run("deploy.yml", { inputs });
    expect(third.errors.join("\n")).toContain("Not all migrations were approved");
    expect(third.jobs.deploy?.result).toBe("skipped");
  });
});

test("the plan is made by a role that only reads, and the deploy by the environment's own secret", async () => {
  const scene = await deployScene(postgres, table);
  await scene.hasTable("production");
  scene.merge(index, { approvedBy: [kim] });
  const role = `reader_${randomBytes(4).toString("hex")}`;
  const reading = [
    `CREATE ROLE ${role} LOGIN PASSWORD 'only-reads'`,
    `GRANT USAGE ON SCHEMA public TO ${role}`,
    `GRANT SELECT ON schema_migrations TO ${role}`,
  ];
  for (const sql of reading) await scene.rows("production", sql);
  onTestFinished(async () => {
    await scene.rows("production", `DROP OWNED BY ${role}`);
    await scene.rows("production", `DROP ROLE ${role}`);
  });
  const url = new URL(scene.url("production"));
  url.username = role;
  url.password = "only-reads";
  const given = {
    secrets: { PLAN_DATABASE_URL: url.href, DATABASE_URL: "" },
    environmentSecrets: { production: { DATABASE_URL: scene.url("production") } },
  };
  const ran = await scene.run("deploy.yml", given);
  expect(ran.errors).toEqual([]);
  expect(ran.outputs).toMatchObject({ result: "done", applied: "000002" });
  const report = ran.jobs.plan?.steps.find(({ id }) => id === "plan")?.outputs.report ?? "";
  expect(JSON.parse(readFileSync(report, "utf8")).server.user).toBe(role);
  expect(await scene.rows("production", tables)).toEqual(withIndex);
  // From now on there is a journal, which the plan reads too.
  const early = await scene.run("deploy.yml", given);
  expect(early.errors.join("\n")).toContain("GRANT the right to read it");
  await scene.rows("production", `GRANT USAGE ON SCHEMA lockkeeper TO ${role}`);
  await scene.rows("production", `GRANT SELECT ON ALL TABLES IN SCHEMA lockkeeper TO ${role}`);
  const late = await scene.run("deploy.yml", given);
  expect([late.errors, late.outputs.result]).toEqual([[], "nothing"]);
});

test("migrate: skip touches nothing, and says what is pending and that the database is well", async () => {
  const scene = await deployScene(postgres, table);
  scene.github.state.environments.set("production", { reviewers: [] });
  const ran = await scene.run("deploy.yml", { inputs: { migrate: "skip" } });
  expect(ran.errors).toEqual([]);
  expect(ran.outputs).toMatchObject({ pending: "1", result: "nothing", applied: "" });
  expect(ran.jobs.deploy?.steps.find(({ id }) => id === "migrate")?.outputs.valid).toBe("true");
  expect(await scene.rows("production", tables)).toEqual(none);
  expect(scene.github.state.deployments.filter(({ task }) => task === "lockkeeper")).toEqual([]);
});

test("nothing is deployed from a ref that is not protected, and the database is not even asked", async () => {
  const scene = await deployScene(postgres, table);
  const ran = await scene.run("deploy.yml", {
    isProtected: false,
    secrets: { DATABASE_URL: "postgres://127.0.0.1:1/x" },
  });
  expect(ran.errors).toEqual([expect.stringContaining("no branch protection and no ruleset")]);
  expect(ran.jobs.plan?.steps.filter(({ result }) => result !== "skipped")).toHaveLength(1);
  expect(ran.jobs.deploy?.result).toBe("skipped");
});

test("inputs that are wrong are refused before anything is touched, and never shown as an order to the runner", async () => {
  const scene = await deployScene(postgres, table);
  const wrong = [
    { approval: "anybody" },
    { migrate: "yes" },
    { environment: "a b\n::error::x" },
    { "expect-digest": "0" },
    { "backup-artifact-days": "$(id)" },
    { "postgresql-client": "17; id" },
  ];
  for (const inputs of wrong) {
    const ran = await scene.run("deploy.yml", { inputs });
    expect(ran.errors, JSON.stringify(inputs)).toHaveLength(1);
    expect(ran.errors.join()).toContain(`The input ${Object.keys(inputs)[0]} is`);
  }
  // GitHub's own example of an event is of a public repository.
  const published = await scene.run("deploy.yml", { inputs: { "backup-artifact-days": "7", store: "backups" } });
  expect(published.errors.join()).toContain("anybody can load those of another");
  expect(scene.github.calls).toEqual([]);
});

describe("after: staging", () => {
  const ordered = `${config.replace("production: {}", "production: { after: staging }")}`;
  const staging = { inputs: { environment: "staging" } };

  test("holds production back until the same checksums have succeeded there", async () => {
    const scene = await deployScene(postgres, { ".github/lockkeeper.yml": ordered });
    scene.merge(table);
    const early = await scene.run("deploy.yml");
    expect(early.errors.join("\n")).toContain("nothing is known of what succeeded there");
    expect(await scene.rows("production", tables)).toEqual(none);
    expect((await scene.run("deploy.yml", staging)).errors).toEqual([]);
    const late = await scene.run("deploy.yml");
    expect(late.errors).toEqual([]);
    // Nobody is needed, but this environment holds every job.
    expect([late.jobs.plan?.outputs.deploy, late.jobs.plan?.outputs.asked]).toEqual(["automatic", "held"]);
    expect(await scene.rows("production", tables)).toEqual(tableOnly);
  });

  test("takes no other checksum for it, and no word of somebody who has only made a deployment", async () => {
    const scene = await deployScene(postgres, { ".github/lockkeeper.yml": ordered });
    scene.merge(table);
    expect((await scene.run("deploy.yml", staging)).errors).toEqual([]);
    scene.merge({ "db/migrations/000001_users.up.sql": "CREATE TABLE users (id int PRIMARY KEY, name text);\n" });
    const ran = await scene.run("deploy.yml");
    expect(ran.errors.join("\n")).toContain("000001 did not succeed in staging as they are now");
    // Mona may write, and knows the form and the checksum.
    const report = ran.jobs.plan?.steps.find(({ id }) => id === "plan")?.outputs.report ?? "";
    const [{ path, version, digest }] = JSON.parse(readFileSync(report, "utf8")).plan.migrations;
    const migrations = [{ path, version, digest }];
    const payload = { lockkeeper: { schema: 1, environment: "staging", digest: null, migrations, result: "applied" } };
    const forged = { id: 9_999_998, sha: "0", task: "lockkeeper", environment: "staging", payload, statuses: [] };
    scene.github.state.deployments.push({ ...forged, creator: mona });
    const again = await scene.run("deploy.yml");
    expect(again.errors.join("\n")).toContain("000001 did not succeed in staging");
    expect(await scene.rows("production", tables)).toEqual(none);
    // The same of a run's own account is evidence, so it is the account that made the difference.
    scene.github.state.deployments.push({ ...forged, id: 9_999_999, creator: actionsBot });
    expect((await scene.run("deploy.yml")).errors).toEqual([]);
  });
});
