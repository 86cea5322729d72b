import { inWords as timeInWords } from "../config/quantities.ts";
import { follow } from "../process/follow.ts";
import type { Mask } from "../process/mask.ts";
import type { Looked } from "../report/verification.ts";
import { printable } from "../text.ts";
import { startLooking } from "./looking.ts";

export interface CommandSurroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly mask: Mask;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** Smoke tests: each command has to end with 0. */
export async function checkCommands(
  commands: ReadonlyMap<string, string>,
  { mask, ...around }: CommandSurroundings,
): Promise<Looked> {
  const looking = startLooking("commands");
  for (const [name, command] of commands) {
    looking.look();
    const ended = await follow("sh", ["-c", command], { ...around, stdout: { kind: "answer" } });
    switch (ended.kind) {
      case "failed":
        looking.error(`The command ${name} could not be run: ${mask(ended.why)}.`);
        break;
      case "stopped":
        looking.error(
          ended.why === "timeout"
            ? `The command ${name} took longer than ${timeInWords(around.timeoutMs)}.`
            : `The command ${name} was stopped, because this run was.`,
        );
        break;
      case "ended": {
        if (ended.status === 0) break;
        const how = ended.status === null ? `was ended by ${ended.signal}` : `has ended with ${ended.status}`;
        looking.error(`The command ${name} ${how}.`, { rows: lastLines(mask(`${ended.answer}\n${ended.said}`)) });
        break;
      }
    }
  }
  return looking.result;
}

function lastLines(text: string): readonly string[] {
  return text
    .split(/\r?\n/)
    .map((line) => printable(line.trim().slice(0, 400)))
    .filter((line) => line !== "")
    .slice(-10);
}
