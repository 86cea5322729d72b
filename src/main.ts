import { parseArgs } from "node:util";
import { terminal } from "./cli/look.ts";
import { commands, options } from "./cli/options.ts";
import { oneOf, unknown } from "./commands/option-values.ts";
import { Refusal, UserError } from "./errors.ts";
import { help, version } from "./help.ts";

/** 0 pass, 1 gate closed, 2 the request itself is wrong, 70 a bug. */
const exitStatus = { pass: 0, closed: 1, wrongRequest: 2, bug: 70 } as const;

type Command = keyof typeof commands;

/** Runs the command line: the only catch, and the only place that sets the exit status. */
export async function main(args: readonly string[]): Promise<void> {
  const output = watchOutput();
  let status: number;
  try {
    status = await run(args);
  } catch (thrown) {
    const { noOrder, shown } = await import("./report/cells.ts");
    const lines = thrown instanceof UserError ? inFourLines(thrown) : traceOf(thrown);
    process.stderr.write(`${lines.map((line) => noOrder(shown(line))).join("\n")}\n`);
    status = thrown instanceof UserError ? exitStatus.wrongRequest : exitStatus.bug;
    if (thrown instanceof Refusal) status = exitStatus.closed;
  }
  process.exitCode = output.failed ? exitStatus.wrongRequest : status;
}

/** A reader that has seen enough (head) closes the pipe: no failure of ours. A full disk is told, and never passes for a verdict. */
function watchOutput(): { readonly failed: boolean } {
  const output = { failed: false };
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    process.stderr.write(`The report could not be written: ${error.message}.\n  Code: output-failed\n`);
    output.failed = true;
    process.exitCode = exitStatus.wrongRequest;
  });
  process.stderr.on("error", () => undefined);
  return output;
}

async function run(args: readonly string[]): Promise<number> {
  const { positionals, values } = parse(args);
  const [word, ...words] = positionals;
  if (values.version === true) {
    process.stdout.write(`${version()}\n`);
    return exitStatus.pass;
  }
  if (values.help === true || word === undefined) {
    process.stdout.write(help());
    return exitStatus.pass;
  }
  const command = commandOf(word);
  refuseOptionsOfOthers(command, values);
  switch (command) {
    case "check": {
      const { runCheck } = await import("./cli/check.ts");
      return (await runCheck(words, values)) ? exitStatus.pass : exitStatus.closed;
    }
    case "plan":
    case "status": {
      const { runPlan, runStatus } = await import("./cli/database.ts");
      const run = command === "plan" ? runPlan : runStatus;
      return (await run(words, values)) ? exitStatus.pass : exitStatus.closed;
    }
    case "baseline": {
      const { runBaseline } = await import("./cli/database.ts");
      await runBaseline(words, values);
      return exitStatus.pass;
    }
    case "resolve":
    case "force": {
      const { runForce, runResolve } = await import("./cli/database.ts");
      if (command === "resolve") return runResolve(words, values);
      await runForce(words, values);
      return exitStatus.pass;
    }
    case "migrate": {
      const { runMigrate } = await import("./cli/database.ts");
      return runMigrate(words, values);
    }
    case "backup": {
      const { runBackup } = await import("./cli/database.ts");
      return (await runBackup(words, values)) ? exitStatus.pass : exitStatus.closed;
    }
    case "verify": {
      const { runVerify } = await import("./cli/database.ts");
      return (await runVerify(words, values)) ? exitStatus.pass : exitStatus.closed;
    }
    case "rollback": {
      const { runRollback } = await import("./cli/database.ts");
      return runRollback(words, values);
    }
    case "rules":
      return runRules(words, values);
    case "explain":
      return runExplain(words);
    case "new": {
      const { config = null, directory, layout = null } = values;
      const { runNew } = await import("./cli/new.ts");
      await runNew({
        names: words,
        directory: directory ?? null,
        config,
        layout,
      });
      return exitStatus.pass;
    }
  }
}

function commandOf(word: string): Command {
  if (isCommand(word)) return word;
  throw unknown("command", word, Object.keys(commands), "lockkeeper --help lists the commands");
}

