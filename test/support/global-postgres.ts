import { inject } from "vitest";
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

/**
 * The server of the whole test run, or one of the caller's own where vitest was started without the global setup. `stop` ends only
 * what the caller started. Databases on it are everybody's: begin their names with the name of the test file, and drop them.
 */
export async function sharedPostgres(): Promise<Postgres & { stop(): Promise<void> }> {
  const shared = inject("postgres");
  return shared === undefined ? startPostgres() : { ...postgresAt(shared), stop: async () => {} };
}
