import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isMapping, isSequence } from "@actions/workflow-parser";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { fileCommands, type Job, manifest, outputsIn, step } from "../action/runner.ts";
import { evaluate, mapOf, resolve, type Scope, textOf, type Value } from "./expressions.ts";

/** What a step has done. */
export interface StepEnded {
  readonly id: string;
  readonly uses: string | null;
  readonly result: "success" | "failure" | "skipped";
  readonly outputs: Readonly<Record<string, string>>;
  readonly log: string;
  readonly raw: string;
  readonly markdown: string;
  /** The messages of its errors. */
  readonly errors: readonly string[];
}

/** A step as GitHub's parser hands it on: its `if` with the status function that it has where none is written. */
export interface StepRead {
  readonly id: string;
  readonly condition: string;
  readonly token: TemplateToken;
}

/** What a job gives its steps. */
export interface StepsOn {
  readonly job: Job;
  readonly variables: Readonly<Record<string, string>>;
  readonly token: string;
  checkOut(directory: string): void;
  /** Other programs than the runner's own, by the beginning of the name of an action. */
  before?(step: StepRead): void;
}

/** Runs the steps of a job in their order. */
export async function runSteps(steps: readonly StepRead[], contexts: Scope["contexts"], on: StepsOn) {
  const ended: StepEnded[] = [];
  let failed = false;
  for (const each of steps) {
    const known = Object.fromEntries(
      ended.map(({ id, result, outputs }) => [id, { outputs, outcome: result, conclusion: result }]),
    );
    const scope: Scope = { contexts: { ...contexts, steps: known }, status: { failed, cancelled: false } };
    on.before?.(each);
    const done = isTrue(evaluate(each.condition, scope)) ? await run(each, scope, on) : skipped(each);
    ended.push(done);
    failed ||= done.result === "failure";
  }
  return { ended, failed };
}

function skipped(read: StepRead): StepEnded {
  const uses = usesOf(read);
  return { id: read.id, uses, result: "skipped", outputs: none(read), log: "", raw: "", markdown: "", errors: [] };
}

/** Every output that a step can have: one that it has not set is an empty text to GitHub. */
function none(read: StepRead): Record<string, string> {
  const script = partOf(read, "run")?.toString() ?? "";
  const written = [...script.matchAll(/echo "([a-z-]+)=/g)].map(([, name = ""]) => name);
  const names = usesOf(read) === "$/" ? Object.keys(manifest.outputs) : written;
  return Object.fromEntries(names.map((name) => [name, ""]));
}

const partOf = ({ token }: StepRead, name: string): TemplateToken | undefined =>
  isMapping(token) ? token.find(name) : undefined;
const usesOf = (read: StepRead): string | null => partOf(read, "uses")?.toString() ?? null;

function textsOf(token: TemplateToken | undefined, scope: Scope): Record<string, string> {
  const all = Object.entries(mapOf(resolve(token, scope)));
  return Object.fromEntries(all.map(([name, value]) => [name, textOf(value)]));
}

async function run(read: StepRead, scope: Scope, on: StepsOn): Promise<StepEnded> {
  const uses = usesOf(read);
  const [given, env] = [textsOf(partOf(read, "with"), scope), textsOf(partOf(read, "env"), scope)];
  const base = { id: read.id, uses, log: "", raw: "", markdown: "", errors: [] };
  if (uses === null) return script(read, { scope, env, on });
  if (uses.startsWith("actions/checkout@")) {
    on.checkOut(on.job.workspace);
    return { ...base, result: "success", outputs: {} };
  }
  if (uses.startsWith("actions/upload-artifact@")) {
    const path = join(on.job.workspace, given.path ?? "");
    return { ...base, result: existsSync(path) ? "success" : "failure", outputs: {} };
  }
  if (uses !== "$/") throw new Error(`The test cannot run ${uses}`);
  const job = { ...on.job, ...fileCommands(on.job.temporary) };
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(manifest.inputs, name));
  if (unknown.length > 0) throw new Error(`The action has no input ${unknown}`);
  const done = await step({ job, with: { token: on.token, ...given }, env: { ...on.variables, ...env } });
  return {
    ...base,
    result: done.status === 0 ? "success" : "failure",
    outputs: { ...none(read), ...done.outputs },
    ...{ log: done.log, raw: done.raw, markdown: done.markdown },
    errors: done.issues.filter(({ level }) => level === "error").map(({ message }) => message),
  };
}

/** A script, as the runner starts it on Linux. */
async function script(
  read: StepRead,
  { scope, env, on }: { readonly scope: Scope; readonly env: Record<string, string>; readonly on: StepsOn },
): Promise<StepEnded> {
  const text = textOf(resolve(partOf(read, "run"), scope));
  const files = fileCommands(on.job.temporary);
  const { PATH = "" } = process.env;
  const [status, raw] = await new Promise<readonly [number, string]>((done) => {
    const all = { PATH, ...on.variables, ...env, GITHUB_OUTPUT: files.output, GITHUB_STEP_SUMMARY: files.summary };
    execFile(
      "bash",
      ["--noprofile", "--norc", "-eo", "pipefail", "-c", text],
      { cwd: on.job.workspace, env: all, encoding: "utf8" },
      (error, stdout, stderr) => done([error === null ? 0 : 1, stdout + stderr]),
    );
  });
  return {
    id: read.id,
    uses: null,
    result: status === 0 ? "success" : "failure",
    outputs: { ...none(read), ...outputsIn(readFileSync(files.output, "utf8")) },
    ...{ log: raw, raw, markdown: "" },
    errors: [...raw.matchAll(/^::error[^:]*::(.*)$/gm)].map(([, message = ""]) => message),
  };
}

export function isTrue(value: Value): boolean {
  return value !== null && value !== false && value !== "" && value !== 0;
}

/** The steps of a job, with the conditions that GitHub's parser gives them. */
export function stepsOf(
  job: TemplateToken | undefined,
  conditions: readonly { readonly id: string; readonly condition: string }[],
): readonly StepRead[] {
  const steps = job !== undefined && isMapping(job) ? job.find("steps") : undefined;
  if (steps === undefined || !isSequence(steps)) throw new Error("A job has no steps");
  return Array.from(steps, (token, i) => {
    const found = conditions[i];
    if (found === undefined) throw new Error("GitHub's parser sees fewer steps");
    return { ...found, token };
  });
}
