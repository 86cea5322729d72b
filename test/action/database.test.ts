import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { freshDatabase, type SharedPostgres } from "../support/global-postgres.ts";
import { type Ended, manifest, type Step, step } from "./runner.ts";

const database = "action_database_test";
let postgres: SharedPostgres;
freshDatabase(database, (server) => {
  postgres = server;
});

const sql = (text: string) => postgres.withClient(database, (client) => client.query(text));

const users = {
  "db/000001_users.up.sql": "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n",
  "db/000001_users.down.sql": "DROP TABLE users;\n",
};
const name = {
  "db/000002_name.up.sql": "ALTER TABLE users ADD COLUMN name text;\n",
  "db/000002_name.down.sql": "ALTER TABLE users DROP COLUMN name;\n",
};
/** Reviewed by the policy, since it is medium. */
const index = {
  "db/000003_index.up.sql": "CREATE INDEX CONCURRENTLY users_email ON users (email);\n",
  "db/000003_index.down.sql": "DROP INDEX CONCURRENTLY users_email;\n",
};
const config = (more = ""): Readonly<Record<string, string>> => ({
  ".github/lockkeeper.yml": `version: 1\nenvironments:\n  staging:\n    database-url-from: STAGING_URL\n${more}`,
});

/** A step on the environment of the config, whose variable the job has. */
const on = (files: Readonly<Record<string, string>>, written: Readonly<Record<string, string>>, more: Step = {}) =>
  step({
    files: { ...config(), ...files },
    with: { path: "db", environment: "staging", ...written },
    ...more,
    env: { STAGING_URL: postgres.url(database), ...more.env },
  });

const reportOf = ({ outputs }: Ended) => JSON.parse(readFileSync(outputs.report ?? "", "utf8"));

/** The lines of the message with which a step fails. */
function failureOf({ status, issues }: Ended): readonly string[] {
  const message = issues.findLast(({ level, file }) => level === "error" && file === null)?.message;
  if (status !== 1 || message === undefined) throw new Error("The step has not failed");
  return message.split("\n");
}

/** Applies what is there, without anybody's word where the policy wants it. */
async function applied(files: Readonly<Record<string, string>>): Promise<void> {
  const { outputs } = await on(files, { command: "plan" });
  const done = await on(files, { command: "migrate", "expect-digest": outputs.digest ?? "" });
  if (done.status !== 0) throw new Error(done.raw);
}

