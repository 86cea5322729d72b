import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { convertWorkflowTemplate, isMapping, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { newJob } from "../action/runner.ts";
import type { FakeGitHub } from "../github/fake.ts";
import type { Repository } from "../github/repository.ts";
import { runnerVariables } from "../github/scene.ts";
import { actionsBot } from "../github/state.ts";
import { evaluate, mapOf, resolve, type Scope, textOf, type Values } from "./expressions.ts";
import { root } from "./files.ts";
import { isTrue, runSteps, type StepEnded, stepsOf } from "./steps.ts";

/** How a reusable workflow is called. */
export interface Call {
  readonly github: FakeGitHub;
  readonly repository: Repository;
  readonly inputs?: Readonly<Record<string, string>>;
  /** What the caller forwards. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** The secrets of environments, by their names: they win. */
  readonly environmentSecrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly event?: { readonly name: string; readonly payload: object };
  readonly branch?: string;
  readonly isProtected?: boolean;
  /** What the reviewers of an environment do when its job waits for them: approved where nobody is asked. */
  review?(environment: string): Promise<"approved" | "rejected"> | "approved" | "rejected";
  readonly env?: Readonly<Record<string, string>>;
}

export interface JobEnded {
  readonly result: "success" | "failure" | "skipped";
  readonly outputs: Readonly<Record<string, string>>;
  readonly environment: string | null;
  /** Its concurrency group; null where it has none. */
  readonly group: string | null;
  readonly steps: readonly StepEnded[];
}

/** What is left of a run. */
export interface Ran {
  readonly jobs: Readonly<Record<string, JobEnded>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** Of all steps that failed. */
  readonly errors: readonly string[];
}

let runs = 8000;

/** Runs a workflow of this repository as GitHub would: jobs by their needs, conditions, environments, secrets and outputs. */
export async function runWorkflow(name: string, call: Call): Promise<Ran> {
  const path = `.github/workflows/${name}`;
  const { context, value } = parseWorkflow(
    { name: path, content: readFileSync(`${root}${path}`, "utf8") },
    new NoOperationTraceWriter(),
  );
  if (value === undefined || !isMapping(value)) throw new Error(`${path} is no workflow`);
  const template = await convertWorkflowTemplate(context, value);
  const problems = [...context.errors.getErrors().map(({ message }) => message), ...(template.errors ?? [])];
  if (problems.length > 0) throw new Error(`${path}: ${JSON.stringify(problems)}`);
  const called = partOf(partOf(value, "on"), "workflow_call");
  const inputs = inputsOf(called, call.inputs ?? {});
  const declared = namesIn(partOf(called, "secrets"));
  const unknown = Object.keys(call.secrets ?? {}).filter((each) => !declared.includes(each));
  if (unknown.length > 0) throw new Error(`${path} takes no secret ${unknown}`);

  const id = ++runs;
  const branch = call.branch ?? "main";
  const commit = call.repository.git("rev-parse", branch);
  const event = call.event ?? { name: "push", payload: {} };
  const github: Values = {
    ...{ event_name: event.name, event: JSON.parse(JSON.stringify(event.payload)), sha: commit },
    ...{ ref: `refs/heads/${branch}`, ref_name: branch, ref_protected: call.isProtected ?? true },
    ...{ repository: "octo/shop", run_id: String(id), workflow: "deploy" },
  };
  const jobs: Record<string, JobEnded> = {};
  for (const job of template.jobs) {
    if (job.type !== "job") throw new Error("A called workflow that calls others is not run here");
    const key = job.id.value;
    const needs = (job.needs ?? []).map((each) => each.value);
    const token = partOf(partOf(value, "jobs"), key);
    const needed = Object.fromEntries(
      needs.map((each) => {
        const before = jobs[each];
        if (before === undefined) throw new Error(`${key} needs ${each}, which has not run yet`);
        return [each, { result: before.result, outputs: before.outputs }];
      }),
    );
    const status = { failed: needs.some((each) => jobs[each]?.result !== "success"), cancelled: false };
    const scope: Scope = { contexts: { github, inputs, needs: needed }, status };
    if (!isTrue(evaluate(job.if.expression, scope))) {
      const outputs = Object.fromEntries(namesIn(partOf(token, "outputs")).map((each) => [each, ""]));
      jobs[key] = { result: "skipped", outputs, environment: null, group: null, steps: [] };
      continue;
    }
    jobs[key] = await runJob({ key, token, job, scope, id, commit, branch, event, declared }, call);
  }
  const values = partOf(called, "outputs");
  const scope: Scope = {
    contexts: {
      github,
      inputs,
      jobs: Object.fromEntries(Object.entries(jobs).map(([each, { result, outputs }]) => [each, { result, outputs }])),
    },
    status: { failed: false, cancelled: false },
  };
  const outputs = namesIn(values).map((each) => {
    return [each, textOf(resolve(partOf(partOf(values, each), "value"), scope))] as const;
  });
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  noSecretIn(steps, call);
  const failed = steps.filter(({ result }) => result === "failure");
  return { jobs, outputs: Object.fromEntries(outputs), errors: failed.flatMap(({ errors }) => errors) };
}

interface JobRun {
  readonly key: string;
  readonly token: TemplateToken | undefined;
  readonly job: { readonly steps: readonly { readonly id: string; readonly if?: { readonly expression: string } }[] };
  readonly scope: Scope;
  readonly id: number;
  readonly commit: string;
  readonly branch: string;
  readonly event: { readonly name: string; readonly payload: object };
  readonly declared: readonly string[];
}

async function runJob(
  { key, token, job, scope, id, commit, branch, event, declared }: JobRun,
  call: Call,
): Promise<JobEnded> {
  const { github, repository } = call;
  // Whatever else has an expression must be one that can be evaluated.
  for (const part of ["name", "runs-on", "services", "timeout-minutes"]) resolve(partOf(token, part), scope);
  const concurrency = mapOf(resolve(partOf(token, "concurrency"), scope));
  const group = concurrency.group === undefined ? null : textOf(concurrency.group);
  const environment = textOf(resolve(partOf(token, "environment"), scope)) || null;
  const outputsToken = partOf(token, "outputs");
  if (environment !== null) {
    const reviewers = github.state.environments.get(environment)?.reviewers ?? [];
    // GitHub makes an environment that is not there, which lets everything through.
    github.state.environments.set(environment, { reviewers });
    const made = { id: id * 10, creator: actionsBot, sha: commit, task: "deploy", environment, payload: {} };
    github.state.deployments.push({ ...made, statuses: [] });
    if (reviewers.length > 0 && (await call.review?.(environment)) === "rejected") {
      const outputs = Object.fromEntries(namesIn(outputsToken).map((each) => [each, ""]));
      return { result: "failure", outputs, environment, group, steps: [] };
    }
  }
  const of = { ...call.secrets, ...call.environmentSecrets?.[environment ?? ""] };
  const secrets = Object.fromEntries(declared.map((each) => [each, of[each] ?? ""]));
  const jobToken = `ghs_of-the-job-${key}-${id}`;
  const permissions = mapOf(resolve(partOf(token, "permissions"), scope));
  github.state.tokens.set(jobToken, {
    account: actionsBot,
    permissions: Object.fromEntries(
      Object.entries(permissions).map(([each, may]) => [each, may === "write" ? "write" : "read"]),
    ),
  });
  const directories = newJob({});
  const eventPath = join(directories.temporary, "event.json");
  writeFileSync(eventPath, JSON.stringify(event.payload));
  // convertWorkflowTemplate gives every step an id, and every condition its status function.
  const read = job.steps.map((each) => ({ id: each.id, condition: each.if?.expression ?? "success()" }));
  const { ended, failed } = await runSteps(
    stepsOf(token, read),
    { ...scope.contexts, secrets, runner: { temp: directories.temporary } },
    {
      job: directories,
      token: jobToken,
      variables: {
        ...runnerVariables(github, { event: event.name, id, attempt: 1, sha: commit }),
        ...{ GITHUB_EVENT_PATH: eventPath, GITHUB_REF: `refs/heads/${branch}`, GITHUB_REF_NAME: branch },
        ...{ GITHUB_JOB: key, HOME: directories.temporary },
        ...call.env,
      },
      checkOut: (directory) => repository.checkOut(commit, directory, 1),
    },
  );
  const steps = Object.fromEntries(ended.map((each) => [each.id, { outputs: each.outputs, outcome: each.result }]));
  const after: Scope = { ...scope, contexts: { ...scope.contexts, steps } };
  const outputs = Object.entries(mapOf(resolve(outputsToken, after))).map(([each, is]) => [each, textOf(is)] as const);
  return {
    result: failed ? "failure" : "success",
    outputs: Object.fromEntries(outputs),
    environment,
    group,
    steps: ended,
  };
}

function inputsOf(called: TemplateToken | undefined, given: Readonly<Record<string, string>>): Values {
  const definitions = partOf(called, "inputs");
  const names = namesIn(definitions);
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`There is no input ${unknown}`);
  return Object.fromEntries(
    names.map((name) => {
      const byDefault = partOf(partOf(definitions, name), "default");
      return [name, given[name] ?? byDefault?.toString() ?? ""];
    }),
  );
}

/** What the runner would have to hide must not be there in the first place. */
function noSecretIn(steps: readonly StepEnded[], { secrets, environmentSecrets = {} }: Call): void {
  const values = [secrets ?? {}, ...Object.values(environmentSecrets)].flatMap((each) => Object.values(each));
  for (const { id, raw, markdown } of steps) {
    const lines = `${raw}\n${markdown}`.split("\n").filter((line) => !line.startsWith("::add-mask::"));
    if (values.some((value) => value.length > 4 && lines.some((line) => line.includes(value)))) {
      throw new Error(`The step ${id} shows a secret`);
    }
  }
}

function partOf(token: TemplateToken | undefined, name: string): TemplateToken | undefined {
  return token !== undefined && isMapping(token) ? token.find(name) : undefined;
}

function namesIn(token: TemplateToken | undefined): readonly string[] {
  return token !== undefined && isMapping(token) ? Array.from(token, ({ key }) => key.toString()) : [];
}
