import { startPostgres } from "../support/postgres.ts";
import { runRandom } from "./random.ts";

// npm run test:faults: at least 200 runs that are ended in their middle; SEEDS=3,17 repeats some of them.
const seeds = process.env.SEEDS?.split(",").map(Number) ?? Array.from({ length: 75 }, (_, i) => i + 1);
// The server's end is waited for, and nothing else keeps this process alive by then.
const awake = setInterval(() => undefined, 1_000);
const postgres = await startPostgres({ settings: { synchronous_commit: "on" } });
const { ended, wrong } = await runRandom({
  ...{ postgres, seeds, faults: 5, processes: 0.25 },
  say: (line) => process.stdout.write(`${line}\n`),
});
await postgres.stop();
clearInterval(awake);
const total = Object.values(ended).reduce((sum, count) => sum + count, 0);
process.stdout.write(`${JSON.stringify(ended)}: ${total} runs were ended in their middle.\n${wrong.join("\n")}\n`);
if (total < 200 && process.env.SEEDS === undefined)
  process.stdout.write("Fewer than 200: the seeds have to be more.\n");
process.exitCode = wrong.length === 0 && (total >= 200 || process.env.SEEDS !== undefined) ? 0 : 1;
