import type { Layout as LayoutId } from "../config/config.ts";
import type { DirectoryEntry } from "../ports.ts";
import { list } from "../text.ts";
import { detectLayout, layoutOf, layouts } from "./layouts/index.ts";
import type { FileName, Layout } from "./layouts/layout.ts";
import type { Discovered, FileProblem, Migration } from "./migration.ts";

interface Found extends FileName {
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
  for (const { name, kind, why } of entries) {
    const path = join(directory, name);
    const read = layout?.read(name) ?? null;
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
    else if (read !== null) found.push({ ...read, path });
    else problems.push({ kind: "unrecognised", path, message: notTaken(name, layout) });
  }
  if (layout === null)
    return problems.some(({ kind }) => kind === "unreadable")
      ? { directory, layout: "plain", migrations: [], problems, ignored }
      : null;
  const migrations = pair(found, layout, problems);
  return { directory, layout: layout.id, migrations, problems, ignored };
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
    if (kind === "file") ignored.push(path);
    if (kind === "refused")
      problems.push({ kind: "unreadable", path, message: `${why ?? "cannot be read"}: nothing of it was read.` });
    if (kind !== "directory") continue;
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
      if (script.kind === "file") found.push({ ...read, direction, path: scriptPath });
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
        message: `holds no ${layout.inside?.up ?? "script"}, so it is never applied.`,
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
function pair(found: readonly Found[], layout: Layout, problems: FileProblem[]): Migration[] {
  const byVersion = new Map<bigint | string, Found[]>();
  for (const file of found) {
    const order = layout.order(file.version);
    const same = byVersion.get(order);
    if (same === undefined) byVersion.set(order, [file]);
    else same.push(file);
  }
  const migrations: Migration[] = [];
  for (const [, files] of [...byVersion].sort(([a], [b]) => (a < b ? -1 : 1))) {
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
