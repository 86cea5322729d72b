import type { ConfigSource } from "../ports.ts";
import { defaultBackup, readBackup } from "./backup.ts";
import {
  allowanceChoices,
  approveByChoices,
  type Config,
  defaultConfig,
  defaultPolicy,
  postgresVersions,
} from "./config.ts";
import { readEnvironments } from "./environments.ts";
import { defaultHooks, readHooks } from "./hooks.ts";
import { readMigrations } from "./migrations.ts";
import { readNotify } from "./notify.ts";
import { readPolicy } from "./policy.ts";
import { defaultPreflight, readPreflight } from "./preflight.ts";
import { type Reading, startReading } from "./reading.ts";
import { type KnownRule, readRules } from "./rules.ts";
import { defaultVerify, readVerify } from "./verify.ts";
import { quote, topKeys } from "./words.ts";

/** The config that the file holds; throws one UserError (config-invalid) that names every problem of the file at its place. */
export function parseConfig(source: ConfigSource, known: { readonly rules: readonly KnownRule[] }): Config {
  const reading = startReading(source);
  // A text that could not be read at all has its problems already; there is nothing to look at.
  const unread = source.value === undefined && source.problems.length > 0;
  const config = unread ? defaultConfig : readFile(reading, source.value, known.rules);
  reading.finish();
  return config;
}

function readFile(reading: Reading, value: unknown, rules: readonly KnownRule[]): Config {
  const squeezed = typeof value === "string" && /^[\w-]+:\S/.test(value);
  const space = squeezed ? ", with a space after each colon" : "";
  const file = reading.map([], value, `a map of keys and values that starts with "version: 1"${space}`);
  if (file === null) return defaultConfig;
  reading.unknownKeys([], file, topKeys);
  readVersion(reading, file);
  const preflight = file.has("preflight")
    ? readPreflight(reading, ["preflight"], file.get("preflight"), defaultPreflight)
    : defaultPreflight;
  const hooks = file.has("hooks") ? readHooks(reading, ["hooks"], file.get("hooks"), defaultHooks) : defaultHooks;
  const backup = file.has("backup")
    ? readBackup(reading, ["backup"], file.get("backup"), defaultBackup)
    : defaultBackup;
  const verify = file.has("verify")
    ? readVerify(reading, ["verify"], file.get("verify"), defaultVerify)
    : defaultVerify;
  const notify = file.has("notify") ? (readNotify(reading, ["notify"], file.get("notify")) ?? []) : [];
  return {
    postgres: file.has("postgres") ? readPostgres(reading, file.get("postgres")) : defaultConfig.postgres,
    migrations: file.has("migrations") ? readMigrations(reading, file.get("migrations")) : defaultConfig.migrations,
    policy: file.has("policy") ? readPolicy(reading, file.get("policy")) : defaultPolicy,
    rules: file.has("rules") ? readRules(reading, file.get("rules"), rules) : defaultConfig.rules,
    allowances: file.has("allowances") ? readAllowances(reading, file.get("allowances")) : defaultConfig.allowances,
    approveBy: file.has("approve-by") ? readApproveBy(reading, file.get("approve-by")) : defaultConfig.approveBy,
    variables: file.has("variables") ? readVariables(reading, file.get("variables")) : defaultConfig.variables,
    environments: file.has("environments")
      ? readEnvironments(reading, file.get("environments"), { preflight, backup, verify, hooks, notify })
      : defaultConfig.environments,
    preflight,
    backup,
    verify,
    hooks,
    notify,
  };
}

function readVersion(reading: Reading, file: ReadonlyMap<string, unknown>): void {
  const version = file.get("version");
  if (!file.has("version")) {
    reading.problem([], 'version is missing: write "version: 1" as the first line');
  } else if (typeof version === "number" && version !== 1) {
    reading.problem(["version"], `version is ${version}; this Lockkeeper reads version 1`);
  } else {
    reading.wholeNumber(["version"], version, { from: 1, to: 1 });
  }
}

function readAllowances(reading: Reading, value: unknown): Config["allowances"] {
  // YAML 1.1 reads a bare `on` and `off` as true and false, YAML 1.2 as text.
  const text = value === true ? "on" : value === false ? "off" : value;
  return reading.choice(["allowances"], text, allowanceChoices) ?? defaultConfig.allowances;
}

function readApproveBy(reading: Reading, value: unknown): Config["approveBy"] {
  return reading.choice(["approve-by"], value, approveByChoices) ?? defaultConfig.approveBy;
}

function readVariables(reading: Reading, value: unknown): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const map = reading.map(["variables"], value, "a map of names and their values") ?? new Map<string, unknown>();
  for (const [name, written] of map) {
    if (!/^[A-Za-z_][\w.:-]*$/.test(name)) {
      reading.problem(["variables", name], `${quote(name)} is no name of a variable: letters, digits, _ . : -`, "key");
    } else if (typeof written === "number" || typeof written === "boolean") {
      values.set(name, String(written));
    } else {
      const text = reading.text(["variables", name], written, "a text, a number, true or false");
      if (text !== null) values.set(name, text);
    }
  }
  return values;
}

function readPostgres(reading: Reading, value: unknown): Config["postgres"] {
  const [first, last] = [postgresVersions[0], postgresVersions[postgresVersions.length - 1] ?? postgresVersions[0]];
  const number = reading.wholeNumber(["postgres"], value, { from: first, to: last });
  return postgresVersions.find((version) => version === number) ?? defaultConfig.postgres;
}
