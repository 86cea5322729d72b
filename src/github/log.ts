import { randomUUID } from "node:crypto";
import { setFailed, warning } from "@actions/core";

/** Prints text of which the runner takes no line for a command, whatever stands in it. */
export function printPlain(text: string): void {
  // A random word: whoever knew it could write the line that lets commands through again.
  const token = randomUUID();
  process.stdout.write(`::stop-commands::${token}\n${text.trimEnd()}\n::${token}::\n`);
}

/** Something that the step did not do, and that changes no verdict. */
export function warn(message: string): void {
  warning(message);
}

/** Ends the step as failed, with this as its one message. */
export function fail(lines: readonly string[]): void {
  setFailed(lines.join("\n"));
}
