import { mkdir, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { BackupConfig } from "../config/backup.ts";
import { follow } from "../process/follow.ts";
import type { PostgresClient } from "./client.ts";
import { isDone, linesOf, programFailed, type Surroundings } from "./dump.ts";
import { BackupFailed } from "./failure.ts";

const commandLimitMs = 3_600_000;

/** What is in a backup beside the database: files as a tar, and what commands print. All of it, or BackupFailed. */
export async function writeExtras(
  directory: string,
  { files, commands }: Pick<BackupConfig, "files" | "commands">,
  around: Surroundings,
): Promise<void> {
  if (files.length > 0) await writeTar(join(directory, "files.tar"), files, around);
  if (commands.size > 0) await mkdir(join(directory, "outputs"), { mode: 0o700 });
  for (const [name, command] of commands) {
    const path = join(directory, "outputs", name);
    const ended = await follow("sh", ["-c", command], {
      ...around,
      stdout: { kind: "file", path },
      timeoutMs: commandLimitMs,
    });
    if (!isDone(ended)) throw programFailed("backup-command-failed", `backup.commands.${name}`, ended, around.mask);
    if ((await stat(path)).size === 0) {
      throw new BackupFailed("backup-command-failed", `backup.commands.${name} printed nothing.`, {
        details: linesOf(ended, around.mask),
        hint: "what it writes to standard output goes into the backup.",
      });
    }
  }
}

async function writeTar(path: string, files: readonly string[], around: Surroundings): Promise<void> {
  for (const file of files) {
    const there = await stat(isAbsolute(file) ? file : join(around.cwd, file)).catch(() => null);
    if (there === null) {
      throw new BackupFailed("backup-file-missing", `There is no ${file}, and backup.files names it.`, {
        hint: "correct the path, which begins at the root of the repository, or leave it out.",
      });
    }
  }
  const ended = await follow("tar", ["--create", `--file=${path}`, "--", ...files], {
    ...around,
    stdout: { kind: "nowhere" },
    timeoutMs: commandLimitMs,
  });
  if (!isDone(ended)) throw programFailed("backup-failed", "tar", ended, around.mask);
}

/** The roles of the cluster without their passwords, as SQL. Returns why they could not be had; null where they are written. */
export async function writeRoles(
  directory: string,
  client: PostgresClient,
  around: Surroundings & { readonly database: string },
): Promise<string | null> {
  const { database } = around;
  const args = [
    "--roles-only",
    "--no-role-passwords",
    "--no-password",
    `--file=${join(directory, "roles.sql")}`,
    // Without one it looks for `postgres`, which this role may not enter. What has a "=" it would take for a connection string.
    ...(/^[\w-]+$/.test(database) ? [`--database=${database}`] : []),
  ];
  const ended = await follow(client.dumpAll, args, {
    ...around,
    stdout: { kind: "nowhere" },
    timeoutMs: 60_000,
  });
  if (isDone(ended)) return null;
  return linesOf(ended, around.mask).at(-1) ?? programFailed("", "pg_dumpall", ended, around.mask).message;
}
