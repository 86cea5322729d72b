import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Proof } from "../config/backup.ts";
import { UserError } from "../errors.ts";
import { follow } from "../process/follow.ts";
import type { Manifest } from "../report/manifest.ts";
import type { PostgresClient } from "./client.ts";
import { isDone, linesOf, programFailed, type Surroundings } from "./dump.ts";
import { BackupFailed } from "./failure.ts";
import { checksumOf } from "./files.ts";
import { restoreAndCompare, type Scratch } from "./scratch.ts";

export interface ProofRequest {
  /** Where the backup's files are. */
  readonly directory: string;
  readonly manifest: Manifest;
  /** Weaker proofs are done on the way. */
  readonly proof: Proof;
  /** Null where the proof needs none, or there is none. */
  readonly client: PostgresClient | null;
  readonly scratch: Scratch | null;
  readonly jobs: number;
}

/** Proves a backup, the weakest proof first. Throws BackupFailed (backup-damaged) with everything that is wrong. */
export async function prove(request: ProofRequest, around: Surroundings, say: (what: string) => void): Promise<void> {
  const { manifest, directory, proof, client } = request;
  say("Proof: reading the files again for their checksums");
  await compareChecksums(directory, manifest, around.signal);
  if (proof === "checksums" || manifest.archive === null) return;
  if (client === null) throw new UserError("client-missing", "There is no pg_restore to read the archive with.");
  say("Proof: reading the archive to its end");
  const archive = join(directory, manifest.archive.path);
  const nowhere = process.platform === "win32" ? "NUL" : "/dev/null";
  const ended = await follow(client.restore, [`--file=${nowhere}`, archive], {
    ...around,
    stdout: { kind: "nowhere" },
    timeoutMs: null,
  });
  if (ended.kind === "stopped") throw programFailed("stopped", "pg_restore", ended, around.mask);
  if (!isDone(ended))
    throw damaged(manifest.id, ["The archive cannot be read to its end.", ...linesOf(ended, around.mask)]);
  if (proof === "archive") return;
  if (request.scratch === null) throw noScratch();
  const differences = await restoreAndCompare({ ...request, archive, client, scratch: request.scratch }, around, say);
  if (differences.length > 0) throw damaged(manifest.id, differences);
}

async function compareChecksums(directory: string, { id, files }: Manifest, signal: AbortSignal): Promise<void> {
  const wrong: string[] = [];
  for (const { path, bytes, sha256 } of files) {
    const there = await stat(join(directory, path)).catch(() => null);
    if (there === null || !there.isFile()) {
      wrong.push(`${path} is missing.`);
    } else if (there.size !== bytes) {
      wrong.push(`${path} has ${there.size} bytes; the manifest says ${bytes}.`);
    } else {
      const found = await checksumOf(join(directory, path), signal).catch((error: Error) => error.message);
      if (signal.aborted) throw stopped();
      if (typeof found === "string") wrong.push(`${path} cannot be read: ${found}.`);
      else if (found.sha256 !== sha256) wrong.push(`${path} has sha256:${found.sha256}; the manifest says ${sha256}.`);
    }
  }
  if (wrong.length > 0) throw damaged(id, wrong);
}

function damaged(id: string, details: readonly string[]): BackupFailed {
  const left = details.length > 20 ? [...details.slice(0, 20), `… and ${details.length - 20} more.`] : details;
  return new BackupFailed("backup-damaged", `The backup ${id} is damaged.`, {
    details: left,
    hint: "do not count on it: make another one, and look at the disk of the store.",
  });
}

/** The run was to end: what was not proved by then is not. */
export function stopped(): BackupFailed {
  return new BackupFailed("stopped", "The backup was stopped, because this run was.");
}

/** The proof needs a server, and nobody has named one. */
export function noScratch(variable = "SCRATCH_DATABASE_URL"): UserError {
  return new UserError("scratch-missing", "The proof `restored` needs a server to restore into, and there is none.", {
    hint: `set ${variable} to the address of a scratch server, or to the same server if a copy of the database may be made there for a while.`,
  });
}
