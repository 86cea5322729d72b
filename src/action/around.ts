import type { AroundInputs } from "../github/inputs.ts";
import { printPlain, warn } from "../github/log.ts";
import { setOutputs } from "../github/outputs.ts";
import { shown } from "../report/cells.ts";
import { answer } from "./answer.ts";
import { ask } from "./ask.ts";
import { record } from "./record.ts";
import { summarize } from "./step.ts";

/** Runs a command around a deploy, which says and asks something on GitHub. Gives the lines with which the step fails; null when it passes. */
export async function runAround(inputs: AroundInputs, env: NodeJS.ProcessEnv): Promise<readonly string[] | null> {
  switch (inputs.command) {
    case "ask": {
      const { result, lines, markdown, issue } = await ask(inputs, env);
      printPlain(lines.join("\n"));
      setOutputs({ result, issue: issue ?? "" });
      if (inputs.summary) summarize(markdown, env);
      return null;
    }
    case "answer": {
      const { result, line, environment, expectDigest } = await answer(inputs.token, env);
      printPlain(line);
      setOutputs({ result, environment, "expect-digest": expectDigest });
      return null;
    }
    case "record": {
      const { lines, notTold } = await record(inputs, env);
      printPlain(lines.join("\n"));
      for (const sentence of notTold) warn(shown(sentence));
      setOutputs({ result: "done" });
      return null;
    }
  }
}
