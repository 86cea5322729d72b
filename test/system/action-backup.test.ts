import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { type Ended, step } from "../action/runner.ts";
import type { StartedPostgres } from "../support/postgres.ts";
import { startDebian } from "./backups.ts";

const database = "action_backup";
const role = "action_backup";
const password = "p@:/#%? ss";
let server: StartedPostgres;

beforeAll(async () => {
  server = await startDebian();
  await server.withClient("postgres", (client) =>
    client.query(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD '${password}'`),
  );
});
beforeEach(async () => {
  await server.dropDatabase(database);
  await server.createDatabase(database);
});
afterAll(() => server.stop());

const files = {
  "db/000001_users.up.sql": "CREATE TABLE users (id bigint PRIMARY KEY, legacy text);\n",
  "db/000001_users.down.sql": "DROP TABLE users;\n",
  "db/000002_drop.up.sql": "ALTER TABLE users DROP COLUMN legacy;\n",
  "db/000002_drop.down.sql": "ALTER TABLE users ADD COLUMN legacy text;\n",
  ".github/lockkeeper.yml": "version: 1\nenvironments: { staging: {} }\n",
};

function newStore(): string {
  const directory = mkdtempSync(join(tmpdir(), "lockkeeper-store-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, "store");
}

const url = (): string => server.url(database).replace(/\/\/[^@]*@/, `//${role}:${encodeURIComponent(password)}@`);

/** A step of the environment, which shows the password nowhere. */
async function run(written: Readonly<Record<string, string>>): Promise<Ended> {
  const env = { DATABASE_URL: url(), PATH: process.env.PATH ?? "", HOME: tmpdir() };
  const ended = await step({ files, with: { environment: "staging", ...written }, env });
  const left = [ended.log, JSON.stringify(ended.outputs), ended.markdown, JSON.stringify(ended.issues)].join("\n");
  for (const form of [password, encodeURIComponent(password), "#%? ss"]) expect(left).not.toContain(form);
  return ended;
}

test("a backup is made, listed and proved again, and its id is an output", async () => {
  const store = newStore();
  const made = await run({ command: "backup", store, proof: "archive", jobs: "2" });
  expect(made).toMatchObject({
    status: 0,
    outputs: { result: "done", "exit-status": "0", environment: "staging", database },
  });
  const id = made.outputs["backup-id"] ?? "";
  expect(readdirSync(store)).toEqual([id]);
  expect(made.markdown).toContain(id);
  expect(JSON.parse(readFileSync(made.outputs.report ?? "", "utf8")).backup.id).toBe(id);
  const listed = await run({ command: "backup list", store });
  expect(listed).toMatchObject({ status: 0, outputs: { result: "done" } });
  expect(listed.log).toContain(id);
  const proved = await run({ command: "backup verify", store, "backup-id": id, proof: "checksums" });
  expect(proved).toMatchObject({ status: 0, outputs: { result: "done", "backup-id": id } });
  rmSync(join(store, id, "database.dump"), { force: true });
  rmSync(join(store, id, "dump"), { recursive: true, force: true });
  const broken = await run({ command: "backup verify", store, "backup-id": id });
  expect(broken).toMatchObject({ status: 1, outputs: { result: "failed", "exit-status": "1" } });
});

test("a deploy that needs a backup is refused without one, and makes and names it where there is a store", async () => {
  const store = newStore();
  const first = await run({ command: "migrate", path: "db", "target-version": "000001" });
  expect(first.outputs).toMatchObject({ result: "done", "backup-id": "" });
  await server.withClient(database, (client) => client.query("INSERT INTO users VALUES (1, 'old')"));
  const { outputs: plan } = await run({ command: "plan", path: "db" });
  expect(plan).toMatchObject({ result: "waiting", risk: "critical", "backup-required": "true", deploy: "manual" });
  const agreed = { command: "migrate", path: "db", "expect-digest": plan.digest ?? "" };
  const none = await run(agreed);
  expect(none).toMatchObject({ status: 1, outputs: { result: "refused", applied: "", "backup-id": "" } });
  expect(none.issues.at(-1)?.message).toContain("backup-required");
  const done = await run({ ...agreed, store });
  expect(done).toMatchObject({ status: 0, outputs: { result: "done", applied: "000002", valid: "true" } });
  expect(readdirSync(store)).toEqual([done.outputs["backup-id"]]);
  expect(existsSync(join(store, done.outputs["backup-id"] ?? "", "manifest.json"))).toBe(true);
  expect(done.markdown).toContain("(proved: archive)");
  const always = await run({ command: "migrate", path: "db", backup: "always", store });
  expect(always).toMatchObject({ status: 0, outputs: { result: "nothing" } });
});
