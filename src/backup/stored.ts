import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { BackupConfig, Proof } from "../config/backup.ts";
import { Refusal, UserError } from "../errors.ts";
import { withoutAddresses } from "../process/environment.ts";
import { maskOf } from "../process/mask.ts";
import { isGood, type Manifest, type ProofLevel, proofLevels, writeManifest } from "../report/manifest.ts";
import { isBackupId, type Store } from "../store/directory.ts";
import { nearest } from "../text.ts";
import { findClient } from "./client.ts";
import type { Surroundings } from "./dump.ts";
import { proveExternal } from "./external.ts";
import { BackupFailed } from "./failure.ts";
import { prove } from "./prove.ts";
import { readManifest } from "./read-manifest.ts";
import { outdated } from "./retention.ts";
import type { Scratch } from "./scratch.ts";
import { type BackupNeed, unsuitable } from "./suitable.ts";

/** What a store holds, the newest first. */
export interface Stored {
  readonly backups: readonly Manifest[];
  readonly unreadable: readonly { readonly id: string; readonly why: string }[];
}

/** Reads all manifests of a store. What has none that can be read is named, never left out. */
export async function listBackups(store: Store): Promise<Stored> {
  const backups: Manifest[] = [];
  const unreadable: { id: string; why: string }[] = [];
  for (const id of await store.ids()) {
    const text = await store.manifest(id);
    const read = text === null ? ({ kind: "unreadable", why: "it has no manifest" } as const) : readManifest(text);
    if (read.kind === "unreadable") unreadable.push({ id, why: read.why });
    else if (read.manifest.id !== id) unreadable.push({ id, why: `its manifest is that of ${read.manifest.id}` });
    else backups.push(read.manifest);
  }
  return { backups: backups.toSorted((a, b) => (a.time < b.time ? 1 : -1)), unreadable };
}

/** Removes what has had its time, after a new backup is proved. Returns the ids. */
export async function retain(store: Store, { keep }: BackupConfig, now: Date): Promise<readonly string[]> {
  await store.sweep(now);
  const ids = outdated((await listBackups(store)).backups, keep, now);
  for (const id of ids) await store.remove(id);
  return ids;
}

export interface Again {
  readonly id: string;
  /** Null: what the config asks for. */
  readonly proof: Proof | null;
  readonly config: BackupConfig;
  readonly scratch: Scratch | null;
  readonly jobs: number;
  readonly cwd: string;
  readonly secrets: readonly (string | null)[];
  readonly signal: AbortSignal;
}

/** A backup that was looked at again. */
export interface Looked {
  readonly manifest: Manifest;
  /** Null: nothing is wrong with it. */
  readonly failure: BackupFailed | null;
}

/** Proves a backup of the store again, and writes down what came of it. Throws UserError where there is no such backup. */
export async function verifyBackup(store: Store, again: Again, say: (what: string) => void): Promise<Looked> {
  const manifest = await manifestOf(store, again.id);
  const proof =
    again.proof ?? (manifest.contents === "data" && again.config.proof === "restored" ? "archive" : again.config.proof);
  if (manifest.contents === "data" && proof === "restored") {
    throw new UserError("proof-impossible", "A backup of the data alone cannot be restored into an empty database.", {
      hint: "ask for --proof archive.",
    });
  }
  const around: Surroundings = {
    cwd: again.cwd,
    env: { ...withoutAddresses(process.env), LC_ALL: "C" },
    mask: maskOf(again.secrets),
    signal: again.signal,
  };
  try {
    if (manifest.external !== null) await askProvider(manifest.external.id, again.config, around);
    else {
      const { scratch, jobs } = again;
      const major = Number.parseInt(manifest.versions.client ?? "0", 10);
      const needsClient = proof !== "checksums";
      const client = needsClient
        ? await findClient({ serverVersion: major * 10_000, directory: again.config.client })
        : null;
      await prove({ directory: store.pathOf(manifest.id), manifest, proof, client, scratch, jobs }, around, say);
    }
  } catch (thrown) {
    if (!(thrown instanceof BackupFailed)) throw thrown;
    // Only what is wrong with the backup itself is its fault: not a server without room for a copy of it.
    if (thrown.code !== "backup-damaged" && thrown.code !== "backup-not-proved") return { manifest, failure: thrown };
    const failed = [thrown.message, ...thrown.details].join(" ");
    return { manifest: await noteProof(store, manifest, { reached: manifest.proof.reached, failed }), failure: thrown };
  }
  const reached = manifest.external === null ? strongest(proof, manifest.proof.reached) : "external";
  return { manifest: await noteProof(store, manifest, { reached, failed: null }), failure: null };
}

/** The backup of this name, which must be one to count on. Throws UserError where it is none. */
export async function findBackup(store: Store, id: string, need: BackupNeed): Promise<Manifest> {
  const manifest = await manifestOf(store, id);
  const why = unsuitable(manifest, need) ?? (await shortened(store.pathOf(id), manifest));
  if (why === null) return manifest;
  throw new Refusal("backup-unsuitable", `The backup ${id} is none to count on here: ${why}.`, {
    hint: "make a new one, or let this run make it: leave --backup-id out.",
  });
}

/** Files that are gone or have another size than when they were proved. Reading them again is for `backup verify`. */
async function shortened(directory: string, { files }: Manifest): Promise<string | null> {
  for (const { path, bytes } of files) {
    const found = await stat(join(directory, path)).catch(() => null);
    if (found === null) return `its file ${path} is gone`;
    if (found.size !== bytes) return `its file ${path} has ${found.size} bytes, and had ${bytes} when it was proved`;
  }
  return null;
}

async function manifestOf(store: Store, id: string): Promise<Manifest> {
  const text = isBackupId(id) ? await store.manifest(id) : null;
  if (text === null) {
    const near = nearest(id, await store.ids());
    throw new UserError("backup-unknown", `There is no backup ${id} in ${store.place}.`, {
      hint:
        near === null
          ? "lockkeeper backup list names them."
          : `did you mean ${near}? lockkeeper backup list names them all.`,
    });
  }
  const read = readManifest(text);
  if (read.kind === "manifest" && read.manifest.id === id) return read.manifest;
  const why = read.kind === "unreadable" ? read.why : `it is that of ${read.manifest.id}`;
  throw new BackupFailed("backup-damaged", `The manifest of ${id} cannot be used: ${why}.`, {
    hint: "do not count on this backup: make another one.",
  });
}

async function askProvider(id: string, { external }: BackupConfig, around: Surroundings): Promise<void> {
  if (external?.verifyCommand == null) {
    throw new UserError("proof-impossible", "The config names no command that proves a backup of the provider.", {
      hint: "write it as backup.external.verify-command.",
    });
  }
  await proveExternal(external.verifyCommand, id, around);
}

/** The same bytes have been proved further before: their checksums say that they are the same. */
function strongest(now: Proof, before: ProofLevel): ProofLevel {
  return proofLevels.indexOf(before) > proofLevels.indexOf(now) && before !== "external" ? before : now;
}

async function noteProof(
  store: Store,
  manifest: Manifest,
  { reached, failed }: { readonly reached: ProofLevel; readonly failed: string | null },
): Promise<Manifest> {
  const noted: Manifest = { ...manifest, proof: { reached, time: new Date().toISOString(), failed } };
  // A store that can only be read still tells what was found.
  await store.replaceManifest(manifest.id, writeManifest(noted)).catch(() => undefined);
  return noted;
}

/** The last good backup, for whoever needs one; null where there is none. */
export function lastGood({ backups }: Stored): Manifest | null {
  return backups.find(isGood) ?? null;
}