function isCommand(word: string): word is Command {
  return Object.hasOwn(commands, word);
}

type Values = ReturnType<typeof parse>["values"];

function parse(args: readonly string[]) {
  const request = { args: [...args], options, allowPositionals: true } as const;
  // Not strict at first, for words of our own where something is wrong.
  for (const token of parseArgs({ ...request, strict: false, tokens: true }).tokens) {
    if (token.kind === "option") refuseOption(token);
  }
  return parseArgs(request);
}

function refuseOption({ name, rawName, value, inlineValue }: OptionToken): void {
  const known = Object.entries(options).find(([each]) => each === name)?.[1];
  if (known === undefined) {
    const names = rawName.startsWith("--") ? Object.keys(options).map((each) => `--${each}`) : ["-h", "-V"];
    const near = names.filter((each) => rawName.startsWith("--") || each.toLowerCase() === rawName.toLowerCase());
    throw unknown("option", rawName, near, "lockkeeper --help lists the options");
  }
  if (known.type === "boolean") {
    if (value === undefined) return;
    throw new UserError("option-invalid", `${rawName} takes no value.`, { hint: `write ${rawName} alone.` });
  }
  // What looks like an option after one is more likely that than a value.
  const missing = value === undefined || value === "" || (inlineValue !== true && value.startsWith("-"));
  if (missing) {
    throw new UserError("option-invalid", `${rawName} needs a value.`, {
      hint: `write ${rawName} VALUE; lockkeeper --help lists the options.`,
    });
  }
}

function refuseOptionsOfOthers(command: Command, values: Values): void {
  const taken: readonly string[] = commands[command];
  const other = Object.keys(values).find((name) => !taken.includes(name));
  if (other === undefined) return;
  throw new UserError("option-unknown", `lockkeeper ${command} takes no --${other}.`, {
    hint: taken.length === 0 ? "leave it out." : `it takes ${taken.map((name) => `--${name}`).join(", ")}.`,
  });
}

interface OptionToken {
  readonly name: string;
  /** As it is written: --format, -h. */
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

async function runRules(words: readonly string[], values: Values): Promise<number> {
  const format = oneOf("--format", values.format ?? "text", ["text", "json"] as const);
  if (words.length > 0) {
    throw new UserError("argument-unexpected", `lockkeeper rules lists all rules; it takes no ${words[0]}.`, {
      hint: `lockkeeper explain ${words[0]} is about one of them.`,
    });
  }
  const [{ listRules }, { renderRules, renderRulesJson }] = await Promise.all([
    import("./commands/rules.ts"),
    import("./report/rule-page.ts"),
  ]);
  const rules = listRules();
  // In a pipe each rule is one line, for whoever looks through them with other tools.
  const look = terminal({ pipe: Number.POSITIVE_INFINITY });
  process.stdout.write(format === "json" ? renderRulesJson(rules) : renderRules(rules, look));
  return exitStatus.pass;
}

async function runExplain([id, ...more]: readonly string[]): Promise<number> {
  if (id === undefined || more.length > 0) {
    throw new UserError("argument-missing", "lockkeeper explain takes the name of one rule.", {
      hint: "lockkeeper rules lists them.",
    });
  }
  const [{ explain }, { renderRule }] = await Promise.all([
    import("./commands/explain.ts"),
    import("./report/rule-page.ts"),
  ]);
  process.stdout.write(renderRule(explain(id), terminal()));
  return exitStatus.pass;
}

/** The lines of a user error: what is wrong, the facts, what to do, and a word to search for. */
function inFourLines(error: UserError): string[] {
  const lines = [error.message, ...error.details.map((detail) => `  ${detail}`)];
  if (error.hint !== null) lines.push(`  What to do: ${error.hint}`);
  return [...lines, `  Code: ${error.code}`];
}

function traceOf(thrown: unknown): string[] {
  const trace = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return [...trace.split("\n"), "This is a bug in Lockkeeper, not in your migrations. Please report it."];
}
