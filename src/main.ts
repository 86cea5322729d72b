import { isAbsolute, relative, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "./errors.ts";
import { help, version } from "./help.ts";
import { nearest } from "./text.ts";

/** 0 pass, 1 gate closed, 2 the request itself is wrong, 70 a bug. */
const exitStatus = { pass: 0, closed: 1, wrongRequest: 2, bug: 70 } as const;

const commands = ["check"] as const;

/** Runs the command line: the only catch, and the only place that sets the exit status. */
export async function main(args: readonly string[]): Promise<void> {
  const output = watchOutput();
  let status: number;
  try {
    status = await run(args);
  } catch (thrown) {
    const { shown } = await import("./report/cells.ts");
    const lines = thrown instanceof UserError ? inFourLines(thrown) : traceOf(thrown);
    process.stderr.write(`${lines.map((line) => noOrder(shown(line))).join("\n")}\n`);
    status = thrown instanceof UserError ? exitStatus.wrongRequest : exitStatus.bug;
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
  const [command, ...paths] = positionals;
  if (values.version === true) {
    process.stdout.write(`${version()}\n`);
    return exitStatus.pass;
  }
  if (values.help === true || command === undefined) {
    process.stdout.write(help());
    return exitStatus.pass;
  }
  if (command !== "check") throw unknown("command", command, commands, "lockkeeper --help lists the commands");
  return runCheck(paths, values);
}

const options = {
  config: { type: "string" },
  layout: { type: "string" },
  format: { type: "string" },
  postgres: { type: "string" },
  rehearse: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const;

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

interface OptionToken {
  readonly name: string;
  /** As it is written: --format, -h. */
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

async function runCheck(paths: readonly string[], values: Values): Promise<number> {
  const format = oneOf("--format", values.format ?? "text", ["text", "json"] as const);
  if (values.rehearse !== undefined) oneOf("--rehearse", values.rehearse, ["off"] as const);
  const { layouts, postgresVersions } = await import("./config/config.ts");
  const postgres = values.postgres === undefined ? null : majorVersion(values.postgres, postgresVersions);
  const [{ check }, { openWorkspace }] = await Promise.all([
    import("./commands/check.ts"),
    import("./workspace/workspace.ts"),
  ]);
  const workspace = openWorkspace(process.cwd());
  const report = await check(
    {
      paths: paths.map(asConfigWrites),
      config: values.config ?? null,
      layout: values.layout === undefined ? null : oneOf("--layout", values.layout, layouts),
      postgres,
    },
    { workspace },
  );
  if (format === "json") {
    const { renderJson } = await import("./report/json.ts");
    process.stdout.write(renderJson(report));
  } else {
    const [{ renderTerminal }, { decode }] = await Promise.all([
      import("./report/terminal.ts"),
      import("./sql/decode.ts"),
    ]);
    const source = (path: string): string | null => {
      const content = workspace.read(path);
      const decoded = content.kind === "bytes" ? decode(content.bytes) : null;
      return decoded?.kind === "text" ? decoded.text : null;
    };
    process.stdout.write(renderTerminal(report, { color: wantsColor(), width: process.stdout.columns ?? 100, source }));
  }
  return report.verdict.outcome === "pass" ? exitStatus.pass : exitStatus.closed;
}

/** A path as the config writes directories: from where the command was started if it leads below it, without "./", "//" and "..". */
function asConfigWrites(path: string): string {
  if (path === "") {
    throw new UserError("path-empty", "One of the paths is empty.", {
      hint: "name a directory of migrations or an SQL file. Is a variable of the shell not set?",
    });
  }
  const full = resolve(path);
  const short = relative(process.cwd(), full) || ".";
  const outside = short === ".." || short.startsWith(`..${sep}`) || isAbsolute(short);
  return (outside && isAbsolute(path) ? full : short).split(sep).join("/");
}

/** Colours on a terminal only, by the conventions of NO_COLOR and FORCE_COLOR. */
function wantsColor(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return process.stdout.isTTY === true && TERM !== "dumb";
}

function oneOf<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const meant = nearest(value, choices);
  throw new UserError("option-invalid", `${option} ${value} is not known.`, {
    details: [`It takes: ${choices.join(", ")}.`],
    ...(meant === null ? {} : { hint: `did you mean ${option} ${meant}?` }),
  });
}

function majorVersion<T extends number>(value: string, known: readonly T[]): T {
  const found = known.find((each) => String(each) === value);
  if (found !== undefined) return found;
  // The nearest as a number: 15.3 and pg15 mean 15.
  const asked = Number.parseInt(/\d+/.exec(value)?.[0] ?? "", 10);
  const near = known.toSorted((a, b) => Math.abs(a - asked) - Math.abs(b - asked))[0];
  throw new UserError("option-invalid", `--postgres ${value} is not known.`, {
    details: [`It takes: ${known.join(", ")}.`],
    ...(Number.isNaN(asked) ? {} : { hint: `--postgres ${near} is the nearest that is known.` }),
  });
}

function unknown(what: "command" | "option", word: string, choices: readonly string[], otherwise: string): UserError {
  const meant = nearest(word, choices);
  return new UserError(`${what}-unknown`, `There is no ${what} ${word}.`, {
    hint: meant === null ? `${otherwise}.` : `did you mean ${meant}?`,
  });
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

/** A line that begins with :: is an order to the GitHub runner that prints it; paths and file names are other people's. */
function noOrder(line: string): string {
  return line.replace(/^(\s*):(?=:)/, "$1\\u003a");
}
