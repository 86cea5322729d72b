import { proofs } from "../config/backup.ts";
import { rollbackReasons } from "../config/environments.ts";
import type { DatabaseCommand, InputName } from "./input-names.ts";
import type { InputReader } from "./input-reader.ts";

/** How a deploy comes to be: only what the policy lets run by itself, what somebody has agreed to, or nothing but a look. */
export const migrateChoices = ["auto", "manual", "skip"] as const;
export type MigrateChoice = (typeof migrateChoices)[number];

/** What the workflow asks for, of a command that works on a database. */
export interface DatabaseInputs {
  readonly command: DatabaseCommand;
  readonly migrate: MigrateChoice;
  /** What the command line has as options, each as it is written there; what is not written is not there. */
  readonly options: DatabaseOptions;
}

/** The options, by the names that they have on the command line. */
export type DatabaseOptions = ReturnType<typeof optionsOf>;

interface Sources {
  readonly read: InputReader;
  readonly secret: (name: InputName) => string | null;
  readonly problems: string[];
}

/** The inputs of a command that works on a database; what is wrong with them, and with them together, is added to the problems. */
export function readDatabase(command: DatabaseCommand, { read, secret, problems }: Sources): DatabaseInputs {
  const options = optionsOf(read, secret);
  const migrate = read.word("migrate", migrateChoices) ?? "manual";
  problems.push(...contradictions({ command, migrate, options }));
  return { command, migrate, options };
}

function optionsOf(read: InputReader, secret: Sources["secret"]) {
  const flag = (name: InputName): true | undefined => (read.yesOrNo(name) ? true : undefined);
  const form = (name: InputName, is: RegExp, expected: string): string | undefined =>
    read.form(name, is, expected) ?? undefined;
  return {
    environment: form("environment", /^[A-Za-z0-9][\w.-]{0,99}$/, "the name of an environment of the config"),
    "database-url": secret("database-url") ?? undefined,
    "after-url": secret("after-url") ?? undefined,
    "target-version": form("target-version", /^[\p{L}\p{N}][\p{L}\p{N}_.+-]{0,199}$/u, "a version"),
    "expect-digest": form("expect-digest", /^[0-9a-f]{64}$/, "the digest of a plan, 64 digits of 0-9 and a-f"),
    "backup-id": form("backup-id", /^[^\p{Cc}-][^\p{Cc}]{0,199}$/u, "what a backup is called, in one line"),
    backup: read.word("backup", ["policy", "always"]) ?? undefined,
    store: read.place("store") ?? undefined,
    proof: read.word("proof", proofs) ?? undefined,
    jobs: form("jobs", /^([1-9]|[1-5]\d|6[0-4])$/, "a number from 1 to 64"),
    "data-only": flag("data-only"),
    "schema-only": flag("schema-only"),
    "allow-out-of-order": flag("allow-out-of-order"),
    "allow-missing": flag("allow-missing"),
    "allow-other-database": flag("allow-other-database"),
    "lock-timeout": read.time("lock-timeout") ?? undefined,
    "lock-retries": form("lock-retries", /^\d{1,4}$/, "a number"),
    "lock-wait": read.time("lock-wait") ?? undefined,
    "max-blocking": read.time("max-blocking") ?? undefined,
    "max-duration": read.time("max-duration") ?? undefined,
    steps: form("steps", /^[1-9]\d{0,5}$/, "how many migrations are to be taken back"),
    reason: read.word("reason", rollbackReasons) ?? undefined,
    "confirm-loss": read.lines("confirm-loss"),
    "dry-run": flag("dry-run"),
    mark: read.word("mark", ["applied", "not-applied"]) ?? undefined,
    "resume-at": form("resume-at", /^[1-9]\d{0,6}$/, "the number of a statement, from 1"),
    "roll-back": flag("roll-back"),
    "skip-health": read.yesOrNo("health-check") ? undefined : (true as const),
    save: read.path("save") ?? undefined,
    "compare-with": read.path("compare-with") ?? undefined,
  };
}

/** What is right each by itself, and not together. */
function contradictions({ command, migrate, options }: DatabaseInputs): readonly string[] {
  const problems: string[] = [];
  const given = (...names: readonly (keyof DatabaseOptions)[]): readonly string[] =>
    names.filter((name) => options[name] !== undefined);
  for (const names of [given("steps", "target-version"), given("data-only", "schema-only")]) {
    if (names.length > 1) problems.push(`${names.join(" and ")} do not go together: write one of them`);
  }
  const decisions = given("mark", "resume-at", "roll-back");
  if (decisions.length > 1) problems.push(`${decisions.join(" and ")} are several decisions: write one of them`);
  if (migrate === "auto" && options["expect-digest"] !== undefined) {
    problems.push("expect-digest: migrate is auto, which nobody agrees to; leave it out, or write migrate: manual");
  }
  const version = options["target-version"];
  if (command === "resolve" && (version === undefined) !== (decisions.length === 0)) {
    problems.push(
      "a decision needs its target-version, and a target-version its decision: mark, resume-at or roll-back",
    );
  }
  if ((command === "baseline" || command === "force") && version === undefined) {
    problems.push(`target-version is not written: ${command} needs it`);
  }
  if (command === "backup verify" && options["backup-id"] === undefined) {
    problems.push("backup-id is not written: backup verify needs it, and backup list names them");
  }
  return problems;
}
