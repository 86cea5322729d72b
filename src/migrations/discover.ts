import type { Layout as LayoutId } from "../config/config.ts";
import type { DirectoryEntry } from "../ports.ts";
import { list } from "../text.ts";
import { detectLayout, layoutOf, layouts } from "./layouts/index.ts";
import type { FileName, Layout } from "./layouts/layout.ts";
import type { Discovered, FileProblem, Migration } from "./migration.ts";

interface Found extends FileName {
  /** The name of the file or directory in the directory of migrations. */
  readonly entry: string;
  readonly path: string;
}

/**
 * The migrations of a directory, sorted as their tool sorts them. Null when none of the files is a migration in any layout that
 * was asked for. Nothing is left out in silence: what cannot be a migration is a problem or in `ignored`.
 */
export function discover(
  directory: string,
  entries: readonly DirectoryEntry[],
  layoutId: LayoutId | null,
  below: Below = nothingBelow,
): Discovered | null {
  const names = entries.filter(({ kind, name }) => kind === "file" && isSql(name)).map(({ name }) => name);
  const byText = (name: string): string => below.text(join(directory, name)) ?? "";
  const layout =
    layoutId === null
      ? (detectLayout(names, directory, byText) ?? layoutOfDirectories(directory, entries, below))
      : layoutOf(layoutId);
  const problems: FileProblem[] = [];
  const ignored: string[] = [];
  const found: Found[] = [];
  if (layout?.inside != null) {
    found.push(...scriptsInside(directory, entries, layout, { below, problems, ignored }));
    return { directory, layout: layout.id, migrations: pair(found, layout, problems), problems, ignored };
  }
  const journal = journalOf(directory, layout, below);
  for (const { name, kind, why, path } of placesIn(directory, entries, { layout, below, ignored })) {
    const read = layout?.read(name) ?? (journal?.includes(name) === true ? unnumbered(name) : null);
    if (!isSql(name) && read === null) {
      if (kind === "file") ignored.push(path);
    } else if (kind === "refused")
      problems.push({ kind: "unreadable", path, message: `${why ?? "cannot be read"}: nothing of it was read.` });
    else if (kind === "directory")
      problems.push({
        kind: "unreadable",
        path,
        message: "is a directory with the name of an SQL file: nothing of it was read.",
      });
    else if (journal !== null && !journal.includes(name))
      problems.push({
        kind: "unrecognised",
        path,
        message: `is not in ${layout?.journal?.path}, so it is never applied.`,
      });
    else if (read !== null) found.push({ ...read, entry: name, path });
    else problems.push({ kind: "unrecognised", path, message: notTaken(name, layout) });
  }
  if (layout === null)
    return problems.some(({ kind }) => kind === "unreadable")
      ? { directory, layout: "plain", migrations: [], problems, ignored }
      : null;
  for (const name of journal ?? []) {
    if (entries.some((entry) => entry.name === name)) continue;
    const message = `is in ${layout.journal?.path} and not there: ${layout.tool} applies nothing.`;
    problems.push({ kind: "unreadable", path: join(directory, name), message });
  }
  const migrations = pair(inOrderOf(journal, found), layout, problems, journal);
  return { directory, layout: layout.id, migrations, problems, ignored };
}

interface Place extends DirectoryEntry {
  readonly path: string;
}

/** What is to be looked at: the entries, and what lies below them where the tool looks there too. Other directories with SQL are named. */
function placesIn(
  directory: string,
  entries: readonly DirectoryEntry[],
  of: { readonly layout: Layout | null; readonly below: Below; readonly ignored: string[] },
): readonly Place[] {
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.kind !== "directory" || isSql(entry.name)) return [{ ...entry, path }];
    const inside = of.below.entries(path);
    if (of.layout?.looksBelow === true) return placesIn(path, inside, of);
    if (inside.some(({ name, kind }) => kind !== "directory" && isSql(name))) of.ignored.push(`${path}/`);
    return [];
  });
}

/** The files that a tool's own list names, in its order; null where the tool keeps none, or it cannot be read. */
function journalOf(directory: string, layout: Layout | null, below: Below): readonly string[] | null {
  if (layout?.journal == null) return null;
  const text = below.text(join(directory, layout.journal.path));
  return text === null ? null : layout.journal.files(text);
}

function unnumbered(name: string): FileName {
  return { version: name.replace(/\.sql$/, ""), name: "", direction: "up" };
}

function inOrderOf(journal: readonly string[] | null, found: readonly Found[]): readonly Found[] {
  return journal === null ? found : found.toSorted((a, b) => journal.indexOf(a.entry) - journal.indexOf(b.entry));
}

/** What lies below the directory, looked at only where a layout needs it. */
export interface Below {
  entries(path: string): readonly DirectoryEntry[];
  /** The text of a file, null when it cannot be had. */
  text(path: string): string | null;
}

const nothingBelow: Below = { entries: () => [], text: () => null };

/** The layout whose scripts stand in the directories below this one; null where there are none. */
function layoutOfDirectories(directory: string, entries: readonly DirectoryEntry[], below: Below): Layout | null {
  for (const { name, kind } of entries) {
    if (kind !== "directory") continue;
    const inside = new Set(below.entries(join(directory, name)).map((entry) => entry.name));
    const layout = layouts.find(
      (each) => each.inside !== null && each.read(name) !== null && inside.has(each.inside.up),
    );
    if (layout !== undefined) return layout;
  }
  return null;
}

