import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hubot, kim, mona } from "../github/scene.ts";
import type { StartedPostgres } from "../support/postgres.ts";
import { config, deployScene, table } from "../workflows/deploy-scene.ts";
import { startDebian } from "./backups.ts";

/** The workflows with Debian's pg_dump and pg_restore: what they back up, and what they refuse without a backup. */
let server: StartedPostgres;

beforeAll(async () => {
  server = await startDebian();
});
afterAll(() => server.stop());

const drop = {
  "db/migrations/000002_no_name.up.sql": "ALTER TABLE users DROP COLUMN name;\n",
  "db/migrations/000002_no_name.down.sql": "ALTER TABLE users ADD COLUMN name text NOT NULL DEFAULT '';\n",
};
const columns =
  "SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped";
const stored = (store: string): readonly string[] => (existsSync(store) ? readdirSync(store).toSorted() : []);

/** Production with a table of three rows, and a pull request that drops a column of it. */
async function dropping(more = "") {
  const scene = await deployScene(server, { ...table, ".github/lockkeeper.yml": `${config}${more}` });
  await scene.hasTable("production");
  await scene.rows("production", "INSERT INTO users SELECT n, 'name ' || n FROM generate_series(1, 3) n");
  scene.merge(drop, { approvedBy: [kim, hubot] });
  const store = join(scene.repository.path, ".git", "store");
  return { scene, store };
}

describe("deploy.yml with a plan that the policy requires a backup for", () => {
  test("backs up, proves it, applies and says so", async () => {
    const { scene, store } = await dropping();
    const ran = await scene.run("deploy.yml", { inputs: { store } });
    expect(ran.errors).toEqual([]);
    expect(ran.jobs.plan?.outputs).toMatchObject({ deploy: "manual", "backup-required": "true", asked: "held" });
    expect(ran.outputs.result).toBe("done");
    expect(stored(store)).toEqual([ran.outputs["backup-id"]]);
    expect(await scene.rows("production", columns)).toEqual([{ attname: "id" }]);
  });

  test("keeps the backup as an artifact where that is asked for, and only of a store in the workspace", async () => {
    const { scene, store } = await dropping();
    const days = { "backup-artifact-days": "7" };
    const event = { name: "push", payload: { repository: { visibility: "private" } } };
    const refused = await scene.run("deploy.yml", { inputs: { ...days, store }, event });
    expect(refused.errors).toEqual([expect.stringContaining("has to name a directory of the workspace")]);
    const ran = await scene.run("deploy.yml", { inputs: { ...days, store: "backups" }, event });
    expect(ran.errors).toEqual([]);
    const [kept] = ran.jobs.deploy?.steps.filter(({ uses }) => uses?.startsWith("actions/upload-artifact@")) ?? [];
    expect(kept?.result).toBe("success");
  });

  test("applies nothing where no backup can be made", async () => {
    const { scene } = await dropping();
    // What is there is a file, and no store.
    const ran = await scene.run("deploy.yml", { inputs: { store: join(scene.repository.path, ".git", "HEAD") } });
    expect(ran.jobs.deploy?.result).toBe("failure");
    expect(ran.outputs).toMatchObject({ applied: "", "backup-id": "" });
    expect(await scene.rows("production", columns)).toEqual([{ attname: "id" }, { attname: "name" }]);
  });

  test("is gone back from by rollback.yml, with a backup of that day", async () => {
    const { scene, store } = await dropping();
    expect((await scene.run("deploy.yml", { inputs: { store } })).errors).toEqual([]);
    const inputs = { store, steps: "1", confirm: "production", backup: "always", reason: "performance-degraded" };
    const ran = await scene.run("rollback.yml", { inputs });
    expect(ran.errors).toEqual([]);
    expect(ran.outputs).toMatchObject({ result: "done", "taken-back": "000002", "current-version": "000001" });
    expect(stored(store)).toHaveLength(2);
    expect(await scene.rows("production", columns)).toEqual([{ attname: "id" }, { attname: "name" }]);
  });
});

describe("backup.yml", () => {
  test("makes a backup that was restored and compared", async () => {
    const { scene, store } = await dropping("  backup: {}\n");
    const secrets = { DATABASE_URL: scene.url("production"), SCRATCH_DATABASE_URL: server.url("postgres") };
    const ran = await scene.run("backup.yml", { inputs: { environment: "backup", store }, secrets });
    expect(ran.errors).toEqual([]);
    expect(ran.outputs.result).toBe("done");
    expect(stored(store)).toEqual([ran.outputs["backup-id"]]);
    const [backup] = ran.jobs.backup?.steps.filter(({ id }) => id === "backup") ?? [];
    expect(backup?.log).toContain("restored");
    expect(backup?.markdown).toContain("restored");
  });

  test("keeps none that could not be restored, and refuses inputs that are wrong first", async () => {
    const { scene, store } = await dropping("  backup: {}\n");
    const secrets = { DATABASE_URL: scene.url("production"), SCRATCH_DATABASE_URL: "postgres://127.0.0.1:1/nowhere" };
    const ran = await scene.run("backup.yml", { inputs: { environment: "backup", store }, secrets });
    expect(ran.jobs.backup?.result).toBe("failure");
    expect(stored(store)).toEqual([]);
    const wrong = await scene.run("backup.yml", { inputs: { environment: "backup", proof: "hope" }, secrets });
    expect(wrong.errors).toEqual([expect.stringContaining("The input proof is none of")]);
  });
});

test("mona's own approval and one of another are not two", async () => {
  const { scene, store } = await dropping();
  const [pull] = [...scene.github.state.pulls.values()];
  scene.github.state.reviews.splice(0, scene.github.state.reviews.length);
  for (const author of [mona, kim]) {
    const review = {
      number: pull?.number ?? 0,
      author,
      commit: pull?.head ?? "",
      state: "APPROVED",
      at: scene.github.tick(),
    };
    scene.github.state.reviews.push({ id: 50_000 + author.id, ...review });
  }
  const ran = await scene.run("deploy.yml", { inputs: { store, approval: "pull-request" } });
  expect(ran.errors.join("\n")).toContain("1 of 2 approvals of its newest commit are missing");
  expect(stored(store)).toEqual([]);
});
