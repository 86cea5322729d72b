import { readDuration, readSize } from "./quantities.ts";
import type { Path, Reading } from "./reading.ts";
import { found, quote } from "./words.ts";

/** How pg_dump writes: by the size of the database, as one file, or as a directory that several jobs write at once. */
export const backupFormats = ["auto", "custom", "directory"] as const;
export type BackupFormat = (typeof backupFormats)[number];

/** How far a backup is proved, the weakest first: its checksums read again, the archive read to its end, restored and compared. */
export const proofs = ["checksums", "archive", "restored"] as const;
export type Proof = (typeof proofs)[number];

/** How backups are made, proved and kept. */
export interface BackupConfig {
  /** A directory, from the root of the repository or absolute; null: --store has to name it. */
  readonly store: string | null;
  readonly format: BackupFormat;
  /** From which size of the tables on `auto` means a directory. */
  readonly directoryFromBytes: number;
  /** Of pg_dump and pg_restore where the format allows it; null: by the processors. */
  readonly jobs: number | null;
  /** How long pg_dump waits for a table that somebody holds. */
  readonly lockWaitMs: number;
  /** How long rows are counted; what is not counted by then is estimated. */
  readonly countRowsForMs: number;
  readonly proof: Proof;
  /** How old a backup may be that is named for a deploy. */
  readonly maxAgeMs: number;
  /** The environment variable with the address of the server that backups are restored into for their proof. */
  readonly scratchUrlFrom: string;
  /** The directory of pg_dump and pg_restore; null: looked for. */
  readonly client: string | null;
  /** What has to be free in the store; null: as much as the tables have. */
  readonly freeDiskBytes: number | null;
  readonly keep: Keep;
  /** Files and directories that go into the backup as a tar. */
  readonly files: readonly string[];
  /** By name: commands whose output goes into the backup. */
  readonly commands: ReadonlyMap<string, string>;
  /** Backups that somebody else makes; null: pg_dump makes them. */
  readonly external: ExternalBackup | null;
}

/** Which backups stay: those of the last days, and the last ones. Both null: all of them. */
export interface Keep {
  readonly days: number | null;
  readonly count: number | null;
}

/** A provider's snapshot or mark in time, made and proved by commands. */
export interface ExternalBackup {
  readonly backupCommand: string;
  /** Null: nothing proves it. */
  readonly verifyCommand: string | null;
  /** Whether it counts where the policy requires a backup. */
  readonly satisfiesRequired: boolean;
}

export const defaultBackup: BackupConfig = {
  store: null,
  format: "auto",
  directoryFromBytes: 20 * 1024 ** 3,
  jobs: null,
  lockWaitMs: 30_000,
  countRowsForMs: 300_000,
  proof: "archive",
  maxAgeMs: 24 * 3_600_000,
  scratchUrlFrom: "SCRATCH_DATABASE_URL",
  client: null,
  freeDiskBytes: null,
  keep: { days: null, count: null },
  files: [],
  commands: new Map(),
  external: null,
};

const keys = [
  "store",
  "format",
  "directory-from",
  "jobs",
  "lock-wait",
  "count-rows-for",
  "proof",
  "max-age",
  "scratch-url-from",
  "client",
  "free-disk",
  "keep",
  "files",
  "commands",
  "external",
];

/** The settings of the config, key by key over those that hold otherwise. */
export function readBackup(reading: Reading, path: Path, value: unknown, usual: BackupConfig): BackupConfig {
  const map = reading.map(path, value, "a map of settings, such as store: backups");
  if (map === null) return usual;
  reading.unknownKeys(path, map, keys);
  const read = <T>(key: string, reader: (path: Path, value: unknown) => T | null): T | null =>
    map.has(key) ? reader([...path, key], map.get(key)) : null;
  return {
    store: read("store", (at, of) => readPath(reading, at, of)) ?? usual.store,
    format: read("format", (at, of) => reading.choice(at, of, backupFormats)) ?? usual.format,
    directoryFromBytes: read("directory-from", (at, of) => readSize(reading, at, of)) ?? usual.directoryFromBytes,
    jobs: read("jobs", (at, of) => reading.wholeNumber(at, of, { from: 1, to: 64 })) ?? usual.jobs,
    lockWaitMs: read("lock-wait", (at, of) => readDuration(reading, at, of)) ?? usual.lockWaitMs,
    countRowsForMs: read("count-rows-for", (at, of) => readDuration(reading, at, of)) ?? usual.countRowsForMs,
    proof: read("proof", (at, of) => reading.choice(at, of, proofs)) ?? usual.proof,
    maxAgeMs: read("max-age", (at, of) => readDuration(reading, at, of)) ?? usual.maxAgeMs,
    scratchUrlFrom: read("scratch-url-from", (at, of) => readVariable(reading, at, of)) ?? usual.scratchUrlFrom,
    client: read("client", (at, of) => readPath(reading, at, of)) ?? usual.client,
    freeDiskBytes: read("free-disk", (at, of) => readSize(reading, at, of)) ?? usual.freeDiskBytes,
    keep: read("keep", (at, of) => readKeep(reading, at, of)) ?? usual.keep,
    files: read("files", (at, of) => readPaths(reading, at, of)) ?? usual.files,
    commands: read("commands", (at, of) => readCommands(reading, at, of)) ?? usual.commands,
    external: read("external", (at, of) => readExternal(reading, at, of)) ?? usual.external,
  };
}

