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
  /** How a command that works on a database has ended. */
  readonly result: Result;
  /** As the command line ends. */
  readonly "exit-status": 0 | 1 | 3;
  readonly environment: string;
  readonly database: string;
  /** Versions, separated by spaces. */
  readonly applied: string;
  /** Pending migrations after the target version. */
  readonly later: number;
  readonly "current-version": string;
  readonly "backup-id": string;
  readonly valid: boolean;
  readonly origins: string;
  /** The digest that an answer has approved. */
  readonly "expect-digest": string;
  /** The number of the issue that asks for approval. */
  readonly issue: number | "";
}

/** Waiting: somebody has to agree to the plan, or to decide. Partial: a migration is in the database in part, or nobody knows. */
export type Result =
  | ("done" | "nothing" | "refused" | "failed" | "partial" | "waiting")
  /** Of what is asked around a deploy: nobody more has to agree, GitHub holds the next job for a reviewer, it was no answer. */
  | ("approved" | "held" | "ignored");

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
