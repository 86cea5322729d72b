import { defaultAppliedBy, defaultLedger, type Layout } from "../config/config.ts";
import { UserError } from "../errors.ts";
import { layoutOf } from "../migrations/layouts/index.ts";
import type { Discovered, Migration } from "../migrations/migration.ts";
import { historyOf } from "../migrations/standing.ts";
import type { LedgerReading, PlanDatabase } from "../plan/database.ts";
import type { SurveyedDirectory } from "../plan/directory.ts";
import { type Allowance, type PlanProblem, problemsOf } from "../plan/problems.ts";
import type { PrintedSql } from "../plan/program.ts";
import type { PendingMigration, Survey } from "../plan/survey.ts";
import type { Commands, Workspace } from "../ports.ts";
import { list } from "../text.ts";
import { drizzleVersions } from "./drizzle-journal.ts";
import { digestsIn } from "./migration-digests.ts";
import { leftToItsTool, programOf, refuseUntold, surveyProgram, withPrinted } from "./programs.ts";
import type { Settings } from "./settings.ts";
import { find } from "./target.ts";
import { missing, noMigrations, nothingAsked, unreadable, usualDirectories } from "./wrong-path.ts";

/** What is asked of the commands that set files against ledgers. */
export interface SurveyRequest {
  /** Written as the config writes directories; none: what the config names, or the usual directories. */
  readonly directories: readonly string[];
  readonly layout: Layout | null;
  /** Up to which version; null: all. */
  readonly targetVersion: string | null;
  readonly allowed: ReadonlySet<Allowance>;
  /** Whether a directory that a command applies is refused: its own tool decides there. Left out: it is not. */
  readonly withoutPrograms?: boolean;
  /** Whether only what is applied matters: then no sql-command is asked for what is pending. Left out: it is asked. */
  readonly onlyApplied?: boolean;
}

export interface SurveyPorts {
  readonly workspace: Workspace;
  readonly database: PlanDatabase;
  /** Runs the sql-command of a directory. Left out or null: none is run, and a directory that has one is refused. */
  readonly commands?: Commands | null;
}

/** A survey, and what each directory holds. */
export interface Surveyed {
  readonly survey: Survey;
  readonly found: ReadonlyMap<string, Discovered>;
}

/** Files × ledgers → what is applied, what would run, and what speaks against it. Throws UserError where the request is wrong. */
export async function surveyOf(
  request: SurveyRequest,
  settings: Settings,
  { workspace, database, commands = null }: SurveyPorts,
): Promise<Surveyed> {
  const found = directoriesOf(request, settings, workspace);
  const isEmpty = await database.isEmpty();
  const directories: SurveyedDirectory[] = [];
  const problems: PlanProblem[] = [];
  const pending: PendingMigration[] = [];
  const printed: PrintedSql[] = [];
  for (const [directory, discovered] of found) {
    const { targetVersion, onlyApplied = false } = request;
    const surveyed = await surveyDirectory(discovered, settings, {
      ...{ workspace, database, commands, targetVersion, onlyApplied },
      onPrinted: (sql) => printed.push(sql),
    });
    const digest = digestsIn(withPrinted(workspace, printed));
    refuseShared(surveyed, directories);
    directories.push(surveyed);
    problems.push(...problemsOf(surveyed, { isEmpty, allowed: request.allowed }), ...unreadableIn(discovered));
    for (const { migration, standing, again } of surveyed.entries) {
      if (migration === null || (standing !== "pending" && standing !== "out-of-order")) continue;
      pending.push({ directory, migration, outOfOrder: standing === "out-of-order", again, digest: digest(migration) });
    }
  }
  const wanted = upTo(request.targetVersion, directories, pending);
  return {
    survey: {
      environment: settings.environment.name,
      config: settings.path,
      server: await database.identity(),
      targetVersion: request.targetVersion,
      directories,
      printed,
      pending: wanted,
      later: pending.length - wanted.length,
      problems: problems.filter(({ version, code }) => {
        return code !== "out-of-order-migration" || wanted.some(({ migration }) => migration.version === version);
      }),
    },
    found,
  };
}

interface SurveyingDirectory extends Required<SurveyPorts>, Pick<SurveyRequest, "targetVersion"> {
  readonly onlyApplied: boolean;
  onPrinted(sql: PrintedSql): void;
}