function scriptsInside(
  directory: string,
  entries: readonly DirectoryEntry[],
  layout: Layout,
  { below, problems, ignored }: { below: Below; problems: FileProblem[]; ignored: string[] },
): Found[] {
  const found: Found[] = [];
  for (const { name, kind, why } of entries) {
    const path = join(directory, name);
    if (kind === "file" || name.startsWith(".")) ignored.push(path);
    else if (kind === "refused")
      problems.push({ kind: "unreadable", path, message: `${why ?? "cannot be read"}: nothing of it was read.` });
    if (kind !== "directory" || name.startsWith(".")) continue;
    const read = layout.read(name);
    if (read === null) {
      problems.push({
        kind: "unrecognised",
        path,
        message: `is not named as ${layout.tool ?? "a migration"} wants (${layout.example}), so it is never applied.`,
      });
      continue;
    }
    for (const script of below.entries(path)) {
      const scriptPath = join(path, script.name);
      const direction = script.name === layout.inside?.up ? "up" : script.name === layout.inside?.down ? "down" : null;
      if (direction === null) continue;
      if (script.kind === "file") found.push({ ...read, direction, entry: name, path: scriptPath });
      else
        problems.push({
          kind: "unreadable",
          path: scriptPath,
          message: `${script.why ?? "is a directory"}: nothing of it was read.`,
        });
    }
    if (
      !found.some((each) => each.path.startsWith(`${path}/`)) &&
      !problems.some((each) => each.path.startsWith(`${path}/`))
    )
      problems.push({
        kind: "unrecognised",
        path,
        message: `holds no ${layout.inside?.up ?? "script"}: ${layout.tool ?? "its tool"} stops there.`,
      });
  }
  return found;
}

function isSql(name: string): boolean {
  return name.toLowerCase().endsWith(".sql");
}

function notTaken(name: string, layout: Layout | null): string {
  const lower = layout?.read(name.toLowerCase()) ?? null;
  if (lower !== null)
    return `is not taken for a migration because of its upper-case letters; name it ${name.toLowerCase()}.`;
  const missing =
    layout?.hasDowns === true && /^\d+_/.test(name) && !/\.(?:up|down)\./.test(name)
      ? ` Is .up or .down missing before .sql?`
      : "";
  return `is not named as ${layout?.tool ?? "numbered migrations are"}${layout?.tool == null ? "" : " wants"}, so it is never applied.${missing}`;
}

/** Puts up and down scripts together and sorts the versions; two scripts for one place are both problems. */
function pair(
  found: readonly Found[],
  layout: Layout,
  problems: FileProblem[],
  journal: readonly string[] | null = null,
): Migration[] {
  const byVersion = new Map<bigint | string, Found[]>();
  for (const file of found) {
    const version = layout.knowsNames ? file.entry : layout.order(file.version);
    const same = byVersion.get(version);
    if (same === undefined) byVersion.set(version, [file]);
    else same.push(file);
  }
  const groups = [...byVersion.values()];
  const migrations: Migration[] = [];
  for (const files of journal === null ? groups.toSorted(([a], [b]) => inOrder(a, b, layout)) : groups) {
    const ups = files.filter(({ direction }) => direction === "up");
    const downs = files.filter(({ direction }) => direction === "down");
    for (const same of [ups, downs]) if (same.length > 1) problems.push(...duplicates(same));
    // Every up script is judged, also where two claim one version: what they would do is said beside the collision.
    const unclaimed = downs.filter((down) => ups.every(({ name }) => name !== down.name));
    for (const up of ups) {
      const down = downs.find(({ name }) => name === up.name) ?? unclaimed.shift();
      // A file that holds both scripts is its own way back; whether it has one is seen in its text.
      const own = layout.parts !== null && down === undefined && layout.hasDowns ? up.path : null;
      migrations.push({ version: up.version, name: up.name, up: up.path, down: down?.path ?? own });
      if (down === undefined && own === null && layout.hasDowns) {
        problems.push({
          kind: "missing-down",
          path: up.path,
          message: "has no down script: it cannot be rolled back.",
        });
      }
    }
    const alone = ups.length === 0 ? downs[0] : undefined;
    if (alone !== undefined) {
      migrations.push({ version: alone.version, name: alone.name, up: null, down: alone.path });
      problems.push({
        kind: "missing-up",
        path: alone.path,
        message: "is a down script without an up script: nothing applies this version.",
      });
    }
  }
  return migrations;
}

/** Whether the tool applies the one before the other: below zero, as sort() wants it. */
function inOrder(a: Found | undefined, b: Found | undefined, { order, sortsBy }: Layout): number {
  if (a === undefined || b === undefined) return 0;
  switch (sortsBy) {
    case "bytes":
      return compare(a.entry, b.entry);
    case "dictionary":
      return a.entry.localeCompare(b.entry, "en") || compare(a.entry, b.entry);
    case "version":
      return compare(order(a.version), order(b.version)) || a.entry.localeCompare(b.entry, "en", { numeric: true });
  }
}

function compare(a: bigint | string, b: bigint | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function duplicates(files: readonly Found[]): FileProblem[] {
  return files.map((file) => {
    const others = files.filter((other) => other !== file).map(({ path }) => baseName(path));
    const message = `has version ${file.version}, and so ${others.length === 1 ? "has" : "have"} ${list(others)}: no tool can tell which comes first.`;
    return { kind: "duplicate-version", path: file.path, message };
  });
}

export function join(directory: string, name: string): string {
  return directory === "." || directory === "" ? name : `${directory.replace(/\/+$/, "")}/${name}`;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The directory part of a path, "." when it has none. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "." : slash === 0 ? "/" : path.slice(0, slash);
}
