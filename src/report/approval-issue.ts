import type { Approvals } from "../gate/approvals.ts";
import { standingSentences } from "./approval-words.ts";
import { code, prose } from "./markdown-text.ts";
import { type ReportOrigin, renderOrigins } from "./origin.ts";
import { renderPlanMarkdown } from "./plan-markdown.ts";
import type { PlanReport } from "./plan-report.ts";

/** What the hidden first line of the issue says to the runs that come later. */
export interface IssueMark {
  readonly environment: string;
  readonly digest: string;
}

/** The hidden line. Names of environments have no space and no bracket. */
export function writeIssueMark({ environment, digest }: IssueMark): string {
  return `<!-- lockkeeper:approval environment=${encodeURIComponent(environment).replace(/--+/g, "%2D%2D")} digest=${digest} -->`;
}

const form = /^<!-- lockkeeper:approval environment=(\S+) digest=([0-9a-f]{64}) -->\r?\n/;

/** The mark of an issue's text; null where it has none. Whoever may write can change it: what counts is asked again. */
export function readIssueMark(body: string): IssueMark | null {
  const [, environment, digest] = form.exec(body) ?? [];
  if (environment === undefined || digest === undefined) return null;
  try {
    return { environment: decodeURIComponent(environment), digest };
  } catch {
    return null;
  }
}

/** The title of the issue: one for each environment. */
export function issueTitle(environment: string): string {
  return `Migrations wait for approval: ${environment}`;
}

/** GitHub takes 65,536 characters. */
const mostBytes = 60_000;

/** The issue that asks people, in Markdown. */
export function renderApprovalIssue(
  report: PlanReport,
  {
    environment,
    origins,
    state,
    runUrl,
  }: {
    readonly environment: string;
    readonly origins: readonly ReportOrigin[];
    readonly state: Approvals;
    readonly runUrl: string;
  },
): string {
  const digest = report.plan?.digest ?? "";
  return [
    writeIssueMark({ environment, digest }),
    `These migrations wait to be deployed to **${prose(environment)}**. ${state.granted ? "They are approved." : "To approve exactly this plan, write a comment:"}`,
    ...(state.granted ? [] : [`    /lockkeeper approve ${digest}`]),
    standingSentences(state).join(" "),
    `With other files, another risk or another database the digest is another, and this approval is none. ${code("/lockkeeper refuse DIGEST")} takes yours back. [The run](${runUrl}) shows the whole plan.`,
    renderOrigins(origins),
    renderPlanMarkdown(report, null, { maxBytes: mostBytes }),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .slice(0, mostBytes);
}
