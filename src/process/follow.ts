import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** How a program ended that may run for hours and write gigabytes. */
export type Followed =
  /** Status is null where a signal ended it; said is the end of what it wrote to standard error. */
  | {
      readonly kind: "ended";
      readonly status: number | null;
      readonly signal: string | null;
      readonly said: string;
      /** The end of what it wrote to standard output, where that was kept. */
      readonly answer: string;
    }
  | { readonly kind: "stopped"; readonly why: "asked" | "timeout" }
  | { readonly kind: "failed"; readonly why: string };

export interface FollowOptions {
  readonly cwd: string;
  /** The whole environment: nothing else is handed on. */
  readonly env: Readonly<Record<string, string>>;
  /** Where its standard output goes: nowhere, into a new file, into `answer`, or to whoever takes it as it comes. */
  readonly stdout:
    | { readonly kind: "nowhere" | "answer" }
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "taken"; take(chunk: Buffer): void };
  readonly timeoutMs: number | null;
  readonly signal: AbortSignal;
}

/** The end of what a program says is enough to know why it failed, and no more than this is kept. */
const keptBytes = 16 * 1024;
const graceMs = 2000;

/** Runs a program in a process group of its own, so that it can be stopped with all that it has started. */
export async function follow(program: string, args: readonly string[], options: FollowOptions): Promise<Followed> {
  const { cwd, env, stdout, timeoutMs, signal } = options;
  if (signal.aborted) return { kind: "stopped", why: "asked" };
  const child = spawn(program, [...args], {
    cwd,
    env,
    detached: process.platform !== "win32",
    stdio: ["ignore", stdout.kind === "nowhere" ? "ignore" : "pipe", "pipe"],
    windowsHide: true,
  });
  let stopped: "asked" | "timeout" | null = null;
  const stop = (why: "asked" | "timeout") => (): void => {
    stopped ??= why;
    endGroup(child, "SIGTERM");
    setTimeout(() => {
      endGroup(child, "SIGKILL");
      // Something that has left the group may hold the pipes for ever; nobody listens any longer.
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
    }, graceMs).unref();
  };
  const onAbort = stop("asked");
  // A parent that ends by itself must not leave a dump running.
  const onExit = (): void => endGroup(child, "SIGKILL");
  const timer = timeoutMs === null ? null : setTimeout(stop("timeout"), timeoutMs);
  signal.addEventListener("abort", onAbort, { once: true });
  process.once("exit", onExit);
  try {
    const ended = endOf(child);
    const said = tailOf(child.stderr);
    const answer = tailOf(stdout.kind === "answer" ? child.stdout : null);
    if (stdout.kind === "taken") child.stdout?.on("data", stdout.take);
    // What cannot be written ends the program too: it gets no more readers.
    const written =
      stdout.kind === "file" && child.stdout !== null
        ? pipeline(child.stdout, createWriteStream(stdout.path, { flags: "wx", mode: 0o600, flush: true })).then(
            () => null,
            (error: Error) => error.message,
          )
        : Promise.resolve(null);
    const end = await ended;
    const notWritten = await written;
    if (stopped !== null) return { kind: "stopped", why: stopped };
    if (end.kind === "failed") return end;
    if (notWritten !== null) return { kind: "failed", why: notWritten };
    return { ...end, said: said(), answer: answer() };
  } finally {
    if (timer !== null) clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    process.removeListener("exit", onExit);
  }
}

type End =
  | { readonly kind: "ended"; readonly status: number | null; readonly signal: string | null }
  | { readonly kind: "failed"; readonly why: string };

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ kind: "failed", why: error.message }));
    child.once("close", (status, signal) => resolve({ kind: "ended", status, signal }));
  });
}

/** Keeps the last bytes of a stream, from the beginning of a line: half a secret would not be known for one. */
function tailOf(stream: Readable | null): () => string {
  let kept = Buffer.alloc(0);
  let isCut = false;
  stream?.on("data", (chunk: Buffer) => {
    const all = Buffer.concat([kept, chunk]);
    isCut ||= all.length > keptBytes;
    kept = all.subarray(-keptBytes);
  });
  stream?.on("error", () => undefined);
  return () => {
    const end = kept.indexOf("\n");
    const whole = isCut ? (end === -1 ? Buffer.alloc(0) : kept.subarray(end + 1)) : kept;
    return whole.toString("utf8").trim();
  };
}

function endGroup(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It is gone already.
  }
}
