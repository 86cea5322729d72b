import { quote } from "./words.ts";

/** What is wrong with the path of a migrations directory; null when nothing is. Purely the text: nothing is looked up. */
export function directoryProblem(directory: string): string | null {
  const named = `the directory ${quote(directory)}`;
  if (directory.trim() === "") return "the directory is empty: write its path, or . for the root of the repository";
  if (/\p{Cc}/u.test(directory)) return `${named} has a control character in its name`;
  if (directory.includes("\\")) return `${named} has a backslash: write its path with /`;
  if (directory.startsWith("/") || /^[A-Za-z]:/.test(directory)) {
    return `${named} is an absolute path: write it from the root of the repository`;
  }
  const steps = directory.split("/");
  if (!steps.includes("..")) return null;
  return leaves(steps)
    ? `${named} leads out of the repository`
    : `${named} goes back by "..": write the path without it`;
}

/** The same path for every way to write it: no "./", no "//", no "/" at the end. */
export function tidyDirectory(directory: string): string {
  const steps = directory.split("/").filter((step) => step !== "" && step !== ".");
  return steps.length === 0 ? "." : steps.join("/");
}

function leaves(steps: readonly string[]): boolean {
  let depth = 0;
  for (const step of steps) {
    if (step === "..") depth -= 1;
    else if (step !== "" && step !== ".") depth += 1;
    if (depth < 0) return true;
  }
  return false;
}
