import type { ConfigSource } from "../ports.ts";
import { readApprovers } from "./approvers.ts";
import {
  allowanceChoices,
  appliers,
  approveByChoices,
  backups,
  type Config,
  databases,
  defaultAppliedBy,
  defaultConfig,
  defaultDialect,
  defaultPolicy,
  deploys,
  failOnChoices,
  layouts,
  type MigrationsConfig,
  type Policy,
  type PolicyRow,
  postgresVersions,
  type Risk,
  type RuleSetting,
  risks,
} from "./config.ts";
import { directoryProblem, tidyDirectory } from "./directory.ts";
import { type Reading, startReading } from "./reading.ts";
import { found, meant, quote } from "./words.ts";

/** What must be known about a rule to read what a team says about it. */
export interface KnownRule {
  readonly id: string;
  /** False for a rule that guards against certain failure: its word is PostgreSQL's, not ours. */
  readonly canBeTurnedOff: boolean;
}

/** The config that the file holds; throws one UserError (config-invalid) that names every problem of the file at its place. */
export function parseConfig(source: ConfigSource, known: { readonly rules: readonly KnownRule[] }): Config {
  const reading = startReading(source);
  // A text that could not be read at all has its problems already; there is nothing to look at.
  const unread = source.value === undefined && source.problems.length > 0;
  const config = unread ? defaultConfig : readFile(reading, source.value, known.rules);
  reading.finish();
  return config;
}

const topKeys = ["version", "postgres", "migrations", "policy", "rules", "allowances", "approve-by", "variables"];

