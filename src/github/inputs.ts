import { getInput } from "@actions/core";
import {
  type FailOn,
  failOnChoices,
  type Layout,
  layouts,
  type PostgresVersion,
  postgresVersions,
} from "../config/config.ts";
import { meant, quote } from "../config/words.ts";
import { UserError } from "../errors.ts";
import { count, list } from "../text.ts";
import { type DatabaseInputs, readDatabase } from "./database-inputs.ts";
import {
  type AroundCommand,
  aroundCommands,
  type CheckCommand,
  type Command,
  checkCommands,
  commands,
  databaseCommands,
  type InputName,
  inputDefaults,
  takes,
} from "./input-names.ts";
import { type InputReader, readerInto } from "./input-reader.ts";

const commentChoices = ["always", "on-failure", "never"] as const;

/** What a workflow says whatever the command is. Paths are relative, without "..", and null where the default is to be taken. */
export interface CommonInputs {
  readonly paths: readonly string[];
  /** From the root of the workspace; "." is the root itself. All other paths are from here. */
  readonly workingDirectory: string;
  readonly config: string | null;
  readonly layout: Layout | null;
  /** Null: GitHub is not asked and told nothing. */
  readonly token: string | null;
  /** Tells several jobs in one pull request apart; null: by the paths. */
  readonly key: string | null;
  readonly summary: boolean;
  readonly annotations: boolean;
  readonly reportFile: string | null;
}

/** What the workflow asks for, of a command that judges SQL. */
export interface CheckInputs extends CommonInputs {
  readonly command: CheckCommand;
  readonly postgres: PostgresVersion | null;
  readonly failOn: FailOn | null;
  /** A branch, a tag or a commit; what it has counts as applied where the event names no commits. */
  readonly since: string | null;
  readonly comment: (typeof commentChoices)[number];
  readonly suggestions: boolean;
  /** Whether a closed gate fails the job too, where the check run says it already. */
  readonly failJob: boolean;
  readonly sarifFile: string | null;
}

/** How whoever must agree to a plan is asked. */
export const approvalWays = ["environment", "issue", "pull-request"] as const;

/** What the workflow asks for, of a command around a deploy. */
export interface AroundInputs extends CommonInputs {
  readonly command: AroundCommand;
  readonly approval: (typeof approvalWays)[number];
  /** The environment of GitHub whose reviewers are asked; null: that of the plan. */
  readonly reviewedIn: string | null;
  /** The absolute path of an earlier step's report; "" where that step has none. */
  readonly fromReport: string;
}

/** What the workflow asks for. */
export type Inputs = CheckInputs | AroundInputs | (CommonInputs & DatabaseInputs);

/** The inputs of this step. Throws one UserError (inputs-invalid) that names every problem: they are text that anybody may write. */
export function readInputs(): Inputs {
  const problems = unknownInputs(Object.keys(process.env));
  const read = readerInto(problems, textOf);
  const command = read.word("command", commands);
  if (command !== null) problems.push(...inputsOfOthers(command));
  const inputs = inputsOf(command ?? "check", read, problems);
  read.word("rehearse", ["off"]);
  if (problems.length === 0) return inputs;
  throw new UserError("inputs-invalid", `The inputs of this step have ${count(problems.length, "problem")}.`, {
    details: problems.slice(0, mostProblems),
    hint: "correct the lines under with: in the workflow; action.yml names every input.",
  });
}

const mostProblems = 20;

function inputsOf(command: Command, read: InputReader, problems: string[]): Inputs {
  const common: CommonInputs = {
    paths: read.paths("path"),
    workingDirectory: read.path("working-directory") ?? ".",
    config: read.path("config"),
    layout: read.word("layout", layouts),
    token: secret("token"),
    key: read.line("key"),
    summary: read.yesOrNo("summary"),
    annotations: read.yesOrNo("annotations"),
    reportFile: read.path("report-file"),
  };
  const ofDatabase = databaseCommands.find((each) => each === command);
  if (ofDatabase !== undefined) return { ...common, ...readDatabase(ofDatabase, { read, secret, problems }) };
  const around = aroundCommands.find((each) => each === command);
  if (around !== undefined) {
    return {
      ...common,
      command: around,
      approval: read.word("approval", approvalWays) ?? "environment",
      reviewedIn: read.form("reviewed-in", /^[^\p{Cc}]{1,255}$/u, "the name of an environment on GitHub"),
      fromReport: read.form("from-report", /^[^\p{Cc}]+$/u, "the path of a report") ?? "",
    };
  }
  const sarifFile = read.path("sarif-file");
  if (common.reportFile !== null && common.reportFile === sarifFile) {
    problems.push(`report-file and sarif-file both name ${quote(sarifFile)}: each needs a file of its own`);
  }
  return {
    ...common,
    command: checkCommands.find((each) => each === command) ?? "check",
    postgres: read.version("postgres", postgresVersions),
    failOn: read.word("fail-on", failOnChoices),
    since: read.reference("since"),
    comment: read.word("comment", commentChoices) ?? "always",
    suggestions: read.yesOrNo("suggestions"),
    failJob: read.yesOrNo("fail-job"),
    sarifFile,
  };
}

function textOf(name: InputName): string {
  return getInput(name) || inputDefaults[name];
}

/** Never quoted, whatever it is, and not handed on to the programs that this step starts. */
function secret(name: InputName): string | null {
  const text = getInput(name);
  Reflect.deleteProperty(process.env, variableOf(name));
  // A runner that knows no defaults.
  return text === "" || text === inputDefaults[name] ? null : text;
}

const variableOf = (name: string): string => `INPUT_${name.toUpperCase()}`;

/** The runner hands on whatever stands under `with:`, and only warns about what it does not know. */
function unknownInputs(variables: readonly string[]): string[] {
  const names = Object.keys(inputDefaults);
  const known = new Set(names.map(variableOf));
  return variables
    .filter((variable) => variable.startsWith("INPUT_") && !known.has(variable))
    .map((variable) => {
      const name = variable.slice("INPUT_".length).toLowerCase();
      const near = meant(name, names);
      const start = `there is no input ${quote(name)}`;
      return near === null ? `${start}: the inputs are ${list(names)}` : `${start}: did you mean ${near}?`;
    });
}

/** What is written for another command would be without effect, and somebody has relied on it. */
function inputsOfOthers(command: Command): readonly string[] {
  return names
    .filter((name) => !takes(command, name) && !isDefault(name))
    .map((name) => `${name}: the command ${command} does not take it`);
}

const names = Object.keys(inputDefaults).filter((name): name is InputName => Object.hasOwn(inputDefaults, name));

function isDefault(name: InputName): boolean {
  const text = textOf(name);
  return text === inputDefaults[name] || text.toLowerCase() === inputDefaults[name];
}
