import { readCommand } from "./backup.ts";
import { readDuration, readPercent } from "./quantities.ts";
import type { Path, Reading } from "./reading.ts";
import { found, quote } from "./words.ts";

/** What is said of the rows of tables that no migration touched: fewer is a warning, an error, any difference is one, or nothing. */
export const rowComparisons = ["warn", "not-fewer", "same", "off"] as const;
export type RowComparison = (typeof rowComparisons)[number];

/** What is looked at before and after migrations, beside what needs no setting. */
export interface VerifyConfig {
  /** The directory with assertion queries, from the root of the repository. */
  readonly queries: string;
  /** Whether the config names that directory: then it has to be there. */
  readonly queriesNamed: boolean;
  /** How many rows of a failed query are shown; 0: none. */
  readonly showRows: number;
  /** Tables that have to be there, as SQL names them. */
  readonly tables: readonly string[];
  readonly rows: RowComparison;
  /** How long rows are counted, before and after. */
  readonly countRowsForMs: number;
  readonly performance: readonly PerformanceCheck[];
  /** By name. */
  readonly commands: ReadonlyMap<string, string>;
  readonly health: readonly HealthCheck[];
  /** Of each query and each command. */
  readonly timeoutMs: number;
}

/** A query and how long it may take. */
export interface PerformanceCheck {
  readonly name: string;
  readonly query: string;
  readonly maxMs: number | null;
  /** Against how long it took before the migrations. */
  readonly maxSlowerPercent: number | null;
}

/** An address that has to answer. */
export interface HealthCheck {
  readonly url: string;
  /** The status that is well; null: any from 200 to 299. */
  readonly status: number | null;
  readonly maxMs: number | null;
  readonly retries: number;
  readonly waitMs: number;
}

export const defaultVerify: VerifyConfig = {
  queries: "verify",
  queriesNamed: false,
  showRows: 0,
  tables: [],
  rows: "warn",
  countRowsForMs: 10_000,
  performance: [],
  commands: new Map(),
  health: [],
  timeoutMs: 60_000,
};

/** What holds for an address that does not say. */
export const defaultHealth = { status: null, maxMs: null, retries: 5, waitMs: 5000 } as const;

/** More rows than these are never shown. */
export const mostRowsShown = 100;

const keys = [
  "queries",
  "show-rows",
  "tables",
  "rows",
  "count-rows-for",
  "performance",
  "commands",
  "health",
  "timeout",
];

/** The checks of the config, key by key over those that hold otherwise. */
export function readVerify(reading: Reading, path: Path, value: unknown, usual: VerifyConfig): VerifyConfig {
  const map = reading.map(path, value, "a map of checks, such as tables: [users]");
  if (map === null) return usual;
  reading.unknownKeys(path, map, keys);
  const read = <T>(key: string, reader: (path: Path, value: unknown) => T | null): T | null =>
    map.has(key) ? reader([...path, key], map.get(key)) : null;
  return {
    queries: read("queries", (at, of) => readText(reading, at, of, "the path of a directory")) ?? usual.queries,
    queriesNamed: map.has("queries") || usual.queriesNamed,
    showRows:
      read("show-rows", (at, of) => reading.wholeNumber(at, of, { from: 0, to: mostRowsShown })) ?? usual.showRows,
    tables: read("tables", (at, of) => readTables(reading, at, of)) ?? usual.tables,
    rows: read("rows", (at, of) => reading.choice(at, of === false ? "off" : of, rowComparisons)) ?? usual.rows,
    countRowsForMs: read("count-rows-for", (at, of) => readDuration(reading, at, of)) ?? usual.countRowsForMs,
    performance:
      read("performance", (at, of) => readEntries(reading, at, of, "a list of queries", readPerformance)) ??
      usual.performance,
    commands: read("commands", (at, of) => readCommands(reading, at, of)) ?? usual.commands,
    health: read("health", (at, of) => readEntries(reading, at, of, "a list of addresses", readHealth)) ?? usual.health,
    timeoutMs: read("timeout", (at, of) => readDuration(reading, at, of)) ?? usual.timeoutMs,
  };
}