function readKeep(reading: Reading, path: Path, value: unknown): Keep | null {
  const map = reading.map(path, value, "a map of days and count");
  if (map === null) return null;
  reading.unknownKeys(path, map, ["days", "count"]);
  const number = (key: "days" | "count"): number | null =>
    map.has(key) ? reading.wholeNumber([...path, key], map.get(key), { from: 1 }) : null;
  return { days: number("days"), count: number("count") };
}

function readExternal(reading: Reading, path: Path, value: unknown): ExternalBackup | null {
  const map = reading.map(path, value, "a map with a backup-command");
  if (map === null) return null;
  reading.unknownKeys(path, map, ["backup-command", "verify-command", "satisfies-required"]);
  if (!map.has("backup-command")) reading.problem(path, "backup.external has no backup-command");
  const command = (key: string): string | null =>
    map.has(key) ? readCommand(reading, [...path, key], map.get(key)) : null;
  const backupCommand = command("backup-command");
  const verifyCommand = command("verify-command");
  const satisfies = map.get("satisfies-required");
  if (satisfies !== undefined && typeof satisfies !== "boolean") {
    const what = `backup.external.satisfies-required is ${found(satisfies)}; it must be true or false`;
    reading.problem([...path, "satisfies-required"], what);
  }
  return backupCommand === null ? null : { backupCommand, verifyCommand, satisfiesRequired: satisfies === true };
}

function readCommands(reading: Reading, path: Path, value: unknown): ReadonlyMap<string, string> | null {
  const map = reading.map(path, value, "a map of names and commands, such as redis: redis-cli --rdb -");
  if (map === null) return null;
  const commands = new Map<string, string>();
  for (const [name, written] of map) {
    if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) {
      reading.problem([...path, name], `${quote(name)} is no name of an output: letters, digits, _ . -`, "key");
      continue;
    }
    const command = readCommand(reading, [...path, name], written);
    if (command !== null) commands.set(name, command);
  }
  return commands;
}

/** A command for the shell; null where it is none. */
export function readCommand(reading: Reading, path: Path, value: unknown): string | null {
  const command = reading.text(path, value, "a command");
  if (command === null || command.trim() !== "") return command;
  reading.problem(path, `${path.join(".")} is empty; it must be a command`);
  return null;
}

function readPaths(reading: Reading, path: Path, value: unknown): readonly string[] | null {
  const list = reading.list(path, value, "a list of files and directories");
  return list?.flatMap((each, index) => readPath(reading, [...path, index], each) ?? []) ?? null;
}

function readPath(reading: Reading, path: Path, value: unknown): string | null {
  const text = reading.text(path, value, "a path");
  if (text === null || (text.trim() !== "" && !/\p{Cc}/u.test(text))) return text;
  reading.problem(path, `${path.join(".")} is ${found(text)}; it must be a path`);
  return null;
}

function readVariable(reading: Reading, path: Path, value: unknown): string | null {
  const expected = "the name of an environment variable, such as SCRATCH_DATABASE_URL";
  const name = reading.text(path, value, expected);
  if (name === null || /^[A-Za-z_]\w*$/.test(name)) return name;
  // Never shown: it may well be the connection string itself.
  reading.problem(path, `${path.join(".")} is no name of a variable; it must be ${expected}, never the address itself`);
  return null;
}
