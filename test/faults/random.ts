import type { StartedPostgres } from "../support/postgres.ts";
import { crash, startRunner } from "./kill.ts";
import { migrateAll, projectOf } from "./project.ts";
import { type Deed, startProxy } from "./proxy.ts";
import { contradictions, migrations, unfinished } from "./truth.ts";

/** How a run is ended at a moment that the seed chooses. */
type End = "lose" | "deliver-and-close" | "crash" | "silence" | "kill-runner" | "cancel";

export interface RandomOptions {
  readonly postgres: StartedPostgres;
  readonly seeds: readonly number[];
  /** How many runs of a chain are ended before one is let through. */
  readonly faults: number;
  /** The share of runs in processes of their own, which are killed with SIGKILL; they take a second to start. */
  readonly processes: number;
  readonly say?: (line: string) => void;
}

export interface RandomResult {
  /** Runs that were ended in their middle, by the way in which they were. */
  readonly ended: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Ends runs at random messages, again and again, and looks after each whether anything was lost or done twice. */
export async function runRandom({ postgres, seeds, faults, processes, say }: RandomOptions): Promise<RandomResult> {
  const proxy = await startProxy(postgres.port);
  const project = projectOf(migrations);
  const database = "faults_random";
  const url = postgres.url(database).replace(`:${postgres.port}/`, `:${proxy.port}/`);
  const ended: Record<string, number> = {};
  const wrong: string[] = [];
  for (const seed of seeds) {
    const random = numbers(seed);
    await ready(postgres);
    await postgres.dropDatabase(database);
    await postgres.createDatabase(database);
    for (let fault = 1; fault <= faults; fault++) {
      const end = chosen(random(), processes);
      const at = Math.floor(random() ** 1.5 * 420);
      const stop = new AbortController();
      const runner = end === "kill-runner" ? startRunner(project.directory, url) : null;
      let hit = false;
      proxy.arm({
        when({ number }) {
          if (hit || number < at) return false;
          hit = true;
          if (end === "crash") crash(postgres.pid);
          if (end === "kill-runner") runner?.process.kill("SIGKILL");
          if (end === "cancel") stop.abort();
          return end === "lose" || end === "deliver-and-close" || end === "silence";
        },
        deed: end === "deliver-and-close" || end === "silence" ? end : ("lose" satisfies Deed),
      });
      const result = runner === null ? await migrateAll(project, { url, signal: stop.signal }) : await runner.ended;
      proxy.arm(null);
      if (hit) ended[end] = (ended[end] ?? 0) + 1;
      await ready(postgres);
      await settled(postgres);
      const found = await contradictions(postgres, database);
      for (const each of found)
        wrong.push(
          `seed ${seed}, fault ${fault} (${end} at message ${at}): ${each}\n${JSON.stringify(result).slice(0, 2000)}`,
        );
      if (found.length > 0) break;
    }
    const last = await migrateAll(project, { url });
    if (last.exitStatus !== 0)
      wrong.push(`seed ${seed}: the last run ended with ${JSON.stringify([last.refusal, last.outcomes, last.amiss])}`);
    for (const each of await unfinished(postgres, database)) wrong.push(`seed ${seed}, at the end: ${each}`);
    say?.(`seed ${seed}: ${wrong.length === 0 ? "as it should be" : wrong.join("; ")}`);
  }
  project.remove();
  await proxy.stop();
  return { ended, wrong };
}

function chosen(number: number, processes: number): End {
  if (number < processes) return "kill-runner";
  const rest = (number - processes) / (1 - processes);
  if (rest < 0.35) return "lose";
  if (rest < 0.65) return "deliver-and-close";
  if (rest < 0.83) return "crash";
  return rest < 0.97 ? "cancel" : "silence";
}

/** Waits until the server has come up again. */
async function ready(postgres: StartedPostgres): Promise<void> {
  for (let left = 400; ; left--) {
    try {
      return await postgres.withClient("postgres", async () => undefined);
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/** Waits until the server is done with what a runner that died had under way. */
async function settled(postgres: StartedPostgres): Promise<void> {
  for (let left = 400; left > 0; left--) {
    const { rowCount } = await postgres.withClient("postgres", (client) =>
      client.query("SELECT FROM pg_stat_activity WHERE application_name LIKE 'lockkeeper%'"),
    );
    if (rowCount === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
