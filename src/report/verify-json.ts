import { escapeUnseen } from "./json.ts";
import type { Verification, VerifyProblem } from "./verification.ts";

/** What was verified, as JSON (schema 1, docs/verification.schema.json). */
export function renderVerifyJson({ schema, command, valid, errors, warnings, summary, checks }: Verification): string {
  const problem = ({ check, table, field, message, hint, rows }: VerifyProblem) => {
    return { check, table, field, message, hint, rows };
  };
  const value = {
    schema,
    command,
    valid,
    errors: errors.map(problem),
    warnings: warnings.map(problem),
    summary,
    checks,
  };
  return `${escapeUnseen(JSON.stringify(value, null, 2))}\n`;
}
