import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { freshDatabase, type SharedPostgres } from "../support/global-postgres.ts";
import { project } from "../workspace/project.ts";
import { lockkeeper, program, type Run } from "./cli.ts";

const database = "cli_hooks_test";
let postgres: SharedPostgres;
freshDatabase(database, (server) => {
  postgres = server;
});

const sql = (text: string) => postgres.withClient(database, (client) => client.query(text));
const path = process.env.PATH ?? "";

/** Each hook writes its name and what it is told into a file. */
const hooks = (other: Readonly<Record<string, string>> = {}): string =>
  ["before", "maintenance-on", "maintenance-off", "after", "on-failure"]
    .map((moment) => {
      const command = `${other[moment] ?? ""} echo "$LOCKKEEPER_HOOK $LOCKKEEPER_RESULT" >> hooks.log`;
      return `  ${moment}: ${JSON.stringify(command)}\n`;
    })
    .join("");

const good = {
  "db/000001_users.up.sql": "CREATE TABLE users (id bigint);\n",
  "db/000001_users.down.sql": "DROP TABLE users;\n",
};
const bad = { "db/000001_users.up.sql": "CREATE TABLE users (id bigint);\nSELECT 1 / (count(*) * 0) FROM users;\n" };
const slow = { "db/000001_users.up.sql": "CREATE TABLE users (id bigint);\nSELECT pg_sleep(60);\n" };
const automatic =
  "policy: { high: { deploy: automatic, backup: optional }, medium: { deploy: automatic }, critical: { deploy: automatic, backup: optional } }\n";

function projectWith(migrations: Readonly<Record<string, string>>, more: string): string {
  return project({ ...migrations, ".github/lockkeeper.yml": `version: 1\n${automatic}${more}` });
}

const migrate = (cwd: string, env: Readonly<Record<string, string>> = {}): Promise<Run> =>
  lockkeeper(["migrate", "db"], { cwd, env: { PATH: path, DATABASE_URL: postgres.url(database), ...env } });

/** Without the line ends at which it is wrapped. */
const inOneLine = (text: string): string => text.replace(/\s+/g, " ");

const log = (cwd: string): readonly string[] =>
  existsSync(join(cwd, "hooks.log")) ? readFileSync(join(cwd, "hooks.log"), "utf8").trim().split("\n") : [];

