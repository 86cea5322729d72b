import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sharedPostgres } from "../support/global-postgres.ts";
import type { Postgres } from "../support/postgres.ts";
import { type Project, projectOf } from "./project.ts";

const password = "p@:/#%? ss";
const database = "faults_secret";
const role = "faults_secret";
const cli = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));
let postgres: Postgres & { stop(): Promise<void> };
let project: Project;

/** The password and every form of it that a log, a URL, JSON or an encoder makes. */
const forms = [
  password,
  encodeURIComponent(password),
  encodeURIComponent(password).toLowerCase(),
  encodeURIComponent(password).replaceAll("%20", "+"),
  encodeURI(password),
  Buffer.from(password).toString("base64"),
  Buffer.from(`${role}:${password}`).toString("base64"),
  Buffer.from(password).toString("hex"),
  JSON.stringify(password).slice(1, -1),
  // A part of it that a URL cut at the wrong place would show.
  "#%? ss",
  "? ss",
  "%3A%2F%23",
];

beforeAll(async () => {
  postgres = await sharedPostgres();
  await postgres.dropDatabase(database);
  await postgres.createDatabase(database);
  await postgres.withClient("postgres", async (client) => {
    await client.query(`DROP ROLE IF EXISTS ${role}`);
    await client.query(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD '${password}'`);
  });
  project = projectOf({
    "000001_good.up.sql": "CREATE TABLE t (a int);\n",
    "000002_bad.up.sql": "ALTER TABLE t ADD COLUMN b nothing;\n",
  });
});
afterAll(async () => {
  project.remove();
  await postgres.dropDatabase(database);
  await postgres.withClient("postgres", (client) => client.query(`DROP ROLE IF EXISTS ${role}`));
  await postgres.stop();
});

async function run(url: string, args: readonly string[]): Promise<{ status: unknown; output: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", cli, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, DATABASE_URL: url, GITHUB_ACTIONS: "true" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const [status] = await once(child, "close");
  return { status, output };
}

const url = (encoded: string): string => postgres.url(database).replace(/\/\/[^@]*@/, `//${role}:${encoded}@`);

const commands = ["migrate", "plan", "status", "resolve"] as const;

test.each(commands)(
  "%s says the password in no form, whether it works or not",
  async (command) => {
    const right = await run(url(encodeURIComponent(password)), [command, project.directory]);
    const wrong = await run(url(encodeURIComponent(`${password}x`)), [command, project.directory]);
    const unencoded = await run(url(password), [command, project.directory]);
    const halfEncoded = await run(url("p%40:/#%? ss"), [command, project.directory]);
    const gone = await run(url(encodeURIComponent(password)).replace(`:${postgres.port}/`, ":1/"), [
      command,
      project.directory,
    ]);
    expect(right.output.length).toBeGreaterThan(20);
    expect(wrong.output).toContain("28P01");
    for (const each of [unencoded, halfEncoded])
      expect([each.status, each.output]).toEqual([2, expect.stringContaining("database-url-invalid")]);
    for (const [i, { output }] of [right, wrong, unencoded, halfEncoded, gone].entries()) {
      for (const form of forms)
        expect(output.includes(form), `run ${i} shows the password as ${form}:\n${output}`).toBe(false);
    }
  },
  120_000,
);

test("the journal has the failure and not the password", async () => {
  await run(url(encodeURIComponent(password)), ["migrate", project.directory, "--format", "json"]);
  const journal = await postgres.withClient(database, async (client) => {
    return JSON.stringify((await client.query("SELECT * FROM lockkeeper.journal")).rows);
  });
  expect(journal).toContain("nothing");
  for (const form of forms) expect(journal.includes(form), form).toBe(false);
});
