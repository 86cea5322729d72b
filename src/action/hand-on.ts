import { createHash } from "node:crypto";
import { UserError } from "../errors.ts";
import { annotate } from "../github/annotations.ts";
import type { Checkout } from "../github/checkout.ts";
import { complaint } from "../github/failure.ts";
import { writeInside, writeTemporary } from "../github/files.ts";
import type { CheckInputs } from "../github/inputs.ts";
import { warn } from "../github/log.ts";
import { setOutputs } from "../github/outputs.ts";
import { reportName } from "../github/report-name.ts";
import { writeSummary } from "../github/summary.ts";
import { version } from "../help.ts";
import { annotationsOf } from "../report/annotations.ts";
import { shown } from "../report/cells.ts";
import { renderJson } from "../report/json.ts";
import { renderMarkdown } from "../report/markdown.ts";
import type { Report } from "../report/report.ts";
import { renderSarif } from "../report/sarif.ts";
import { strictest } from "../report/words.ts";
import { rules } from "../rules/index.ts";
import { decode } from "../sql/decode.ts";
import type { DiskWorkspace } from "../workspace/workspace.ts";

type Source = (path: string) => string | null;

/** The text of a file, which the report names from the root of the repository. */
export function sourceIn(workspace: DiskWorkspace, { prefix }: Checkout): Source {
  return (path) => {
    const content = workspace.read(path.slice(prefix.length));
    const decoded = content.kind === "bytes" ? decode(content.bytes) : null;
    return decoded?.kind === "text" ? decoded.text : null;
  };
}

export interface HandingOn {
  readonly inputs: CheckInputs;
  readonly checkout: Checkout;
  readonly source: Source;
  readonly isOpen: boolean;
  /** Why the step fails already. */
  readonly failures: readonly (readonly string[])[];
  /** Tells the reports of several jobs apart. */
  readonly key: string;
  /** Whether a check run shows the findings at their lines. */
  readonly hasCheckRun: boolean;
}

/**
 * Hands the report on to later steps and to the page of the run, in every form that is asked for. What cannot be written fails the step,
 * and does not keep the rest from being written. Gives the lines with which the step fails; null when it passes.
 */
export function handOn(report: Report, handing: HandingOn): readonly string[] | null {
  const { inputs, checkout, source } = handing;
  const failures = [...handing.failures];
  const attempt = (step: () => void): void => {
    try {
      step();
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      failures.push(complaint(thrown));
    }
  };
  attempt(() => setOutputs(outputsOf(report, handing.isOpen)));
  attempt(() => setOutputs({ report: writeReport(renderJson(report), handing) }));
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
  // A check run has them at its lines already.
  if (inputs.annotations && !handing.hasCheckRun) annotate(annotationsOf(report), { stepFails: failures.length > 0 });
  return failures.length === 0 ? null : failures.flat();
}

function outputsOf({ risk, verdict, digest, migrations }: Report, isOpen: boolean) {
  const asked = migrations.length === 0 ? null : strictest(migrations.map(({ policy }) => policy));
  return {
    risk,
    verdict: verdict.outcome,
    gate: isOpen ? "open" : "closed",
    findings: migrations.reduce((sum, migration) => sum + migration.findings.length, 0),
    pending: migrations.length,
    digest,
    "backup-required": asked?.backup === "required",
    deploy: asked?.deploy ?? "automatic",
  } as const;
}

function writeReport(text: string, { inputs: { reportFile }, checkout, key }: HandingOn): string {
  const input = "report-file";
  return reportFile === null
    ? writeTemporary(process.env.RUNNER_TEMP, { input, name: reportName(key), text })
    : writeInside(checkout, { input, path: reportFile, text });
}
