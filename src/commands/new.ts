import { type Config, defaultConfig, type Layout as LayoutId } from "../config/config.ts";
import { parseConfig } from "../config/parse.ts";
import { UserError } from "../errors.ts";
import { type Below, baseName, directoryOf, discover, join } from "../migrations/discover.ts";
import { layoutOf, layouts } from "../migrations/layouts/index.ts";
import type { Layout } from "../migrations/layouts/layout.ts";
import type { Discovered } from "../migrations/migration.ts";
import { newFiles } from "../migrations/new-files.ts";
import { firstVersion, nextVersion } from "../migrations/next-version.ts";
import type { DirectoryEntry, Maker, NewFile, Workspace } from "../ports.ts";
import { rules } from "../rules/index.ts";
import { canBeTurnedOff } from "../rules/rule.ts";
import { list } from "../text.ts";
import { fileNameOf } from "./file-name.ts";
import { below } from "./target.ts";
import { inWords, unreadable, usualDirectories } from "./wrong-path.ts";

/** What the user asked of `lockkeeper new`. */
export interface NewRequest {
  readonly name: string;
  /** Written as the config writes directories; null: what the config names, or the usual directory. */
  readonly directory: string | null;
  readonly config: string | null;
  readonly layout: LayoutId | null;
}

/** The files that were made, and what was decided without being asked. */
export interface NewMigration {
  readonly paths: readonly string[];
  readonly notes: readonly string[];
}

/** Writes the next migration of a directory in the directory's own layout and numbering. Throws UserError where it cannot. */
export async function newMigration(
  request: NewRequest,
  { workspace, maker, now }: { workspace: Workspace; maker: Maker; now: Date },
): Promise<NewMigration> {
  const source = await workspace.config(request.config);
  const known = rules.map((rule) => ({ id: rule.id, canBeTurnedOff: canBeTurnedOff(rule) }));
  const config = source === null ? defaultConfig : parseConfig(source, { rules: known });
  const directory = request.directory ?? directoryIn(config, workspace);
  const entries = entriesOf(directory, workspace);
  const asked = request.layout ?? config.migrations.find((each) => each.directory === directory)?.layout ?? null;
  const found = discover(directory, entries, asked, below(workspace));
  const isEmpty = found === null || found.migrations.length === 0;
  if (isEmpty && asked === null) refuseUnknown(directory, entries);
  const layout = isEmpty ? layoutOf(asked ?? emptyLayout(directory)) : layoutOf(found.layout);
  const name = fileNameOf(request.name, layout.id);
  const version = versionAfter(entries, { layout, found, now });
  const files = newFiles(layout.id, directory, { version, name, beside: isEmpty ? null : found });
  if (files === null) throw onlyByTool(layout, name);
  mustBeNewest(files, { directory, entries, layout, version, below: below(workspace) });
  const made = maker.make(files);
  switch (made.kind) {
    case "made":
      return {
        paths: files.map(({ path }) => path),
        notes: isEmpty && asked === null ? [whichLayout(directory, layout)] : [],
      };
    case "exists":
      throw new UserError("file-exists", `${made.path} is there already; nothing was written.`, {
        hint: "run it again: the next version is looked for anew.",
      });
    case "refused":
      throw new UserError("file-not-written", `${made.path} could not be written; nothing was.`, {
        details: [`It ${made.why}.`],
        hint: "make the directory writable for this user, or name another with --directory.",
      });
  }
}

function directoryIn({ migrations }: Config, workspace: Workspace): string {
  const named = migrations.map(({ directory }) => directory);
  const usual = usualDirectories.filter((directory) => workspace.look(directory).kind === "directory");
  const [first, ...more] = named.length > 0 ? named : usual;
  if (more.length === 0) return first ?? usualDirectories[0] ?? "migrations";
  const all = [first ?? "", ...more];
  throw new UserError("directory-ambiguous", `There are ${all.length} directories of migrations: ${list(all)}.`, {
    hint: `say which with --directory ${all[0]}.`,
  });
}

function entriesOf(directory: string, workspace: Workspace): readonly DirectoryEntry[] {
  const listing = workspace.look(directory);
  switch (listing.kind) {
    case "directory":
      return listing.entries;
    case "missing":
      return [];
    case "file":
      throw new UserError("directory-invalid", `${directory} is a file.`, {
        hint: `name the directory: --directory ${directoryOf(directory)}.`,
      });
    case "unreadable":
      throw unreadable({ path: directory, namedIn: null, workspace }, listing.why);
  }
}

