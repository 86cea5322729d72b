import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type StartedPostgres, startPostgres } from "../support/postgres.ts";
import { crash, startRunner } from "./kill.ts";
import { moments } from "./moments.ts";
import { migrateAll, type Project, projectOf } from "./project.ts";
import { type FaultyNetwork, startProxy } from "./proxy.ts";
import { contradictions, migrations, unfinished } from "./truth.ts";

let postgres: StartedPostgres;
let proxy: FaultyNetwork;
let project: Project;
const database = "faults_crash";

beforeAll(async () => {
  // A crash of the server loses nothing that it has answered for.
  postgres = await startPostgres({ settings: { synchronous_commit: "on" } });
  proxy = await startProxy(postgres.port);
  project = projectOf(migrations);
});
afterAll(async () => {
  project.remove();
  await proxy.stop();
  await postgres.stop();
});
beforeEach(async () => {
  await recovered();
  await postgres.dropDatabase(database);
  await postgres.createDatabase(database);
});
afterEach(() => proxy.arm(null));

const through = (): string => postgres.url(database).replace(`:${postgres.port}/`, `:${proxy.port}/`);
const reached = moments.filter(([when]) => !when.includes("waits"));

/** Waits until the server takes connections again. */
async function recovered(): Promise<void> {
  for (let left = 200; ; left--) {
    try {
      await postgres.withClient("postgres", async () => undefined);
      return;
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

test.each(reached)(
  "the server crashes %s: nothing is lost or done twice, and the next run finishes",
  async (_, when) => {
    let crashes = 0;
    proxy.arm({
      when(message) {
        if (crashes === 0 && when(message)) {
          crashes++;
          crash(postgres.pid);
        }
        return false;
      },
      deed: "lose",
    });
    const first = await migrateAll(project, { url: through() });
    expect(crashes, "the step was never reached").toBe(1);
    proxy.arm(null);
    await recovered();
    expect(await contradictions(postgres, database), JSON.stringify(first.outcomes)).toEqual([]);
    const second = await migrateAll(project, { url: through() });
    expect(second, JSON.stringify([second.refusal, second.outcomes])).toMatchObject({ exitStatus: 0 });
    expect(await unfinished(postgres, database)).toEqual([]);
  },
);

test.each(reached)(
  "the server is stopped at once and started again %s: the runner finds it again, and nothing is lost or done twice",
  async (_, when) => {
    let restarted: Promise<void> | null = null;
    proxy.arm({
      when(message) {
        if (restarted === null && when(message)) restarted = postgres.restart();
        return false;
      },
      deed: "lose",
    });
    const first = await migrateAll(project, { url: through() });
    expect(restarted, "the step was never reached").not.toBeNull();
    proxy.arm(null);
    await restarted;
    await recovered();
    // It came back in time, so that it could be asked.
    expect(first.outcomes.filter(({ status }) => status === "unknown")).toEqual([]);
    expect(await contradictions(postgres, database), JSON.stringify(first.outcomes)).toEqual([]);
    const second = await migrateAll(project, { url: through() });
    expect(second, JSON.stringify([second.refusal, second.outcomes])).toMatchObject({ exitStatus: 0 });
    expect(await unfinished(postgres, database)).toEqual([]);
  },
);

// In a process each, which takes a second to start: some of the moments here, all of them and more by npm run test:faults.
const killed = reached.filter((_, i) => [1, 4, 8, 9, 11, 13].includes(i));

test.each(killed)(
  "kill -9 of the runner %s: nothing is lost or done twice, and the next run finishes",
  async (_, when) => {
    let kills = 0;
    const runner = startRunner(project.directory, through());
    proxy.arm({
      when(message) {
        if (kills === 0 && when(message)) {
          kills++;
          runner.process.kill("SIGKILL");
        }
        return false;
      },
      deed: "lose",
    });
    const { status, output } = await runner.ended;
    expect(kills, output).toBe(1);
    expect(status).toBeNull();
    proxy.arm(null);
    // The next one waits for the lock: whatever the server still has under way is over when it gets it.
    const second = await migrateAll(project, { url: through() });
    expect(second, JSON.stringify([second.refusal, second.outcomes])).toMatchObject({ exitStatus: 0 });
    expect(await unfinished(postgres, database)).toEqual([]);
  },
);
