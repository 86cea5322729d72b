import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { sharedPostgres } from "../support/global-postgres.ts";
import { type Ended, step } from "./runner.ts";

const database = "action_hostile_test";
const role = "action_hostile_test";
const password = "p@:/#%? ss";
let postgres: Awaited<ReturnType<typeof sharedPostgres>>;

beforeAll(async () => {
  postgres = await sharedPostgres();
  await postgres.dropDatabase(database);
  await postgres.withClient("postgres", async (client) => {
    await client.query(`DROP ROLE IF EXISTS ${role}`);
    await client.query(`CREATE ROLE ${role} SUPERUSER LOGIN PASSWORD '${password}'`);
  });
});
beforeEach(async () => {
  await postgres.dropDatabase(database);
  await postgres.createDatabase(database);
});
afterAll(async () => {
  await postgres.dropDatabase(database);
  await postgres.withClient("postgres", (client) => client.query(`DROP ROLE IF EXISTS ${role}`));
  await postgres.stop();
});

const url = (encoded: string): string => postgres.url(database).replace(/\/\/[^@]*@/, `//${role}:${encoded}@`);
const right = (): string => url(encodeURIComponent(password));

/** The password in every form that a log, a URL, JSON or an encoder makes of it. */
const forms = [
  password,
  encodeURIComponent(password),
  encodeURIComponent(password).toLowerCase(),
  encodeURIComponent(password).replaceAll("%20", "+"),
  encodeURI(password),
  Buffer.from(password).toString("base64"),
  Buffer.from(`${role}:${password}`).toString("base64"),
  Buffer.from(password).toString("hex"),
  // A part of it that a URL cut at the wrong place would show.
  "#%? ss",
  "%3A%2F%23",
];

/** Everything that a step leaves: what the log shows, annotations, and all files of the runner. */
function leftBy({ log, issues, temporary }: Ended): string {
  const files = readdirSync(temporary, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
  return [log, JSON.stringify(issues), ...files].join("\n");
}

function expectNoPassword(ended: Ended): void {
  const left = leftBy(ended);
  for (const form of forms) expect(left.includes(form), `the password is shown as ${form}:\n${left}`).toBe(false);
  // Masks come before everything else: what is printed before them would stay.
  const first = ended.commands.findIndex((name) => name !== "add-mask");
  expect(ended.commands.slice(first)).not.toContain("add-mask");
}

const files = {
  "db/000001_a.up.sql": "CREATE TABLE a (x int);\n",
  "db/000001_a.down.sql": "DROP TABLE a;\n",
  "db/000002_bad.up.sql": "ALTER TABLE a ADD COLUMN b nothing;\n",
  ".github/lockkeeper.yml": "version: 1\nenvironments: { staging: { database-url-from: STAGING_URL } }\n",
};

test.each([{ command: "plan" }, { command: "migrate" }, { command: "verify" }, { command: "rollback", steps: "1" }])(
  "%j shows the password in no form, whether it works or not",
  async (written) => {
    const ways = [
      right(),
      url(encodeURIComponent(`${password}x`)),
      url(password),
      right().replace(`:${postgres.port}/`, ":1/"),
      `host=127.0.0.1 port=${postgres.port} user=${role} password='${password}' dbname=${database} sslmode=disable`,
      postgres
        .url(database)
        .replace(/\/\/[^@]*@/, `//${role}@`)
        .concat(`&password=${encodeURIComponent(password)}`),
    ];
    const steps = ways.map((way, i) =>
      // By an input and by a variable that the config names, in turn.
      i % 2 === 0
        ? step({ files, with: { path: "db", ...written, "database-url": way } })
        : step({ files, with: { path: "db", ...written, environment: "staging" }, env: { STAGING_URL: way } }),
    );
    for (const ended of await Promise.all(steps)) {
      expect(ended.log.length + ended.issues.length).toBeGreaterThan(0);
      expectNoPassword(ended);
    }
  },
  60_000,
);

test("what the server, the hooks and a failure say is shown without the password, and is no order to the runner", async () => {
  const said = [
    "::error::from the server",
    "##[error]from the server",
    " ::add-mask::applied",
    "::stop-commands::x",
    "first\n::error::second line",
    "first\r::warning::after a return",
    "\u200b::error::unseen",
    `the password is ${password}`,
    `in a URL ${encodeURIComponent(password)}`,
  ];
  const literal = (text: string): string => `$t$${text}$t$`;
  const notices = said.map((text) => `  RAISE NOTICE '%', ${literal(text)};\n`).join("");
  const body = `${notices}  RAISE EXCEPTION '%', ${literal(`::error::the end, ${password}\n##[group]x`)};\n`;
  const hook = `echo '::error::from a hook'; echo "##[error]from a hook"; echo '${password}'; echo '${password}' >&2`;
  const hostile = {
    "db/000001_a.up.sql": `CREATE TABLE a (x int);\nDO $do$ BEGIN\n${body}END $do$;\n`,
    ".github/lockkeeper.yml": `version: 1\npolicy: { critical: { deploy: automatic, backup: optional }, high: { deploy: automatic, backup: optional } }\nhooks: { before: ${JSON.stringify(hook)} }\n`,
  };
  const env = { DATABASE_URL: right(), PATH: process.env.PATH ?? "" };
  const ended = await step({ files: hostile, with: { command: "migrate", path: "db" }, env });
  expect(ended.outputs).toMatchObject({ result: "failed", "exit-status": "1" });
  expectNoPassword(ended);
  expect(ended.log).toContain("from the server");
  expect(ended.log).toContain("from a hook");
  expect(ended.log).toContain("the password is ***");
  const allowed = ["add-mask", "group", "stop-commands", "endgroup", "error"];
  expect(ended.commands.filter((name) => !allowed.includes(name) && !/^[0-9a-f-]{36}$/.test(name))).toEqual([]);
  expect(ended.issues).toHaveLength(2);
  expect(ended.issues[0]).toMatchObject({ file: "db/000001_a.up.sql", line: 2 });
  expect(ended.issues[1]?.message).toContain("Stopped: nothing of the migration");
}, 30_000);

test("an address that breaks while it works is told without it", async () => {
  const cut = {
    ...files,
    "db/000001_a.up.sql": "CREATE TABLE a (x int);\nSELECT pg_terminate_backend(pg_backend_pid());\n",
  };
  const config =
    "version: 1\npolicy: { high: { deploy: automatic, backup: optional }, critical: { deploy: automatic, backup: optional } }\n";
  const { "db/000002_bad.up.sql": _bad, ...good } = cut;
  const ended = await step({
    files: { ...good, ".github/lockkeeper.yml": config },
    with: { command: "migrate", path: "db", "database-url": right(), "lock-retries": "0" },
  });
  expect(ended.status).toBe(1);
  expectNoPassword(ended);
}, 60_000);
