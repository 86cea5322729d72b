import { readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, resolve, sep } from "node:path";
import { codeOf, oneLine, special, whyUnreadable } from "./reasons.ts";

/** Where a symbolic link leads, if it may be followed. */
export type Followed =
  | { readonly kind: "file" | "directory"; readonly real: string }
  | { readonly kind: "refused"; readonly why: string };

/**
 * Follows the link of this absolute path, if it stays inside its own directory. Not to the directory itself: whoever walks
 * the tree would never come to an end.
 */
export function followLink(path: string): Followed {
  const refused = (why: string): Followed => ({ kind: "refused", why: `is a symbolic link ${why}` });
  try {
    const directory = realpathSync.native(dirname(path));
    const real = realpathSync.native(resolve(directory, basename(path)));
    if (real === directory) return refused("that leads back to its own directory");
    if (!isInside(directory, real)) return refused(`that leads out of the directory (to ${targetOf(path)})`);
    const target = statSync(real);
    if (target.isFile()) return { kind: "file", real };
    if (target.isDirectory()) return { kind: "directory", real };
    return refused(`to ${special(target)}`);
  } catch (error) {
    switch (codeOf(error)) {
      case "ENOENT":
      case "ENOTDIR":
        return refused(`that leads nowhere (to ${targetOf(path)})`);
      case "ELOOP":
        return { kind: "refused", why: whyUnreadable(error) };
      default:
        return refused(`whose target ${whyUnreadable(error)}`);
    }
  }
}

/** Why a path that is written as one inside the project is elsewhere in truth; null where it is not. Absolute paths only. */
export type Fence = (path: string) => string | null;

/**
 * A pull request can put a symbolic link where the project has a directory, and what lies behind it would be printed. So what is
 * inside the project by its name must be so in truth. A path outside by its name was named by whoever started the command.
 */
export function fenceOf(cwd: string): Fence {
  let root: string | null = null;
  const answers = new Map<string, string | null>();
  const ask: Fence = (path) => {
    if (!isInside(cwd, path)) return null;
    try {
      root ??= realpathSync.native(cwd);
      const real = realpathSync.native(path);
      return isInside(root, real)
        ? null
        : `is reached by a symbolic link that leads out of the project (to ${oneLine(real)})`;
    } catch (error) {
      // What cannot be followed cannot be read either: the reading says why.
      if (codeOf(error) === "") throw error;
      return null;
    }
  };
  return (path) => {
    let answer = answers.get(path);
    if (answer === undefined) {
      answer = ask(path);
      answers.set(path, answer);
    }
    return answer;
  };
}

function isInside(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}

/** The text of the link, as `ls -l` shows it. */
function targetOf(path: string): string {
  try {
    return oneLine(readlinkSync(path));
  } catch (error) {
    return whyUnreadable(error);
  }
}
