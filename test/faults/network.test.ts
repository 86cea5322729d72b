import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { sharedPostgres } from "../support/global-postgres.ts";
import type { Postgres } from "../support/postgres.ts";
import { alter, moments } from "./moments.ts";
import { migrateAll, type Project, projectOf } from "./project.ts";
import { after, answers, type FaultyNetwork, sends, startProxy } from "./proxy.ts";
import { contradictions, migrations, unfinished } from "./truth.ts";

let postgres: Postgres & { stop(): Promise<void> };
let proxy: FaultyNetwork;
let project: Project;
const database = "faults_network";

beforeAll(async () => {
  postgres = await sharedPostgres();
  proxy = await startProxy(postgres.port);
  project = projectOf(migrations);
});
afterAll(async () => {
  project.remove();
  await proxy.stop();
  await postgres.dropDatabase(database);
  await postgres.stop();
});
beforeEach(async () => {
  await postgres.dropDatabase(database);
  await postgres.createDatabase(database);
});
afterEach(() => proxy.arm(null));

const through = (): string => postgres.url(database).replace(`:${postgres.port}/`, `:${proxy.port}/`);

test.each(moments)(
  "connection lost %s: nothing is lost or done twice, and the next run finishes",
  async (_when, when, deed) => {
    proxy.arm({ when, deed });
    const first = await migrateAll(project, { url: through() }).catch((error: unknown) => error);
    // The eyes look only at what takes a while; this chain may be over before.
    if (!String(_when).includes("waits")) expect(proxy.hits(), "the step was never reached").toBe(1);
    proxy.arm(null);
    expect(await contradictions(postgres, database), JSON.stringify(first)).toEqual([]);
    const second = await migrateAll(project, { url: through() });
    expect(second, JSON.stringify(second)).toMatchObject({ exitStatus: 0 });
    expect(await unfinished(postgres, database)).toEqual([]);
  },
);

test("a COMMIT that was done and whose answer is lost counts as done, and the run goes on", async () => {
  proxy.arm({ when: after(alter, answers(/^COMMIT/)), deed: "lose" });
  const result = await migrateAll(project, { url: through() });
  expect(proxy.hits()).toBe(1);
  expect(result.outcomes.map(({ status }) => status)).toEqual(Array(7).fill("applied"));
  expect(await unfinished(postgres, database)).toEqual([]);
});

test.each([
  ["the COMMIT", after(alter, sends(/^COMMIT/, "Q"))],
  ["the answer to the COMMIT", after(alter, answers(/^COMMIT/))],
  ["the DDL", sends(/ALTER TABLE t ADD COLUMN b/)],
] as const)(
  "a network that swallows %s without a word is noticed, and nothing hangs",
  async (_what, when) => {
    proxy.arm({ when, deed: "silence" });
    const first = await migrateAll(project, { url: through() });
    expect(proxy.hits()).toBe(1);
    expect(await contradictions(postgres, database), JSON.stringify(first)).toEqual([]);
    expect(await migrateAll(project, { url: through() })).toMatchObject({ exitStatus: 0 });
    expect(await unfinished(postgres, database)).toEqual([]);
  },
  120_000,
);
