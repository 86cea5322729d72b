import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { startPostgres } from "../test/support/postgres.ts";

/**
 * What a backup costs over plain pg_dump with the same format and jobs, in turns in the same run; the proofs apart. A generated
 * database of SIZE_GB (2), ROUNDS (3) times each; POSTGRES names another installation than Debian's 15.
 */
const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const sizeGb = Number(process.env.SIZE_GB ?? 2);
const rounds = Number(process.env.ROUNDS ?? 3);
const installation = process.env.POSTGRES ?? "/usr/lib/postgresql/15";
const pgDump = join(installation, "bin/pg_dump");
if (!existsSync(pgDump)) throw new Error(`There is no ${pgDump}: install postgresql-15, or set POSTGRES.`);

const contenders = [
  { title: "custom", config: "format: custom", args: ["--format=custom"] },
  { title: "directory, 2 jobs", config: "format: directory", args: ["--format=directory", "--jobs=2"] },
] as const;
const work = mkdtempSync(join(process.env.BENCH_DIRECTORY ?? tmpdir(), "lockkeeper-bench-"));
// The server's end is waited for, and nothing else keeps this process alive by then.
const awake = setInterval(() => undefined, 1_000);
const server = await startPostgres({ installation, settings: { shared_buffers: "256MB", max_wal_size: "4GB" } });

try {
  for (const [name, gb] of [
    ["small", sizeGb / 10],
    ["large", sizeGb],
  ] as const) {
    await fill(name, gb);
  }
  console.log(`Database of ${await sizeOf("large")}, ${rounds} rounds in turns, median (quickest to slowest)\n`);
  console.log("| | seconds | over pg_dump | proof by archive | proof by restore | memory of Node |");
  console.log("| --- | --- | --- | --- | --- | --- |");
  for (const { title, config, args } of contenders) await compare(title, config, args);
} finally {
  await server.stop();
  clearInterval(awake);
  rmSync(work, { recursive: true, force: true });
}

/** Rows as applications have them: numbers, times, short words, JSON, and text that compresses a little. */
async function fill(database: string, gb: number): Promise<void> {
  await server.createDatabase(database);
  await server.withClient(database, async (client) => {
    await client.query(`
      CREATE TABLE customers (id bigserial PRIMARY KEY, email text UNIQUE, name text, at timestamptz, about jsonb);
      CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id bigint REFERENCES customers, total numeric, status text, at timestamptz, note text);
      CREATE INDEX orders_customer ON orders (customer_id);
      INSERT INTO customers (email, name, at, about) SELECT md5(n::text) || '@example.com', 'customer ' || n, now(),
        jsonb_build_object('city', 'city ' || n % 500, 'score', n % 100) FROM generate_series(1, ${Math.round(gb * 500_000)}) n;
      INSERT INTO orders (customer_id, total, status, at, note) SELECT 1 + n % ${Math.round(gb * 500_000)}, (n % 10000) / 100.0,
        (ARRAY['new', 'paid', 'sent'])[1 + n % 3], now() - n * interval '1 second', md5(n::text) || ' ' || md5((n * 7)::text)
        FROM generate_series(1, ${Math.round(gb * 5_400_000)}) n`);
    await client.query("VACUUM ANALYZE");
  });
}

async function sizeOf(database: string): Promise<string> {
  const { rows } = await server.withClient(database, (client) =>
    client.query("SELECT pg_size_pretty(pg_database_size(current_database())) AS size"),
  );
  return rows[0].size;
}

async function compare(title: string, config: string, args: readonly string[]): Promise<void> {
  const plain: number[] = [];
  const ours: Run[] = [];
  for (let round = 0; round < rounds; round++) {
    plain.push(plainDump(args));
    ours.push(await backup("large", config));
  }
  const small = await backup("small", config);
  const times = ours.map(({ backupMs }) => backupMs);
  const ratio = median(times) / median(plain);
  console.log(`| pg_dump ${title} | ${spread(plain)} | | | | |`);
  const memory = `${mb(Math.max(...ours.map(({ rss }) => rss)))} (a tenth of the size: ${mb(small.rss)})`;
  const proofs = `${spread(ours.map(({ archiveMs }) => archiveMs))} | ${spread(ours.map(({ restoreMs }) => restoreMs))}`;
  console.log(`| lockkeeper ${title} | ${spread(times)} | ${ratio.toFixed(2)} × | ${proofs} | ${memory} |`);
}

function plainDump(args: readonly string[]): number {
  const out = join(work, "plain");
  const started = performance.now();
  const { status, stderr } = spawnSync(pgDump, [...args, `--file=${out}`, server.url("large")], { encoding: "utf8" });
  const ms = performance.now() - started;
  if (status !== 0) throw new Error(stderr);
  rmSync(out, { recursive: true });
  return ms;
}

interface Run {
  /** From the start of the process until its first proof. */
  readonly backupMs: number;
  readonly archiveMs: number;
  readonly restoreMs: number;
  /** The most memory that the process itself had. */
  readonly rss: number;
}

async function backup(database: string, config: string): Promise<Run> {
  const file = join(work, "config.yml");
  writeFileSync(file, `version: 1\nbackup: { proof: restored, jobs: 2, client: ${installation}/bin, ${config} }\n`);
  const store = join(work, "store");
  const env = {
    PATH: process.env.PATH ?? "",
    DATABASE_URL: server.url(database),
    SCRATCH_DATABASE_URL: server.url("postgres"),
  };
  const started = performance.now();
  const child = spawn(process.execPath, [cli, "backup", "--store", store, "--config", file], { env, cwd: work });
  const marks = new Map<string, number>();
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    for (const mark of ["reading the files", "restoring into"]) {
      if (text.includes(mark) && !marks.has(mark)) marks.set(mark, performance.now());
    }
  });
  let rss = 0;
  const watching = setInterval(() => {
    try {
      rss = Math.max(
        rss,
        Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0) * 1024,
      );
    } catch {
      // It has just ended.
    }
  }, 50);
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearInterval(watching);
  const ended = performance.now();
  if (status !== 0) throw new Error(said);
  rmSync(store, { recursive: true });
  const [proof = ended, restore = ended] = [marks.get("reading the files"), marks.get("restoring into")];
  return { backupMs: proof - started, archiveMs: restore - proof, restoreMs: ended - restore, rss };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function spread(ms: readonly number[]): string {
  const seconds = (value: number): string => (value / 1000).toFixed(1);
  return `${seconds(median(ms))} (${seconds(Math.min(...ms))} to ${seconds(Math.max(...ms))})`;
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
