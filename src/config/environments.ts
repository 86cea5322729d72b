import { type BackupConfig, defaultBackup, readBackup } from "./backup.ts";
import { defaultHooks, type Hooks, readHooks } from "./hooks.ts";
import { type NotifyConfig, readNotify } from "./notify.ts";
import { type Preflight, readPreflight } from "./preflight.ts";
import { readDuration } from "./quantities.ts";
import type { Path, Reading } from "./reading.ts";
import { defaultVerify, readVerify, type VerifyConfig } from "./verify.ts";
import { readWindow, type Window } from "./window.ts";
import { found, quote } from "./words.ts";

/** Where migrations are deployed to, and how. */
export interface Environment {
  readonly name: string;
  /** The environment variable that holds its connection string; never the string itself. */
  readonly databaseUrlFrom: string;
  /** The environment in which the same migrations must have succeeded; null: none. */
  readonly after: string | null;
  readonly window: Window | null;
  /** The role that owns what is created; null: the one that connects. */
  readonly role: string | null;
  /** How long a statement waits for a lock before it lets the others go first. */
  readonly lockTimeoutMs: number;
  /** For how long others may wait for us. */
  readonly maxBlockingMs: number;
  /** How long a part of a migration may run; null for as long as it needs. */
  readonly maxDurationMs: number | null;
  readonly preflight: Preflight;
  readonly backup: BackupConfig;
  readonly verify: VerifyConfig;
  readonly hooks: Hooks;
  readonly notify: readonly NotifyConfig[];
  /** What Lockkeeper goes back after by itself, where the way back loses nothing. */
  readonly rollbackOn: readonly RollbackTrigger[];
  /** For how long after a migration it may do so. */
  readonly rollbackWithinMs: number;
}

/** After which failures Lockkeeper may go back by itself. */
export const rollbackTriggers = ["migration-failed", "verify-failed", "health-failed"] as const;
export type RollbackTrigger = (typeof rollbackTriggers)[number];

/** Why somebody goes back. */
export const rollbackReasons = [...rollbackTriggers, "performance-degraded", "manual"] as const;
export type RollbackReason = (typeof rollbackReasons)[number];

/** What a team says once for all its environments. */
export type ForAll = Pick<Environment, "preflight" | "backup" | "verify" | "hooks" | "notify">;

/** What holds in an environment that does not say, and where no environment is named. */
export const defaultEnvironment = {
  databaseUrlFrom: "DATABASE_URL",
  after: null,
  window: null,
  role: null,
  lockTimeoutMs: 3000,
  maxBlockingMs: 5000,
  maxDurationMs: null,
  backup: defaultBackup,
  verify: defaultVerify,
  hooks: defaultHooks,
  notify: [],
  rollbackOn: [],
  rollbackWithinMs: 4 * 3_600_000,
} as const;

const keys = [
  "database-url-from",
  "after",
  "window",
  "role",
  "lock-timeout",
  "max-blocking",
  "max-duration",
  "preflight",
  "backup",
  "verify",
  "hooks",
  "notify",
  "rollback-on",
  "rollback-within",
];

/** The environments by their names. */
export function readEnvironments(reading: Reading, value: unknown, forAll: ForAll): ReadonlyMap<string, Environment> {
  const path = ["environments"];
  const environments = new Map<string, Environment>();
  const map = reading.map(path, value, "a map of environments, such as production: {}") ?? new Map<string, unknown>();
  for (const [name, written] of map) {
    if (!/^[A-Za-z0-9][\w.-]{0,99}$/.test(name)) {
      reading.problem([...path, name], `${quote(name)} is no name of an environment: letters, digits, _ . -`, "key");
      continue;
    }
    environments.set(name, readEnvironment(reading, [...path, name], name, written, forAll));
  }
  for (const { name, after } of environments.values()) {
    if (after !== null && (after === name || !environments.has(after))) {
      const why = after === name ? "an environment cannot come after itself" : "there is no such environment";
      reading.problem([...path, name, "after"], `environments.${name}.after is ${quote(after)}: ${why}`);
    }
  }
  return environments;
}

function readEnvironment(reading: Reading, path: Path, name: string, value: unknown, forAll: ForAll): Environment {
  const { preflight, backup, verify, hooks } = forAll;
  const usual: Environment = { ...defaultEnvironment, ...forAll, name };
  const map = reading.map(path, value, "a map of settings ({} for the defaults)");
  if (map === null) return usual;
  reading.unknownKeys(path, map, keys);
  const read = <T>(key: string, reader: (path: Path, value: unknown) => T | null): T | null =>
    map.has(key) ? reader([...path, key], map.get(key)) : null;
  const checks = map.has("preflight")
    ? readPreflight(reading, [...path, "preflight"], map.get("preflight"), preflight)
    : preflight;
  return {
    name,
    databaseUrlFrom: read("database-url-from", (at, of) => readVariable(reading, at, of)) ?? usual.databaseUrlFrom,
    after: read("after", (at, of) => reading.text(at, of, "the name of an environment")),
    window: read("window", (at, of) => readWindow(reading, at, of)),
    role: read("role", (at, of) => readRole(reading, at, of)),
    lockTimeoutMs: read("lock-timeout", (at, of) => readDuration(reading, at, of)) ?? usual.lockTimeoutMs,
    maxBlockingMs: read("max-blocking", (at, of) => readDuration(reading, at, of)) ?? usual.maxBlockingMs,
    maxDurationMs: read("max-duration", (at, of) => readDuration(reading, at, of)),
    preflight: checks,
    backup: read("backup", (at, of) => readBackup(reading, at, of, backup)) ?? backup,
    verify: read("verify", (at, of) => readVerify(reading, at, of, verify)) ?? verify,
    hooks: map.has("hooks") ? readHooks(reading, [...path, "hooks"], map.get("hooks"), hooks) : hooks,
    notify: read("notify", (at, of) => readNotify(reading, at, of)) ?? usual.notify,
    rollbackOn: read("rollback-on", (at, of) => readTriggers(reading, at, of)) ?? usual.rollbackOn,
    rollbackWithinMs: read("rollback-within", (at, of) => readDuration(reading, at, of)) ?? usual.rollbackWithinMs,
  };
}

function readTriggers(reading: Reading, path: Path, value: unknown): readonly RollbackTrigger[] {
  const list = reading.list(path, value, "a list of failures, such as [migration-failed, health-failed]") ?? [];
  return list.flatMap((each, index) => {
    const trigger = reading.choice([...path, index], each, rollbackTriggers);
    return trigger === null ? [] : [trigger];
  });
}

function readVariable(reading: Reading, path: Path, value: unknown): string | null {
  const expected = "the name of an environment variable, such as PRODUCTION_DATABASE_URL";
  const name = reading.text(path, value, expected);
  if (name === null || /^[A-Za-z_]\w*$/.test(name)) return name;
  // Never shown: it may well be the connection string itself.
  reading.problem(path, `${path.join(".")} is no name of a variable; it must be ${expected}, never the address itself`);
  return null;
}

function readRole(reading: Reading, path: Path, value: unknown): string | null {
  const role = reading.text(path, value, "the name of a role");
  if (role === null || (role !== "" && !/\p{Cc}/u.test(role))) return role;
  reading.problem(path, `${path.join(".")} is ${found(role)}; it must be the name of a role`);
  return null;
}
