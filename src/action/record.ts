import { UserError } from "../errors.ts";
import { type Api, openApi } from "../github/api.ts";
import { findIssue, updateIssue } from "../github/approval-issue.ts";
import { findCheckout } from "../github/checkout.ts";
import { tellPull } from "../github/deployed-comment.ts";
import { type Deployed, type DeployedMigration, recordDeployment } from "../github/deployments.ts";
import type { AroundInputs } from "../github/inputs.ts";
import { lastChangeOf, pullsThatBrought } from "../github/origins.ts";
import { reportAt } from "../github/own-report.ts";
import { at, listAt } from "../github/payload.ts";
import { whoAmI } from "../github/people.ts";
import { type Run, readRun, readServer } from "../github/run.ts";
import { directoryOfGenerated, isGenerated } from "../migrations/generated.ts";
import { renderDeployed } from "../report/deployed-comment.ts";
import { count } from "../text.ts";
import { sentenceOf } from "./approvals.ts";

/** What was done, and what people could not be told. */
export interface Recorded {
  readonly lines: readonly string[];
  readonly notTold: readonly string[];
}

/**
 * Writes down on GitHub what migrate or rollback has done: a deployment that later environments read, a comment on each pull
 * request that has brought a migration, and the end of the issue that has asked. Gives what was done. Throws UserError: without the
 * deployment a later environment would not know what has succeeded here.
 */
export async function record(inputs: AroundInputs, env: NodeJS.ProcessEnv): Promise<Recorded> {
  const places = { GITHUB_WORKSPACE: env.GITHUB_WORKSPACE, RUNNER_TEMP: env.RUNNER_TEMP };
  const deployed = deployedIn(reportAt(inputs.fromReport, places));
  if (typeof deployed === "string") return { lines: [deployed], notTold: [] };
  if (inputs.token === null) throw new UserError("token-missing", "Nothing can be written down without a token.");
  const api = openApi(readServer(env, inputs.token));
  const run = readRun(env);
  const commit = env.GITHUB_SHA ?? "";
  const says = saysOf(deployed);
  await recordDeployment(api, deployed, { commit, runUrl: run.url, says });
  const notTold: string[] = [];
  const lines = [`${deployed.environment}: ${says}.`];
  const { prefix } = findCheckout(env.GITHUB_WORKSPACE, inputs.workingDirectory);
  for (const tell of [
    () => tellPulls(api, deployed, { run, commit, branch: env.GITHUB_REF_NAME ?? "", prefix }),
    () => closeIssue(api, deployed),
  ]) {
    // People are told where they can be; what was done is written down already.
    try {
      lines.push(...(await tell()));
    } catch (thrown) {
      notTold.push(sentenceOf(thrown));
    }
  }
  return { lines, notTold };
}

/** What was done, and whether it was a way back. */
type Done = Deployed & { readonly isBack: boolean };

function saysOf({ result, migrations, isBack }: Done): string {
  const there = migrations.filter(({ digest }) => digest !== null).length;
  switch (result) {
    case "applied":
      return `${count(migrations.length, "migration")} applied`;
    case "failed":
      if (isBack) return `failed: ${count(migrations.length, "migration")} taken back, the last perhaps in part`;
      return `failed: ${there} of ${count(migrations.length, "migration")} applied`;
    case "rolled-back":
      return `${count(migrations.length, "migration")} taken back`;
  }
}

/** What a report of migrate or rollback says was done; a sentence where there is nothing to write down. */
function deployedIn(report: unknown): Done | string {
  const command = at(report, "command");
  const isBack = command === "rollback";
  if (!isBack && command !== "migrate") {
    throw new UserError("report-unreadable", "The report that this step is about is of neither migrate nor rollback.", {
      hint: "give the input from-report the output report of such a step.",
    });
  }
  const outcomes = listAt(report, "outcomes");
  const environment = at(report, "environment");
  const digest = at(report, "digest");
  if (outcomes.length === 0) return "Nothing was changed: there is nothing to write down.";
  if (typeof environment !== "string") {
    return "The database is of no environment of the config: nothing is written down, and no other environment can wait for it.";
  }
  // Gone back by itself: nothing of it is there, whatever was applied before.
  const goneBack = listAt(report, "rollback", "outcomes").length > 0;
  const isAmiss = listAt(report, "amiss").length > 0;
  const isDone = at(report, "exitStatus") === 0;
  const migrations = outcomes.flatMap((each): DeployedMigration[] => {
    const [path, version, status] = [at(each, "path"), at(each, "version"), at(each, "status")];
    if (typeof path !== "string" || typeof version !== "string") return [];
    // What is there as it was before needs no word.
    if (isBack && (status === "not-run" || status === "undone")) return [];
    const of = at(each, "digest");
    const isThere = !isBack && status === "applied" && !goneBack && !isAmiss && typeof of === "string";
    return [{ path, version, digest: isThere ? of : null }];
  });
  if (migrations.length === 0) return "Nothing was changed: there is nothing to write down.";
  return {
    isBack,
    environment,
    digest: typeof digest === "string" ? digest : null,
    result: goneBack ? "rolled-back" : isDone ? (isBack ? "rolled-back" : "applied") : "failed",
    migrations,
  };
}

interface Where {
  readonly run: Run;
  readonly commit: string;
  readonly branch: string;
  /** From the root of the repository to the working directory. */
  readonly prefix: string;
}

async function tellPulls(api: Api, deployed: Done, { run, commit, branch, prefix }: Where): Promise<string[]> {
  const { environment, result, isBack } = deployed;
  const self = await whoAmI(api);
  const byPull = new Map<number, { path: string; isThere: boolean }[]>();
  for (const { path, digest } of deployed.migrations.slice(0, mostAsked)) {
    // Of what a command has done, whoever changed its directory last.
    const place = isGenerated(path) ? directoryOfGenerated(path) : path;
    const change = await lastChangeOf(api, `${prefix}${place}`, commit);
    const [pull] = change === null ? [] : await pullsThatBrought(api, change.commit, branch);
    if (pull === undefined) continue;
    byPull.set(pull.number, [...(byPull.get(pull.number) ?? []), { path, isThere: digest !== null }]);
  }
  for (const [number, migrations] of byPull) {
    const body = renderDeployed({ environment, result, isBack, at: api.now(), runUrl: run.url, migrations });
    await tellPull(api, number, { environment, body, self });
  }
  return byPull.size === 0 ? [] : [`Told on ${[...byPull.keys()].map((number) => `#${number}`).join(", ")}.`];
}

/** Each costs two requests. */
const mostAsked = 100;

/** The issue that asked for just this has its answer. */
async function closeIssue(api: Api, { environment, digest, result }: Deployed): Promise<string[]> {
  if (result !== "applied") return [];
  const issue = await findIssue(api, environment, await whoAmI(api));
  if (issue === null || issue.mark.digest !== digest) return [];
  await updateIssue(api, issue.number, { state: "closed" });
  return [`Issue ${issue.number} is closed.`];
}
