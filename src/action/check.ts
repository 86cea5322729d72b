import { createHash } from "node:crypto";
import { UserError } from "../errors.ts";
import type { Api } from "../github/api.ts";
import { findCheckout } from "../github/checkout.ts";
import { type Event, readEvent } from "../github/event.ts";
import { closedGate, complaint } from "../github/failure.ts";
import type { CheckInputs } from "../github/inputs.ts";
import { printPlain } from "../github/log.ts";
import { readRun, readServer } from "../github/run.ts";
import type { Commands } from "../ports.ts";
import { openCommands } from "../process/commands.ts";
import { noticeList } from "../report/notices.ts";
import { renderTerminal } from "../report/terminal.ts";
import { openWorkspace } from "../workspace/workspace.ts";
import { basesOf } from "./base.ts";
import { handOn, sourceIn } from "./hand-on.ts";
import { type JudgedPull, judge } from "./judge.ts";
import type { Told } from "./pull-request.ts";

/** Columns of the log; GitHub's page is wider, and prose stays at its own width. */
const logWidth = 120;

/** Checks, says so everywhere that the inputs ask for, and gives the lines with which the step fails; null when it passes. */
export async function runCheck(inputs: CheckInputs, env: NodeJS.ProcessEnv): Promise<readonly string[] | null> {
  const checkout = findCheckout(env.GITHUB_WORKSPACE, inputs.workingDirectory);
  const event = readEvent(env);
  const workspace = openWorkspace(checkout.directory);
  const api = once(() => openGitHub(inputs, env));
  const bases = await basesOf(event, { checkout, api, since: inputs.since });
  const judged = withIgnored(
    await judge(inputs, { checkout, workspace, bases, commands: commandsFor(env, checkout.directory) }),
    event,
    inputs,
  );
  const { report } = judged;
  const source = sourceIn(workspace, checkout);
  // First what cannot fail: whatever else goes wrong, the log has the verdict.
  const color = (env.NO_COLOR ?? "") === "";
  printPlain(renderTerminal(report, { color, width: logWidth, source }));
  const key = inputs.key ?? "";
  const told = await tell(event, { api: await apiFor(event, api), judged, inputs, env, key, source });
  const notices = noticeList(told?.notices ?? judged.notices);
  if (notices !== null) printPlain(notices);
  const isOpen = told?.isOpen ?? report.verdict.outcome === "pass";
  // A check run that says it is enough: an approval turns that green, and would leave a red job behind.
  const mustFail = !isOpen && (told?.isWritten !== true || inputs.failJob);
  const gate = mustFail ? closedGate(report) : null;
  const failures = [gate, told?.failure ?? null].filter((lines) => lines !== null);
  return handOn(report, { inputs, checkout, source, isOpen, failures, key, hasCheckRun: told?.isWritten === true });
}

/** Events whose jobs have the repository's secrets and rights, whoever wrote what they check. */
const trustedEvents = ["pull_request_target", "workflow_run", "issue_comment"];

/** Where strangers' code would run beside secrets, nothing runs. */
function commandsFor(env: NodeJS.ProcessEnv, directory: string): Commands | null {
  return trustedEvents.includes(env.GITHUB_EVENT_NAME ?? "") ? null : openCommands(directory, env);
}

async function openGitHub({ token }: CheckInputs, env: NodeJS.ProcessEnv): Promise<Api | null> {
  if (token === null) return null;
  const { openApi } = await import("../github/api.ts");
  return openApi(readServer(env, token));
}

/** GitHub is told about what can be merged, and nothing is loaded for it where there is nothing to tell. */
async function apiFor(event: Event, api: () => Promise<Api | null>): Promise<Api | null> {
  return event.kind === "pull-request" || event.kind === "merge-group" ? api() : null;
}

interface Telling {
  readonly api: Api | null;
  readonly judged: JudgedPull;
  readonly inputs: CheckInputs;
  readonly env: NodeJS.ProcessEnv;
  readonly key: string;
  source(path: string): string | null;
}

async function tell(event: Event, { api, judged, inputs, env, key, source }: Telling): Promise<Told | null> {
  if (api === null) return null;
  const { tellMergeGroup, tellPullRequest } = await import("./pull-request.ts");
  const telling = { api, judged, inputs, run: readRun(env), key, directories: directoriesOf(inputs), source };
  try {
    if (event.kind === "pull-request") return await tellPullRequest(event, telling);
    return event.kind === "merge-group" ? await tellMergeGroup(event, telling) : null;
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    // The verdict stands, and whoever reads the log or the outputs has it.
    const isOpen = judged.report.verdict.outcome === "pass";
    return { isOpen, isWritten: false, failure: complaint(thrown), notices: judged.notices };
  }
}

/** Where the event itself says what is compared, a workflow cannot say otherwise. */
function withIgnored(judged: JudgedPull, { kind }: Event, { since }: CheckInputs): JudgedPull {
  if (since === null || (kind !== "pull-request" && kind !== "merge-group")) return judged;
  const sentence = `The input since is ignored: what counts as applied is the base of this ${kind.replace("-", " ")}.`;
  return { ...judged, notices: [...judged.notices, { kind: "other", sentence }] };
}

/** Where a job looks, as one line: several jobs of one pull request look at different directories. */
function directoriesOf({ workingDirectory, paths }: CheckInputs): string {
  const whole = [...(workingDirectory === "." ? [] : [workingDirectory]), ...paths].join(" ");
  if (whole.length <= longestKey) return whole;
  // Cut off alone, two long lists could become one.
  return `${whole.slice(0, longestKey - 9)} ${createHash("sha256").update(whole).digest("hex").slice(0, 8)}`;
}

const longestKey = 60;

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
