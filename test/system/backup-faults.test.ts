import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type StartedPostgres, startPostgres } from "../support/postgres.ts";
import {
  argumentsDuring,
  installation,
  made,
  type Project,
  processes,
  project,
  reportOf,
  sampleDatabase,
  startDebian,
  until,
} from "./backups.ts";

let server: StartedPostgres;

beforeAll(async () => {
  server = await startDebian();
});

afterAll(() => server.stop());

/** What a run says that could not make a backup, and that has left nothing behind. */
async function failureOf(of: Project, args: readonly string[] = [], env?: Readonly<Record<string, string>>) {
  const before = of.stored();
  const run = await of.backup(["--format", "json", ...args], env);
  expect(run.status, run.stdout + run.stderr).toBe(1);
  const { failure, backup, outcome } = reportOf(run);
  expect({ backup, outcome }).toEqual({ backup: null, outcome: "failed" });
  expect(of.stored(), "nothing of it is left, and nothing else is gone").toEqual(before);
  return failure;
}

const quickLocks = { ".github/lockkeeper.yml": "version: 1\nbackup: { lock-wait: 300ms }\n" };

describe("no backup is made", () => {
  test("of a database with row security that hides rows from the role", async () => {
    await sampleDatabase(server, "fault_rls");
    await server.withClient("fault_rls", (client) =>
      client.query(`DROP ROLE IF EXISTS fault_reader; CREATE ROLE fault_reader LOGIN PASSWORD 'reader'; GRANT pg_read_all_data TO fault_reader;
        SELECT lo_unlink(oid) FROM pg_largeobject_metadata; ALTER TABLE users ENABLE ROW LEVEL SECURITY;
        CREATE POLICY half ON users USING (id % 2 = 0)`),
    );
    const of = project(server.url("fault_rls").replace(/\/\/.*@/, "//fault_reader:reader@"));
    const failure = await failureOf(of);
    expect(failure.code).toBe("backup-row-security");
    expect(failure.details.join(" ")).toContain("row-level security");
  });

  test("by a role that may not read one of the tables", async () => {
    await sampleDatabase(server, "fault_right");
    await server.withClient("fault_right", (client) =>
      client.query(`DROP ROLE IF EXISTS fault_half; CREATE ROLE fault_half LOGIN PASSWORD 'half'; SELECT lo_unlink(oid) FROM pg_largeobject_metadata;
        GRANT SELECT ON users TO fault_half`),
    );
    const failure = await failureOf(project(server.url("fault_right").replace(/\/\/.*@/, "//fault_half:half@")));
    expect(failure.code).toBe("backup-permission");
    expect(failure.details.join(" ")).toMatch(/permission denied for/);
    await server.withClient("fault_right", (client) => client.query("DROP OWNED BY fault_half; DROP ROLE fault_half"));
  });

  test("while somebody holds a table with ACCESS EXCLUSIVE, who is named", async () => {
    const of = project(await sampleDatabase(server, "fault_lock"), quickLocks);
    await server.withClient("fault_lock", async (client) => {
      await client.query("SET application_name = 'the nightly job'; BEGIN; LOCK TABLE orders");
      const started = Date.now();
      const failure = await failureOf(of);
      expect(Date.now() - started).toBeLessThan(20_000);
      expect(failure.code).toBe("backup-lock-held");
      expect(failure.details.join(" ")).toMatch(/public\.orders is held by the nightly job \(pid \d+\)/);
    });
  });

  test.each(["custom", "directory"])("on a disk that is full, and the older ones stay (format %s)", async (format) => {
    if (process.getuid?.() !== 0)
      throw new Error("Only root can make a small file system: run the system tests as root.");
    const url = await sampleDatabase(server, `fault_disk_${format}`, { rows: 40_000 });
    const of = project(url, {
      ".github/lockkeeper.yml": `version: 1\nbackup: { format: ${format}, jobs: 2, free-disk: 1kB }\n`,
    });
    execFileSync("mkdir", [of.store]);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=3200k", "tmpfs", of.store]);
    onTestFinished(() => void execFileSync("umount", [of.store]));
    const older: string[] = [];
    for (let tries = 0; tries < 20; tries++) {
      const run = await of.backup(["--format", "json"]);
      if (run.status === 0) {
        older.push(reportOf(run).backup.id);
        continue;
      }
      expect(run.status).toBe(1);
      expect(reportOf(run).failure.code).toBe("store-full");
      break;
    }
    expect(older.length).toBeGreaterThan(0);
    expect(of.stored()).toEqual(older.toSorted());
    for (const id of older) expect((await of.backup(["verify", id])).status).toBe(0);
  });

  test("on a disk that has less room than the tables have", async () => {
    const of = project(await sampleDatabase(server, "fault_room", { rows: 30_000 }));
    const room = { ".github/lockkeeper.yml": "version: 1\nbackup: { free-disk: 900000TB }\n" };
    const failure = await failureOf(project(server.url("fault_room"), room));
    expect(failure.code).toBe("store-full");
    expect(await made(of)).toBeTruthy();
  });

  test.each(["SIGKILL", "SIGTERM"] as const)("when pg_dump is ended with %s", async (signal) => {
    const of = project(await sampleDatabase(server, `fault_kill_${signal.toLowerCase()}`, { rows: 300_000 }));
    const running = failureOf(of);
    await until("pg_dump", () => {
      const dump = processes().find(({ text }) => text.includes("/pg_dump ") && text.includes(of.store));
      if (dump === undefined) return false;
      process.kill(dump.pid, signal);
      return true;
    });
    const failure = await running;
    expect(failure.code).toBe("backup-failed");
    expect(failure.message).toMatch(/was ended from outside|has failed/);
  });

  test("when the connection that holds the snapshot is lost", async () => {
    const of = project(await sampleDatabase(server, "fault_snapshot", { rows: 300_000 }));
    const running = failureOf(of);
    await until("the snapshot", () =>
      server.withClient("postgres", async (client) => {
        const ended = await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = 'fault_snapshot' AND application_name = 'lockkeeper backup' AND query ~ 'count'`,
        );
        return ended.rowCount !== 0;
      }),
    );
    expect((await running).code).toBe("backup-failed");
  });

  test("when the run is cancelled: pg_dump ends with it, and nothing is left", async () => {
    const of = project(await sampleDatabase(server, "fault_cancel", { rows: 300_000 }));
    const running = of.backup(["--format", "json"]);
    const own = () => processes().filter(({ text }) => text.includes(of.store));
    await until("pg_dump", () => own().some(({ text }) => text.includes("/pg_dump ")));
    const started = Date.now();
    const cli = own().find(({ text }) => text.includes("cli.js"));
    process.kill(cli?.pid ?? 0, "SIGINT");
    const run = await running;
    expect(run.status).toBe(1);
    expect(reportOf(run).failure.code).toBe("stopped");
    expect(Date.now() - started).toBeLessThan(7000);
    expect(of.stored()).toEqual([]);
    expect(own()).toEqual([]);
  });

  test("when a command of the config fails, or a file of it is missing", async () => {
    const url = await sampleDatabase(server, "fault_extras");
    const config = (backup: string) => project(url, { ".github/lockkeeper.yml": `version: 1\nbackup: ${backup}\n` });
    expect((await failureOf(config("{ commands: { redis: 'echo no redis >&2; exit 3' } }"))).details).toEqual([
      "no redis",
    ]);
    expect((await failureOf(config("{ commands: { redis: 'true' } }"))).message).toContain("printed nothing");
    expect((await failureOf(config("{ files: [not-there.yml] }"))).code).toBe("backup-file-missing");
  });

  test("by a client that is older than the server, which is said with both versions", async () => {
    const newer = await startPostgres();
    try {
      const of = project(newer.url("postgres"));
      const run = await of.backup([]);
      expect(run.status).toBe(2);
      expect(run.stderr).toContain("The server is PostgreSQL 18, and pg_dump on this machine is 15.");
      expect(run.stderr).toContain("postgresql-client-18");
      expect(run.stderr).toContain("Code: client-too-old");
      expect(of.stored()).toEqual([]);
    } finally {
      await newer.stop();
    }
  });

  test("without a client, or a store", async () => {
    const url = await sampleDatabase(server, "fault_missing");
    const nothing = project(url, { ".github/lockkeeper.yml": "version: 1\nbackup: { client: /nowhere }\n" });
    expect((await nothing.backup([])).stderr).toContain("Code: client-missing");
    expect((await nothing.run(["backup"])).stderr).toContain("Code: store-missing");
    const taken = project(url, { store: "a file" });
    expect((await taken.backup([])).stderr).toContain("Code: store-unusable");
    expect((await taken.backup(["--proof", "restored"])).status).toBe(2);
  });
});

describe("a damaged backup is found", () => {
  const archiveOf = (of: Project, id: string) => join(of.store, id, "database.dump");

  /** What a proof says of a backup that was changed. */
  async function damageOf(of: Project, id: string, proof = "archive") {
    const run = await of.backup(["verify", id, "--format", "json", "--proof", proof]);
    const { failure, backup } = reportOf(run);
    return {
      status: run.status,
      code: failure?.code,
      details: (failure?.details ?? []).join("\n"),
      proof: backup?.proof,
    };
  }

  /** As if the damage had been there before the checksums were taken: only a stronger proof can find it. */
  function takeChecksumAgain(of: Project, id: string): void {
    const path = archiveOf(of, id);
    const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
    const manifest = join(of.store, id, "manifest.json");
    const value = JSON.parse(readFileSync(manifest, "utf8"));
    for (const file of value.files) {
      if (file.path === "database.dump") Object.assign(file, { bytes: statSync(path).size, sha256 });
    }
    writeFileSync(manifest, JSON.stringify(value));
  }

  function flip(path: string, share: number): void {
    const bytes = readFileSync(path);
    const at = Math.floor(bytes.length * share);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  }

  test("when it was cut: by its size, and by reading the archive to its end", async () => {
    const of = project(await sampleDatabase(server, "damage_cut", { rows: 20_000 }));
    const id = await made(of);
    const path = archiveOf(of, id);
    truncateSync(path, Math.floor(statSync(path).size * 0.6));
    // pg_restore's own list says that all is well.
    execFileSync(`${installation}/bin/pg_restore`, ["--list", path]);
    expect(await damageOf(of, id)).toMatchObject({
      status: 1,
      code: "backup-damaged",
      details: expect.stringContaining("bytes"),
    });
    takeChecksumAgain(of, id);
    expect(await damageOf(of, id, "checksums")).toMatchObject({ status: 0 });
    expect(await damageOf(of, id)).toMatchObject({
      status: 1,
      code: "backup-damaged",
      details: expect.stringContaining("read to its end"),
    });
  });

  test("when a bit has turned in it: by its checksum, and by reading it", async () => {
    const of = project(await sampleDatabase(server, "damage_bit", { rows: 20_000 }));
    const id = await made(of);
    flip(archiveOf(of, id), 0.6);
    expect(await damageOf(of, id)).toMatchObject({
      status: 1,
      code: "backup-damaged",
      details: expect.stringContaining("sha256"),
    });
    takeChecksumAgain(of, id);
    expect(await damageOf(of, id)).toMatchObject({ status: 1, code: "backup-damaged" });
  });

  test("when a bit has turned in one that is not compressed, which PostgreSQL's own programs do not see", async () => {
    const url = await sampleDatabase(server, "damage_plain", { rows: 20_000 });
    const of = project(url);
    const id = await made(of);
    const path = archiveOf(of, id);
    rmSync(path);
    execFileSync(`${installation}/bin/pg_dump`, ["-Fc", "-Z0", "-f", path, url]);
    takeChecksumAgain(of, id);
    expect(await damageOf(of, id)).toMatchObject({ status: 0 });
    const bytes = readFileSync(path);
    bytes[bytes.indexOf("u15000\tname")] = "v".charCodeAt(0);
    writeFileSync(path, bytes);
    execFileSync(`${installation}/bin/pg_restore`, ["--file=/dev/null", path]);
    expect(await damageOf(of, id)).toMatchObject({
      status: 1,
      code: "backup-damaged",
      details: expect.stringContaining("sha256"),
    });
  });

  test("when it does not hold what was counted: by restoring it", async () => {
    const url = await sampleDatabase(server, "damage_rows");
    const of = project(url);
    const id = await made(of);
    await server.withClient("damage_rows", (client) =>
      client.query(
        "DELETE FROM orders WHERE id = 7; DROP INDEX orders_user; ALTER TABLE users DROP CONSTRAINT users_name_check; SELECT setval('users_id_seq', 9)",
      ),
    );
    rmSync(archiveOf(of, id));
    execFileSync(`${installation}/bin/pg_dump`, ["-Fc", "-f", archiveOf(of, id), url]);
    takeChecksumAgain(of, id);
    expect(await damageOf(of, id)).toMatchObject({ status: 0 });
    const run = await of.backup(["verify", id, "--proof", "restored", "--format", "json"], {
      SCRATCH_DATABASE_URL: server.url("postgres"),
    });
    expect(run.status).toBe(1);
    expect(reportOf(run).failure).toMatchObject({
      code: "backup-damaged",
      details: [
        "public.orders has 1,999 rows; the snapshot had 2000.",
        "public.orders lacks the index orders_user.",
        "public.users lacks the constraint users_name_check.",
        "The sequence public.users_id_seq is at 9; it was 2000.",
      ],
    });
  });

  test.each(["custom", "directory"])("when a file of it is missing (format %s)", async (format) => {
    const of = project(await sampleDatabase(server, `damage_file_${format}`), {
      ".github/lockkeeper.yml": `version: 1\nbackup: { format: ${format} }\n`,
    });
    const id = await made(of);
    const named = of.manifest(id).files;
    const files = Array.isArray(named) ? named.map(({ path }: { path: string }) => path) : [];
    const gone = files.find((path) => path.endsWith(".dat.gz") || path === "database.dump") ?? "";
    rmSync(join(of.store, id, gone));
    const found = await damageOf(of, id);
    expect(found).toMatchObject({ status: 1, code: "backup-damaged", details: `${gone} is missing.` });
    expect(found.proof).toMatchObject({ reached: "archive", failed: expect.stringContaining("missing") });
    // It is known to be damaged from then on.
    expect((await of.backup(["list"])).stdout).toContain("damaged");
  });

  test("and the last good one stays where newer ones are damaged", async () => {
    const of = project(await sampleDatabase(server, "damage_keep"));
    const good = await made(of);
    const damaged = await made(of);
    flip(archiveOf(of, damaged), 0.5);
    expect((await damageOf(of, damaged)).status).toBe(1);
    writeFileSync(join(of.directory, "keep.yml"), "version: 1\nbackup: { keep: { count: 1 }, client: /nowhere }\n");
    expect((await of.backup(["--config", "keep.yml"])).status).toBe(2);
    expect(of.stored()).toContain(good);
    writeFileSync(join(of.directory, "keep.yml"), "version: 1\nbackup: { keep: { count: 1 } }\n");
    const newest = await made(of, ["--config", "keep.yml"]);
    expect(of.stored()).toEqual([newest]);
  });
});

describe("the password is nowhere", () => {
  const password = "p@:/#%? ss'\\\"&<";
  const spellings = [
    password,
    encodeURIComponent(password),
    encodeURI(password),
    Buffer.from(password).toString("base64").slice(0, 16),
    JSON.stringify(password).slice(1, -1),
    password.replace(/[\\:]/g, "\\$&"),
    "p@:/#",
    "p%40%3A",
    "p%40%3a",
  ];

  const readAll = (directory: string): string =>
    execFileSync("find", [directory, "-type", "f", "-exec", "cat", "{}", "+"], {
      encoding: "latin1",
      maxBuffer: 2 ** 28,
    });

  test("in the arguments of a program, in what is printed, and in what is stored, whether it works or not", async () => {
    await sampleDatabase(server, "fault_secret");
    await server.withClient("fault_secret", async (client) => {
      await client.query(`DROP ROLE IF EXISTS fault_secret`);
      await client.query(`CREATE ROLE fault_secret SUPERUSER LOGIN PASSWORD ${client.escapeLiteral(password)}`);
    });
    const url = server.url("fault_secret").replace(/\/\/.*@/, `//fault_secret:${encodeURIComponent(password)}@`);
    const temporary = mkdtempSync(join(tmpdir(), "lockkeeper-secret-"));
    onTestFinished(() => rmSync(temporary, { recursive: true, force: true }));
    const of = project(url, {
      ".github/lockkeeper.yml": `version: 1\nbackup: { commands: { env: "env; cat $PGPASSFILE 2>/dev/null | wc -c" } }\n`,
    });
    const env = { SCRATCH_DATABASE_URL: url, TMPDIR: temporary };
    const outputs: string[] = [];
    const seen = await argumentsDuring(async () => {
      for (const args of [
        ["--proof", "restored"],
        ["--database-url", url.replace("fault_secret?", "no_such?")],
        ["list"],
      ]) {
        const run = await of.backup(args, env);
        outputs.push(run.stdout, run.stderr);
      }
      const failing = project(url, {
        ".github/lockkeeper.yml": "version: 1\nbackup: { commands: { x: 'env >&2; exit 1' } }\n",
      });
      const run = await failing.backup(["--format", "json"], env);
      outputs.push(run.stdout, run.stderr);
    });
    expect(of.stored()).toHaveLength(1);
    expect(
      seen.some((text) => text.includes("/pg_dump ")),
      "pg_dump was seen",
    ).toBe(true);
    // What this test itself hands over is not ours: --database-url is there for whoever knows that it can be seen.
    const ours = seen.filter((text) => !text.includes("--database-url"));
    for (const text of [...ours, ...outputs, readAll(of.store), readAll(temporary)]) {
      for (const spelling of spellings)
        expect(text.includes(spelling), `${spelling} in ${text.slice(0, 200)}`).toBe(false);
    }
    await server.dropDatabase("fault_secret");
    await server.withClient("postgres", (client) => client.query("DROP ROLE fault_secret"));
  });

  test.each([
    ["not encoded at all", `postgres://u:${password}@127.0.0.1:1/db`],
    ["with an @ in it, which leaves a part of it as the host", "postgres://u:p@:/#%? ss@127.0.0.1:1/db"],
    ["with a % that stands for nothing", "postgres://u:p%ZZsecret@127.0.0.1:1/db"],
    ["of a server that is not there", `postgres://u:${encodeURIComponent(password)}@127.0.0.1:1/db`],
  ])("in the error about an address %s", async (_what, url) => {
    const run = await project(url).backup([]);
    expect([1, 2]).toContain(run.status);
    expect(run.stderr).toContain("Code: database-u");
    for (const spelling of [...spellings, "ss@", "%ZZsecret", "secret"]) {
      expect(run.stdout + run.stderr, spelling).not.toContain(spelling);
    }
  });
});
