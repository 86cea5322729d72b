import { type Config, defaultAppliedBy, defaultConfig, type Layout, type PostgresVersion } from "../config/config.ts";
import { parseConfig } from "../config/parse.ts";
import { UserError } from "../errors.ts";
import { baseName, directoryOf, join } from "../migrations/discover.ts";
import type { Workspace } from "../ports.ts";
import { buildReport } from "../report/build.ts";
import type { Report } from "../report/report.ts";
import { rules } from "../rules/index.ts";
import { canBeTurnedOff } from "../rules/rule.ts";
import { type Grammar, openGrammar } from "../sql/postgres.ts";
import { list, nearest } from "../text.ts";
import { judgeDirectory, type Target } from "./judge.ts";

/** What the user asked of `lockkeeper check`. */
export interface CheckRequest {
  /** Directories and files; empty: what the config names, or the usual directories. */
  readonly paths: readonly string[];
  readonly config: string | null;
  readonly layout: Layout | null;
  readonly postgres: PostgresVersion | null;
}

/** Where migrations are looked for when neither a path nor a config says so. */
const usualDirectories = ["migrations", "db/migrations", "database/migrations", "sql/migrations"];

/** Pending SQL → risk → findings → verdict, as a report. Throws UserError where the request itself is wrong. */
export async function check(request: CheckRequest, { workspace }: { workspace: Workspace }): Promise<Report> {
  const source = await workspace.config(request.config);
  const known = rules.map((rule) => ({ id: rule.id, canBeTurnedOff: canBeTurnedOff(rule) }));
  const written = source === null ? defaultConfig : parseConfig(source, { rules: known });
  const config: Config = { ...written, postgres: request.postgres ?? written.postgres };
  let opened: Grammar | null = null;
  const grammar = (): Grammar => {
    opened ??= openGrammar();
    return opened;
  };
  const judged = [];
  const ignored: string[] = [];
  for (const target of targets(request, config, workspace)) {
    const directory = await judgeDirectory(target, { workspace, config, grammar });
    judged.push(...directory.migrations);
    ignored.push(...directory.ignored);
  }
  if (judged.length === 0) throw nothingToCheck(request, config);
  return buildReport(judged, ignored);
}

/** Files of one directory are one target, so that they share its history. */
function targets({ paths, layout }: CheckRequest, config: Config, workspace: Workspace): Target[] {
  const asked = paths.length > 0 ? paths.map(tidy) : unasked(config, workspace);
  const wanted = new Map<string, Set<string> | null>();
  for (const path of asked) {
    const listing = workspace.look(path);
    switch (listing.kind) {
      case "directory":
        wanted.set(path, null);
        break;
      case "file": {
        const directory = directoryOf(path);
        if (wanted.get(directory) === null && wanted.has(directory)) break;
        wanted.set(directory, (wanted.get(directory) ?? new Set()).add(path));
        break;
      }
      case "missing":
        throw missing(path, workspace);
      case "unreadable":
        throw new UserError("path-unreadable", `${path} cannot be read.`, { details: [`It ${listing.why}.`] });
    }
  }
  return [...wanted].map(([directory, only]) => {
    const set = config.migrations.find((each) => each.directory === directory);
    return { directory, only, layout: layout ?? set?.layout ?? null, appliedBy: set?.appliedBy ?? defaultAppliedBy };
  });
}

function unasked(config: Config, workspace: Workspace): readonly string[] {
  if (config.migrations.length > 0) return config.migrations.map(({ directory }) => directory);
  const usual = usualDirectories.filter((directory) => workspace.look(directory).kind === "directory");
  if (usual.length > 0) return usual;
  throw new UserError(
    "nothing-to-check",
    "There is nothing to check: no path was given, and no directory of migrations was found.",
    {
      details: [`Looked for: ${usualDirectories.join(", ")}.`, "Checked: 0 files"],
      hint: "name the directory (lockkeeper check path/to/migrations), or set migrations: in .github/lockkeeper.yml.",
    },
  );
}

function tidy(path: string): string {
  const slashes = path.replace(/\/+$/, "").replace(/^(?:\.\/+)+/, "");
  if (path.startsWith("/") && slashes === "") return "/";
  return slashes === "" ? "." : slashes;
}

/** Names the first part of the path that is not there, and the name nearest to it that is. */
function missing(path: string, workspace: Workspace): UserError {
  let absent = path;
  while (directoryOf(absent) !== absent && workspace.look(directoryOf(absent)).kind === "missing")
    absent = directoryOf(absent);
  const parent = directoryOf(absent);
  const listing = workspace.look(parent);
  const names = listing.kind === "directory" ? listing.entries.map(({ name }) => name) : [];
  const meant = nearest(baseName(absent), names);
  return new UserError("path-missing", `There is no ${absent}.`, {
    details: absent === path ? [] : [`It was asked for in ${path}.`],
    hint: meant === null ? "name a directory of migrations or an SQL file." : `did you mean ${join(parent, meant)}?`,
  });
}

function nothingToCheck({ paths }: CheckRequest, config: Config): UserError {
  const looked = paths.length > 0 ? paths : config.migrations.map(({ directory }) => directory);
  const where = looked.length === 0 ? "" : ` in ${list(looked)}`;
  return new UserError("nothing-to-check", `There are no migrations${where}.`, {
    details: ["Checked: 0 files"],
    hint: "name the directory that holds the .sql files; sub-directories are not searched.",
  });
}
