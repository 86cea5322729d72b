import { createHash } from "node:crypto";
import { check } from "./commands/check.ts";
import { UserError } from "./errors.ts";
import { annotate } from "./github/annotations.ts";
import { type Checkout, findCheckout } from "./github/checkout.ts";
import { closedGate, complaint, inWordsOfInputs } from "./github/failure.ts";
import { writeInside, writeTemporary } from "./github/files.ts";
import { fromRepository } from "./github/from-repository.ts";
import { type Inputs, readInputs } from "./github/inputs.ts";
import { fail, printPlain, warn } from "./github/log.ts";
import { setOutputs } from "./github/outputs.ts";
import { writeSummary } from "./github/summary.ts";
import { version } from "./help.ts";
import { annotationsOf } from "./report/annotations.ts";
import { shown } from "./report/cells.ts";
import { renderJson } from "./report/json.ts";
import { renderMarkdown } from "./report/markdown.ts";
import type { Report } from "./report/report.ts";
import { renderSarif } from "./report/sarif.ts";
import { renderTerminal } from "./report/terminal.ts";
import { rules } from "./rules/index.ts";
import { decode } from "./sql/decode.ts";
import { type DiskWorkspace, openWorkspace } from "./workspace/workspace.ts";

/** Columns of the log; GitHub's page is wider, and prose stays at its own width. */
const logWidth = 120;

/** Runs the step of a workflow: the only catch, and the only place that fails it. */
try {
  const failure = await run();
  if (failure !== null) fail(failure.map(shown));
} catch (thrown) {
  fail(complaint(thrown).map(shown));
}

/** Checks, says so everywhere that the inputs ask for, and gives the reasons for which the step fails; null when it passes. */
async function run(): Promise<readonly string[] | null> {
  const inputs = readInputs();
  const checkout = findCheckout(process.env.GITHUB_WORKSPACE, inputs.workingDirectory);
  const workspace = openWorkspace(checkout.directory);
  const report = fromRepository(await checked(inputs, workspace), checkout.prefix);
  const source = sourceIn(workspace, checkout);
  // First what cannot fail: whatever else goes wrong, the log has the verdict.
  const color = (process.env.NO_COLOR ?? "") === "";
  printPlain(renderTerminal(report, { color, width: logWidth, source }));
  const published = publish(report, { inputs, checkout, source });
  const failures = [closedGate(report), ...published].filter((lines) => lines !== null);
  if (inputs.annotations) annotate(annotationsOf(report), { stepFails: failures.length > 0 });
  return failures.length === 0 ? null : failures.flat();
}

async function checked(inputs: Inputs, workspace: DiskWorkspace): Promise<Report> {
  const { paths, config, layout, postgres, failOn } = inputs;
  try {
    return await check({ paths, config, layout, postgres, failOn }, { workspace });
  } catch (thrown) {
    throw inWordsOfInputs(thrown, paths);
  }
}

type Source = (path: string) => string | null;

/** The text of a file, which the report names from the root of the repository. */
function sourceIn(workspace: DiskWorkspace, { prefix }: Checkout): Source {
  return (path) => {
    const content = workspace.read(path.slice(prefix.length));
    const decoded = content.kind === "bytes" ? decode(content.bytes) : null;
    return decoded?.kind === "text" ? decoded.text : null;
  };
}

interface Publishing {
  readonly inputs: Inputs;
  readonly checkout: Checkout;
  readonly source: Source;
}

/** Hands the report on in every other form. What cannot be written fails the step, and does not keep the rest from being written. */
function publish(report: Report, { inputs, checkout, source }: Publishing): readonly (readonly string[])[] {
  const failures: (readonly string[])[] = [];
  const attempt = (step: () => void): void => {
    try {
      step();
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      failures.push(complaint(thrown));
    }
  };
  const findings = report.migrations.reduce((sum, migration) => sum + migration.findings.length, 0);
  attempt(() => setOutputs({ risk: report.risk, verdict: report.verdict.outcome, findings }));
  attempt(() => setOutputs({ report: writeReport(renderJson(report), inputs, checkout) }));
  const { sarifFile } = inputs;
  if (sarifFile !== null) {
    const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
    attempt(() => {
      const text = renderSarif(report, { rules, version: version(), source, sha256 });
      writeInside(checkout, { input: "sarif-file", path: sarifFile, text });
    });
  }
  if (inputs.summary) {
    const refused = writeSummary(process.env.GITHUB_STEP_SUMMARY, (maxBytes) => renderMarkdown(report, { maxBytes }));
    // The page of the run is poorer for it, and the verdict is the same.
    if (refused !== null) warn(`There is no step summary: ${shown(refused)}.`);
  }
  return failures;
}

function writeReport(text: string, { reportFile }: Inputs, checkout: Checkout): string {
  const input = "report-file";
  return reportFile === null
    ? writeTemporary(process.env.RUNNER_TEMP, { input, name: "lockkeeper-report.json", text })
    : writeInside(checkout, { input, path: reportFile, text });
}
