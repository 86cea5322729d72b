import type { Recovery } from "../plan/parts.ts";
import { display, quoted } from "../sql/names.ts";
import { type FoundIndex, indexNamed, invalidIndexes, oidOf } from "./indexes.ts";
import { text } from "./rows.ts";
import type { Session } from "./session.ts";

/** What the catalog says of a statement that may have run: done, not done or half, the broken indexes it has left, or nothing. */
export async function stateOf(
  recovery: Recovery,
  session: Session,
): Promise<"done" | "not-done" | "unknown" | readonly FoundIndex[]> {
  switch (recovery.kind) {
    case "create-index": {
      // PostgreSQL chose the name, and may choose another one next time.
      if (recovery.index === null) return "unknown";
      const index = await indexNamed(session, recovery.table, recovery.index);
      if (index === null) return "not-done";
      return index.valid ? "done" : [index];
    }
    case "drop-index":
      return (await oidOf(session, recovery.index)) === null ? "done" : "not-done";
    case "reindex":
      return (await invalidIndexes(session)).filter(isReindexed);
    case "detach-partition":
      return (await marksOf(recovery, session)) === null ? "done" : "not-done";
    case "repeatable":
      return "not-done";
    case "unknown":
      return "unknown";
  }
}

/**
 * What a statement changes on its way, in transactions of its own, of what it takes away in the end: null where that is not there. The
 * index is INVALID long before it is gone, the partition detached for new queries.
 */
export async function marksOf(recovery: Recovery, session: Session): Promise<string | null> {
  const asked = ((): { readonly sql: string; readonly values: readonly string[] } | null => {
    switch (recovery.kind) {
      case "drop-index":
        return {
          sql: `SELECT pg_catalog.concat(indisvalid, indisready, indislive) AS marks FROM pg_catalog.pg_index
            WHERE indexrelid = pg_catalog.to_regclass($1)`,
          values: [quoted(recovery.index)],
        };
      case "detach-partition":
        return {
          sql: `SELECT inhdetachpending::text AS marks FROM pg_catalog.pg_inherits
            WHERE inhrelid = pg_catalog.to_regclass($1) AND inhparent = pg_catalog.to_regclass($2)`,
          values: [quoted(recovery.partition), quoted(recovery.table)],
        };
      case "create-index":
      case "reindex":
      case "repeatable":
      case "unknown":
        return null;
    }
  })();
  if (asked === null) return null;
  const { rows } = await session.query(asked.sql, asked.values);
  return rows[0] === undefined ? null : text(rows[0], "marks");
}

/** What the catalog has of what no statement has begun to take away. */
export const untouched: readonly string[] = ["ttt", "false"];

/** Whether an earlier try has taken the partition away for new queries only. The statement itself is refused then. */
export async function isHalfDetached(recovery: Recovery, session: Session): Promise<boolean> {
  return recovery.kind === "detach-partition" && (await marksOf(recovery, session)) === "true";
}

/** What finishes a detachment that was begun. */
export function finalize(recovery: Recovery): string {
  if (recovery.kind !== "detach-partition") throw new TypeError(`${recovery.kind} is not finished in another way.`);
  return `ALTER TABLE ${quoted(recovery.table)} DETACH PARTITION ${quoted(recovery.partition)} FINALIZE`;
}

/** In words, for whoever finds it so. */
export function halfDone(recovery: Recovery): string {
  return recovery.kind === "drop-index"
    ? `The index ${display(recovery.index)} is INVALID now, and still there: no query reads it. The next run drops it.`
    : "The partition is detached for new queries, and still there. The next run finishes it (FINALIZE).";
}

/** REINDEX CONCURRENTLY builds beside the old index under these names, and leaves them there when it fails. */
function isReindexed({ bareName }: FoundIndex): boolean {
  return /_cc(new|old)\d*$/.test(bareName);
}

/** An INVALID index that nobody here has made, with the name of the one to build: IF NOT EXISTS would pass over it. */
export async function inTheWay(recovery: Recovery, session: Session): Promise<FoundIndex | null> {
  if (recovery.kind !== "create-index" || recovery.index === null) return null;
  const index = await indexNamed(session, recovery.table, recovery.index);
  return index === null || index.valid ? null : index;
}

/** The broken indexes that are there now and were not before. */
export async function leftBehind(
  recovery: Recovery,
  before: readonly FoundIndex[],
  session: Session,
): Promise<readonly FoundIndex[]> {
  if (recovery.kind !== "create-index" && recovery.kind !== "reindex") return [];
  const fresh = (await invalidIndexes(session)).filter(({ oid }) => before.every((each) => each.oid !== oid));
  if (recovery.kind === "reindex") return fresh.filter(isReindexed);
  const table = await oidOf(session, recovery.table);
  return fresh.filter(({ tableOid, bareName }) => {
    return tableOid === table && (recovery.index === null || bareName === recovery.index);
  });
}
