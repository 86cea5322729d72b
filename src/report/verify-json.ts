import { escapeUnseen } from "./json.ts";
import type { Verification, VerifyProblem } from "./verification.ts";

/** What was verified, as JSON (schema 1, docs/verification.schema.json). */
export function renderVerifyJson(verification: Verification): string {
  return `${escapeUnseen(JSON.stringify(verifyJson(verification), null, 2))}\n`;
}

/** The public value, with nothing in it that its type does not name. */
export function verifyJson({ schema, command, valid, errors, warnings, summary, checks }: Verification): Verification {
  const problem = ({ check, table, field, message, hint, rows }: VerifyProblem) => {
    return { check, table, field, message, hint, rows };
  };
  return {
    schema,
    command,
    valid,
    errors: errors.map(problem),
    warnings: warnings.map(problem),
    summary,
    checks,
  };
}
