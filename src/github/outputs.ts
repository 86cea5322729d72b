import { setOutput } from "@actions/core";
import { UserError } from "../errors.ts";

/** What later steps can read of this one; action.yml and the README say the same. */
export interface Outputs {
  readonly risk: string;
  readonly verdict: string;
  /** "open" or "closed": the verdict together with the approvals. */
  readonly gate: string;
  readonly findings: number;
  /** How many migrations were judged. */
  readonly pending: number;
  readonly digest: string;
  readonly "backup-required": boolean;
  readonly deploy: string;
  /** The absolute path of the report as JSON. */
  readonly report: string;
}

/** Hands outputs on to later steps, also of a step that fails. */
export function setOutputs(outputs: Partial<Outputs>): void {
  try {
    for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UserError("outputs-unwritable", "The outputs of this step cannot be written.", {
      details: [`${error.message}.`],
      hint: "leave GITHUB_OUTPUT as the runner sets it.",
    });
  }
}
