import { randomUUID } from "node:crypto";
import { endGroup, setFailed, setSecret, startGroup, warning } from "@actions/core";
import { noOrder, shown } from "../report/cells.ts";

/** Prints text of which the runner takes no line for a command, whatever stands in it. */
export function printPlain(text: string): void {
  // A random word: whoever knew it could write the line that lets commands through again.
  const token = randomUUID();
  process.stdout.write(`::stop-commands::${token}\n${text.trimEnd()}\n::${token}::\n`);
}

/** A part of the log that is written while something goes on. */
export interface Group {
  /** A line with text in it that others have written: it is shown, and does nothing. */
  say(line: string): void;
  close(): void;
}

/** A group, from its first line on. Until it is closed, also by the end of the process, the runner takes no line in it for a command. */
export function openGroup(title: string): Group {
  const token = randomUUID();
  let state: "empty" | "open" | "closed" = "empty";
  const close = (): void => {
    if (state === "open") {
      process.off("exit", close);
      process.stdout.write(`::${token}::\n`);
      endGroup();
    }
    state = "closed";
  };
  return {
    say(line) {
      if (state === "empty") {
        state = "open";
        startGroup(shown(title));
        process.stdout.write(`::stop-commands::${token}\n`);
        process.once("exit", close);
      }
      process.stdout.write(`${noOrder(shown(line))}\n`);
    },
    close,
  };
}

/** Has the runner take this out of everything that the job prints from now on. */
export function hide(secret: string): void {
  setSecret(secret);
}

/** Something that the step did not do, and that changes no verdict. */
export function warn(message: string): void {
  warning(message);
}

/** Ends the step as failed, with this as its one message. */
export function fail(lines: readonly string[]): void {
  setFailed(lines.join("\n"));
}