/** Starts a run that can be sent signals; it is killed with the test at the latest. */
function start(cwd: string): ChildProcess {
  const child = spawn(process.execPath, [program, "migrate", "db"], {
    cwd,
    env: { PATH: path, DATABASE_URL: postgres.url(database) },
    stdio: "ignore",
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

describe("hooks", () => {
  test("are run in their order around a deploy that succeeds", async () => {
    const cwd = projectWith(good, `hooks:\n${hooks()}`);
    expect((await migrate(cwd)).status).toBe(0);
    expect(log(cwd).map((line) => line.trim())).toEqual([
      "before",
      "maintenance-on",
      "maintenance-off done",
      "after done",
    ]);
  });

  test("after a failure, maintenance ends and on-failure is run", async () => {
    const cwd = projectWith(bad, `hooks:\n${hooks()}`);
    expect((await migrate(cwd)).status).toBe(1);
    expect(log(cwd).map((line) => line.trim())).toEqual([
      ...["before", "maintenance-on", "maintenance-off failed", "on-failure failed"],
    ]);
  });

  test("are not run where there is nothing to do, or where it is refused", async () => {
    const cwd = projectWith(good, `hooks:\n${hooks()}`);
    await migrate(cwd);
    const before = log(cwd);
    expect((await migrate(cwd)).stdout).toContain("Nothing to do");
    expect(log(cwd)).toEqual(before);
  });

  test.each([
    ["before", ["on-failure failed"]],
    ["maintenance-on", ["before", "maintenance-off failed", "on-failure failed"]],
  ])("a command that fails in %s keeps anything from being begun", async (moment, expected) => {
    const cwd = projectWith(good, `hooks:\n${hooks({ [moment]: "exit 7;" })}`);
    const { status, stdout } = await migrate(cwd);
    expect([status, inOneLine(stdout)]).toEqual([1, expect.stringContaining(`of ${moment} ended with status 7`)]);
    expect(log(cwd).map((line) => line.trim())).toEqual(expected);
    expect((await sql("SELECT to_regclass('users') AS users")).rows).toEqual([{ users: null }]);
  });

  test("where maintenance cannot be ended, the migration stays and the status says that somebody has to look", async () => {
    const cwd = projectWith(good, `hooks:\n${hooks({ "maintenance-off": "exit 9;" })}`);
    const { status, stdout } = await migrate(cwd);
    expect([status, inOneLine(stdout)]).toEqual([3, expect.stringContaining("of maintenance-off ended with status 9")]);
    expect((await sql("SELECT to_regclass('users')::text AS users")).rows).toEqual([{ users: "users" }]);
  });

  test("one that hangs is ended after its limit, with everything that it has started", async () => {
    const hang = "trap '' TERM; (trap '' TERM; sleep 300; echo late > late.log) &";
    const cwd = projectWith(good, `hooks:\n${hooks({ before: `${hang} echo $! > pid; sleep 300;` })}  limit: 1s\n`);
    const started = performance.now();
    const { status, stdout } = await migrate(cwd);
    expect(performance.now() - started).toBeLessThan(60_000);
    expect([status, stdout]).toEqual([1, expect.stringContaining("took longer than 1 s and was ended")]);
    const pid = Number(readFileSync(join(cwd, "pid"), "utf8"));
    expect(isAlive(pid)).toBe(false);
    expect(log(cwd).map((line) => line.trim())).toEqual(["on-failure failed"]);
  });

  test("one that leaves something behind which keeps its output open does not keep the run", async () => {
    const leave = "setsid sleep 30 & echo $! > pid; sleep 300;";
    const cwd = projectWith(good, `hooks:\n${hooks({ before: leave })}  limit: 1s\n`);
    const started = performance.now();
    expect((await migrate(cwd)).status).toBe(1);
    expect(performance.now() - started).toBeLessThan(25_000);
  });

  test("what they write is shown without passwords in any spelling, bounded, and never as an order to the runner", async () => {
    const password = "p@ss:w/rd#%?é s";
    await sql(`DROP ROLE IF EXISTS cli_hooks_role; CREATE ROLE cli_hooks_role LOGIN SUPERUSER PASSWORD '${password}'`);
    const encoded = encodeURIComponent(password);
    const url = `postgres://cli_hooks_role:${encoded}@127.0.0.1:${postgres.port}/${database}`;
    const spellings = [
      password,
      encoded,
      Buffer.from(password).toString("base64"),
      Buffer.from(password).toString("hex"),
      JSON.stringify(password),
    ];
    const said = project({ "say.txt": `${spellings.join("\n")}\n` });
    const command = `hooks: { before: "cat ${said}/say.txt; echo ::error::x; echo \\"[$DATABASE_URL$PGPASSWORD]\\"; yes noise | head -100000" }\n`;
    const talking = projectWith(good, command);
    const noisy = await migrate(talking, { DATABASE_URL: url, PGPASSWORD: password });
    expect(noisy.status).toBe(0);
    expect(noisy.stderr.length).toBeLessThan(20_000);
    expect(noisy.stderr).toContain("lines before these are not shown");
    const quiet = projectWith(good, command.replace("; yes noise | head -100000", ""));
    await sql("DROP TABLE users; DELETE FROM schema_migrations; DELETE FROM lockkeeper.journal");
    const { status, stderr, stdout } = await migrate(quiet, { DATABASE_URL: url, PGPASSWORD: password });
    expect(status).toBe(0);
    for (const spelling of spellings) expect(stdout + stderr).not.toContain(spelling);
    expect(stderr).toContain("***");
    expect(stderr).toContain("[]");
    expect(stderr).not.toMatch(/^\s*::error::/m);
    await sql("DROP OWNED BY cli_hooks_role CASCADE").catch(() => undefined);
  });

  test.each(["SIGTERM", "SIGINT"] as const)(
    "after %s in a migration, maintenance ends and on-failure is run",
    async (signal) => {
      const cwd = projectWith(slow, `hooks:\n${hooks()}`);
      const child = start(cwd);
      await until(
        async () => (await sql("SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%'")).rows.length > 0,
      );
      const at = performance.now();
      child.kill(signal);
      const [status] = await once(child, "exit");
      expect(performance.now() - at).toBeLessThan(10_000);
      expect(status).toBe(1);
      expect(log(cwd).map((line) => line.trim())).toEqual([
        "before",
        "maintenance-on",
        "maintenance-off failed",
        "on-failure failed",
      ]);
      expect((await sql("SELECT to_regclass('users') AS users")).rows).toEqual([{ users: null }]);
    },
  );

  test("a cancel while before is at work stops it, and nothing is begun", async () => {
    const cwd = projectWith(good, `hooks:\n${hooks({ before: "touch there; sleep 300;" })}`);
    const child = start(cwd);
    await until(async () => existsSync(join(cwd, "there")));
    child.kill("SIGTERM");
    const [status] = await once(child, "exit");
    expect(status).toBe(1);
    expect(log(cwd).map((line) => line.trim())).toEqual(["on-failure failed"]);
    expect((await sql("SELECT to_regclass('users') AS users")).rows).toEqual([{ users: null }]);
  });

  test("a hook that hangs after a cancel does not keep what comes after it", async () => {
    const cwd = projectWith(slow, `hooks:\n${hooks({ "maintenance-off": "sleep 300;" })}`);
    const child = start(cwd);
    await until(
      async () => (await sql("SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%'")).rows.length > 0,
    );
    const at = performance.now();
    child.kill("SIGTERM");
    await once(child, "exit");
    expect(performance.now() - at).toBeLessThan(10_000);
    expect(log(cwd).map((line) => line.trim())).toEqual(["before", "maintenance-on", "on-failure failed"]);
  });

  test("a rollback has them too", async () => {
    const cwd = projectWith(good, "");
    await migrate(cwd);
    const other = projectWith(good, `hooks:\n${hooks()}`);
    const { status } = await lockkeeper(["rollback", "db", "--steps", "1"], {
      cwd: other,
      env: { PATH: path, DATABASE_URL: postgres.url(database) },
    });
    expect(status).toBe(0);
    expect(log(other).map((line) => line.trim())).toEqual([
      ...["before", "maintenance-on", "maintenance-off rolled-back", "after rolled-back"],
    ]);
  });
});

describe("notifications", () => {
  const webhooks = "notify:\n  - { url-from: HOOK, format: json }\n";

  test("are sent in their order, as JSON with what a program needs", async () => {
    const { url, got } = await receiver(() => 200);
    const cwd = projectWith(good, webhooks);
    expect((await migrate(cwd, { HOOK: url, GITHUB_ACTOR: "kim", GITHUB_SHA: "abc" })).status).toBe(0);
    expect(got.map(({ body }) => JSON.parse(body))).toMatchObject([
      { schema: 1, event: "started", command: "migrate", database, versions: ["000001"], actor: "kim", commit: "abc" },
      { event: "done", summary: "Done: 1 migration applied.", digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect(got[0]?.headers["content-type"]).toContain("application/json");
  });

  test("say that a plan waits for somebody, with its digest, and that something failed", async () => {
    const { url, got } = await receiver(() => 200);
    const waiting = project({
      "db/000001_x.up.sql": "CREATE TABLE x (id bigint);\nUPDATE x SET id = 1;\n",
      "db/000001_x.down.sql": "DROP TABLE x;\n",
      ".github/lockkeeper.yml": `version: 1\npolicy: { low: { deploy: manual } }\n${webhooks}`,
    });
    expect((await migrate(waiting, { HOOK: url })).status).toBe(1);
    expect((await migrate(projectWith(bad, webhooks), { HOOK: url })).status).toBe(1);
    const bodies = got.map(({ body }) => JSON.parse(body));
    expect(bodies.map(({ event }) => event)).toEqual(["waiting", "started", "failed"]);
    expect(bodies[0].summary).toContain(`--expect-digest ${bodies[0].digest}`);
  });

  test("only the events that are asked for; Slack's text holds no mention that came from outside", async () => {
    const { url, got } = await receiver(() => 200);
    const cwd = projectWith(good, "notify: [{ url-from: HOOK, events: [done] }]\n");
    await migrate(cwd, { HOOK: url, GITHUB_ACTOR: "<!channel> & *you*" });
    expect(got).toHaveLength(1);
    const { text } = JSON.parse(got[0]?.body ?? "{}");
    expect(text).toContain(`Lockkeeper migrate on cli\u2060_hooks\u2060_test: done`);
    expect(text).not.toContain("<!channel>");
    expect(text).toContain("&lt;!channel&gt; &amp;");
  });

  test("are tried again, and the run's result is its own", async () => {
    let requests = 0;
    const { url, got } = await receiver(() => (++requests < 3 ? 503 : 200));
    const cwd = projectWith(good, "notify: [{ url-from: HOOK, events: [done] }]\n");
    const { status, stderr } = await migrate(cwd, { HOOK: url });
    expect([status, got.length]).toEqual([0, 3]);
    expect(stderr).not.toContain("webhook");
  });

  test.each([
    ["refuses", 403, 1, "it answered with status 403"],
    ["breaks", 500, 3, "it answered with status 500"],
    ["leads elsewhere", 302, 1, "it answered with status 302"],
  ])("an address that %s is told by its variable alone, and changes nothing", async (_what, status, requests, why) => {
    const { url, got } = await receiver(() => status);
    const cwd = projectWith(good, "notify: [{ url-from: HOOK, events: [done] }]\n");
    const ended = await migrate(cwd, { HOOK: `${url}/secret-path-4711` });
    expect([ended.status, got.length]).toEqual([0, requests]);
    expect(ended.stderr).toContain(`The webhook of HOOK was not told "done": ${why}.`);
    expect(ended.stdout + ended.stderr).not.toContain("secret-path-4711");
  });

  test.each([
    ["nobody listens", "http://127.0.0.1:1/secret-path-4711", "it could not be reached"],
    ["no address", "secret-path-4711", "its value is no http or https address"],
    ["not set", "", "the variable is not set"],
  ])("%s: said without the address", async (_what, url, why) => {
    const cwd = projectWith(good, "notify: [{ url-from: HOOK, events: [done] }]\n");
    const { status, stdout, stderr } = await migrate(cwd, { HOOK: url });
    expect([status, stderr]).toEqual([0, expect.stringContaining(why)]);
    expect(stdout + stderr).not.toContain("secret-path-4711");
  });
});

interface Got {
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/** A server on loopback that keeps what it is sent and answers with a status. */
async function receiver(status: () => number): Promise<{ readonly url: string; readonly got: readonly Got[] }> {
  const got: Got[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      got.push({ body: Buffer.concat(chunks).toString("utf8"), headers: request.headers });
      response.writeHead(status(), { location: "http://127.0.0.1:1/" }).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return { url: `http://127.0.0.1:${address.port}`, got };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that has ended and was not asked for is still there by its number.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(50);
}
