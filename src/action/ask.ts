import { readSettings } from "../commands/settings.ts";
import type { Config, Risk } from "../config/config.ts";
import { UserError } from "../errors.ts";
import { wordsOfAnswers } from "../gate/answers.ts";
import { type Approvals, approvalsAsked, type Standing, weighApprovals } from "../gate/approvals.ts";
import { type Api, openApi } from "../github/api.ts";
import { type ApprovalIssue, answersIn, findIssue, openIssue, updateIssue } from "../github/approval-issue.ts";
import { findCheckout } from "../github/checkout.ts";
import { asksForReviewers } from "../github/environments.ts";
import type { AroundInputs } from "../github/inputs.ts";
import { planAt } from "../github/own-report.ts";
import { standingOf, whoAmI } from "../github/people.ts";
import { readRun, readServer } from "../github/run.ts";
import { issueTitle, renderApprovalIssue } from "../report/approval-issue.ts";
import { standingSentences } from "../report/approval-words.ts";
import { prose } from "../report/markdown-text.ts";
import { originLines, type ReportOrigin, worstOrigin } from "../report/origin.ts";
import type { PlanReport } from "../report/plan-report.ts";
import { openWorkspace } from "../workspace/workspace.ts";
import { originsOf } from "./origins.ts";

/** What came of asking. */
export interface Asked {
  /** approved: it may be deployed; held: GitHub holds the job for a reviewer; waiting: an issue waits for people. */
  readonly result: "approved" | "held" | "waiting";
  readonly lines: readonly string[];
  /** For the page of the run. */
  readonly markdown: string;
  readonly issue: number | null;
}

/**
 * Sees to it that a plan gets to nobody's database before the people have agreed whom it needs. Throws UserError where nobody
 * could be asked: an environment without reviewers would let everything through.
 */
export async function ask(inputs: AroundInputs, env: NodeJS.ProcessEnv): Promise<Asked> {
  const report = planAt(inputs.fromReport, { GITHUB_WORKSPACE: env.GITHUB_WORKSPACE, RUNNER_TEMP: env.RUNNER_TEMP });
  const { plan } = report;
  if (report.refused || plan === null) throw refusedPlan();
  if (plan.migrations.length === 0) return said("approved", "Nothing is pending: nobody has to agree.");
  if (inputs.token === null) throw new UserError("token-missing", "Nobody can be asked without a token.");
  const api = openApi(readServer(env, inputs.token));
  const checkout = findCheckout(env.GITHUB_WORKSPACE, inputs.workingDirectory);
  const workspace = openWorkspace(checkout.directory);
  const { config } = await readSettings({ config: inputs.config, environment: null }, workspace);
  const at = { commit: env.GITHUB_SHA ?? "", branch: env.GITHUB_REF_NAME ?? "" };
  const origins = await originsOf(report, { api, config, checkout, workspace, ...at, key: inputs.key ?? "" });
  const worst = worstOrigin(origins);
  const approved = (sentence: string): Promise<Asked> => heldAnyway(api, inputs, said("approved", sentence));
  if (plan.mode === "automatic" && worst === "approved") {
    return approved(`The policy deploys risk ${plan.risk} by itself: nobody is asked.`);
  }
  switch (inputs.approval) {
    case "pull-request":
      if (worst !== "approved") throw notApproved(origins);
      return approved("The pull requests that have brought these migrations are approved, as the policy asks.");
    case "environment":
      return byEnvironment(api, inputs.reviewedIn ?? environmentOf(report));
    case "issue": {
      const asked = await byIssue(api, { report, config, origins, runUrl: readRun(env).url });
      return asked.result === "approved" ? heldAnyway(api, inputs, asked) : asked;
    }
  }
}

/** An environment with reviewers holds every job, also where the plan needs nobody. */
async function heldAnyway(api: Api, { reviewedIn }: AroundInputs, asked: Asked): Promise<Asked> {
  if (reviewedIn === null) return asked;
  try {
    if ((await asksForReviewers(api, reviewedIn)) !== true) return asked;
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    return asked;
  }
  const sentence = `GitHub holds the deploy for a reviewer of the environment ${reviewedIn} all the same.`;
  return {
    ...asked,
    result: "held",
    lines: [...asked.lines, sentence],
    markdown: `${asked.markdown}\n${prose(sentence)}\n`,
  };
}

