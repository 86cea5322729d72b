import { UserError } from "../errors.ts";
import { baseName, directoryOf, join } from "../migrations/discover.ts";
import type { Workspace } from "../ports.ts";
import { nearest } from "../text.ts";

/** Where migrations are looked for when neither a path nor a config says so. */
export const usualDirectories: readonly string[] = [
  "migrations",
  "db/migrations",
  "database/migrations",
  "sql/migrations",
];

/** A path that was asked for, and what is needed to say what is wrong with it. */
export interface AskedPath {
  readonly path: string;
  /** The config file that names it; null where the user does, or nobody. */
  readonly namedIn: string | null;
  readonly workspace: Workspace;
}

/** Names the first part of the path that is not there, and the name nearest to it that is. */
export function missing({ path, namedIn, workspace }: AskedPath): UserError {
  let absent = path;
  while (directoryOf(absent) !== absent && workspace.look(directoryOf(absent)).kind === "missing")
    absent = directoryOf(absent);
  const parent = directoryOf(absent);
  const listing = workspace.look(parent);
  const names = listing.kind === "directory" ? listing.entries.map(({ name }) => name) : [];
  const near = nearest(baseName(absent), names);
  const whole = near === null ? null : join(parent, near) + path.slice(absent.length);
  const meant = whole === null || workspace.look(whole).kind !== "missing" ? whole : join(parent, near ?? "");
  return new UserError("path-missing", `There is no file or directory ${absent}.`, {
    details: [...(absent === path ? [] : [`The path asked for is ${path}.`]), ...named(namedIn)],
    hint: meant === null ? "name a directory of migrations or an SQL file." : `did you mean ${meant}?`,
  });
}

/** A file that is there and holds no SQL by its name. */
export function notSql({ path }: AskedPath): UserError {
  return new UserError("path-not-sql", `${path} is not an SQL file: its name does not end in .sql.`, {
    hint: "name a directory of migrations or an SQL file.",
  });
}

/** A file or directory that is there and cannot be read. */
export function unreadable({ path, namedIn }: AskedPath, why: string): UserError {
  return new UserError("path-unreadable", `${inWords(path)} cannot be read.`, {
    details: [`It ${why.replace(/^cannot be read: /, "cannot be opened: ")}.`, ...named(namedIn)],
    hint: "name a directory of migrations or an SQL file that this user can read, itself and not a link to it.",
  });
}

/** A directory with nothing in it to check. Names the one below it that was probably meant. */
export function noMigrations({ path, namedIn, workspace }: AskedPath): UserError {
  const listing = workspace.look(path);
  const below = listing.kind === "directory" ? listing.entries.filter(({ kind }) => kind === "directory") : [];
  const meant = [...usualDirectories, ...below.map(({ name }) => name)]
    .map((name) => join(path, name))
    .find((directory) => holdsSql(directory, workspace));
  return new UserError("nothing-to-check", `There are no migrations in ${inWords(path)}.`, {
    details: ["Checked: 0 files", ...named(namedIn)],
    hint:
      meant === undefined
        ? "name the directory that holds the .sql files; sub-directories are not searched."
        : `did you mean ${meant}? Sub-directories are not searched.`,
  });
}

/** Neither a path nor a config nor a directory of a usual name. */
export function nothingAsked(): UserError {
  return new UserError(
    "nothing-to-check",
    "There is nothing to check: no path was given, and no directory of migrations was found.",
    {
      details: [`Looked for: ${usualDirectories.join(", ")}.`, "Checked: 0 files"],
      hint: "name the directory (lockkeeper check path/to/migrations), or set migrations: in .github/lockkeeper.yml.",
    },
  );
}

/** A path at the end of a sentence, where a single dot would not be seen. */
export function inWords(path: string): string {
  return path === "." ? "the current directory" : path;
}

function named(config: string | null): string[] {
  return config === null ? [] : [`It is named in ${config}.`];
}

function holdsSql(directory: string, workspace: Workspace): boolean {
  const listing = workspace.look(directory);
  return (
    listing.kind === "directory" &&
    listing.entries.some(({ name, kind }) => kind === "file" && name.toLowerCase().endsWith(".sql"))
  );
}
