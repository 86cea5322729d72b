import { readFile, statfs } from "node:fs/promises";
import { text, textOrNull } from "./rows.ts";
import type { Session } from "./session.ts";

/**
 * What is free on the disk that holds the data directory; null where it cannot be seen. PostgreSQL tells nobody: the server has to run on
 * this machine, which is so when its process for this session is a process here, and its directory has to be on a path that leads
 * somewhere. An address on this machine alone does not do: it may be the end of a tunnel.
 */
export async function freeDiskOf(session: Session): Promise<number | null> {
  const { rows } = await session.query(
    `SELECT pg_catalog.pg_backend_pid() AS pid,
            (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory') AS directory`,
  );
  const [row = {}] = rows;
  const directory = textOrNull(row, "directory");
  if (directory === null || directory === "") return null;
  const command = await readFile(`/proc/${text(row, "pid")}/cmdline`, "utf8").catch(() => "");
  if (!command.startsWith("postgres")) return null;
  return statfs(directory).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
}