async function surveyDirectory(
  { directory, layout: id, migrations }: Discovered,
  { config, environment }: Settings,
  { workspace, database, commands, targetVersion, onlyApplied, onPrinted }: SurveyingDirectory,
): Promise<SurveyedDirectory> {
  const set = config.migrations.find((each) => each.directory === directory);
  const layout = layoutOf(id);
  const choice = { layout: id, appliedBy: set?.appliedBy ?? defaultAppliedBy, config: set?.ledger ?? defaultLedger };
  const ledger = await database.ledger(choice);
  const isDrizzle = ledger.id === "drizzle" || id === "drizzle";
  const recordedAs = isDrizzle ? drizzleVersions(directory, workspace) : ({ version }: Migration) => version;
  const program = programOf(set, recordedAs, { commands, environment: environment.name });
  if (program !== null && program.sqlCommand !== null) {
    const asked = { ledger, targetVersion, onlyApplied };
    const { surveyed, printed } = await surveyProgram({ directory, layout: id }, program, asked);
    if (printed !== null) onPrinted(printed);
    return surveyed;
  }
  const digest = digestsIn(workspace);
  const journal = await database.journal(ledger.table);
  const entries = historyOf({
    migrations: migrations.filter(({ up }) => up !== null),
    ledger: ledger.state,
    // How far a command came is known to its tool: what it has begun, its own ledger says.
    journal: program === null ? journal : journal.filter(({ status }) => status === "applied"),
    order: layout.order,
    recordedAs,
    checksum: (migration, recorded) => checksumOf(migration, recorded, { ledger, workspace }),
    digest: (migration) => digest(migration) ?? "unread",
  });
  return { directory, layout: id, ledger, program, entries };
}

/** The recorded checksum where it is one of this script, otherwise the one that would be recorded. */
function checksumOf(
  { up }: Migration,
  recorded: string,
  { ledger, workspace }: { readonly ledger: LedgerReading; readonly workspace: Workspace },
): string | null {
  const content = up === null ? null : workspace.read(up);
  if (content?.kind !== "bytes") return "unread";
  return ledger.recognises(content.bytes, recorded) ? recorded : ledger.checksum(content.bytes);
}

/** Two directories in one ledger would each miss the other's versions. */
function refuseShared({ directory, ledger }: SurveyedDirectory, others: readonly SurveyedDirectory[]): void {
  const other = others.find((each) => each.ledger.table === ledger.table);
  if (other === undefined) return;
  throw new UserError("ledger-shared", `${other.directory} and ${directory} have one ledger, ${ledger.table}.`, {
    details: ["Each would take the other's versions for files that are missing."],
    hint: "give one of them a ledger of its own: ledger: { table: schema.table } in the config.",
  });
}

/** What could not be read among the migrations may be one of them. */
function unreadableIn({ directory, problems }: Discovered): readonly PlanProblem[] {
  return problems
    .filter(({ kind }) => kind === "unreadable")
    .map(({ path, message }) => ({
      code: "unreadable-file",
      directory,
      version: null,
      message: `${path} ${message}`,
      hint: "make it a plain file that this user can read, or take it out of the directory.",
      allow: null,
      allowed: false,
    }));
}

/** The pending ones up to a version, which must be one of them or the newest that is applied. */
function upTo(
  target: string | null,
  directories: readonly SurveyedDirectory[],
  pending: readonly PendingMigration[],
): readonly PendingMigration[] {
  if (target === null) return pending;
  const [only, ...more] = directories;
  if (only === undefined || more.length > 0) {
    throw new UserError("target-ambiguous", "--target-version is about one directory, and there are several.", {
      details: [`Found: ${list(directories.map(({ directory }) => directory))}.`],
      hint: "name the directory.",
    });
  }
  const { order } = layoutOf(only.layout);
  // Its own command was told.
  if (only.program?.sqlCommand != null) return pending;
  if (only.program !== null) refuseUntold({ key: "apply-command", command: only.program.applyCommand }, target);
  const meant = meantBy(target, only);
  const at = only.entries.findIndex(({ migration, version }) => migration !== null && isSame(order, version, meant));
  if (at === -1) {
    throw new UserError("target-unknown", `There is no migration ${target} in ${only.directory}.`, {
      hint: "lockkeeper status lists the versions.",
    });
  }
  const until = new Set(only.entries.slice(0, at + 1).map(({ migration }) => migration));
  const wanted = pending.filter(({ migration }) => until.has(migration));
  const applied = only.entries.slice(at + 1).find(({ standing }) => standing === "applied");
  if (wanted.length === 0 && applied !== undefined) {
    throw new UserError("target-behind", `The database is past version ${target}: ${applied.version} is applied.`, {
      hint: "lockkeeper rollback goes back to a version.",
    });
  }
  return wanted;
}