describe("plan and status", () => {
  test("say what a deploy would do: in the log, the summary, the outputs and a file", async () => {
    const ended = await on({ ...users, ...name }, { command: "plan", "target-version": "000001" });
    expect(ended).toMatchObject({ status: 0, issues: [] });
    expect(ended.outputs).toMatchObject({
      ...{ result: "done", "exit-status": "0", environment: "staging", database, risk: "low", verdict: "pass" },
      ...{ deploy: "automatic", pending: "1", later: "1", "backup-required": "false", "current-version": "" },
    });
    expect(ended.outputs.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(ended.log).toContain("000001_users.up.sql  low");
    expect(ended.markdown).toContain("`db/000001_users.up.sql`");
    const report = reportOf(ended);
    expect([report.command, report.plan.digest]).toEqual(["plan", ended.outputs.digest]);
    expect((await sql("SELECT 1 FROM pg_tables WHERE schemaname = 'public'")).rowCount).toBe(0);
  });

  test("do not fail for a plan that somebody has to agree to: it waits, with its findings at their lines", async () => {
    await applied(users);
    const plain = { "db/000002_index.up.sql": "CREATE INDEX users_email ON users (email);\n" };
    const ended = await on({ ...users, ...plain }, { command: "plan" });
    expect(ended.status).toBe(0);
    expect(ended.outputs).toMatchObject({ result: "waiting", deploy: "manual", "current-version": "000001" });
    expect(ended.issues).toMatchObject([{ file: "db/000002_index.up.sql", line: 1 }, { level: "notice" }]);
  });

  test("fail where a deploy would be refused, with why", async () => {
    await applied({ ...users, ...name });
    const ended = await on({ ...users, "db/000003_x.up.sql": "SELECT 1;\n" }, { command: "plan" });
    expect(ended.outputs).toMatchObject({ result: "refused", "exit-status": "1" });
    const lines = failureOf(ended);
    expect(lines[0]).toBe("Version 2 is applied, and there is no file for it.");
    expect(lines.at(-1)).toBe("  Code: missing-migration");
    const status = await on({ ...users }, { command: "status", "allow-missing": "true" });
    expect(status).toMatchObject({ status: 0, outputs: { result: "nothing", pending: "0" } });
  });

  test("status names what is applied", async () => {
    await applied(users);
    const ended = await on({ ...users, ...name }, { command: "status" });
    expect(ended.outputs).toMatchObject({ result: "done", pending: "1", "current-version": "000001" });
    expect(ended.outputs.digest).toBeUndefined();
  });
});

describe("migrate", () => {
  test("applies what the policy lets run by itself, says so while it works, and has nothing to do after", async () => {
    const ended = await on({ ...users, ...name }, { command: "migrate" });
    expect(ended).toMatchObject({ status: 0, issues: [] });
    expect(ended.outputs).toMatchObject({
      ...{ result: "done", "exit-status": "0", applied: "000001 000002", "current-version": "000002" },
      ...{ environment: "staging", database, valid: "true", "backup-id": "" },
    });
    expect(ended.log).toContain("Applying db/000002_name.up.sql");
    expect(ended.commands).toContain("group");
    expect(ended.markdown).toContain("| `db/000002_name.up.sql` | all |");
    expect(reportOf(ended)).toMatchObject({ command: "migrate", exitStatus: 0 });
    expect((await sql("SELECT version FROM schema_migrations")).rows).toEqual([{ version: "2" }]);
    const again = await on({ ...users, ...name }, { command: "migrate" });
    expect(again).toMatchObject({ status: 0, outputs: { result: "nothing", applied: "" } });
  });

  test("waits for somebody above that, and takes exactly what was agreed to", async () => {
    const files = { ...users, ...name, ...index };
    await applied({ ...users, ...name });
    const { outputs } = await on(files, { command: "plan" });
    expect(outputs).toMatchObject({ result: "waiting", deploy: "reviewed" });
    for (const written of [{}, { migrate: "auto" }]) {
      const waiting = await on(files, { command: "migrate", ...written });
      expect(waiting.outputs).toMatchObject({
        ...{ result: "waiting", "exit-status": "1", applied: "", risk: "medium", verdict: "needs-approval" },
        ...{ deploy: "reviewed", "backup-required": "false", pending: "1", digest: outputs.digest },
      });
      expect(failureOf(waiting).at(-1)).toBe("  Code: plan-not-agreed");
      expect(failureOf(waiting).at(-2)).toContain(`expect-digest: ${outputs.digest}`);
    }
    const other = await on(files, { command: "migrate", "expect-digest": "0".repeat(64) });
    expect(other.outputs).toMatchObject({ result: "refused" });
    expect(failureOf(other).at(-1)).toBe("  Code: plan-changed");
    const agreed = await on(files, { command: "migrate", "expect-digest": outputs.digest ?? "" });
    expect(agreed).toMatchObject({ status: 0, outputs: { result: "done", applied: "000003" } });
  });

  test("that is to do nothing says what is pending, and still verifies the database", async () => {
    await applied(users);
    const files = { ...users, ...name, "verify/a.sql": "SELECT 'orphan' FROM users WHERE email IS NULL" };
    const skipped = await on(files, { command: "migrate", migrate: "skip" });
    expect(skipped).toMatchObject({
      status: 0,
      outputs: { result: "nothing", pending: "1", valid: "true", applied: "" },
    });
    expect(skipped.markdown).toContain("000002_name");
    await sql("INSERT INTO users VALUES (1, NULL)");
    const invalid = await on(files, { command: "migrate", migrate: "skip" });
    expect(invalid.outputs).toMatchObject({ result: "failed", valid: "false", "exit-status": "1" });
    expect(failureOf(invalid).at(-1)).toBe("  Code: verify-failed");
    expect((await sql("SELECT version FROM schema_migrations")).rows).toEqual([{ version: "1" }]);
  });

  test("that fails names the statement, at its line too, and what is in the database", async () => {
    const bad = { "db/000002_bad.up.sql": "CREATE TABLE a (x int);\nSELECT 1 / (count(*) * 0) FROM users;\n" };
    const ended = await on({ ...users, ...bad }, { command: "migrate" });
    expect(ended.outputs).toMatchObject({
      ...{ result: "failed", "exit-status": "1", applied: "000001", "current-version": "000001" },
    });
    expect(ended.issues[0]).toMatchObject({ level: "error", file: "db/000002_bad.up.sql", line: 2 });
    expect(ended.issues[0]?.message).toContain("division by zero (SQLSTATE 22012)");
    expect(failureOf(ended).join("\n")).toContain("db/000002_bad.up.sql:2:1");
    expect(ended.markdown).toContain("division by zero");
    expect((await sql("SELECT 1 FROM pg_tables WHERE tablename = 'a'")).rowCount).toBe(0);
  });

  test("that stops in the middle says so, and resolve what fits", async () => {
    const partial = {
      "db/000002_part.up.sql":
        "CREATE INDEX CONCURRENTLY i ON users (email);\nCREATE UNIQUE INDEX CONCURRENTLY j ON users (email);\n",
    };
    await applied(users);
    await sql("INSERT INTO users VALUES (1, 'a'), (2, 'a')");
    const files = { ...users, ...partial };
    const { outputs } = await on(files, { command: "plan" });
    const ended = await on(files, { command: "migrate", "expect-digest": outputs.digest ?? "" });
    expect(ended.outputs).toMatchObject({ result: "partial", "exit-status": "3", applied: "" });
    expect(failureOf(ended)[0]).toContain("in part");
    const again = await on(files, { command: "plan" });
    expect(again, "the index that is there does not make it certain to fail").toMatchObject({
      status: 0,
      outputs: { pending: "1", verdict: "needs-approval", digest: outputs.digest },
    });
    const looked = await on(files, { command: "resolve" });
    expect(looked.outputs).toMatchObject({ result: "waiting", "exit-status": "1" });
    expect(failureOf(looked).at(-1)).toBe("  Code: unfinished");
    expect(looked.markdown).toContain("CREATE UNIQUE INDEX CONCURRENTLY j");
    const decision = { "target-version": "000002", "resume-at": "2" };
    expect((await on(files, { command: "resolve", ...decision })).outputs).toMatchObject({ result: "done" });
    await sql("DELETE FROM users WHERE id = 2");
    const rest = await on(files, { command: "plan" });
    expect([rest.status, rest.outputs.pending], "as migrate goes on from there, so does the plan").toEqual([0, "1"]);
    const resumed = await on(files, { command: "migrate", "expect-digest": rest.outputs.digest ?? "" });
    expect(resumed).toMatchObject({ status: 0, outputs: { result: "done", applied: "000002" } });
  });

  test("gives up in time when the job is cancelled, and leaves nothing behind", async () => {
    const slow = { "db/000002_slow.up.sql": "CREATE TABLE a (x int);\nSELECT pg_sleep(60);\n" };
    const begun = Date.now();
    const ended = await on({ ...users, ...slow }, { command: "migrate" }, { cancelAt: "Applying db/000002" });
    expect(Date.now() - begun).toBeLessThan(7_500 + 5_000);
    expect(ended.status).not.toBe(0);
    expect(ended.log).toContain("SIGINT: stopping");
    expect((await sql("SELECT 1 FROM pg_tables WHERE tablename = 'a'")).rowCount).toBe(0);
    const locks = await sql(
      "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    expect(locks.rowCount).toBe(0);
  });
});

/** Lets a backend that was stopped go on; it may have ended since. */
function goOn(pid: number): void {
  try {
    process.kill(pid, "SIGCONT");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

describe("a server that does not answer any more", () => {
  test("keeps a cancelled job no longer than it has", async () => {
    const slow = { "db/000002_slow.up.sql": "CREATE TABLE a (x int);\nSELECT pg_sleep(60);\n" };
    let pid = 0;
    const frozen = (async () => {
      while (pid === 0) {
        await sleep(50);
        const { rows } = await sql("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
        pid = rows[0]?.pid ?? 0;
      }
      process.kill(pid, "SIGSTOP");
      onTestFinished(() => goOn(pid));
    })();
    const begun = Date.now();
    const ended = await on({ ...users, ...slow }, { command: "migrate" }, { cancelAt: frozen });
    expect(Date.now() - begun).toBeLessThan(20_000);
    // What is not over by then is left to the server. The log is whole, or step() would have thrown.
    expect(ended.status).not.toBe(0);
    goOn(pid);
    const working = async () => (await sql(`SELECT 1 FROM pg_stat_activity WHERE pid = ${pid}`)).rowCount;
    while ((await working()) !== 0) await sleep(50);
    expect((await sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).rows).toEqual([
      { tablename: "schema_migrations" },
      { tablename: "users" },
    ]);
  }, 40_000);
});

describe("rollback", () => {
  test("says what it needs, and goes back as was agreed to", async () => {
    const files = { ...users, ...name };
    await applied(files);
    await sql("INSERT INTO users (id, name) VALUES (1, 'a')");
    const asked = { command: "rollback", steps: "1" };
    const tried = await on(files, { ...asked, "dry-run": "true" });
    expect(tried).toMatchObject({
      status: 0,
      outputs: { result: "waiting", deploy: "manual", pending: "1", "current-version": "000002", applied: "" },
    });
    expect(tried.log).toContain("users.name");
    const agreed = { ...asked, "expect-digest": tried.outputs.digest ?? "", "backup-id": "b-1" };
    const losing = await on(files, agreed);
    expect(losing.outputs).toMatchObject({ result: "refused", "exit-status": "1" });
    expect(failureOf(losing).at(-1)).toBe("  Code: would-lose-data");
    const back = await on(files, {
      ...agreed,
      "confirm-loss": "\n users.name \nusers.name\n",
      reason: "performance-degraded",
    });
    expect(back).toMatchObject({
      status: 0,
      outputs: { result: "done", applied: "000002", "current-version": "000001", "backup-id": "b-1", valid: "true" },
    });
    expect(reportOf(back)).toMatchObject({ command: "rollback", reason: "performance-degraded" });
    expect((await sql("SELECT version FROM schema_migrations")).rows).toEqual([{ version: "1" }]);
  });
});

describe("the other commands", () => {
  test("verify finds what is wrong", async () => {
    await applied(users);
    const valid = await on(users, { command: "verify" });
    expect(valid).toMatchObject({ status: 0, outputs: { valid: "true", result: "done", "exit-status": "0" } });
    expect(valid.markdown).toContain("valid");
    const ended = await on({ ...users, "verify/a.sql": "SELECT 'one' AS which" }, { command: "verify" });
    expect(ended.outputs).toMatchObject({ valid: "false", result: "failed", "exit-status": "1" });
    expect(failureOf(ended)[0]).toBe("Not valid: 1 error.");
  });

  test("baseline and force write the ledger, and run nothing", async () => {
    await sql("CREATE TABLE users (id bigint PRIMARY KEY, email text)");
    const files = { ...users, ...name };
    const recorded = await on(files, { command: "baseline", "target-version": "000001" });
    expect(recorded).toMatchObject({ status: 0, outputs: { result: "done", "current-version": "000001" } });
    expect(recorded.log).toContain("None was run.");
    const forced = await on(files, { command: "force", "target-version": "000002" });
    expect(forced).toMatchObject({ status: 0, outputs: { result: "done", "current-version": "000002" } });
    expect((await sql("SELECT version FROM schema_migrations")).rows).toEqual([{ version: "2" }]);
    const late = await on(files, { command: "baseline", "target-version": "000002" });
    expect(late.outputs).toMatchObject({ result: "refused", "exit-status": "1" });
    expect(failureOf(late).at(-1)).toBe("  Code: baseline-late");
    expect(late.markdown).toContain("refused");
  });

  test("backup list and backup verify look into the store", async () => {
    const files = { ...users, "backups/.keep": "" };
    const none = await on(files, { command: "backup list", path: "", store: "backups" });
    expect(none).toMatchObject({ status: 0, outputs: { result: "nothing" } });
    const id = "20260101T000000Z-app-0123abcd";
    const gone = await on(files, { command: "backup verify", path: "", store: "backups", "backup-id": id });
    expect(failureOf(gone)[0]).toContain(id);
  });

  test("set together every output that action.yml names, but for those of the commands around a deploy", async () => {
    const files = { ...users, ...name };
    const seen = await Promise.all([
      step({ files, with: { path: "db" } }),
      on(files, { command: "plan" }),
      on(files, { command: "migrate" }),
    ]);
    const names = new Set(seen.flatMap(({ outputs }) => Object.keys(outputs)));
    const around = ["origins", "expect-digest", "issue"];
    expect([...names, ...around].toSorted()).toEqual(Object.keys(manifest.outputs).toSorted());
  });
});

describe("where a step starts", () => {
  test("is the working directory, also for the hooks, the config and the files of findings", async () => {
    const hook = "hooks: { before: 'cp /dev/null hook.ran && pwd' }\n";
    const files = Object.fromEntries(
      Object.entries({ ...config(hook), ...users }).map(([path, text]) => [`app/${path}`, text]),
    );
    const written = { command: "migrate", path: "db", environment: "staging", "working-directory": "app" };
    const env = { STAGING_URL: postgres.url(database), PATH: process.env.PATH ?? "" };
    const ended = await step({ files, with: written, env });
    expect(ended).toMatchObject({ status: 0, outputs: { result: "done" } });
    expect(readFileSync(`${ended.workspace}/app/hook.ran`, "utf8")).toBe("");
  });

  test("hooks see neither the inputs that are secrets nor the connection string", async () => {
    const hook = "hooks: { before: 'env > hook.env' }\n";
    const files = { ...config(hook), ...users };
    const url = postgres.url(database);
    const written = {
      command: "migrate",
      path: "db",
      environment: "staging",
      "database-url": url,
      token: "ghs_secret",
    };
    const ended = await step({ files, with: written, env: { STAGING_URL: url, PATH: process.env.PATH ?? "" } });
    expect(ended.status).toBe(0);
    const seen = readFileSync(`${ended.workspace}/hook.env`, "utf8");
    expect(seen).toContain("LOCKKEEPER_HOOK=before");
    for (const secret of ["ghs_secret", url, postgres.password]) expect(seen).not.toContain(secret);
  });
});
