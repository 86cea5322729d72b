import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { BackupFile } from "../report/manifest.ts";

/** Every file below a directory with its size and checksum, sorted by path. */
export async function filesBelow(directory: string, signal: AbortSignal): Promise<readonly BackupFile[]> {
  const paths = await pathsBelow(directory, "");
  const files: BackupFile[] = [];
  for (const path of paths.toSorted()) files.push({ path, ...(await checksumOf(join(directory, path), signal)) });
  return files;
}

/** Reads a file to its end. */
export async function checksumOf(
  path: string,
  signal: AbortSignal,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash("sha256");
  const { size } = await stat(path);
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash, { signal });
  return { bytes: size, sha256: hash.digest("hex") };
}

async function pathsBelow(directory: string, below: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(directory, below), { withFileTypes: true })) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await pathsBelow(directory, path)));
    else found.push(path);
  }
  return found;
}

/** Removes a file if it is there. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
}
