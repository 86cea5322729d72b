import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { writeCorpus } from "./corpus.ts";

/**
 * What checking costs, as a ratio to what it cannot be quicker than, everything of one table in turns in the same run:
 * the whole process on one small migration beside an empty Node, 5,000 files in one process beside reading and parsing alone, and the
 * same files beside other linters.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const cli = `${root}dist/cli.js`;
const small = `${root}migrations/000001_create_companies.up.sql`;
const files = Number(process.env.FILES ?? 5000);

interface Runtime {
  readonly name: string;
  readonly path: string;
}

const runtimes: readonly Runtime[] = [process.execPath, `${root}bench/node_modules/node/bin/node`].map((path) => {
  if (!existsSync(path)) fail(`There is no Node at ${path}: run npm ci in bench/.`);
  return { name: `Node ${versionOf(path)}`, path };
});

function versionOf(path: string): string {
  return spawnSync(path, ["-p", "process.versions.node"], { encoding: "utf8" }).stdout.trim();
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

const peers = `${root}bench/peers/node_modules/`;
const squawk = peer(`@squawk-cli/${process.platform}-${process.arch}/bin/squawk`);
const pgfence = peer("@flvmnt/pgfence/dist/index.js");

/** A linter to compare with; without it there is nothing to say. */
function peer(path: string): string {
  if (existsSync(peers + path)) return peers + path;
  return fail(
    `There is no ${path} in bench/peers/node_modules: run npm run bench. It has no build for every platform.`,
  );
}

function versionOfPeer(name: string): string {
  const { version } = JSON.parse(readFileSync(`${peers}${name}/package.json`, "utf8"));
  return String(version);
}

interface Contender {
  readonly name: string;
  /** Run by the Node of the table, or the program itself where one is named. */
  readonly program?: string;
  readonly args: readonly string[];
}

interface Result {
  readonly name: string;
  readonly medianMs: number;
  readonly quickestMs: number;
  readonly slowestMs: number;
  readonly peakMb: number;
}

/** Runs the contenders in turns, so that whatever else the machine does meets all of them. */
function race(node: string, contenders: readonly Contender[], rounds: number): Result[] {
  const times = contenders.map((): number[] => []);
  const peaks = contenders.map(() => 0);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, { name, args, program = node }] of contenders.entries()) {
      const start = process.hrtime.bigint();
      const { status, signal, stderr } = spawnSync("/usr/bin/env", ["time", "-f", "%M", program, ...args], {
        encoding: "utf8",
        maxBuffer: 1 << 30,
      });
      const ms = Number(process.hrtime.bigint() - start) / 1e6;
      // 1 is the gate's answer, not a failure.
      if (signal !== null || (status !== 0 && status !== 1)) fail(`${name} failed with status ${status}:\n${stderr}`);
      const peak = Number(stderr.trim().split("\n").at(-1)) / 1024;
      // The first round warms the disk cache and is not counted.
      if (round > 0) times[i]?.push(ms);
      peaks[i] = Math.max(peaks[i] ?? 0, peak);
    }
  }
  return contenders.map(({ name }, i) => {
    const sorted = (times[i] ?? []).sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { name, medianMs: at(0.5), quickestMs: at(0), slowestMs: at(1), peakMb: peaks[i] ?? 0 };
  });
}

function table(title: string, results: readonly Result[]): void {
  const base = results[0]?.medianMs ?? 1;
  process.stdout.write(`\n${title}\n`);
  for (const { name, medianMs, quickestMs, slowestMs, peakMb } of results) {
    const ratio = (medianMs / base).toFixed(2);
    const spread = `${quickestMs.toFixed(0)} to ${slowestMs.toFixed(0)}`;
    process.stdout.write(
      `  ${name.padEnd(34)} ${medianMs.toFixed(0).padStart(6)} ms  ${ratio.padStart(5)} ×   (${spread} ms, peak ${peakMb.toFixed(0)} MB)\n`,
    );
  }
}

if (spawnSync("/usr/bin/env", ["time", "-f", "%M", "true"]).status !== 0) fail("GNU time is needed (Debian: time).");
const directory = mkdtempSync(`${tmpdir()}/lockkeeper-bench-`);
try {
  writeCorpus(directory, files);
  const sqlFiles = readdirSync(directory).map((file) => `${directory}/${file}`);
  process.stdout.write(
    `${cpus().length} cores, ${cpus()[0]?.model ?? "unknown"}; medians, the base of each table first\n`,
  );
  for (const { name, path } of runtimes) {
    table(
      `${name}: one small migration, the whole process (aim: 2.5 ×)`,
      race(
        path,
        [
          { name: "node -e 0", args: ["-e", "0"] },
          { name: "lockkeeper check", args: [cli, "check", small] },
        ],
        31,
      ),
    );
    table(
      `${name}: ${files.toLocaleString("en-US")} files in one process (aim: 2 ×)`,
      race(
        path,
        [
          { name: "reading and parsing alone", args: [`${root}bench/parse-alone.mjs`, directory] },
          { name: "lockkeeper check", args: [cli, "check", directory] },
          { name: "lockkeeper check --format json", args: [cli, "check", directory, "--format", "json"] },
        ],
        7,
      ),
    );
    table(
      `${name}: the same ${files.toLocaleString("en-US")} files, beside other linters (aim: 1.5 × squawk)`,
      race(
        path,
        [
          { name: `squawk ${versionOfPeer("squawk-cli")}`, program: squawk, args: sqlFiles },
          { name: "lockkeeper check", args: [cli, "check", directory] },
          { name: `pgfence ${versionOfPeer("@flvmnt/pgfence")}`, args: [pgfence, "analyze", ...sqlFiles] },
        ],
        5,
      ),
    );
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
