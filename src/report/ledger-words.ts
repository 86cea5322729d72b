import { count } from "../text.ts";

/** What `baseline` has recorded, in a sentence or two. */
export function baselineWords({ table, versions }: Recorded): string {
  const upTo = versions.at(-1) ?? "none";
  return `Recorded ${count(versions.length, "migration")} as applied in ${table}, up to ${upTo}. None was run.`;
}

/** Migrations that a ledger records as applied, in the order of their versions. */
export interface Recorded {
  readonly table: string;
  readonly versions: readonly string[];
}

/** What `force` has written. */
export function forceWords({ table, version }: { readonly table: string; readonly version: string }): string {
  return `${table} now says ${version}, not dirty. Nothing was run.`;
}
