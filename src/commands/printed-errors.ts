import { UserError } from "../errors.ts";
import { printable } from "../text.ts";

/** A command that prints SQL, and where the config has it. */
export interface Told {
  readonly directory: string;
  readonly key: "sql-command" | "rollback-sql-command";
  readonly command: string;
}

const mostLines = 5;
const longestLine = 300;

function shownCommand({ command }: Told): string {
  return `Command: ${printable(command.trim().replace(/\s+/g, " ").slice(0, longestLine))}`;
}

/** It could not be run, or did not end well. */
export function commandFailed(told: Told, why: string, said: string): UserError {
  const lines = said.split(/\r?\n/).filter((line) => line.trim() !== "");
  const last = lines.slice(-mostLines).map((line) => `  ${printable(line.slice(0, longestLine))}`);
  return new UserError("sql-command-failed", `The ${told.key} of ${told.directory} failed: nothing was judged.`, {
    details: [shownCommand(told), why, ...last],
    hint: "run it here by hand. It gets no secrets: no connection string and no token, so it must print SQL without a database.",
  });
}

/** It ended well, and there is nothing to judge. */
export function commandEmpty(told: Told): UserError {
  return new UserError(
    "sql-command-empty",
    `The ${told.key} of ${told.directory} printed no SQL: nothing was judged.`,
    {
      details: [shownCommand(told)],
      hint: "let it print the SQL on standard output. Only where a base is given can nothing be pending.",
    },
  );
}

/** Nothing of the change is run where there are secrets. */
export function commandRefused(told: Told): UserError {
  return new UserError("sql-command-refused", `The ${told.key} of ${told.directory} is not run here.`, {
    details: [shownCommand(told), "It runs code of the change, and this event hands secrets to the job."],
    hint: "check in a job of the event pull_request, without secrets and with read permissions only.",
  });
}
