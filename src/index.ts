import { runCheck } from "./action/check.ts";
import { complaint } from "./github/failure.ts";
import { readInputs } from "./github/inputs.ts";
import { fail } from "./github/log.ts";
import { shown } from "./report/cells.ts";

/** Runs the step of a workflow: the only catch, and the only place that fails it. */
try {
  const failure = await runCheck(readInputs(), process.env);
  if (failure !== null) fail(failure.map(shown));
} catch (thrown) {
  fail(complaint(thrown).map(shown));
}
