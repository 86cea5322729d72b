import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import type { BackupConfig } from "../config/backup.ts";
import type { Address } from "../database/address.ts";
import { DatabaseError } from "../database/errors.ts";
import type { ApplySession, Session } from "../database/session.ts";
import { UserError } from "../errors.ts";
import { maskOf } from "../process/mask.ts";
import { type Archive, type Contents, type LedgerVersion, type Manifest, writeManifest } from "../report/manifest.ts";
import { sizeInWords } from "../report/sizes.ts";
import type { Draft, Store } from "../store/directory.ts";
import { count } from "../text.ts";
import { findClient, type PostgresClient } from "./client.ts";
import {
  countLargeObjects,
  countRows,
  readPolicyRoles,
  readSequences,
  readTables,
  sequencesBetween,
} from "./contents.ts";
import { withCredentials } from "./credentials.ts";
import { dump, type Surroundings } from "./dump.ts";
import { writeExtras, writeRoles } from "./extras.ts";
import { BackupFailed } from "./failure.ts";
import { filesBelow, removeFile } from "./files.ts";
import { noScratch, prove, stopped } from "./prove.ts";
import type { Scratch } from "./scratch.ts";
import { attempt, lockHeld, openSnapshot, type Snapshot } from "./snapshot.ts";

/** What a backup is asked for. */
export interface BackupRequest {
  readonly address: Address;
  readonly config: BackupConfig;
  readonly contents: Contents;
  readonly environment: string | null;
  /** Where the paths of the config begin, and where its commands run. */
  readonly cwd: string;
  readonly scratch: Scratch | null;
  /** The version of Lockkeeper. */
  readonly version: string;
  readonly commit: string | null;
  readonly signal: AbortSignal;
  /** Beside the password of the address: what must not be shown either. */
  readonly secrets: readonly (string | null)[];
}

/** What a backup works with. */
export interface BackupPorts {
  readonly store: Store;
  connect(): Promise<Session & Pick<ApplySession, "abandon" | "at">>;
  /** What is applied; null where it cannot be told. */
  ledgers(session: Session): Promise<readonly LedgerVersion[]>;
  now(): Date;
  say(what: string): void;
}

export interface Made {
  readonly manifest: Manifest;
  readonly warnings: readonly string[];
}

/** Makes a backup, proves it, and gives it its name; or leaves nothing behind. Throws BackupFailed and UserError. */
export async function createBackup(request: BackupRequest, ports: BackupPorts): Promise<Made> {
  const { address, config, contents } = request;
  if (contents === "data" && config.proof === "restored") {
    throw new UserError("proof-impossible", "A backup of the data alone cannot be restored into an empty database.", {
      hint: "ask for the proof `archive`, or leave --data-only out.",
    });
  }
  if (config.proof === "restored" && request.scratch === null) throw noScratch(config.scratchUrlFrom);
  const session = await ports.connect();
  const leave = (): void => session.abandon();
  // Counting may take minutes; a run that was told to stop has seconds.
  request.signal.addEventListener("abort", leave, { once: true });
  try {
    const client = await findClient({ serverVersion: session.serverVersion, directory: config.client });
    const snapshot = await openSnapshot(session, { lockWaitMs: config.lockWaitMs });
    await refuseFullStore(ports.store, contents === "schema" ? 0 : (config.freeDiskBytes ?? snapshot.bytes));
    // The snapshot is known to the server that the session has reached, and to no other.
    return await withCredentials({ ...address, hosts: [session.at] }, async (env) => {
      const around: Surroundings = {
        cwd: request.cwd,
        env: {
          ...env,
          LC_ALL: "C",
          ...(request.environment === null ? {} : { LOCKKEEPER_ENVIRONMENT: request.environment }),
        },
        mask: maskOf([address.password, ...request.secrets]),
        signal: request.signal,
      };
      const draft = await ports.store.begin(newId(address.database, ports.now()));
      try {
        return await write({ request, ports, client, session, snapshot, draft, around });
      } catch (thrown) {
        await draft.abandon();
        throw thrown;
      }
    });
  } catch (thrown) {
    throw request.signal.aborted ? stopped() : await asFailure(thrown, session);
  } finally {
    request.signal.removeEventListener("abort", leave);
    await session.close();
  }
}

interface Writing {
  readonly request: BackupRequest;
  readonly ports: BackupPorts;
  readonly client: PostgresClient;
  readonly session: Session & { abandon(): void };
  readonly snapshot: Snapshot;
  readonly draft: Draft;
  readonly around: Surroundings;
}

