import type { CommandEnd, Programs } from "../ports.ts";
import { withoutAddresses } from "./environment.ts";
import type { Mask } from "./mask.ts";

export interface ProgramOptions {
  readonly cwd: string;
  /** Of the job. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The variable that holds the connection string, and the string. */
  readonly variable: string;
  readonly url: string;
  readonly mask: Mask;
  /** Writes a line for people, harmless whatever is in it. */
  readonly say: (line: string) => void;
}

const mostLines = 500;
const longestLine = 500;
/** Of the end: what is kept to say why it failed. */
const keptLines = 40;

/** Runs commands for the shell with the database's connection string, and shows what they write, line by line and without secrets. */
export function openPrograms({ cwd, environment, variable, url, mask, say }: ProgramOptions): Programs {
  return {
    async run(command, { variables, applicationName, settings, signal }) {
      const { follow } = await import("./follow.ts");
      const lines = linesTo(say, mask);
      // Both streams in the order in which they are written.
      const ended = await follow("/bin/sh", ["-c", `exec 2>&1\n${command}`], {
        cwd,
        env: {
          ...withoutAddresses(environment),
          ...addressIn(environment),
          ...variables,
          [variable]: url,
          PGAPPNAME: applicationName,
          PGOPTIONS: optionsOf(settings, environment.PGOPTIONS),
        },
        stdout: { kind: "taken", take: lines.take },
        timeoutMs: null,
        signal,
      });
      const said = lines.end();
      return endOf(ended, said);
    },
  };
}

type Followed = Awaited<ReturnType<typeof import("./follow.ts").follow>>;

function endOf(ended: Followed, said: readonly string[]): CommandEnd {
  switch (ended.kind) {
    case "failed":
      return { kind: "failed", why: ended.why };
    case "stopped":
      return { kind: "stopped", said };
    case "ended":
      return { kind: "ended", status: ended.status, signal: ended.signal, said };
  }
}

/** What the connection string leaves to the environment: the command is to reach what Lockkeeper has reached. */
function addressIn(environment: ProgramOptions["environment"]): Readonly<Record<string, string>> {
  const entries = Object.entries(environment).flatMap(([name, value]): readonly (readonly [string, string])[] =>
    value !== undefined && /^PG[A-Z]/.test(name) ? [[name, value]] : [],
  );
  return Object.fromEntries(entries);
}

/** As libpq reads PGOPTIONS: a space or a backslash in a value has a backslash before it. */
function optionsOf(settings: Readonly<Record<string, string>>, before: string | undefined): string {
  const own = Object.entries(settings).map(([name, value]) => `-c ${name}=${value.replace(/[\\\s]/g, "\\$&")}`);
  return [...(before === undefined || before === "" ? [] : [before]), ...own].join(" ");
}

/** Takes bytes, and says them as lines: so many, and then that there are more. */
function linesTo(
  say: (line: string) => void,
  mask: Mask,
): { readonly take: (chunk: Buffer) => void; readonly end: () => readonly string[] } {
  const decoder = new TextDecoder();
  let rest = "";
  let count = 0;
  let kept: readonly string[] = [];
  const tell = (text: string): void => {
    // A secret may be longer than what is shown of a line.
    const line = mask(text).slice(0, longestLine);
    if (line.trim() === "") return;
    count++;
    kept = [...kept, line].slice(-keptLines);
    if (count <= mostLines) say(`  ${line}`);
    else if (count === mostLines + 1) say(`  (more than ${mostLines} lines; the rest is not shown)`);
  };
  const cut = (text: string): void => {
    const lines = text.split(/\r\n|\r|\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) tell(line);
    // A line without an end must not grow for ever.
    if (rest.length > longestRest) rest = rest.slice(-longestRest);
  };
  return {
    take: (chunk) => cut(rest + decoder.decode(chunk, { stream: true })),
    end() {
      cut(rest + decoder.decode());
      tell(rest);
      return kept;
    },
  };
}

const longestRest = 100_000;
