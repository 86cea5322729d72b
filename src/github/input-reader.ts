import { tidyDirectory } from "../config/directory.ts";
import { durationMs } from "../config/quantities.ts";
import { either, meant, quote as quoted } from "../config/words.ts";
import type { InputName } from "./input-names.ts";

/** Reads inputs one by one; null where nothing is written, or where it is wrong, and then a problem is added. */
export interface InputReader {
  word<T extends string>(name: InputName, choices: readonly T[]): T | null;
  version<T extends number>(name: InputName, known: readonly T[]): T | null;
  yesOrNo(name: InputName): boolean;
  path(name: InputName): string | null;
  /** A directory that may lie outside of the workspace. */
  place(name: InputName): string | null;
  /** The name of something in git. */
  reference(name: InputName): string | null;
  line(name: InputName): string | null;
  /** A text of this form; the last word says which, after "it takes". */
  form(name: InputName, form: RegExp, expected: string): string | null;
  /** A time with its unit, as it is written. */
  time(name: InputName): string | null;
  /** One path a line; what is written twice is there once. */
  paths(name: InputName): readonly string[];
  /** One text a line; what is written twice is there once. */
  lines(name: InputName): readonly string[];
}

const mostLine = 60;
const mostNamed = 300;

/** Text that somebody has put into the wrong input may be a connection string, and is not repeated. */
function quote(text: string): string {
  return /:\/\/[^/]*@/.test(text) ? "a connection string" : quoted(text);
}

/** A reader of these texts, which adds to the problems. */
export function readerInto(problems: string[], textOf: (name: InputName) => string): InputReader {
  const pathOf = (name: InputName, text: string): string | null => {
    const problem = pathProblem(text);
    if (problem === null) return tidyDirectory(text);
    problems.push(`${name}: ${problem}`);
    return null;
  };
  const linesOf = (name: InputName): readonly string[] => {
    const written = textOf(name).split(/\r?\n/);
    return [...new Set(written.map((line) => line.trim()).filter((line) => line !== ""))];
  };
  const form = (name: InputName, is: (text: string) => boolean, expected: string): string | null => {
    const text = textOf(name);
    if (text === "" || is(text)) return text === "" ? null : text;
    problems.push(`${name} is ${quote(text)}: it takes ${expected}`);
    return null;
  };
  return {
    word(name, choices) {
      const text = textOf(name);
      const found = choices.find((choice) => choice === text);
      if (found !== undefined || text === "") return found ?? null;
      const near = meant(text, choices);
      const otherwise = near === null ? `it takes ${either(choices)}` : `did you mean ${near}?`;
      problems.push(`${name} is ${quote(text)}: ${otherwise}`);
      return null;
    },
    version(name, known) {
      const text = textOf(name);
      const found = known.find((version) => String(version) === text);
      if (found !== undefined || text === "") return found ?? null;
      problems.push(`${name} is ${quote(text)}: it takes a major version, ${either(known.map(String))}`);
      return null;
    },
    yesOrNo(name) {
      const text = textOf(name);
      if (yes.includes(text)) return true;
      if (!no.includes(text)) problems.push(`${name} is ${quote(text)}: write true or false`);
      return false;
    },
    path(name) {
      const text = textOf(name);
      return text === "" ? null : pathOf(name, text);
    },
    place: (name) =>
      form(name, (text) => /^[^-\p{Cc}][^\p{Cc}]*$/u.test(text) && text.length <= mostNamed, "the path of a directory"),
    reference: (name) =>
      form(name, (text) => /^[^\s\p{Cc}~^:?*[\\-][^\s\p{Cc}:?*[\\]*$/u.test(text), "a branch, a tag or a commit"),
    line: (name) =>
      form(
        name,
        (text) => /^[^\p{Cc}]*$/u.test(text) && text.length <= mostLine,
        `one line of at most ${mostLine} characters`,
      ),
    form: (name, is, expected) => form(name, (text) => is.test(text), expected),
    time: (name) => form(name, (text) => durationMs(text) !== null, "a time with its unit: 500ms, 3s, 2min or 1h"),
    paths: (name) => [...new Set(linesOf(name).map((line) => pathOf(name, line)))].filter((path) => path !== null),
    lines: (name) =>
      linesOf(name).filter((line) => {
        const isRight = !/\p{Cc}/u.test(line) && line.length <= mostNamed;
        if (!isRight) problems.push(`${name} has ${quote(line)}: it takes one name a line`);
        return isRight;
      }),
  };
}

// The words that YAML 1.2 has for them, as every action takes them.
const yes = ["true", "True", "TRUE"];
const no = ["false", "False", "FALSE"];

/** What is wrong with a path by its text alone; null when nothing is. */
function pathProblem(path: string): string | null {
  const named = `the path ${quote(path)}`;
  if (/\p{Cc}/u.test(path)) return `${named} has a control character in it`;
  if (path.includes("\\")) return `${named} has a backslash: write it with /`;
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return `${named} is absolute: write it without the workspace`;
  if (path.split("/").includes("..")) return `${named} goes back by "..": write it from the root of the workspace`;
  return null;
}
