import { readFileSync, realpathSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import schema from "../../docs/plan.schema.json" with { type: "json" };
import reportSchema from "../../docs/report.schema.json" with { type: "json" };
import { UserError } from "../errors.ts";
import type { PlanReport } from "../report/plan-report.ts";
import { isInside } from "./checkout.ts";

/** Where the reports of the steps before lie: in the workspace, or among the runner's temporary files. */
export type Places = Readonly<Record<"GITHUB_WORKSPACE" | "RUNNER_TEMP", string | undefined>>;

/** The report that an earlier step of this job has written, as its output names it. Throws UserError. */
export function reportAt(path: string, places: Places): unknown {
  const problem = (why: string): UserError =>
    new UserError("report-unreadable", `The report that this step is about cannot be read: ${why}.`, {
      hint: "give the input from-report what the step before says: $" + "{{ steps.ID.outputs.report }}.",
    });
  if (path === "") throw problem("there is none, and the step before has not said why");
  try {
    const file = realpathSync.native(path);
    const roots = [places.GITHUB_WORKSPACE, places.RUNNER_TEMP].filter((root) => root !== undefined && root !== "");
    if (!roots.some((root) => isInside(realpathSync.native(root ?? ""), file))) throw problem("it is not of this job");
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return value;
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) throw error;
    throw problem(error.message);
  }
}

/** The report of `plan` there. Throws UserError: it is of another command. */
export function planAt(path: string, places: Places): PlanReport {
  const value = reportAt(path, places);
  const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(reportSchema, "report.schema.json");
  const validate = ajv.compile<PlanReport>(schema);
  if (validate(value)) return value;
  const [first] = validate.errors ?? [];
  throw new UserError("report-unreadable", "The report that this step is about is not that of command: plan.", {
    details: [`${first?.instancePath ?? ""} ${first?.message ?? ""}`.trim()],
    hint: "give the input from-report the output report of the step with command: plan.",
  });
}
