import { Refusal, UserError } from "../errors.ts";
import { findCheckout } from "../github/checkout.ts";
import type { DatabaseInputs } from "../github/database-inputs.ts";
import { complaint, inWordsOfInputs } from "../github/failure.ts";
import type { CommonInputs } from "../github/inputs.ts";
import { hide, openGroup } from "../github/log.ts";
import { setOutputs } from "../github/outputs.ts";
import { maskOf } from "../process/mask.ts";
import { prose } from "../report/markdown-text.ts";
import { openWorkspace } from "../workspace/workspace.ts";
import { runCommand } from "./commands.ts";
import type { Complaint } from "./complaints.ts";
import { secretsOf } from "./secrets.ts";
import { type Step, summarize } from "./step.ts";

/** Does what the command line does of this name, says so everywhere that the inputs ask for, and gives the lines with which the step fails. */
export async function runDatabase(inputs: CommonInputs & DatabaseInputs, env: NodeJS.ProcessEnv): Promise<Complaint> {
  const checkout = findCheckout(env.GITHUB_WORKSPACE, inputs.workingDirectory);
  // All that is started from here on (hooks, smoke tests, the tool's own commands) starts where the paths do.
  process.chdir(checkout.directory);
  const workspace = openWorkspace(checkout.directory);
  const secrets = await secretsOf(inputs, env, workspace);
  // Before anything can print one of them.
  for (const secret of secrets) hide(secret);
  const mask = maskOf(secrets);
  const { environment } = inputs.options;
  const opened = openGroup(`Lockkeeper ${inputs.command}${environment === undefined ? "" : `: ${environment}`}`);
  const group = { ...opened, say: (line: string): void => opened.say(mask(line)) };
  const step = { inputs, checkout, workspace, group, mask, env };
  try {
    return await runCommand(step);
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    return told(inWordsOfInputs(thrown, inputs.paths), step);
  } finally {
    group.close();
  }
}

/** What was refused before there was a report of it. Where the request is wrong, nothing can be said of a database. */
function told(thrown: unknown, { group, inputs, mask, env }: Step): Complaint {
  group.close();
  const lines = complaint(thrown).map(mask);
  if (!(thrown instanceof Refusal)) return lines;
  setOutputs({ result: "refused", "exit-status": 1 });
  if (inputs.summary) {
    const [first = "", ...more] = lines.map((line) => prose(line.trim()));
    const list = more.map((line) => `- ${line}`).join("\n");
    summarize(`## Lockkeeper ${inputs.command}: refused\n\n**${first}**\n\n${list}\n`, env);
  }
  return lines;
}
