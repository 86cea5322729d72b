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

/** Opens a group, in which the runner takes no line for a command until it is closed; also where the process is ended within. */
export function openGroup(title: string): Group {
  const token = randomUUID();
  const say = (line: string): void => {
    process.stdout.write(`${noOrder(shown(line))}\n`);
  };
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    process.off("exit", close);
    process.stdout.write(`::${token}::\n`);
    endGroup();
  };
  startGroup(shown(title));
  process.stdout.write(`::stop-commands::${token}\n`);
  process.once("exit", close);
  return { say, close };
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
