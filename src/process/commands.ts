import type { Commands } from "../ports.ts";

export interface CommandLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** As much as a file may have, and more time than any tool takes to print its migrations. */
export const usualLimits: CommandLimits = { timeoutMs: 5 * 60_000, maxBytes: 100 * 1024 * 1024 };

/** What a program needs to start at all: an allow-list, since nobody knows what the next secret is called. */
const harmless: ReadonlySet<string> = new Set([
  "PATH",
  "HOME",
  "LANG",
  "TMPDIR",
  "TZ",
  "CI",
  // Where set-up steps of a workflow have put the language.
  "LD_LIBRARY_PATH",
  "VIRTUAL_ENV",
  "JAVA_HOME",
  "GOROOT",
  // Without these nothing starts on Windows.
  "SystemRoot",
  "PATHEXT",
  "TEMP",
  "TMP",
]);

/** Runs commands for the shell in a directory, with nothing of the environment that could be a secret. */
export function openCommands(
  cwd: string,
  environment: Readonly<Record<string, string | undefined>>,
  { timeoutMs, maxBytes }: CommandLimits = usualLimits,
): Commands {
  return {
    async run(command, variables) {
      const chunks: Buffer[] = [];
      let size = 0;
      const tooMuch = new AbortController();
      const take = (chunk: Buffer): void => {
        size += chunk.length;
        if (size <= maxBytes) chunks.push(chunk);
        else tooMuch.abort();
      };
      // Most checks run no command, and start the sooner for it.
      const { follow } = await import("./follow.ts");
      const ended = await follow("sh", ["-c", command], {
        cwd,
        env: { ...harmlessOf(environment), ...variables },
        stdout: { kind: "taken", take },
        timeoutMs,
        signal: tooMuch.signal,
      });
      if (size > maxBytes) return { kind: "failed", why: `It printed more than ${maxBytes} bytes.`, said: "" };
      switch (ended.kind) {
        case "failed":
          return { kind: "failed", why: `It could not be run: ${ended.why}.`, said: "" };
        case "stopped":
          return { kind: "failed", why: `It took longer than ${timeoutMs / 1000} s.`, said: "" };
        case "ended": {
          const { status, signal, said } = ended;
          if (status === 0) return { kind: "printed", bytes: Buffer.concat(chunks) };
          const why = status === null ? `It was ended by ${signal ?? "a signal"}.` : `It ended with status ${status}.`;
          return { kind: "failed", why, said };
        }
      }
    },
  };
}

function harmlessOf(environment: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const entries = Object.entries(environment).flatMap(([name, value]): readonly (readonly [string, string])[] =>
    value !== undefined && (harmless.has(name) || /^LC_[A-Z]+$/.test(name)) ? [[name, value]] : [],
  );
  return Object.fromEntries(entries);
}
