import { mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../errors.ts";

/** Where backups are kept: a directory with one directory for each of them, which has its name only when it is whole. */
export interface Store {
  readonly place: string;
  /** The ids of what is there, the oldest first. */
  ids(): Promise<readonly string[]>;
  /** The directory of a backup, whether it is there or not. */
  pathOf(id: string): string;
  /** Makes the place for a new backup. Its name ends in `.partial` until it is committed. */
  begin(id: string): Promise<Draft>;
  /** The text of a backup's manifest; null where there is none. */
  manifest(id: string): Promise<string | null>;
  /** Puts another manifest in the place of a backup's own, whole or not at all. */
  replaceManifest(id: string, text: string): Promise<void>;
  remove(id: string): Promise<void>;
  freeBytes(): Promise<number>;
  /** Removes what killed runs have left, if nothing was written to it for a day. Returns the names. */
  sweep(now: Date): Promise<readonly string[]>;
}

/** A backup that is being made. */
export interface Draft {
  readonly path: string;
  /** Writes the manifest, brings everything to the disk, and gives the backup its name. */
  commit(manifest: string): Promise<void>;
  /** Removes everything that was written. */
  abandon(): Promise<void>;
}

export const manifestName = "manifest.json";
const partial = ".partial";
/** As backups are called; nothing else in a store is touched, and no id leads out of it. */
const idForm = /^\d{8}T\d{6}Z-[a-z0-9_-]{1,40}-[0-9a-f]{8}$/;

/** Whether a text can be the id of a backup. */
export function isBackupId(text: string): boolean {
  return idForm.test(text);
}

/** Opens a store; the directory is made where it is not there and `create` says so. Throws UserError. */
export async function openStore(place: string, { create }: { readonly create: boolean }): Promise<Store> {
  if (create) await mkdir(place, { recursive: true, mode: 0o700 }).catch((error) => refuse(place, error));
  const found = await stat(place).catch((error) => refuse(place, error));
  if (!found.isDirectory()) throw unusable(place, "it is no directory");
  const pathOf = (id: string): string => {
    if (!isBackupId(id)) throw new Error(`No id of a backup: ${id}`);
    return join(place, id);
  };
  return {
    place,
    pathOf,
    async ids() {
      const entries = await readdir(place, { withFileTypes: true });
      return entries
        .filter((entry) => entry.isDirectory() && isBackupId(entry.name))
        .map(({ name }) => name)
        .toSorted();
    },
    begin: (id) => begin(place, pathOf(id)),
    manifest: (id) => readFile(join(pathOf(id), manifestName), "utf8").catch(() => null),
    async replaceManifest(id, text) {
      const path = join(pathOf(id), manifestName);
      await writeSynced(`${path}${partial}`, text);
      await rename(`${path}${partial}`, path);
      await sync(pathOf(id));
    },
    async remove(id) {
      // Out of sight first: what is left of a removal that breaks off is never taken for a backup.
      const gone = `${pathOf(id)}${partial}`;
      await rename(pathOf(id), gone);
      await rm(gone, { recursive: true, force: true });
      await sync(place);
    },
    async freeBytes() {
      const { bavail, bsize } = await statfs(place);
      return bavail * bsize;
    },
    async sweep(now) {
      const left: string[] = [];
      for (const entry of await readdir(place, { withFileTypes: true })) {
        const id = entry.name.slice(0, -partial.length);
        if (!entry.isDirectory() || !entry.name.endsWith(partial) || !isBackupId(id)) continue;
        if (now.getTime() - (await lastWrite(join(place, entry.name))) < 24 * 3_600_000) continue;
        await rm(join(place, entry.name), { recursive: true, force: true });
        left.push(entry.name);
      }
      return left;
    },
  };
}

async function begin(place: string, path: string): Promise<Draft> {
  const draft = `${path}${partial}`;
  await mkdir(draft, { mode: 0o700 });
  return {
    path: draft,
    async commit(manifest) {
      await writeSynced(join(draft, manifestName), manifest);
      await syncBelow(draft);
      await rename(draft, path);
      await sync(place);
    },
    abandon: () => rm(draft, { recursive: true, force: true, maxRetries: 3 }),
  };
}

async function writeSynced(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600, flush: true });
}

/** Every file and directory, so that a backup with a name is one that outlives the loss of power. */
async function syncBelow(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await syncBelow(path);
    else await sync(path);
  }
  await sync(directory);
}

async function sync(path: string): Promise<void> {
  // Windows opens no directories.
  const handle = await open(path, "r").catch(() => null);
  if (handle === null) return;
  try {
    await handle.sync().catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EPERM" && error.code !== "EINVAL") throw error;
    });
  } finally {
    await handle.close();
  }
}

async function lastWrite(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true }).catch(() => []);
  const times = await Promise.all(
    ["", ...entries].map((name) =>
      stat(join(directory, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Math.max(...times);
}

function refuse(place: string, error: unknown): never {
  throw unusable(place, error instanceof Error ? error.message : String(error));
}

function unusable(place: string, why: string): UserError {
  return new UserError("store-unusable", `The store ${place} cannot be used: ${why}.`, {
    hint: "name a directory that this user may write to, with --store or backup.store in the config.",
  });
}