/** SQL files whose names no layout takes: the next one of them is anybody's guess. */
function refuseUnknown(directory: string, entries: readonly DirectoryEntry[]): void {
  const sql = entries.filter(({ name, kind }) => kind === "file" && name.toLowerCase().endsWith(".sql"));
  if (sql.length === 0) return;
  throw new UserError("layout-unknown", `None of the SQL files in ${inWords(directory)} has the name of a migration.`, {
    details: [`Found: ${list(sql.slice(0, 3).map(({ name }) => name))}${sql.length > 3 ? ", …" : ""}.`],
    hint: "say with --layout how the new one is to be named.",
  });
}

/** golang-migrate's, but where the directory's own name says whose it is. */
function emptyLayout(directory: string): LayoutId {
  return layouts.find(({ isMine }) => isMine?.(directory, "") === true)?.id ?? "golang-migrate";
}

function versionAfter(
  entries: readonly DirectoryEntry[],
  { layout, found, now }: { layout: Layout; found: Discovered | null; now: Date },
): string {
  const counted = (version: string): string =>
    layout.versionsAreNames ? (/^\d+/.exec(version)?.[0] ?? version) : version;
  // A file that only lacks its .up, or that cannot be read, has taken its number all the same.
  const numbered = entries.flatMap(({ name }) => {
    const version = layout.read(name)?.version ?? /^(\d+)[_\-. ].*\.sql$/is.exec(name)?.[1];
    return version === undefined || !/^\d/.test(version) ? [] : [counted(version)];
  });
  // Flyway's may lie in the directories below.
  const below = found?.migrations.map(({ version }) => version).filter((version) => /^\d/.test(version)) ?? [];
  const sorted = [...numbered, ...below.map(counted)].toSorted((a, b) => (layout.order(a) < layout.order(b) ? -1 : 1));
  const newest = sorted.at(-1);
  if (newest === undefined) return firstVersion(layout.id, now);
  // diesel's own first migration, and Prisma's 0_init, are no example of how a person's are numbered.
  if (/^0+$/.test(newest) && (newest.length > 6 || layout.inside !== null)) return firstVersion(layout.id, now);
  const next = nextVersion(newest, now, (version) => layout.order(version) > layout.order(newest));
  const isUnderscored = found?.migrations.at(-1)?.up?.includes(`V${newest.replaceAll(".", "_")}__`) === true;
  return layout.id === "flyway" && isUnderscored ? next.replaceAll(".", "_") : next;
}

function onlyByTool({ tool }: Layout, name: string): UserError {
  return new UserError("layout-generated", `${tool} keeps a journal of its files: only it can add one.`, {
    details: ["A file that is not in meta/_journal.json is never applied."],
    hint: `run npx drizzle-kit generate --custom --name ${name}, and write the SQL into the file that it makes.`,
  });
}

/** Looks at the directory as it would be: what is written must be found again, whole, and as the newest. */
function mustBeNewest(
  files: readonly NewFile[],
  of: {
    readonly directory: string;
    readonly entries: readonly DirectoryEntry[];
    readonly layout: Layout;
    readonly version: string;
    readonly below: Below;
  },
): void {
  const { directory, entries, layout, version } = of;
  const isInside = layout.inside !== null;
  const names = new Set(files.map(({ path }) => baseName(isInside ? directoryOf(path) : path)));
  const added = [...names].map((name): DirectoryEntry => ({ name, kind: isInside ? "directory" : "file", why: null }));
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const later = discover(directory, [...entries, ...added], layout.id, {
    entries: (path) =>
      files
        .filter((file) => isInside && directoryOf(file.path) === path)
        .map(({ path: script }): DirectoryEntry => ({ name: baseName(script), kind: "file", why: null }))
        .concat(names.has(baseName(path)) && path === join(directory, baseName(path)) ? [] : of.below.entries(path)),
    text: (path) => texts.get(path) ?? of.below.text(path),
  });
  // Flyway's repeatable ones come after every version, whatever it is.
  const newest = later?.migrations.findLast((each) => !each.version.startsWith("R__"));
  const told = new Set(later?.problems.map(({ path }) => path));
  const taken = [newest?.up, newest?.down];
  if (files.every(({ path }) => taken.includes(path) && !told.has(path))) return;
  throw new UserError(
    "version-not-newest",
    `The next version, ${version}, would not come last in ${inWords(directory)}.`,
    {
      details: [`${layout.tool ?? "The layout"} would sort it elsewhere, or not take ${files[0]?.path ?? "it"}.`],
      hint: "name the new file by hand, or say with --layout how it is to be named.",
    },
  );
}

function whichLayout(directory: string, { id, tool }: Layout): string {
  const others = layouts.map((layout) => layout.id).filter((each) => each !== id && each !== "drizzle");
  return `There was no migration in ${inWords(directory)} yet; this one is named for ${tool ?? id}. Another layout: --layout ${others.join(", ")}.`;
}
