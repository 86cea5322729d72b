import type { FileFacts } from "../facts/file.ts";
import type { FileProblem } from "../migrations/migration.ts";
import { startOfFile } from "../sql/spans.ts";
import type { Problem } from "./rule.ts";

/** The problems of one kind that were found with the file itself, at its first character. */
export function* fileProblems({ problems }: FileFacts, kind: FileProblem["kind"]): Generator<Problem> {
  for (const problem of problems) {
    if (problem.kind !== kind) continue;
    const message = /^(?:has|is|was|looks|holds) /.test(problem.message)
      ? `This file ${problem.message}`
      : problem.message;
    yield { at: startOfFile, message, certainty: problem.certainty ?? "certain" };
  }
}
