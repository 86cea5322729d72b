import { complaint } from "./github/failure.ts";
import { type Inputs, readInputs } from "./github/inputs.ts";
import { fail } from "./github/log.ts";
import { shown } from "./report/cells.ts";

/** Runs the step of a workflow: the only catch, and the only place that fails it. */
try {
  const failure = await run(readInputs());
  if (failure !== null) fail(failure.map(shown));
} catch (thrown) {
  fail(complaint(thrown).map(shown));
}

/** Only what a command needs is loaded. */
async function run(inputs: Inputs): Promise<readonly string[] | null> {
  switch (inputs.command) {
    case "check": {
      const { runCheck } = await import("./action/check.ts");
      return runCheck(inputs, process.env);
    }
    case "publish": {
      const { runPublish } = await import("./action/publish.ts");
      return runPublish(inputs, process.env);
    }
    case "ask":
    case "answer":
    case "record": {
      const { runAround } = await import("./action/around.ts");
      return runAround(inputs, process.env);
    }
    default: {
      const { runDatabase } = await import("./action/database.ts");
      return runDatabase(inputs, process.env);
    }
  }
}
