import type { Client } from "pg";
import type { Session } from "../../src/database/session.ts";

/** A client of a test as the session that the sources work with. */
export async function sessionOf(client: Client): Promise<Session> {
  const { rows } = await client.query<{ pid: number; version: number }>(
    "SELECT pg_backend_pid() AS pid, current_setting('server_version_num')::int AS version",
  );
  return {
    pid: rows[0]?.pid ?? 0,
    serverVersion: rows[0]?.version ?? 0,
    query: (sql, values) => (values === undefined ? client.query(sql) : client.query(sql, [...values])),
    close: () => client.end(),
  };
}
