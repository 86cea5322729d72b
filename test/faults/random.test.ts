import { expect, test } from "vitest";
import { startPostgres } from "../support/postgres.ts";
import { runRandom } from "./random.ts";

test("runs that are ended at random moments lose nothing and do nothing twice (npm run test:faults: many more)", async () => {
  const postgres = await startPostgres({ settings: { synchronous_commit: "on" } });
  try {
    const { ended, wrong } = await runRandom({ postgres, seeds: [11, 12, 13], faults: 4, processes: 0 });
    expect(wrong).toEqual([]);
    expect(Object.values(ended).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(4);
  } finally {
    await postgres.stop();
  }
}, 120_000);
