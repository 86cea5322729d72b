import { type Row, textOrNull } from "./rows.ts";

/** How far a long statement is. */
export interface LongStatement {
  readonly phase: string;
  /** Of this phase; null where the server counts nothing. */
  readonly percent: number | null;
  /** Of the whole statement. */
  readonly elapsedMs: number;
  /** Until this phase is over, as fast as it has gone so far; null where that cannot be told. */
  readonly leftMs: number | null;
}

/** The phase that was seen last, and how far it was when it was seen first. */
interface Phase {
  readonly name: string;
  readonly sinceMs: number;
  readonly from: number;
}

/** Makes of what the server says at each look how long it will take: by the phase alone, as one says nothing of the next. */
export function progressReader(): (row: Row, elapsedMs: number) => LongStatement {
  let phase: Phase | null = null;
  return (row, elapsedMs) => {
    const name = textOrNull(row, "phase") ?? "running";
    const text = textOrNull(row, "percent");
    const percent = text === null ? null : Math.min(100, Number(text));
    const at = percent ?? 0;
    if (phase === null || phase.name !== name || at < phase.from) phase = { name, sinceMs: elapsedMs, from: at };
    const done = at - phase.from;
    const tookMs = elapsedMs - phase.sinceMs;
    // At the first look a phase has run from the beginning, as far as is known.
    const leftMs =
      percent === null || at === 0
        ? null
        : done > 0
          ? (tookMs * (100 - at)) / done
          : phase.sinceMs === elapsedMs
            ? (elapsedMs * (100 - at)) / at
            : null;
    const holder = textOrNull(row, "waits_for");
    return { phase: holder === null ? name : `${name} (pid ${holder})`, percent, elapsedMs, leftMs };
  };
}

/** What the server counts of a statement: index builds, VACUUM, CLUSTER and VACUUM FULL, ANALYZE, COPY; a row without a phase for any other. */
export function progressOf(pid: number, serverVersion: number): string {
  const percent = (done: string, total: string): string =>
    `CASE WHEN ${total} > 0 THEN pg_catalog.round(100.0 * ${done} / ${total}) END`;
  const from = (view: string, phase: string, share: string, waitsFor = "NULL"): string =>
    `SELECT ${phase} AS phase, (${share})::text AS percent, ${waitsFor} AS waits_for FROM pg_catalog.pg_stat_progress_${view} WHERE pid = ${pid}`;
  const index = `CASE WHEN phase LIKE 'waiting%' THEN ${percent("lockers_done", "lockers_total")}
    ELSE COALESCE(${percent("blocks_done", "blocks_total")}, ${percent("tuples_done", "tuples_total")}) END`;
  return [
    from("create_index", "phase", index, "NULLIF(current_locker_pid, 0)::text"),
    from("vacuum", "phase", percent("heap_blks_scanned", "heap_blks_total")),
    from("cluster", "phase", percent("heap_blks_scanned", "heap_blks_total")),
    from("analyze", "phase", percent("sample_blks_scanned", "sample_blks_total")),
    ...(serverVersion >= 140_000 ? [from("copy", "'copying rows'", percent("bytes_processed", "bytes_total"))] : []),
    "SELECT NULL, NULL, NULL",
  ].join(" UNION ALL ");
}
