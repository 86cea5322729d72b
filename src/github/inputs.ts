import { getInput } from "@actions/core";
import {
  type FailOn,
  failOnChoices,
  type Layout,
  layouts,
  type PostgresVersion,
  postgresVersions,
} from "../config/config.ts";
import { tidyDirectory } from "../config/directory.ts";
import { either, meant, quote } from "../config/words.ts";
import { UserError } from "../errors.ts";
import { count, list } from "../text.ts";

/** Every input of the action with what it is where nothing is written. action.yml and the README's table say the same. */
export const inputDefaults = {
  command: "check",
  path: "",
  "working-directory": "",
  config: "",
  layout: "",
  postgres: "",
  "fail-on": "",
  rehearse: "",
  since: "",
  token: `\${{ github.token }}`,
  comment: "always",
  suggestions: "true",
  "fail-job": "false",
  key: "",
  summary: "true",
  annotations: "true",
  "report-file": "",
  "sarif-file": "",
} as const;
type InputName = keyof typeof inputDefaults;

const commands = ["check", "publish"] as const;
const commentChoices = ["always", "on-failure", "never"] as const;

/** What the workflow asks for. Paths are relative, without "..", and null where the default is to be taken. */
export interface Inputs {
  readonly command: (typeof commands)[number];
  readonly paths: readonly string[];
  /** From the root of the workspace; "." is the root itself. All other paths are from here. */
  readonly workingDirectory: string;
  readonly config: string | null;
  readonly layout: Layout | null;
  readonly postgres: PostgresVersion | null;
  readonly failOn: FailOn | null;
  /** A branch, a tag or a commit; what it has counts as applied where the event names no commits. */
  readonly since: string | null;
  /** Null: GitHub is not asked and told nothing. */
  readonly token: string | null;
  readonly comment: (typeof commentChoices)[number];
  readonly suggestions: boolean;
  /** Whether a closed gate fails the job too, where the check run says it already. */
  readonly failJob: boolean;
  /** Tells several jobs in one pull request apart; null: by the paths. */
  readonly key: string | null;
  readonly summary: boolean;
  readonly annotations: boolean;
  readonly reportFile: string | null;
  readonly sarifFile: string | null;
}

/** The inputs of this step. Throws one UserError (inputs-invalid) that names every problem: they are text that anybody may write. */
export function readInputs(): Inputs {
  const problems = unknownInputs(Object.keys(process.env));
  const read = readerInto(problems);
  const inputs: Inputs = {
    command: read.word("command", commands) ?? "check",
    paths: read.paths("path"),
    workingDirectory: read.path("working-directory") ?? ".",
    config: read.path("config"),
    layout: read.word("layout", layouts),
    postgres: read.version("postgres", postgresVersions),
    failOn: read.word("fail-on", failOnChoices),
    since: read.reference("since"),
    token: read.secret("token"),
    comment: read.word("comment", commentChoices) ?? "always",
    suggestions: read.yesOrNo("suggestions"),
    failJob: read.yesOrNo("fail-job"),
    key: read.line("key"),
    summary: read.yesOrNo("summary"),
    annotations: read.yesOrNo("annotations"),
    reportFile: read.path("report-file"),
    sarifFile: read.path("sarif-file"),
  };
  read.word("rehearse", ["off"]);
  if (inputs.reportFile !== null && inputs.reportFile === inputs.sarifFile) {
    problems.push(`report-file and sarif-file both name ${quote(inputs.reportFile)}: each needs a file of its own`);
  }
  if (problems.length === 0) return inputs;
  throw new UserError("inputs-invalid", `The inputs of this step have ${count(problems.length, "problem")}.`, {
    details: problems.slice(0, mostProblems),
    hint: "correct the lines under with: in the workflow; action.yml names every input.",
  });
}

const mostProblems = 20;
const mostLine = 60;

/** The runner hands on whatever stands under `with:`, and only warns about what it does not know. */
function unknownInputs(variables: readonly string[]): string[] {
  const names = Object.keys(inputDefaults);
  const known = new Set(names.map((name) => `INPUT_${name.toUpperCase()}`));
  return variables
    .filter((variable) => variable.startsWith("INPUT_") && !known.has(variable))
    .map((variable) => {
      const name = variable.slice("INPUT_".length).toLowerCase();
      const near = meant(name, names);
      const start = `there is no input ${quote(name)}`;
      return near === null ? `${start}: the inputs are ${list(names)}` : `${start}: did you mean ${near}?`;
    });
}

/** Reads inputs one by one; null where nothing is written, or where it is wrong, and then a problem is added. */
interface Reader {
  word<T extends string>(name: InputName, choices: readonly T[]): T | null;
  version<T extends number>(name: InputName, known: readonly T[]): T | null;
  yesOrNo(name: InputName): boolean;
  path(name: InputName): string | null;
  /** The name of something in git. */
  reference(name: InputName): string | null;
  line(name: InputName): string | null;
  /** Never quoted, whatever it is. */
  secret(name: InputName): string | null;
  /** One path a line; what is written twice is there once. */
  paths(name: InputName): readonly string[];
}

function readerInto(problems: string[]): Reader {
  const textOf = (name: InputName): string => getInput(name) || inputDefaults[name];
  const pathOf = (name: InputName, text: string): string | null => {
    const problem = pathProblem(text);
    if (problem === null) return tidyDirectory(text);
    problems.push(`${name}: ${problem}`);
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
    reference(name) {
      const text = textOf(name);
      if (text === "" || /^[^\s\p{Cc}~^:?*[\\-][^\s\p{Cc}:?*[\\]*$/u.test(text)) return text === "" ? null : text;
      problems.push(`${name} is ${quote(text)}: it takes a branch, a tag or a commit`);
      return null;
    },
    line(name) {
      const text = textOf(name);
      if (text === "" || (/^[^\p{Cc}]*$/u.test(text) && text.length <= mostLine)) return text === "" ? null : text;
      problems.push(`${name} is ${quote(text)}: it takes one line of at most ${mostLine} characters`);
      return null;
    },
    secret(name) {
      const text = getInput(name);
      // A runner that knows no defaults.
      return text === "" || text === inputDefaults[name] ? null : text;
    },
    paths(name) {
      const lines = textOf(name).split(/\r?\n/);
      const written = lines.map((line) => line.trim()).filter((line) => line !== "");
      return [...new Set(written.map((line) => pathOf(name, line)).filter((path) => path !== null))];
    },
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
