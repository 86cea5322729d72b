import { flag, number, type Row, text, textOrNull } from "./rows.ts";
import type { Session } from "./session.ts";

/** A server that replays what this one has written. */
export interface Replica {
  readonly name: string;
  readonly lagMs: number;
  /** Up to where it has replayed, in bytes. */
  readonly replayed: number;
}

/** Those that stream from this very server, not those behind them; null where this role may not see how far they are. */
export async function replicasOf(session: Session): Promise<readonly Replica[] | null> {
  const may = await session.query("SELECT pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS may");
  if (!flag(may.rows[0] ?? {}, "may")) return null;
  // A replica that has nothing left to do reports no lag; one that replays nothing (pg_receivewal) has no place.
  const { rows } = await session.query(
    `SELECT COALESCE(NULLIF(application_name, ''), client_addr::text, pid::text) AS name,
            COALESCE(extract(epoch FROM replay_lag) * 1000, 0)::bigint AS lag,
            pg_catalog.pg_wal_lsn_diff(replay_lsn, '0/0')::text AS replayed
     FROM pg_catalog.pg_stat_replication WHERE replay_lsn IS NOT NULL ORDER BY 1`,
  );
  return rows.map((row) => ({ name: text(row, "name"), lagMs: number(row, "lag"), replayed: number(row, "replayed") }));
}

/** Up to where this server has written, in bytes. */
export async function writtenBy(session: Session): Promise<number> {
  const { rows } = await session.query(
    "SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::text AS written",
  );
  const row: Row = rows[0] ?? {};
  return Number(textOrNull(row, "written") ?? 0);
}