async function byEnvironment(api: Api, name: string): Promise<Asked> {
  const held = await asksForReviewers(api, name);
  if (held === true) return said("held", `A reviewer of the environment ${name} has to let the deploy through.`);
  throw new UserError(
    "nobody-asked",
    held === null
      ? `There is no environment ${name}, or the token may not see it: nobody would be asked.`
      : `The environment ${name} has no required reviewers: nobody would be asked.`,
    {
      details: ["The plan needs somebody who agrees to it, and GitHub would let the job through at once."],
      hint: `add required reviewers to ${name} (Settings, Environments) and give the job actions: read; or use approval: issue.`,
    },
  );
}

interface ByIssue {
  readonly report: PlanReport;
  readonly config: Config;
  readonly origins: readonly ReportOrigin[];
  readonly runUrl: string;
}

async function byIssue(api: Api, { report, config, origins, runUrl }: ByIssue): Promise<Asked> {
  const environment = environmentOf(report);
  const self = await whoAmI(api);
  const found = await findIssue(api, environment, self);
  const state = await stateOf(api, found, { report, config, origins });
  const body = renderApprovalIssue(report, { environment, origins, state, runUrl });
  const issue = found ?? (await openIssue(api, { title: issueTitle(environment), body }));
  if (found !== null) await updateIssue(api, found.number, { body });
  const standing = standingSentences(state).join(" ");
  const asked = `${state.granted ? "Approved in" : "Waiting for approval in"} issue ${issue.number}.`;
  return {
    result: state.granted ? "approved" : "waiting",
    lines: [asked, issue.url],
    markdown: `**${asked}** ${issue.url}\n\n${standing}\n`,
    issue: issue.number,
  };
}

/** How the approvals stand. Whoever is at the beginning of a migration cannot approve it. */
async function stateOf(
  api: Api,
  issue: ApprovalIssue | null,
  { report: { plan }, config, origins }: Omit<ByIssue, "runUrl">,
): Promise<Approvals> {
  const risks = (plan?.migrations ?? []).filter(({ check }) => check.verdict !== "pass").map(({ risk }) => risk);
  const worst: readonly Risk[] = plan === null ? [] : [plan.risk];
  const asked = approvalsAsked(risks.length === 0 ? worst : risks, config.policy);
  const words = issue === null ? [] : wordsOfAnswers(await answersIn(api, issue.number), plan?.digest ?? "");
  const authors = [...new Set(origins.flatMap((origin) => origin.authors))];
  const teams = [...new Set(asked.flatMap(({ approvers }) => approvers.teams))];
  const standings = new Map<string, Standing>();
  for (const { person, isBot, but } of words) {
    if (but === null && !isBot) standings.set(person, await standingOf(api, person, teams));
  }
  return weighApprovals({ asked, words, author: authors, standingOf: (person) => standings.get(person) ?? null });
}

function said(result: Asked["result"], sentence: string): Asked {
  return { result, lines: [sentence], markdown: `**${sentence}**\n`, issue: null };
}

function environmentOf({ environment }: PlanReport): string {
  if (environment !== null) return environment;
  throw new UserError("environment-missing", "The plan is of no environment: nobody knows whom to ask.", {
    hint: "give the step with command: plan the input environment.",
  });
}

function refusedPlan(): UserError {
  return new UserError("plan-refused", "The plan is refused, whatever anybody agrees to.", {
    hint: "look at what command: plan says of it.",
  });
}

function notApproved(origins: readonly ReportOrigin[]): UserError {
  return new UserError(
    "origin-not-approved",
    "Not all migrations were approved in the pull requests that brought them.",
    {
      details: originLines(origins).slice(0, 20),
      hint: "bring them in a pull request that is approved; or use approval: environment or issue, where somebody agrees to the deploy itself.",
    },
  );
}
