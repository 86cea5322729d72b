import { inWords } from "../config/quantities.ts";
import type { Failure } from "../plan/outcome.ts";
import type { CommandEnd } from "../ports.ts";
import { describeHolder } from "./lock.ts";
import type { Supervised } from "./supervise.ts";

export interface CommandLimits {
  readonly lockTimeoutMs: number;
  readonly maxBlockingMs: number;
}

/** Why a command did not end well; null where it did. */
export function failureOf(supervised: Supervised<CommandEnd>, limits: CommandLimits): Failure | null {
  const failure = whyFailed(supervised, limits);
  if (failure === null || supervised.left === "unseen") return failure;
  const left = supervised.left.map((each) => `Still at work, and perhaps the command's: ${describeHolder(each)}.`);
  return { ...failure, details: [...failure.details, ...left] };
}

function whyFailed(
  { result, cut, blockers }: Supervised<CommandEnd>,
  { lockTimeoutMs, maxBlockingMs }: CommandLimits,
): Failure | null {
  const base = { sqlstate: null, at: null };
  if (result.kind === "failed") {
    const message = `The command could not be run: ${result.why}.`;
    return { ...base, code: "command-failed", message, details: [], hint: "look at the command in the config." };
  }
  const isWell = result.kind === "ended" && result.status === 0;
  const said = telling(result.said);
  if (isWell) return null;
  switch (cut?.kind) {
    case "interrupted":
      return {
        ...base,
        code: "interrupted",
        message: "The run was interrupted, and the command was ended.",
        details: said,
        hint: "run it again: what the ledger has by then is not done twice.",
      };
    case "too-long":
      return {
        ...base,
        code: "too-long",
        message: `The command took longer than ${inWords(cut.afterMs)} (--max-duration), and was ended.`,
        details: said,
        hint: "give it more time, or less to do.",
      };
    case "blocked-others":
      return {
        ...base,
        code: "blocks-others",
        message: `Others waited for the command longer than ${inWords(maxBlockingMs)} (--max-blocking): it was stopped.`,
        details: [...cut.waiters.slice(0, mostLines).map((each) => `Waiting: ${describeHolder(each)}.`), ...said],
        hint: "make the migration smaller, run it when less goes on, or give it more: -- lockkeeper:max-blocking in its SQL, with a reason.",
      };
    case "silent":
      return {
        ...base,
        code: "connection-lost",
        message: "The connection that holds the lock was lost, and the command was ended.",
        details: said,
        hint: "look at the server, then at lockkeeper plan.",
      };
    case undefined: {
      const ended = result.kind === "stopped" ? "was ended" : howEnded(result);
      const waited = result.said.some((line) => /lock timeout|55P03/i.test(line));
      return {
        ...base,
        code: waited ? "lock-timeout" : "command-failed",
        message: waited
          ? `The command ${ended}: it did not get a lock within ${inWords(lockTimeoutMs)}.`
          : `The command ${ended}.`,
        details: [...said, ...(waited ? blockers.map((each) => `In the way: ${describeHolder(each)}.`) : [])],
        hint: waited
          ? "run it again when less goes on, or wait longer with --lock-timeout."
          : "put right what it says, then run it again: what the ledger has by then is not done twice.",
      };
    }
  }
}

const mostLines = 10;

/** The last lines, and before them the first that name an error: some programs print much after it. */
function telling(lines: readonly string[]): readonly string[] {
  const last = lines.slice(-mostLines);
  const before = lines.slice(0, -mostLines).filter((line) => /error|fatal|exception|denied|timeout/i.test(line));
  return [...before.slice(0, 3), ...last];
}

function howEnded({ status, signal }: Extract<CommandEnd, { kind: "ended" }>): string {
  return status === null ? `was ended by ${signal ?? "a signal"}` : `ended with status ${status}`;
}
