import { afterAll, beforeAll, beforeEach, inject } from "vitest";
import type { TestProject } from "vitest/node";
import { type Postgres, type PostgresAddress, postgresAt, startPostgres } from "./postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    postgres: PostgresAddress | undefined;
  }
}

/** vitest's globalSetup: one server for the whole run, which the test files share through `sharedPostgres`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { port, password, stop } = await startPostgres();
  project.provide("postgres", { port, password });
  return stop;
}

/** A server that others use too; `stop` ends only what the caller started. */
export type SharedPostgres = Postgres & { stop(): Promise<void> };

/**
 * The server of the whole test run, or one of the caller's own where vitest was started without the global setup. `stop` ends only
 * what the caller started. Databases on it are everybody's: begin their names with the name of the test file, and drop them.
 */
export async function sharedPostgres(): Promise<SharedPostgres> {
  const shared = inject("postgres");
  return shared === undefined ? startPostgres() : { ...postgresAt(shared), stop: async () => {} };
}

/** Gives each test of a file an empty database of this name, which is gone after the last. The server is handed over before the first. */
export function freshDatabase(name: string, take: (server: SharedPostgres) => void): void {
  let server: SharedPostgres;
  beforeAll(async () => {
    server = await sharedPostgres();
    take(server);
  });
  beforeEach(async () => {
    await server.dropDatabase(name);
    await server.createDatabase(name);
  });
  afterAll(async () => {
    await server.dropDatabase(name);
    await server.stop();
  });
}
