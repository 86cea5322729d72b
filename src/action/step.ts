import { UserError } from "../errors.ts";
import { annotate } from "../github/annotations.ts";
import type { Checkout } from "../github/checkout.ts";
import type { DatabaseInputs } from "../github/database-inputs.ts";
import { complaint } from "../github/failure.ts";
import { writeInside, writeTemporary } from "../github/files.ts";
import type { CommonInputs } from "../github/inputs.ts";
import { type Group, printPlain, warn } from "../github/log.ts";
import { type Outputs, setOutputs } from "../github/outputs.ts";
import { writeSummary } from "../github/summary.ts";
import type { Mask } from "../process/mask.ts";
import type { Annotation } from "../report/annotations.ts";
import { shown } from "../report/cells.ts";
import type { Forms } from "../report/forms.ts";
import { escapeUnseen } from "../report/json.ts";
import type { DiskWorkspace } from "../workspace/workspace.ts";
import type { Complaint } from "./complaints.ts";
import { sourceIn } from "./hand-on.ts";

/** Columns of the log; GitHub's page is wider, and prose stays at its own width. */
const logWidth = 120;
/** Under the 1 MiB that GitHub takes as the summary of a step. */
const mostSummaryBytes = 1_000_000;

/** What a step of a command that works on a database has. */
export interface Step {
  readonly inputs: CommonInputs & DatabaseInputs;
  readonly checkout: Checkout;
  readonly workspace: DiskWorkspace;
  /** What goes on. */
  readonly group: Group;
  readonly mask: Mask;
  readonly env: NodeJS.ProcessEnv;
}

/** How a report is told: to later steps, and to people. */
export interface Telling<R> {
  readonly forms: Forms<R>;
  readonly outputs: Partial<Outputs>;
  readonly failure: Complaint;
  readonly annotations?: readonly Annotation[];
}

/**
 * Tells what came of a command everywhere that the inputs ask for. What cannot be written fails the step, and does not keep the rest from
 * being told. Gives the lines with which the step fails; null when it passes.
 */
export async function tell<R>(report: R, step: Step, telling: Telling<R>): Promise<Complaint> {
  const { inputs, checkout, group, mask, env } = step;
  const { forms, outputs } = telling;
  group.close();
  // First what cannot fail: whatever else goes wrong, the log has the report.
  const look = { color: (env.NO_COLOR ?? "") === "", width: logWidth, source: sourceIn(step.workspace, checkout) };
  printPlain(mask(await forms.text(report, look)));
  const failures: (readonly string[])[] = telling.failure === null ? [] : [telling.failure.map(mask)];
  const attempt = (write: () => void): void => {
    try {
      write();
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      failures.push(complaint(thrown));
    }
  };
  attempt(() => setOutputs({ environment: inputs.options.environment ?? "", ...outputs }));
  const json = masked(await forms.json(report), mask);
  attempt(() => setOutputs({ report: writeReport(json, step) }));
  if (inputs.summary) summarize(mask(await forms.markdown(report, { maxBytes: mostSummaryBytes })), env);
  const remarks = (telling.annotations ?? []).map((each) => ({ ...each, message: mask(each.message) }));
  if (inputs.annotations) annotate(remarks, { stepFails: failures.length > 0 });
  return failures.length === 0 ? null : failures.flat();
}

/** Appends to the page of the run. Without it that page is poorer, and what came of the command is the same. */
export function summarize(markdown: string, env: NodeJS.ProcessEnv): void {
  const refused = writeSummary(env.GITHUB_STEP_SUMMARY, () => markdown);
  if (refused !== null) warn(`There is no step summary: ${shown(refused)}.`);
}

/** The same JSON without secrets in its texts. */
function masked(json: string, mask: Mask): string {
  const value: unknown = JSON.parse(json, (_key, each: unknown) => (typeof each === "string" ? mask(each) : each));
  return `${escapeUnseen(JSON.stringify(value, null, 2))}\n`;
}

function writeReport(text: string, { inputs: { command, reportFile }, checkout, env }: Step): string {
  const input = "report-file";
  return reportFile === null
    ? writeTemporary(env.RUNNER_TEMP, { input, name: `lockkeeper-${command.replace(" ", "-")}.json`, text })
    : writeInside(checkout, { input, path: reportFile, text });
}
