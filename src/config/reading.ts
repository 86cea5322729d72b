import { UserError } from "../errors.ts";
import type { ConfigSource, Position } from "../ports.ts";
import { count, printable } from "../text.ts";
import { either, found, isMap, meant, quote, unknownKey } from "./words.ts";

export type Path = readonly (string | number)[];

/** Reads values out of a config file and collects what is wrong with them. What could not be read comes back as null. */
export interface Reading {
  /** A message that takes time to find is given as a function: it is called only if it is shown. */
  problem(path: Path, message: string | (() => string), what?: "key" | "value"): void;
  map(path: Path, value: unknown, expected: string): ReadonlyMap<string, unknown> | null;
  list(path: Path, value: unknown, expected: string): readonly unknown[] | null;
  text(path: Path, value: unknown, expected: string): string | null;
  choice<T extends string>(path: Path, value: unknown, choices: readonly T[]): T | null;
  wholeNumber(path: Path, value: unknown, limits: { from: number; to?: number }): number | null;
  unknownKeys(path: Path, map: ReadonlyMap<string, unknown>, known: readonly string[]): void;
  /** The line on which the value at this path stands. */
  lineOf(path: Path): number;
  /** Throws one UserError with everything that was found wrong, in the order of the file. */
  finish(): void;
}

interface Problem {
  readonly at: Position;
  readonly message: string | (() => string);
}

/** More than these are counted and not shown: nobody reads them. */
const shownProblems = 100;

/** Starts with the problems that the file's text already has. */
export function startReading(source: ConfigSource): Reading {
  const problems: Problem[] = [...source.problems];

  const problem: Reading["problem"] = (path, message, what = "value") => {
    problems.push({ at: source.positionOf(path, what), message });
  };
  const wrong = (path: Path, value: unknown, expected: string): null => {
    // The reader of the text leaves undefined where it refused something: one mistake is told once.
    if (value === undefined && source.problems.length > 0) return null;
    const is = value === null || value === undefined ? "has no value" : `is ${found(value)}`;
    problem(path, `${label(path)} ${is}; it must be ${expected}`);
    return null;
  };

  return {
    problem,
    map: (path, value, expected) => (isMap(value) ? new Map(Object.entries(value)) : wrong(path, value, expected)),
    list: (path, value, expected) => (Array.isArray(value) ? value : wrong(path, value, expected)),
    text: (path, value, expected) => (typeof value === "string" ? value : wrong(path, value, expected)),
    choice(path, value, choices) {
      const choice = choices.find((word) => word === value);
      if (choice !== undefined) return choice;
      const near = typeof value === "string" ? meant(value, choices) : null;
      if (near === null || typeof value !== "string") return wrong(path, value, either(choices));
      problem(path, `${label(path)} is ${quote(value)}: did you mean ${near}?`);
      return null;
    },
    wholeNumber(path, value, { from, to }) {
      const fits = typeof value === "number" && Number.isInteger(value) && value >= from && value <= (to ?? value);
      // YAML knows -0, and nobody else wants it.
      if (fits) return value === 0 ? 0 : value;
      const range = from === to ? `${from}` : `a whole number from ${from} to ${to}`;
      const expected = to === undefined ? `a whole number, ${from} or more` : range;
      const quoted = typeof value === "string" && /^\d+$/.test(value);
      return wrong(path, value, quoted ? `${expected}, without quotes` : expected);
    },
    unknownKeys(path, map, known) {
      for (const key of map.keys()) {
        if (!known.includes(key)) problem([...path, key], unknownKey(key, known), "key");
      }
    },
    lineOf: (path) => source.positionOf(path).line,
    finish() {
      if (problems.length > 0) throw invalid(source.path, problems);
    },
  };
}

/** A path as words: `policy.low.deploy`, `migrations entry 2: layout`. */
function label(path: Path): string {
  if (path.length === 0) return "the file";
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += ` entry ${step + 1}`;
    else if (text === "") text = step;
    else text += / entry \d+$/.test(text) ? `: ${step}` : `.${step}`;
  }
  return printable(text);
}

function invalid(path: string, problems: readonly Problem[]): UserError {
  const sorted = problems.toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  const details = sorted
    .slice(0, shownProblems)
    .map(
      ({ at, message }) =>
        `${printable(path)}:${at.line}:${at.column}: ${typeof message === "string" ? message : message()}`,
    );
  if (sorted.length > shownProblems) details.push(`… and ${count(sorted.length - shownProblems, "more problem")}`);
  return new UserError("config-invalid", `The config file ${printable(path)} has ${count(sorted.length, "problem")}.`, {
    details,
    hint: "correct these places; docs/configuration.md names every key and its values.",
  });
}
