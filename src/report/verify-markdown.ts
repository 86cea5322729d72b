import { prose } from "./markdown-text.ts";
import type { Verification, VerifyProblem } from "./verification.ts";
import { lookedWords, placeWords, verdictWords } from "./verify-terminal.ts";

/** More of them nobody reads; what is left out is counted. */
const mostProblems = 100;

/** What was verified, as Markdown for the summary of a step. */
export function renderVerifyMarkdown(of: Verification): string {
  return `${[
    `## Lockkeeper verify: ${verdictWords(of).toLowerCase()}`,
    ...listOf("Errors", of.errors),
    ...listOf("Warnings", of.warnings),
    `Verified: ${lookedWords(of)}.`,
  ].join("\n\n")}\n`;
}

function listOf(title: string, problems: readonly VerifyProblem[]): readonly string[] {
  if (problems.length === 0) return [];
  const shown = problems.slice(0, mostProblems).map((problem) => {
    const place = placeWords(problem);
    const rows = problem.rows.map((row) => `\n  - ${prose(row)}`).join("");
    const hint = problem.hint === null ? "" : ` What to do: ${prose(problem.hint)}`;
    return `- ${place === "" ? "" : `**${prose(place)}** `}${prose(problem.message)}${hint}${rows}`;
  });
  const more = problems.length - shown.length;
  return [`### ${title}`, [...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join("\n")];
}
