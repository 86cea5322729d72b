import { execFile } from "node:child_process";

/** How a program ended. */
export type Ended =
  /** It ran; status is its exit status, null where a signal ended it. */
  | { readonly kind: "ran"; readonly status: number | null; readonly stdout: Buffer; readonly stderr: string }
  /** It could not be started, wrote more than it may, or took longer than it may. */
  | { readonly kind: "failed"; readonly why: string };

export interface RunOptions {
  readonly cwd: string;
  /** Set beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads from standard input; nothing where it is left out. */
  readonly input?: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Runs a program without a shell and waits for its end. */
export function run(program: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  const { cwd, env, input, timeoutMs, maxBytes } = options;
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...args],
      {
        cwd,
        env: { ...process.env, ...env },
        timeout: timeoutMs,
        maxBuffer: maxBytes,
        encoding: "buffer",
        windowsHide: true,
      },
      (error, stdout, stderr) => {
        if (error === null) resolve({ kind: "ran", status: 0, stdout, stderr: stderr.toString("utf8") });
        else if (typeof error.code === "number")
          resolve({ kind: "ran", status: error.code, stdout, stderr: stderr.toString("utf8") });
        else resolve({ kind: "failed", why: whyFailed(error, { program, timeoutMs, maxBytes }) });
      },
    );
    // A program that ends before it has read everything is no failure of ours.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input ?? "");
  });
}

function whyFailed(
  error: { readonly code?: unknown; readonly killed?: boolean; readonly message: string },
  { program, timeoutMs, maxBytes }: Pick<RunOptions, "timeoutMs" | "maxBytes"> & { readonly program: string },
): string {
  if (error.code === "ENOENT") return `there is no program ${program} here`;
  if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return `${program} wrote more than ${maxBytes} bytes`;
  if (error.killed === true) return `${program} took longer than ${timeoutMs / 1000} s`;
  return error.message;
}