async function write(writing: Writing): Promise<Made> {
  const { request, ports, client, session, snapshot, draft, around } = writing;
  const { address, config, contents } = request;
  const warnings: string[] = [];
  const ledgers = (await attempt(session, () => ports.ledgers(session))) ?? [];
  const policyRoles = (await attempt(session, () => readPolicyRoles(session))) ?? [];
  const largeObjects = await attempt(session, () => countLargeObjects(session));
  const shapes = await readTables(session);
  const before = await readSequences(session);
  const isLarge = config.format === "auto" && snapshot.bytes >= config.directoryFromBytes;
  const format = config.format === "directory" || isLarge ? "directory" : "custom";
  const jobs = config.jobs ?? Math.min(4, availableParallelism());
  const size = `${count(shapes.length, "table")}, ${sizeInWords(snapshot.bytes)}`;
  const how = format === "directory" ? `, ${count(jobs, "job")}` : "";
  ports.say(`Dumping ${address.database} (${size}) with pg_dump ${client.version}, format ${format}${how}`);
  const dumping = dump(
    { client, directory: draft.path, snapshot: snapshot.id, format, jobs, contents, lockWaitMs: config.lockWaitMs },
    around,
  );
  const limitMs = contents === "schema" ? 0 : config.countRowsForMs;
  // Its own failure is told where pg_dump has none: that one has the better words.
  const counting = countRows(session, shapes, { limitMs }).catch((error: Error) => error);
  // Whoever has no dump waits for no counts.
  dumping.catch(() => session.abandon());
  const archive: Archive = await dumping;
  const counted = await counting;
  if (counted instanceof Error) throw counted;
  const sequences = sequencesBetween(before, await readSequences(session));
  await session.query("COMMIT");
  const noRoles = await writeRoles(draft.path, client, { ...around, database: address.database });
  if (noRoles !== null) {
    await removeFile(`${draft.path}/roles.sql`);
    warnings.push(`The roles are not in the backup: ${noRoles}`);
  }
  await writeExtras(draft.path, config, around);
  const manifest: Manifest = {
    schema: 1,
    id: newestPart(draft.path),
    time: snapshot.time,
    finished: ports.now().toISOString(),
    kind: "dump",
    contents,
    environment: request.environment,
    database: address.database,
    encoding: snapshot.encoding,
    systemIdentifier: snapshot.systemIdentifier,
    versions: { lockkeeper: request.version, server: snapshot.server, client: client.version },
    position: snapshot.position,
    ledgers,
    commit: request.commit,
    archive,
    external: null,
    files: await filesBelow(draft.path, request.signal),
    tables: counted,
    sequences,
    largeObjects: contents === "schema" ? null : largeObjects,
    policyRoles,
    proof: { reached: "none", time: ports.now().toISOString(), failed: null },
  };
  const { scratch } = request;
  await prove({ directory: draft.path, manifest, proof: config.proof, client, scratch, jobs }, around, ports.say);
  const proved: Manifest = {
    ...manifest,
    proof: { reached: config.proof, time: ports.now().toISOString(), failed: null },
  };
  await draft.commit(writeManifest(proved));
  return { manifest: proved, warnings };
}

/** The time, the database, and something that no other backup has. */
export function newId(database: string, now: Date): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const name = database
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .slice(0, 40);
  return `${time}-${name}-${randomBytes(4).toString("hex")}`;
}

function newestPart(draft: string): string {
  return /([^/\\]+)\.partial$/.exec(draft)?.[1] ?? "";
}

async function refuseFullStore(store: Store, needed: number): Promise<void> {
  const free = await store.freeBytes();
  if (free >= needed) return;
  throw new BackupFailed("store-full", `The store ${store.place} has too little room.`, {
    details: [`${sizeInWords(free)} are free; the tables have ${sizeInWords(needed)}.`],
    hint: "make room there, or name another store. Dumps are compressed: if you know how large they become, say so with backup.free-disk in the config.",
  });
}

/** What PostgreSQL has refused in our own transaction, as a failure of the backup. */
async function asFailure(thrown: unknown, session: Session): Promise<unknown> {
  if (thrown instanceof Error && "code" in thrown && (thrown.code === "ENOSPC" || thrown.code === "EDQUOT")) {
    return new BackupFailed("store-full", "The disk of the store is full.", {
      hint: "make room there, keep fewer backups (backup.keep), or name another store.",
    });
  }
  if (!(thrown instanceof DatabaseError)) return thrown;
  if (thrown.sqlstate === "55P03") return lockHeld(session);
  return new BackupFailed("backup-failed", "The database could not be read for the backup.", {
    details: [`${thrown.message}${thrown.sqlstate === null ? "" : ` (${thrown.sqlstate})`}`],
  });
}
