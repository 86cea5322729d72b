import { readDuration, readPercent, readSize } from "./quantities.ts";
import type { Path, Reading } from "./reading.ts";

/** What is looked at before anything runs. Null: not looked at. */
export interface Preflight {
  readonly postgres: VersionRange | null;
  readonly freeDiskBytes: number | null;
  /** Of max_connections. */
  readonly maxConnectionsPercent: number | null;
  readonly maxReplicaLagMs: number | null;
  /** How long long transactions and vacuums on the tables touched are waited for. */
  readonly waitMs: number | null;
  /** Run by the shell where the project is; each has to end with 0. */
  readonly commands: readonly string[];
}

/** The server's major versions that will do; null: no limit on that side. */
export interface VersionRange {
  readonly from: number | null;
  /** The last that will do. */
  readonly to: number | null;
  readonly text: string;
}

/** Nothing asked for: what is looked at in any case stands in deploy/preflight.ts. */
export const defaultPreflight: Preflight = {
  postgres: null,
  freeDiskBytes: null,
  maxConnectionsPercent: null,
  maxReplicaLagMs: null,
  waitMs: null,
  commands: [],
};

/** The checks of the config, key by key over those that hold otherwise. */
export function readPreflight(reading: Reading, path: Path, value: unknown, over: Preflight): Preflight {
  const map = reading.map(path, value, "a map of checks, such as max-connections: 80%");
  if (map === null) return over;
  reading.unknownKeys(path, map, ["postgres", "free-disk", "max-connections", "max-replica-lag", "wait", "commands"]);
  const read = <T>(key: string, reader: (reading: Reading, path: Path, value: unknown) => T | null): T | null =>
    map.has(key) ? reader(reading, [...path, key], map.get(key)) : null;
  return {
    postgres: read("postgres", readRange) ?? over.postgres,
    freeDiskBytes: read("free-disk", readSize) ?? over.freeDiskBytes,
    maxConnectionsPercent: read("max-connections", readPercent) ?? over.maxConnectionsPercent,
    maxReplicaLagMs: read("max-replica-lag", readDuration) ?? over.maxReplicaLagMs,
    waitMs: read("wait", readDuration) ?? over.waitMs,
    commands: read("commands", readCommands) ?? over.commands,
  };
}

function readRange(reading: Reading, path: Path, value: unknown): VersionRange | null {
  const text = typeof value === "number" ? String(value) : value;
  const expected = 'major versions, such as ">=13", ">=14 <18" or 16';
  if (typeof text !== "string") {
    reading.text(path, value, expected);
    return null;
  }
  let from: number | null = null;
  let to: number | null = null;
  for (const part of text.trim().split(/\s+/)) {
    const [, sign, digits] = /^(>=|<=|>|<|=)?(\d{1,2})$/.exec(part) ?? [];
    if (digits === undefined) {
      reading.problem(path, `${path.join(".")} must be ${expected}`);
      return null;
    }
    const version = Number(digits);
    if (sign === undefined || sign === "=") [from, to] = [version, version];
    else if (sign.startsWith(">")) from = sign === ">" ? version + 1 : version;
    else to = sign === "<" ? version - 1 : version;
  }
  return { from, to, text: text.trim() };
}

function readCommands(reading: Reading, path: Path, value: unknown): readonly string[] | null {
  const list = reading.list(path, value, "a list of commands");
  if (list === null) return null;
  const commands: string[] = [];
  for (const [index, each] of list.entries()) {
    const command = reading.text([...path, index], each, "a command");
    if (command === null) continue;
    if (command.trim() === "") reading.problem([...path, index], `${path.join(".")} has an empty command`);
    else commands.push(command);
  }
  return commands;
}