/** The version that a person means by its number alone, where versions are whole names and only one begins with it; otherwise as it was said. */
export function meantBy(target: string, { layout, entries }: Pick<SurveyedDirectory, "layout" | "entries">): string {
  if (!layoutOf(layout).versionsAreNames || !/^\d+$/.test(target)) return target;
  const numbered = entries.filter(({ version }) => {
    const number = /^\d+/.exec(version)?.[0];
    return number !== undefined && BigInt(number) === BigInt(target);
  });
  return numbered.length === 1 ? (numbered[0]?.version ?? target) : target;
}

/** Whether two spellings are one version. */
export function isSame(order: (version: string) => bigint | string, one: string, other: string): boolean {
  try {
    return order(one) === order(other);
  } catch {
    return one === other;
  }
}

function onlyPrinted(path: string): UserError {
  return new UserError("sql-command-not-deployed", `${path} has a sql-command: its own tool deploys it.`, {
    hint: "leave the directory out, and check judges what the command prints; or say with apply-command how the tool applies it.",
  });
}

function directoriesOf(
  { directories, layout, withoutPrograms = false }: SurveyRequest,
  { config, path: configPath }: Settings,
  workspace: Workspace,
): ReadonlyMap<string, Discovered> {
  const configured = config.migrations
    .filter(({ dialect, sqlCommand, applyCommand }) => {
      return dialect === "postgresql" && (applyCommand === null ? sqlCommand === null : !withoutPrograms);
    })
    .map(({ directory }) => directory);
  const left = config.migrations.find(({ applyCommand }) => applyCommand !== null);
  if (withoutPrograms && left !== undefined && directories.length + configured.length === 0) {
    throw leftToItsTool(left.directory);
  }
  const usual = usualDirectories.filter((directory) => workspace.look(directory).kind === "directory");
  const asked = directories.length > 0 ? directories : configured.length > 0 ? configured : usual;
  if (asked.length === 0) throw nothingAsked();
  const namedIn = directories.length === 0 && configured.length > 0 ? configPath : null;
  const found = new Map<string, Discovered>();
  for (const path of asked) {
    const at = { path, namedIn, workspace };
    const listing = workspace.look(path);
    if (listing.kind === "missing") throw missing(at);
    if (listing.kind === "unreadable") throw unreadable(at, listing.why);
    if (listing.kind === "file") {
      throw new UserError("path-not-directory", `${path} is a file: a ledger is about a whole directory.`, {
        hint: "name the directory, and --target-version for how far to go.",
      });
    }
    const set = config.migrations.find((each) => each.directory === path);
    if (set !== undefined && set.dialect !== "postgresql") {
      throw new UserError(
        "dialect-not-deployed",
        `${path} holds ${set.dialect}; Lockkeeper deploys PostgreSQL alone.`,
        {
          hint: "leave the directory out; check reads it.",
        },
      );
    }
    if (set?.applyCommand != null && withoutPrograms) throw leftToItsTool(path);
    if (set?.sqlCommand != null) {
      if (set.applyCommand === null) throw onlyPrinted(path);
      found.set(path, { directory: path, layout: "plain", migrations: [], problems: [], ignored: [] });
      continue;
    }
    const target = {
      directory: path,
      only: null,
      layout: layout ?? set?.layout ?? null,
      dialect: "postgresql",
    } as const;
    const discovered = find({ ...target, appliedBy: "lockkeeper" }, workspace);
    if (discovered === null) throw noMigrations(at);
    found.set(path, discovered);
  }
  return found;
}
