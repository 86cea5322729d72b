import type { ReportOutcome, ReportRefusal } from "./deploy-outcomes.ts";
import { code, prose } from "./markdown-text.ts";
import type { Verification } from "./verification.ts";
import { lookedWords } from "./verify-terminal.ts";

/** What is said of the backup behind a deploy. */
interface OfBackup {
  readonly backupId: string | null;
  readonly backupProof: string | null;
}

/** The backup behind a deploy, in one line; null where there is none. */
function backupWords({ backupId, backupProof }: OfBackup): string | null {
  return backupId === null ? null : `${backupId} (${proofWords(backupProof)})`;
}

/** The same as Markdown, with an id that can be copied. */
export function backupMarkdown({ backupId, backupProof }: OfBackup): readonly string[] {
  return backupId === null ? [] : ["", `Backup ${code(backupId)} (${prose(proofWords(backupProof))})`];
}

function proofWords(proof: string | null): string {
  return proof === null ? "as it was named: nobody here has looked at it" : `proved: ${proof}`;
}

/** What stands at the end of both reports, for a terminal: what is amiss, what one should know, what was looked at. */
export function endLines(
  report: OfBackup & {
    readonly amiss: readonly string[];
    readonly warnings: readonly string[];
    readonly verification: Verification | null;
  },
): readonly string[] {
  const { amiss, warnings, verification } = report;
  const backup = backupWords(report);
  return [
    ...amiss.map((each) => `Not as planned: ${each}`),
    ...warnings.map((each) => `Note: ${each}`),
    ...(verification === null ? [] : [`Verified: ${lookedWords(verification)}.`]),
    ...(backup === null ? [] : [`Backup: ${backup}`]),
  ];
}

/** Why nothing was begun, as Markdown. */
export function refusalMarkdown(refusal: ReportRefusal | null): readonly string[] {
  if (refusal === null) return [];
  const { message, details, hint } = refusal;
  return [
    ...[prose(message), "", ...details.map((detail) => `- ${prose(detail)}`), ""],
    ...(hint === null ? [] : [`What to do: ${prose(hint)}`, ""]),
  ];
}

/** Why migrations failed, as Markdown. */
export function failuresMarkdown(outcomes: readonly ReportOutcome[]): readonly string[] {
  return outcomes.flatMap(({ path, failure }) => {
    if (failure === null) return [];
    const line = failure.line === null ? "" : `:${failure.line}`;
    return [
      ...[`${code(`${path}${line}`)} ${prose(failure.message)}`, ""],
      ...failure.details.map((detail) => `- ${prose(detail)}`),
      ...(failure.hint === null ? [] : ["", `What to do: ${prose(failure.hint)}`, ""]),
    ];
  });
}

/** Lines of Markdown as one text, with one empty line where there are several. */
export function paragraphs(lines: readonly string[]): string {
  const text = lines.join("\n").replace(/\n{3,}/g, "\n\n");
  return `${text.trimEnd()}\n`;
}
