import { parseArgs } from "node:util";
import { UserError } from "./errors.ts";
import { help, version } from "./help.ts";
import { nearest, printable } from "./text.ts";

/** 0 pass, 1 gate closed, 2 the request itself is wrong, 70 a bug. */
const exitStatus = { pass: 0, closed: 1, wrongRequest: 2, bug: 70 } as const;

const commands = ["check"] as const;

/** Runs the command line: the only catch, and the only place that sets the exit status. */
export async function main(args: readonly string[]): Promise<void> {
  // A reader that has seen enough (head) closes the pipe; that is no failure of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  try {
    process.exitCode = await run(args);
  } catch (thrown) {
    if (thrown instanceof UserError) {
      process.stderr.write(render(thrown));
      process.exitCode = exitStatus.wrongRequest;
    } else {
      const trace = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      process.stderr.write(`${trace}\nThis is a bug in Lockkeeper, not in your migrations. Please report it.\n`);
      process.exitCode = exitStatus.bug;
    }
  }
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
  for (const arg of args) {
    if (arg === "--") break;
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name !== undefined && !Object.hasOwn(options, name)) {
      throw unknown(
        "option",
        `--${name}`,
        Object.keys(options).map((each) => `--${each}`),
        "lockkeeper --help lists the options",
      );
    }
  }
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (thrown) {
    // What is left for parseArgs to refuse: an option without its value, a value for a switch, an unknown letter.
    const message = thrown instanceof Error ? (thrown.message.split(/[.\n]/, 1)[0] ?? "") : "";
    throw new UserError("option-invalid", `${printable(message)}.`, { hint: "lockkeeper --help lists the options." });
  }
}

async function runCheck(paths: readonly string[], values: Values): Promise<number> {
  const format = oneOf("--format", values.format ?? "text", ["text", "json"] as const);
  if (values.rehearse !== undefined) oneOf("--rehearse", values.rehearse, ["off"] as const);
  const { layouts, postgresVersions } = await import("./config/config.ts");
  const postgres =
    values.postgres === undefined ? null : oneOf("--postgres", values.postgres, postgresVersions.map(String));
  const [{ check }, { openWorkspace }] = await Promise.all([
    import("./commands/check.ts"),
    import("./workspace/workspace.ts"),
  ]);
  const workspace = openWorkspace(process.cwd());
  const report = await check(
    {
      paths,
      config: values.config ?? null,
      layout: values.layout === undefined ? null : oneOf("--layout", values.layout, layouts),
      postgres: postgresVersions.find((each) => String(each) === postgres) ?? null,
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
  throw new UserError("option-invalid", `${option} ${printable(value)} is not known.`, {
    details: [`It takes: ${choices.join(", ")}.`],
    ...(meant === null ? {} : { hint: `did you mean ${option} ${meant}?` }),
  });
}

function unknown(what: "command" | "option", word: string, choices: readonly string[], otherwise: string): UserError {
  const meant = nearest(word, choices);
  return new UserError(`${what}-unknown`, `There is no ${what} ${printable(word)}.`, {
    hint: meant === null ? `${otherwise}.` : `did you mean ${meant}?`,
  });
}

/** The four lines of a user error: what is wrong, the facts, what to do, and a word to search for. */
function render(error: UserError): string {
  const lines = [error.message, ...error.details.map((detail) => `  ${detail}`)];
  if (error.hint !== null) lines.push(`  What to do: ${error.hint}`);
  lines.push(`  Code: ${error.code}`);
  return `${lines.map(printable).join("\n")}\n`;
}
