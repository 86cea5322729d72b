import type { HookMoment, Hooks } from "../config/hooks.ts";
import type { Around, Begun, Ending } from "./around.ts";

/** One command of a hook, as it is run. */
export interface HookRun {
  readonly moment: HookMoment;
  readonly command: string;
  readonly limitMs: number;
  readonly begun: Begun;
  /** Null as long as it is not over. */
  readonly ending: Ending | null;
}

/** How much of a command is shown, so that it is known which. */
const longestCommand = 80;

/**
 * The hooks of a team around a deploy: before → maintenance-on → … → maintenance-off → after or on-failure. What has to be reached is
 * reached whatever happens between, and once.
 */
export function hooksAround(
  hooks: Hooks,
  /** Null when it ended with 0, otherwise what became of it. */
  run: (hook: HookRun) => Promise<string | null>,
): Around {
  let begun: Begun | null = null;
  let inMaintenance = false;
  let ended: Promise<readonly string[]> | null = null;

  const all = async (moment: HookMoment, what: Begun, ending: Ending | null): Promise<readonly string[]> => {
    const failed: string[] = [];
    for (const command of hooks[moment]) {
      const why = await run({ moment, command, limitMs: hooks.limitMs, begun: what, ending });
      if (why === null) continue;
      const short = command.length > longestCommand ? `${command.slice(0, longestCommand)}…` : command;
      failed.push(`The command ${JSON.stringify(short)} of ${moment} ${why}.`);
      // What leads in stops at the first failure; what leads out goes on.
      if (ending === null) break;
    }
    return failed;
  };

  const finish = async (how: Ending): Promise<readonly string[]> => {
    if (begun === null) return [];
    const isWell = how === "done" || (how === "rolled-back" && begun.command === "rollback");
    return [
      ...(inMaintenance ? await all("maintenance-off", begun, how) : []),
      ...(await all(isWell ? "after" : "on-failure", begun, how)),
    ];
  };

  return {
    async begin(what) {
      begun = what;
      const [failed] = await all("before", what, null);
      // It may be over already, after a cancel: then nothing is led in any more.
      if (failed !== undefined || ended !== null) return failed ?? "The run was cancelled.";
      inMaintenance = true;
      const [refused] = await all("maintenance-on", what, null);
      return refused ?? null;
    },
    end(how) {
      ended ??= finish(how);
      return ended;
    },
  };
}
