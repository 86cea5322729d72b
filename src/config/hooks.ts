import { readDuration } from "./quantities.ts";
import type { Path, Reading } from "./reading.ts";

/** When a team's commands are run around a deploy, in the order in which that happens. */
export const hookMoments = ["before", "maintenance-on", "maintenance-off", "after", "on-failure"] as const;
export type HookMoment = (typeof hookMoments)[number];

/** Commands for the shell, by their moment, each of which has to end with 0. */
export interface Hooks extends Readonly<Record<HookMoment, readonly string[]>> {
  /** How long one of them may take. */
  readonly limitMs: number;
}

export const defaultHooks: Hooks = {
  before: [],
  "maintenance-on": [],
  "maintenance-off": [],
  after: [],
  "on-failure": [],
  limitMs: 5 * 60_000,
};

/** The hooks of the config, key by key over those that hold otherwise. */
export function readHooks(reading: Reading, path: Path, value: unknown, over: Hooks): Hooks {
  const map = reading.map(path, value, "a map of commands, such as before: ./scripts/quiet.sh");
  if (map === null) return over;
  reading.unknownKeys(path, map, [...hookMoments, "limit"]);
  const commands = (moment: HookMoment): readonly string[] =>
    map.has(moment) ? (readCommands(reading, [...path, moment], map.get(moment)) ?? over[moment]) : over[moment];
  const limit = map.has("limit") ? readDuration(reading, [...path, "limit"], map.get("limit")) : null;
  return {
    before: commands("before"),
    "maintenance-on": commands("maintenance-on"),
    "maintenance-off": commands("maintenance-off"),
    after: commands("after"),
    "on-failure": commands("on-failure"),
    limitMs: limit ?? over.limitMs,
  };
}

/** One command, or a list of them. */
function readCommands(reading: Reading, path: Path, value: unknown): readonly string[] | null {
  const each = typeof value === "string" ? [value] : reading.list(path, value, "a command, or a list of commands");
  if (each === null) return null;
  return each.flatMap((written, index) => {
    const at = typeof value === "string" ? path : [...path, index];
    const command = reading.text(at, written, "a command");
    if (command === null) return [];
    if (command.trim() !== "") return [command];
    reading.problem(at, `${path.join(".")} has an empty command`);
    return [];
  });
}
