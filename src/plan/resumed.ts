import type { StatementFacts } from "../facts/facts.ts";
import type { Finding } from "../rules/run.ts";
import type { Attempt } from "./attempt.ts";

/** A script as far as it was judged. */
interface JudgedFile {
  readonly file: { readonly path: string; readonly statements: readonly StatementFacts[] };
  readonly findings: readonly Finding[];
}

/**
 * A script that goes on where an attempt has stopped: of the statements that are done nothing is said to fail. What they make is there, and so
 * it looks as if they would.
 */
export function goingOn<T extends JudgedFile>(
  script: T,
  { statement, inDoubt }: Pick<Attempt, "statement" | "inDoubt">,
): T {
  const { path, statements } = script.file;
  const next = statements[statement + (inDoubt ? 1 : 0)];
  const findings = script.findings.filter(({ blocks, path: its, at }) => {
    return !blocks || its !== path || (next !== undefined && at.line >= next.statement.span.line);
  });
  return { ...script, findings };
}
