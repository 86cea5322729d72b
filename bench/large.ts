import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { expressionFiles, expressions, files, findings, inserts, shortInserts, tables } from "./large-inputs.ts";

/**
 * Checks inputs that are larger than any migration should be, each in a process of its own with Node's own limits, and prints what
 * it costs. Fails where a bound is broken and where the process crashes; that nothing unread passes is held by test/cli/size.test.ts.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const directory = mkdtempSync(`${tmpdir()}/lockkeeper-large-`);
let broken = 0;

interface Bounds {
  readonly seconds: number;
  readonly megabytes: number;
}

const wholeFile: Bounds = { seconds: 150, megabytes: 2500 };

try {
  const megabyte = 1024 * 1024;
  measure("50 MB of INSERTs", inserts(50 * megabyte), wholeFile);
  measure("1,000,000 INSERTs", shortInserts(1_000_000), wholeFile);
  measure("1,000,000 INSERTs, as JSON", shortInserts(1_000_000), { seconds: 300, megabytes: 3000 }, [
    "--format",
    "json",
  ]);
  measure("1,000,000 statements, a table in each second", tables(1_000_000), { seconds: 300, megabytes: 3500 });
  measure("100,000 findings in one transaction", findings(100_000), { seconds: 60, megabytes: 1500 });
  measure("10,000 files", files(10_000), { seconds: 30, megabytes: 500 });
  for (const [what, sql] of expressions(20_000))
    measure(`20,000 × ${what}`, expressionFiles(sql), { seconds: 30, megabytes: 500 });
  passes(files(200), 40);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
if (broken > 0) {
  process.stderr.write(`${broken} of the bounds are broken.\n`);
  process.exitCode = 1;
}

function write(content: Readonly<Record<string, string>>): string {
  const at = `${directory}/input`;
  rmSync(at, { recursive: true, force: true });
  mkdirSync(at);
  for (const [name, text] of Object.entries(content)) writeFileSync(`${at}/${name}`, text);
  return at;
}

function measure(
  what: string,
  content: Readonly<Record<string, string>>,
  { seconds, megabytes }: Bounds,
  options: readonly string[] = [],
): void {
  const at = write(content);
  const start = process.hrtime.bigint();
  const { status, signal, stderr } = spawnSync(
    "/usr/bin/env",
    ["time", "-f", "%M", process.execPath, `${root}dist/cli.js`, "check", at, ...options],
    { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] },
  );
  const took = Number(process.hrtime.bigint() - start) / 1e9;
  const peak = Number(stderr.trim().split("\n").at(-1)) / 1024;
  // 1 is the gate's answer; anything else, or more on standard error than the peak, is a crash.
  const answered = signal === null && (status === 0 || status === 1);
  const holds = answered && took <= seconds && peak <= megabytes;
  if (!holds) broken++;
  const bound = `${holds ? "within" : "OVER"} ${seconds} s, ${megabytes.toLocaleString("en-US")} MB`;
  const figures = `${took.toFixed(1).padStart(6)} s ${peak.toFixed(0).padStart(6)} MB`;
  process.stdout.write(`${what.padEnd(46)} ${figures}   exit ${status ?? signal}, ${bound}\n`);
}

/** The same directory over and over in one process. */
function passes(content: Readonly<Record<string, string>>, count: number): void {
  const args = ["--expose-gc", "--import", "tsx", `${root}bench/passes.ts`, write(content), String(count)];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: root });
  if (stdout === "") throw new Error(stderr);
  const used: number[] = JSON.parse(stdout);
  const [fifth = 0, last = 0] = [used[4], used.at(-1)];
  const holds = used.length === count && last <= 1.1 * fifth;
  if (!holds) broken++;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  process.stdout.write(
    `${`${count} passes in one process`.padEnd(46)} ${megabytes(last)} at the end, ${megabytes(fifth)} after the fifth: ${(last / fifth).toFixed(2)} ×, ${holds ? "within" : "OVER"} 1.1 ×\n`,
  );
}
