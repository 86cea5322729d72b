import { mkdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Made, Maker, NewFile } from "../ports.ts";
import { lookAt } from "./files.ts";
import { type Fence, fenceOf } from "./links.ts";
import { codeOf, whyUnwritable } from "./reasons.ts";

/** Makes files on disk, seen from the directory in which the command was started. */
export function openMaker(cwd: string): Maker {
  const root = resolve(cwd);
  const fence = fenceOf(root);
  return { make: (files) => makeAll(files, { root, fence }) };
}

/** Half a migration is worse than none: what was made is taken back when the rest cannot be. */
function makeAll(files: readonly NewFile[], { root, fence }: { root: string; fence: Fence }): Made {
  const undo: (() => void)[] = [];
  const takeBack = (made: Made): Made => {
    for (const each of undo.reverse()) each();
    return made;
  };
  for (const { path, text } of files) {
    const full = resolve(root, path);
    const out = fence(nearestThere(dirname(full), fence));
    if (out !== null) return takeBack({ kind: "refused", path, why: out });
    try {
      const first = mkdirSync(dirname(full), { recursive: true });
      if (first !== undefined) undo.push(() => removeEmpty(dirname(full), first));
      // wx: neither over a file nor through a link that stands there, whoever put it there since we looked.
      writeFileSync(full, text, { flag: "wx" });
      undo.push(() => rmSync(full, { force: true }));
    } catch (error) {
      if (codeOf(error) === "EEXIST") return takeBack({ kind: "exists", path });
      return takeBack({ kind: "refused", path, why: whyUnwritable(error) });
    }
  }
  return { kind: "made" };
}

/** The nearest directory above that is there: a fence knows only what is. */
function nearestThere(directory: string, fence: Fence): string {
  const above = dirname(directory);
  return above === directory || lookAt(directory, fence).kind !== "missing" ? directory : nearestThere(above, fence);
}

function removeEmpty(directory: string, first: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    // Somebody else has put something there.
    if (codeOf(error) === "") throw error;
    return;
  }
  if (directory !== first) removeEmpty(dirname(directory), first);
}