function readFile(reading: Reading, value: unknown, rules: readonly KnownRule[]): Config {
  const squeezed = typeof value === "string" && /^[\w-]+:\S/.test(value);
  const space = squeezed ? ", with a space after each colon" : "";
  const file = reading.map([], value, `a map of keys and values that starts with "version: 1"${space}`);
  if (file === null) return defaultConfig;
  reading.unknownKeys([], file, topKeys);
  readVersion(reading, file);
  return {
    postgres: file.has("postgres") ? readPostgres(reading, file.get("postgres")) : defaultConfig.postgres,
    migrations: file.has("migrations") ? readMigrations(reading, file.get("migrations")) : defaultConfig.migrations,
    policy: file.has("policy") ? readPolicy(reading, file.get("policy")) : defaultPolicy,
    rules: file.has("rules") ? readRules(reading, file.get("rules"), rules) : defaultConfig.rules,
    allowances: file.has("allowances") ? readAllowances(reading, file.get("allowances")) : defaultConfig.allowances,
    approveBy: file.has("approve-by") ? readApproveBy(reading, file.get("approve-by")) : defaultConfig.approveBy,
    variables: file.has("variables") ? readVariables(reading, file.get("variables")) : defaultConfig.variables,
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

function readMigrations(reading: Reading, value: unknown): readonly MigrationsConfig[] {
  const path = ["migrations"];
  const entries = reading.list(path, value, 'a list, each entry with a directory ("- directory: db/migrations")') ?? [];
  if (Array.isArray(value) && value.length === 0) {
    reading.problem(path, "migrations is an empty list: name a directory, or leave the key out");
  }
  const seen = new Map<string, number>();
  return entries.flatMap((entry, index) => {
    const read = readDirectory(reading, entry, index);
    if (read === null) return [];
    const earlier = seen.get(read.directory);
    if (earlier !== undefined) {
      const line = reading.lineOf([...path, earlier, "directory"]);
      const message = `the directory ${quote(read.directory)} is named twice: line ${line} has it already`;
      reading.problem([...path, index, "directory"], message);
      return [];
    }
    seen.set(read.directory, index);
    return [read];
  });
}

function readDirectory(reading: Reading, value: unknown, index: number): MigrationsConfig | null {
  const path = ["migrations", index];
  const entry = reading.map(path, value, "a map with a directory (directory: db/migrations)");
  if (entry === null) return null;
  reading.unknownKeys(path, entry, ["directory", "layout", "applied-by", "dialect"]);
  const layout = entry.has("layout") ? reading.choice([...path, "layout"], entry.get("layout"), layouts) : null;
  const appliedBy = entry.has("applied-by")
    ? reading.choice([...path, "applied-by"], entry.get("applied-by"), appliers)
    : defaultAppliedBy;
  const dialect = entry.has("dialect")
    ? reading.choice([...path, "dialect"], entry.get("dialect"), databases)
    : defaultDialect;
  if (appliedBy === "lockkeeper" && dialect !== null && dialect !== "postgresql") {
    const message = `applied-by is lockkeeper, which applies PostgreSQL alone: leave it out where dialect is ${dialect}`;
    reading.problem([...path, "applied-by"], message);
  }
  if (!entry.has("directory")) {
    reading.problem(path, `migrations entry ${index + 1} has no directory`);
    return null;
  }
  const place = [...path, "directory"];
  const directory = reading.text(place, entry.get("directory"), "the path of a directory, such as db/migrations");
  if (directory === null) return null;
  const problem = directoryProblem(directory);
  if (problem === null) {
    return {
      directory: tidyDirectory(directory),
      layout,
      appliedBy: appliedBy ?? defaultAppliedBy,
      dialect: dialect ?? defaultDialect,
    };
  }
  reading.problem(place, problem);
  return null;
}

function readPolicy(reading: Reading, value: unknown): Policy {
  const path = ["policy"];
  const policy = reading.map(path, value, "a map of risks and what they ask for");
  if (policy === null) return defaultPolicy;
  reading.unknownKeys(path, policy, [...risks, "fail-on"]);
  const row = (risk: Risk): PolicyRow =>
    policy.has(risk) ? readRow(reading, policy.get(risk), risk) : defaultPolicy[risk];
  const failOn = policy.has("fail-on")
    ? reading.choice([...path, "fail-on"], policy.get("fail-on"), failOnChoices)
    : null;
  return {
    low: row("low"),
    medium: row("medium"),
    high: row("high"),
    critical: row("critical"),
    failOn: failOn ?? defaultPolicy.failOn,
  };
}

function readRow(reading: Reading, value: unknown, risk: Risk): PolicyRow {
  const path = ["policy", risk];
  const usual = defaultPolicy[risk];
  const row = reading.map(path, value, "a map of deploy, approvals, approvers and backup");
  if (row === null) return usual;
  reading.unknownKeys(path, row, ["deploy", "approvals", "approvers", "backup"]);
  const deploy = row.has("deploy") ? reading.choice([...path, "deploy"], row.get("deploy"), deploys) : null;
  const approvals = row.has("approvals")
    ? reading.wholeNumber([...path, "approvals"], row.get("approvals"), { from: 0 })
    : null;
  const backup = row.has("backup") ? reading.choice([...path, "backup"], row.get("backup"), backups) : null;
  const asked = approvals ?? usual.approvals;
  const approvers = row.has("approvers")
    ? readApprovers(reading, [...path, "approvers"], { value: row.get("approvers"), asked })
    : null;
  return {
    deploy: deploy ?? usual.deploy,
    approvals: asked,
    approvers: approvers ?? usual.approvers,
    backup: backup ?? usual.backup,
  };
}

function readRules(reading: Reading, value: unknown, known: readonly KnownRule[]): ReadonlyMap<string, RuleSetting> {
  const settings = new Map<string, RuleSetting>();
  const rules = reading.map(["rules"], value, "a map of rules and their settings") ?? new Map<string, unknown>();
  for (const [id, setting] of rules) {
    const rule = known.find((one) => one.id === id);
    if (rule === undefined) {
      reading.problem(["rules", id], () => unknownRule(id, known), "key");
    } else if (!rule.canBeTurnedOff) {
      const change = setting === false || setting === "off" ? "cannot be turned off" : "cannot be given another risk";
      const why = "what it finds is refused by PostgreSQL itself, whatever anyone approves";
      reading.problem(["rules", id], `rule ${id} ${change}: ${why}`, "key");
    } else {
      const read = readSetting(reading, id, setting);
      if (read !== null) settings.set(id, read);
    }
  }
  return settings;
}

function unknownRule(id: string, known: readonly KnownRule[]): string {
  const near = meant(
    id,
    known.map((rule) => rule.id),
  );
  return `there is no rule ${quote(id)}${near === null ? "; docs/rules names them all" : `: did you mean ${near}?`}`;
}

function readSetting(reading: Reading, id: string, value: unknown): RuleSetting | null {
  const path = ["rules", id];
  // YAML 1.1 reads a bare `off` as false, YAML 1.2 as text.
  if (value === false || value === "off") return { kind: "off" };
  const expected = `off or { risk: ${risks.join(" | ")} }`;
  const bare = risks.find((risk) => risk === value);
  if (bare !== undefined) {
    reading.problem(path, `rules.${id} is ${quote(bare)}: write { risk: ${bare} }`);
    return null;
  }
  if (value === true || value === "on") {
    reading.problem(path, `rules.${id} is ${found(value)}; a rule is on unless it is turned off: leave the line out`);
    return null;
  }
  const setting = reading.map(path, value, expected);
  if (setting === null) return null;
  reading.unknownKeys(path, setting, ["risk"]);
  if (!setting.has("risk")) {
    reading.problem(path, `rules.${id} has no risk; it must be ${expected}`);
    return null;
  }
  const risk = reading.choice([...path, "risk"], setting.get("risk"), risks);
  return risk === null ? null : { kind: "risk", risk };
}
