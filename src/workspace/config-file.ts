import { lstatSync, readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { UserError } from "../errors.ts";
import type { ConfigSource } from "../ports.ts";
import { nearest, printable } from "../text.ts";
import { readRegular } from "./files.ts";
import type { Fence } from "./links.ts";
import { codeOf, isMissing, whyUnreadable } from "./reasons.ts";

/** Where a config file is looked for when none is named. */
export const usualPlaces = [".github/lockkeeper.yml", ".github/lockkeeper.yaml"] as const;

/** The largest config file that is read. */
export const maxConfigBytes = 1024 * 1024;

interface Place {
  readonly root: string;
  /** Null: the usual places. */
  readonly path: string | null;
  readonly fence: Fence;
}

/** The config file at this place; null when none is named and there is none. Throws UserError: missing, ambiguous, unreadable. */
export async function openConfig(place: Place): Promise<ConfigSource | null> {
  const path = place.path === null ? usualPath(place.root) : namedPath(place.root, place.path);
  if (path === null) return null;
  const bytes = readConfig(resolve(place.root, path), path, place.fence);
  const { configSource } = await import("./yaml.ts");
  return configSource({ path, bytes });
}

function usualPath(root: string): string | null {
  const there = usualPlaces.filter((path) => exists(root, path));
  if (there.length < 2) return there[0] ?? null;
  throw new UserError("config-ambiguous", `There are two config files: ${there.join(" and ")}.`, {
    hint: "keep one of them, or name the one to use with --config.",
  });
}

function namedPath(root: string, named: string): string {
  const path = named.split(sep).join("/");
  if (exists(root, path)) return path;
  throw new UserError("config-missing", `There is no config file ${printable(path)}.`, {
    hint: whatElse(root, path),
  });
}

function whatElse(root: string, path: string): string {
  const directory = dirname(path);
  const beside = filesIn(resolve(root, directory));
  if (beside === null) return `check the path: there is no directory ${printable(directory)}.`;
  const near = nearest(basename(path), beside);
  if (near !== null) return `did you mean ${printable(join(directory, near).split(sep).join("/"))}?`;
  const usual = usualPlaces.find((one) => exists(root, one));
  return usual === undefined
    ? "write the file, or leave --config out to check with the defaults."
    : `leave --config out: ${usual} is found by itself.`;
}

/** Whether anything is there, be it a link that leads nowhere: a config that cannot be read must not pass for none. */
function exists(root: string, path: string): boolean {
  try {
    lstatSync(resolve(root, path));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw unusable(path, whyUnreadable(error));
  }
}

function filesIn(directory: string): readonly string[] | null {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [] : [entry.name],
    );
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return null;
  }
}

/** Unlike a migration, the config may be a link to anywhere in the project. */
function readConfig(full: string, path: string, fence: Fence): Uint8Array {
  const out = fence(full);
  if (out !== null) throw unusable(path, out);
  let real: string;
  try {
    real = realpathSync.native(full);
  } catch (error) {
    throw unusable(path, isMissing(error) ? "is a symbolic link that leads nowhere" : whyUnreadable(error));
  }
  const content = readRegular(real, maxConfigBytes);
  if (content === "link") throw unusable(path, "changed while it was read");
  if (content.kind === "unreadable") throw unusable(path, content.why);
  return content.bytes;
}

function unusable(path: string, why: string): UserError {
  return new UserError("config-unreadable", `The config file ${printable(path)} ${why}.`, {
    hint: "put a readable YAML file there, or name another with --config.",
  });
}
