import type { Part } from "./parts.ts";

/** One script of a migration, ready to be applied. */
export interface Script {
  readonly version: string;
  readonly name: string;
  readonly path: string;
  readonly direction: "up" | "down";
  /** Of the migration: both its scripts. */
  readonly digest: string;
  readonly parts: readonly Part[];
  /** How many statements it has. */
  readonly statements: number;
  /** For how long it may make others wait, where its author says so; null: as long as every other. */
  readonly maxBlockingMs: number | null;
  /** Of the first n statements, for each place where a run can stop: 0, and the last statement of each part. */
  doneDigest(statements: number): string | null;
  /** Whether it may leave settings, roles or temporary objects in its session. */
  readonly leavesTraces: boolean;
}
