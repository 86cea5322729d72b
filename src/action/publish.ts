import { defaultConfig } from "../config/config.ts";
import { parseConfig } from "../config/parse.ts";
import { UserError } from "../errors.ts";
import { openApi } from "../github/api.ts";
import { apiTree } from "../github/api-tree.ts";
import { readEvent, type WorkflowRunEvent } from "../github/event.ts";
import { changesWorkflows, type ForkPull, pullsOfRun } from "../github/fork.ts";
import type { CheckInputs } from "../github/inputs.ts";
import { printPlain } from "../github/log.ts";
import { readRun, readServer } from "../github/run.ts";
import { storedReports } from "../github/stored-report.ts";
import { gateStateOf } from "../report/gate-state.ts";
import { rules } from "../rules/index.ts";
import { canBeTurnedOff } from "../rules/rule.ts";
import { configIn } from "../workspace/tree-config.ts";
import { generatedIn, type JudgedPull } from "./judge.ts";
import { tellFork } from "./pull-request.ts";

/**
 * The second stage for pull requests from forks: writes what their runs have found, and could not write. The reports are the word of
 * strangers; the commit, the pull request, its author, its approvals and the policy are asked of GitHub. Gives the lines with
 * which the step fails; null when it passes.
 */
export async function runPublish(inputs: CheckInputs, env: NodeJS.ProcessEnv): Promise<readonly string[] | null> {
  const event = readEvent(env);
  if (event.kind !== "workflow-run" || !event.event.startsWith("pull_request")) throw wrongEvent();
  if (inputs.token === null) throw new UserError("token-missing", "Nothing can be published without a token.");
  const api = openApi(readServer(env, inputs.token));
  const pull = await theOne(event, await pullsOfRun(api, event));
  if (pull === null) {
    printPlain(`No open pull request has ${event.head} as its newest commit any more: there is nothing to publish.`);
    return null;
  }
  const reports = storedReports(env.GITHUB_WORKSPACE ?? "", inputs.reportFile ?? "lockkeeper-reports");
  const isForeign = await changesWorkflows(api, pull);
  const base = apiTree(api, pull.base, "");
  const source = await configIn(base, inputs.config);
  const known = rules.map((rule) => ({ id: rule.id, canBeTurnedOff: canBeTurnedOff(rule) }));
  const config = source === null ? defaultConfig : parseConfig(source, { rules: known });
  const failures: string[] = [];
  for (const { key, report, path } of reports) {
    const judged: JudgedPull = { report, config, notices: generatedIn(report) };
    const run = readRun(env);
    const told = await tellFork(
      pull,
      { api, judged, inputs, run, key: inputs.key ?? key, directories: "", source: () => null },
      { isForeign },
    );
    const { words } = gateStateOf(report, null);
    printPlain(`${path}: ${words}; the gate is ${told.isOpen ? "open" : "closed"}.`);
    if (told.failure !== null) failures.push(...told.failure);
  }
  return failures.length === 0 ? null : failures;
}

/** Of several pull requests of one branch, nobody could say which one the report is about. */
async function theOne({ head }: WorkflowRunEvent, pulls: readonly ForkPull[]): Promise<ForkPull | null> {
  const [one, other] = pulls;
  if (one === undefined) return null;
  if (other === undefined) return one;
  throw new UserError("pull-request-ambiguous", `Several pull requests have ${head} as their newest commit.`, {
    details: [`They are ${pulls.map(({ number }) => number).join(", ")}.`],
    hint: "close all but one of them.",
  });
}

function wrongEvent(): UserError {
  return new UserError("event-refused", "Only a run on a pull request has something to be published.", {
    hint: "use command: publish in a workflow on workflow_run, as .github/workflows/publish.yml does.",
  });
}
