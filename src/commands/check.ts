import {
  type Config,
  defaultAppliedBy,
  defaultConfig,
  defaultDialect,
  type FailOn,
  type Layout,
  type PostgresVersion,
} from "../config/config.ts";
import { parseConfig } from "../config/parse.ts";
import { directoryOf } from "../migrations/discover.ts";
import type { Commands, Tree, Workspace } from "../ports.ts";
import { reportBuilder } from "../report/build.ts";
import type { Report } from "../report/report.ts";
import { rules } from "../rules/index.ts";
import { canBeTurnedOff } from "../rules/rule.ts";
import { activeRules } from "../rules/run.ts";
import { type Grammar, grammarFor, openGrammar } from "../sql/postgres.ts";
import { judgeGenerated } from "./generated.ts";
import { judgeDirectory } from "./judge.ts";
import type { Target } from "./target.ts";
import { missing, noMigrations, nothingAsked, notSql, unreadable, usualDirectories } from "./wrong-path.ts";

/** What the user asked of `lockkeeper check`. */
export interface CheckRequest {
  /** Directories and files, written as the config writes directories; none: what the config names, or the usual directories. */
  readonly paths: readonly string[];
  readonly config: string | null;
  readonly layout: Layout | null;
  readonly postgres: PostgresVersion | null;
  /** From which risk on approval is needed, in place of what the config says. Left out or null: as the config says. */
  readonly failOn?: FailOn | null;
}

export interface CheckPorts {
  readonly workspace: Workspace;
  /** What counts as applied: only what is not in this commit is judged, as one set. Left out or null: each migration is. */
  readonly base?: Tree | null;
  /** Runs the sql-command of a directory. Left out or null: none is run, and a directory that has one cannot be checked. */
  readonly commands?: Commands | null;
}

/** Pending SQL → risk → findings → verdict, as a report. Throws UserError where the request itself is wrong. */
export async function check(
  request: CheckRequest,
  { workspace, base = null, commands = null }: CheckPorts,
): Promise<Report> {
  const source = await workspace.config(request.config);
  const known = rules.map((rule) => ({ id: rule.id, canBeTurnedOff: canBeTurnedOff(rule) }));
  const written = source === null ? defaultConfig : parseConfig(source, { rules: known });
  const config: Config = {
    ...written,
    postgres: request.postgres ?? written.postgres,
    policy: { ...written.policy, failOn: request.failOn ?? written.policy.failOn },
  };
  let opened: Grammar | null = null;
  const grammar = (): Grammar => {
    opened ??= openGrammar(grammarFor(config.postgres));
    return opened;
  };
  const active = activeRules(rules, config);
  const report = reportBuilder({ postgres: config.postgres, config: source?.path ?? null, base: base?.commit ?? null });
  const { asked, namedIn } = pathsOf(request, { config, configPath: source?.path ?? null, workspace });
  for (const target of targets(asked, { request, config, namedIn, workspace })) {
    const context = { workspace, base, config, rules: active, grammar, report };
    const { sqlCommand } = target;
    if (sqlCommand !== null) {
      await judgeGenerated({ ...target, sqlCommand }, { ...context, commands });
      continue;
    }
    const found = await judgeDirectory(target, context);
    // Not even beside others: a directory that everybody believes to be checked must not be empty in silence.
    if (!found) throw noMigrations({ path: target.directory, namedIn, workspace });
  }
  return report.build();
}

interface Asked {
  readonly asked: readonly string[];
  /** The config that names them; null where the user does, or nobody. */
  readonly namedIn: string | null;
}

function pathsOf(
  { paths }: CheckRequest,
  { config, configPath, workspace }: { config: Config; configPath: string | null; workspace: Workspace },
): Asked {
  if (paths.length > 0) return { asked: paths, namedIn: null };
  if (config.migrations.length > 0) {
    return { asked: config.migrations.map(({ directory }) => directory), namedIn: configPath };
  }
  const usual = usualDirectories.filter((directory) => workspace.look(directory).kind === "directory");
  if (usual.length === 0) throw nothingAsked();
  return { asked: usual, namedIn: null };
}

interface CheckTarget extends Target {
  /** Prints its SQL; null: its files are the SQL. */
  readonly sqlCommand: string | null;
}

interface TargetContext {
  readonly request: CheckRequest;
  readonly config: Config;
  readonly namedIn: string | null;
  readonly workspace: Workspace;
}

/** How SQL that is no file is asked for: it has no directory, and no history. */
export const standardInput = "-";

/** Files of one directory are one target, so that they share its history. */
function targets(asked: readonly string[], { request, config, namedIn, workspace }: TargetContext): CheckTarget[] {
  const wanted = new Map<string, Set<string> | null>();
  for (const path of asked) {
    const listing = workspace.look(path);
    const at = { path, namedIn, workspace };
    switch (listing.kind) {
      case "directory":
        wanted.set(path, null);
        break;
      case "file": {
        if (path === standardInput) {
          wanted.set(path, new Set([path]));
          break;
        }
        if (!path.toLowerCase().endsWith(".sql")) throw notSql(at);
        const directory = directoryOf(path);
        if (wanted.get(directory) === null && wanted.has(directory)) break;
        wanted.set(directory, (wanted.get(directory) ?? new Set()).add(path));
        break;
      }
      case "missing":
        throw missing(at);
      case "unreadable":
        throw unreadable(at, listing.why);
    }
  }
  return [...wanted].map(([directory, only]) => {
    const set = config.migrations.find((each) => each.directory === directory);
    const layout = request.layout ?? set?.layout ?? null;
    const { appliedBy = defaultAppliedBy, dialect = defaultDialect } = set ?? {};
    // A file that is asked for by its name is read as what it is.
    const sqlCommand = only === null ? (set?.sqlCommand ?? null) : null;
    return { directory, only, layout, appliedBy, dialect, sqlCommand };
  });
}
