import { join } from "node:path";
import { inWords } from "../config/quantities.ts";
import { type Followed, follow } from "../process/follow.ts";
import type { Mask } from "../process/mask.ts";
import type { Archive, Contents } from "../report/manifest.ts";
import { knowsZstd, type PostgresClient } from "./client.ts";
import { BackupFailed } from "./failure.ts";

/** What all programs of one backup share. */
export interface Surroundings {
  readonly cwd: string;
  /** The environment with the address in it. */
  readonly env: Readonly<Record<string, string>>;
  readonly mask: Mask;
  readonly signal: AbortSignal;
}

export interface DumpRequest {
  readonly client: PostgresClient;
  /** The directory into which the archive goes. */
  readonly directory: string;
  readonly snapshot: string;
  readonly format: Archive["format"];
  readonly jobs: number;
  readonly contents: Contents;
  readonly lockWaitMs: number;
}

/** Runs pg_dump. Throws BackupFailed. Its own fsync stays on. */
export async function dump(request: DumpRequest, around: Surroundings): Promise<Archive> {
  const { client, format, contents } = request;
  const compression = (await knowsZstd(client)) ? "zstd" : "gzip";
  const path = format === "custom" ? "database.dump" : "database.dir";
  const args = [
    `--format=${format}`,
    `--file=${join(request.directory, path)}`,
    `--snapshot=${request.snapshot}`,
    `--lock-wait-timeout=${Math.round(request.lockWaitMs)}`,
    "--no-password",
    ...(compression === "zstd" ? ["--compress=zstd"] : []),
    ...(format === "directory" ? [`--jobs=${request.jobs}`] : []),
    ...(contents === "data" ? ["--data-only"] : []),
    ...(contents === "schema" ? ["--schema-only"] : []),
  ];
  const ended = await follow(client.dump, args, {
    ...around,
    stdout: { kind: "nowhere" },
    timeoutMs: null,
  });
  if (!isDone(ended)) throw dumpFailed(ended, request, around.mask);
  return { path, format, compression };
}

export function isDone(ended: Followed): boolean {
  return ended.kind === "ended" && ended.status === 0;
}

/** Why pg_dump has failed, for the reasons that are known. */
function dumpFailed(ended: Followed, { lockWaitMs }: DumpRequest, mask: Mask): BackupFailed {
  const details = linesOf(ended, mask);
  const said = ended.kind === "ended" ? ended.said : "";
  if (/canceling statement due to lock timeout/.test(said)) {
    return new BackupFailed("backup-lock-held", "A table is held with ACCESS EXCLUSIVE, and a dump cannot read it.", {
      details: [`It was waited for ${inWords(lockWaitMs)}.`, ...details],
      hint: "wait until that session is done, or end it; backup.lock-wait in the config says how long a dump waits.",
    });
  }
  if (/row-level security/.test(said)) {
    return new BackupFailed(
      "backup-row-security",
      "Row security hides rows from this role: a dump would not be whole.",
      {
        details,
        hint: "make backups as a role that owns the tables, or that has BYPASSRLS.",
      },
    );
  }
  if (/permission denied/.test(said)) {
    return new BackupFailed("backup-permission", "The role may not read everything: a dump would not be whole.", {
      details,
      hint: "make backups as a role that may read every table and sequence: GRANT pg_read_all_data TO … does it.",
    });
  }
  if (
    /No space left on device|ENOSPC|Disk quota exceeded/.test(`${said} ${ended.kind === "failed" ? ended.why : ""}`)
  ) {
    return new BackupFailed("store-full", "The disk of the store is full.", {
      details,
      hint: "make room there, keep fewer backups (backup.keep), or name another store.",
    });
  }
  if (/server version mismatch/.test(said)) {
    return new BackupFailed("client-too-old", "pg_dump is older than the server.", { details });
  }
  return programFailed("backup-failed", "pg_dump", ended, mask);
}

/** A program that did not do its work, with what it said last. */
export function programFailed(code: string, program: string, ended: Followed, mask: Mask): BackupFailed {
  const details = linesOf(ended, mask);
  switch (ended.kind) {
    case "ended":
      return ended.signal === null
        ? new BackupFailed(code, `${program} has failed with exit status ${ended.status}.`, { details })
        : new BackupFailed(code, `${program} was ended from outside (${ended.signal}).`, {
            details,
            hint: "look whether the machine ran out of memory, or whether somebody has stopped it.",
          });
    case "stopped":
      return ended.why === "asked"
        ? new BackupFailed("stopped", `${program} was stopped, because this run was.`)
        : new BackupFailed(code, `${program} took longer than it may.`);
    case "failed":
      return new BackupFailed(code, `${program} could not be run: ${mask(ended.why)}.`);
  }
}

/** The last lines that a program wrote, masked: at most ten. */
export function linesOf(ended: Followed, mask: Mask): readonly string[] {
  if (ended.kind !== "ended") return [];
  return mask(ended.said)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(-10)
    .map((line) => (line.length > 400 ? `${line.slice(0, 400)}…` : line));
}
