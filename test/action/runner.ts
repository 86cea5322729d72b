import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { parse } from "yaml";
import { type Issue, readLog } from "./log.ts";

/** The token that every job gets. */
export const jobToken = "ghs_the-token-of-the-job";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What action.yml says, as the runner reads it. */
export interface Manifest {
  readonly name: string;
  readonly description: string;
  readonly author: string;
  readonly branding: { readonly icon: string; readonly color: string };
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: { readonly using: string; readonly main: string };
}
export const manifest: Manifest = parse(readFileSync(`${root}action.yml`, "utf8"));

/** The built action, as it ships. */
export const program = join(root, manifest.runs.main);

/** The Node.js that `using: node24` means. */
export const node24 = join(root, "test/runtime/node_modules/node/bin/node");

/** A step of a workflow. */
export interface Step {
  /** What is in the workspace: path → content. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** What stands under `with:`. */
  readonly with?: Readonly<Record<string, string>>;
  /** Variables set otherwise than the runner sets them; null: not set. */
  readonly env?: Readonly<Record<string, string | null>>;
  /** Something to do with the job's directories before the step starts. */
  prepare?(job: Job): void;
  readonly node?: string;
  /** Another dist/index.js than the one that ships. */
  readonly program?: string;
  /** Cancels the job, as the runner does it at first, once this stands in what the step has printed, or has come about. */
  readonly cancelAt?: string | Promise<unknown>;
  /** As nobody, where the tests run as root, whom no permission stops. */
  readonly asAnotherUser?: boolean;
  /** The job of earlier steps, with what they have left; a new one where it is left out. */
  readonly job?: Job;
}

/** The directories of a job, and the runner's files for the step. */
export interface Job {
  readonly workspace: string;
  readonly temporary: string;
  readonly output: string;
  readonly summary: string;
}

/** What is left when the step is over. */
export interface Ended extends Job {
  readonly status: number | null;
  /** The lines of the log that are no commands, without colours. */
  readonly log: string;
  readonly raw: string;
  /** Every command that the runner would have taken, in order. */
  readonly commands: readonly string[];
  /** The annotations that GitHub keeps. */
  readonly issues: readonly Issue[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly markdown: string;
}

/** Runs dist/index.js as the runner does: by the inputs' variables, with its files, in the workspace. */
export async function step(asked: Step): Promise<Ended> {
  const job = asked.job ?? newJob(asked.files ?? {});
  asked.prepare?.(job);
  const uid = asked.asAnotherUser === true && process.geteuid?.() === 0 ? { uid: 65534 } : {};
  const options = { cwd: job.workspace, env: variables(asked, job), cancelAt: asked.cancelAt ?? null, ...uid };
  const { status, raw } = await start([asked.node ?? node24, asked.program ?? program], options);
  const read = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");
  return { ...job, status, raw, ...readLog(raw), outputs: outputsIn(read(job.output)), markdown: read(job.summary) };
}

/** The directories of a job. */
export function newJob(files: Readonly<Record<string, string | Uint8Array>>): Job {
  const home = mkdtempSync(join(realpathSync(tmpdir()), "lockkeeper-action-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  chmodSync(home, 0o755);
  const workspace = join(home, "work/repository/repository");
  const temporary = join(home, "work/_temp");
  for (const directory of [workspace, join(temporary, "_runner_file_commands")]) {
    mkdirSync(directory, { recursive: true });
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), content);
  }
  return { workspace, temporary, ...fileCommands(temporary) };
}

let files = 0;

/** The runner's files for one step. */
export function fileCommands(temporary: string): Pick<Job, "output" | "summary"> {
  const [output, summary] = ["set_output", "step_summary"].map((name) => {
    const path = join(temporary, "_runner_file_commands", `${name}_${++files}`);
    writeFileSync(path, "");
    return path;
  });
  return { output: output ?? "", summary: summary ?? "" };
}

function variables({ with: written = {}, env = {} }: Step, job: Job): Record<string, string> {
  // The runner fills its expressions in.
  const defaults = Object.entries(manifest.inputs).map(
    ([name, input]) => [name, input.default.replace(`\${{ github.token }}`, jobToken)] as const,
  );
  const inputs = [...defaults, ...Object.entries(written)].map(
    ([name, value]) => [`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`, value] as const,
  );
  const all: Record<string, string | null> = {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_WORKSPACE: job.workspace,
    GITHUB_OUTPUT: job.output,
    GITHUB_STEP_SUMMARY: job.summary,
    GITHUB_ENV: join(job.temporary, "_runner_file_commands/set_env_1"),
    GITHUB_SERVER_URL: "https://github.example.com",
    RUNNER_TEMP: job.temporary,
    ...Object.fromEntries(inputs),
    ...env,
  };
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

interface Options {
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly cancelAt: string | Promise<unknown> | null;
  readonly uid?: number;
}

function start(
  [node, file]: readonly [string, string],
  { cancelAt, ...options }: Options,
): Promise<{ status: number | null; raw: string }> {
  if (!existsSync(node)) throw new Error(`There is no Node.js at ${node}: npm run test:runtime installs it.`);
  return new Promise((resolve, reject) => {
    const child = execFile(
      node,
      [file],
      { ...options, encoding: "utf8", maxBuffer: 2 ** 28 },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== "number") reject(error);
        // The runner reads both in the same way, and nobody knows in which order.
        else resolve({ status: typeof error?.code === "number" ? error.code : 0, raw: stdout + stderr });
      },
    );
    if (typeof cancelAt !== "string") {
      void cancelAt?.then(() => child.kill("SIGINT"), reject);
      return;
    }
    let seen = "";
    child.stdout?.on("data", (text: string) => {
      if (seen.includes(cancelAt)) return;
      seen += text;
      if (seen.includes(cancelAt)) child.kill("SIGINT");
    });
  });
}

/** Reads the file of outputs as the runner does: `name=value`, or `name<<word`, the value, `word`. */
export function outputsIn(file: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = file.split("\n");
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === "") continue;
    const [, name, sign, rest] = /^([^=<]*?)(=|<<)(.*)$/.exec(line) ?? [];
    if (name === undefined || name === "" || rest === undefined) throw new Error(`Invalid output: ${line}`);
    if (sign === "=") {
      outputs[name] = rest;
      continue;
    }
    const end = lines.indexOf(rest);
    if (rest === "" || end < 0) throw new Error(`Invalid output, its end is missing: ${line}`);
    outputs[name] = lines
      .splice(0, end + 1)
      .slice(0, -1)
      .join("\n");
  }
  return outputs;
}