function readEntries<T>(
  reading: Reading,
  path: Path,
  value: unknown,
  expected: string,
  reader: (reading: Reading, path: Path, value: unknown) => T | null,
): readonly T[] | null {
  const list = reading.list(path, value, expected);
  return list?.flatMap((each, index) => reader(reading, [...path, index], each) ?? []) ?? null;
}

function readPerformance(reading: Reading, path: Path, value: unknown): PerformanceCheck | null {
  const map = reading.map(path, value, "a map with a name, a query and a limit (max or slower)");
  if (map === null) return null;
  reading.unknownKeys(path, map, ["name", "query", "max", "slower"]);
  const name = readText(reading, [...path, "name"], map.get("name"), "a name");
  const query = readText(reading, [...path, "query"], map.get("query"), "a query");
  const maxMs = map.has("max") ? readDuration(reading, [...path, "max"], map.get("max")) : null;
  const slower = map.has("slower") ? readPercent(reading, [...path, "slower"], map.get("slower")) : null;
  if (!map.has("max") && !map.has("slower")) {
    reading.problem(path, "this query has no limit: write max: 200ms, or slower: 20%, or both");
  }
  return name === null || query === null ? null : { name, query, maxMs, maxSlowerPercent: slower };
}

function readHealth(reading: Reading, path: Path, value: unknown): HealthCheck | null {
  const given = typeof value === "string" ? new Map<string, unknown>([["url", value]]) : null;
  const map = given ?? reading.map(path, value, "an address, or a map with its url");
  if (map === null) return null;
  reading.unknownKeys(path, map, ["url", "status", "max-ms", "retries", "wait"]);
  const at = (key: string): Path => (given === null ? [...path, key] : path);
  const url = readText(reading, at("url"), map.get("url"), "an address that begins with https:// or http://");
  if (url !== null && !/^https?:\/\/[^\s/]/.test(url)) {
    // Never shown: it may hold a key.
    reading.problem(at("url"), "the address must begin with https:// or http://, and a host");
    return null;
  }
  const whole = (key: string, from: number, to?: number): number | null =>
    map.has(key) ? reading.wholeNumber(at(key), map.get(key), to === undefined ? { from } : { from, to }) : null;
  if (url === null) return null;
  return {
    url,
    status: whole("status", 100, 599),
    maxMs: whole("max-ms", 1),
    retries: whole("retries", 0, 1000) ?? defaultHealth.retries,
    waitMs: (map.has("wait") ? readDuration(reading, at("wait"), map.get("wait")) : null) ?? defaultHealth.waitMs,
  };
}

function readTables(reading: Reading, path: Path, value: unknown): readonly string[] | null {
  const list = reading.list(path, value, "a list of tables");
  if (list === null) return null;
  return list.flatMap((each, index) => readText(reading, [...path, index], each, "the name of a table") ?? []);
}

function readCommands(reading: Reading, path: Path, value: unknown): ReadonlyMap<string, string> | null {
  const map = reading.map(path, value, "a map of names and commands, such as smoke: ./scripts/smoke-test.sh");
  if (map === null) return null;
  const commands = new Map<string, string>();
  for (const [name, written] of map) {
    if (name.trim() === "") reading.problem([...path, name], `${quote(name)} is no name of a command`, "key");
    const command = readCommand(reading, [...path, name], written);
    if (command !== null) commands.set(name, command);
  }
  return commands;
}

function readText(reading: Reading, path: Path, value: unknown, expected: string): string | null {
  const text = reading.text(path, value, expected);
  if (text === null || text.trim() !== "") return text;
  reading.problem(path, `${path.join(".")} is ${found(text)}; it must be ${expected}`);
  return null;
}
