import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A step of a job, with the keys that we use. */
export interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly environment?: unknown;
  readonly steps?: readonly Step[];
}

interface Called {
  readonly inputs?: Readonly<Record<string, { description: string; type: string; default: unknown }>>;
  readonly outputs?: Readonly<Record<string, { description: string; value: string }>>;
  readonly secrets?: Readonly<Record<string, unknown>>;
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>> & { readonly workflow_call?: Called | null };
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface WorkflowFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly workflow: Workflow;
}

/** The workflows of a directory, by the order of their names. */
export function workflowsIn(directory: string): readonly WorkflowFile[] {
  return readdirSync(`${root}${directory}`)
    .filter((name) => name.endsWith(".yml"))
    .sort()
    .map((name) => {
      const path = `${directory}/${name}`;
      const text = readFileSync(`${root}${path}`, "utf8");
      const workflow: Workflow = parse(text);
      return { path, text, workflow };
    });
}
