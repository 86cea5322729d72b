import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const runner = fileURLToPath(new URL("runner.ts", import.meta.url));

/** A runner as a process of its own. */
export interface Runner {
  readonly process: ChildProcess;
  /** Its exit status and what it has printed; null for the status of one that was killed. */
  readonly ended: Promise<{ readonly status: number | null; readonly output: string }>;
}

export function startRunner(directory: string, url: string): Runner {
  const child = spawn(process.execPath, ["--import", "tsx", runner, directory], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, DATABASE_URL: url },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const ended = once(child, "close").then(([status]) => ({
    status: typeof status === "number" ? status : null,
    output,
  }));
  return { process: child, ended };
}

/**
 * Kills a process of the server so that all of it goes down and comes up again by crash recovery: what was not in the WAL is gone.
 * The one that is killed is none of ours.
 */
export function crash(postmaster: number): void {
  const children = spawnSync("pgrep", ["-P", String(postmaster)], { encoding: "utf8" })
    .stdout.trim()
    .split("\n");
  const [first] = children;
  if (first === undefined || first === "") throw new Error("The server has no process that could be killed.");
  process.kill(Number(first), "SIGKILL");
}
