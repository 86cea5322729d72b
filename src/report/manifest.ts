/** What a backup holds, and how far that is proved (docs/backup-manifest.schema.json). */
export interface Manifest {
  readonly schema: 1;
  readonly id: string;
  /** When the snapshot was taken: what was committed by then is in the backup. */
  readonly time: string;
  readonly finished: string;
  readonly kind: "dump" | "external";
  readonly contents: Contents;
  readonly environment: string | null;
  readonly database: string;
  /** Of the database: UTF8. */
  readonly encoding: string;
  /** Of the cluster, as PostgreSQL itself tells it apart from others; null where the role may not ask. */
  readonly systemIdentifier: string | null;
  readonly versions: { readonly lockkeeper: string; readonly server: string; readonly client: string | null };
  /** Where the write-ahead log stood, for a way back to this point in time. */
  readonly position: { readonly lsn: string; readonly timeline: number | null } | null;
  /** What is applied, by the ledger's table. */
  readonly ledgers: readonly LedgerVersion[];
  /** Of the checkout. */
  readonly commit: string | null;
  readonly archive: Archive | null;
  /** What a provider calls its backup. */
  readonly external: { readonly id: string; readonly time: string; readonly satisfiesRequired: boolean } | null;
  /** From the backup's directory. */
  readonly files: readonly BackupFile[];
  readonly tables: readonly TableContents[];
  readonly sequences: readonly SequenceValues[];
  readonly largeObjects: number | null;
  /** Roles that row security policies name: they have to be there before a restore. */
  readonly policyRoles: readonly string[];
  readonly proof: ProofReached;
}

export const contentsChoices = ["all", "data", "schema"] as const;
export type Contents = (typeof contentsChoices)[number];

export interface LedgerVersion {
  readonly table: string;
  /** The last that is applied; null: none. */
  readonly version: string | null;
}

/** pg_dump's own file or directory. */
export interface Archive {
  readonly path: string;
  readonly format: "custom" | "directory";
  readonly compression: "zstd" | "gzip";
}

export interface BackupFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A table as SQL names it, quoted where it must be. */
export interface TableContents {
  readonly name: string;
  /** exact: counted in the dump's own snapshot; estimated: PostgreSQL's statistics; partitioned: the rows are in the partitions. */
  readonly counted: "exact" | "estimated" | "partitioned";
  /** Null where nothing is known. */
  readonly rows: number | null;
  /** Names, sorted. */
  readonly constraints: readonly string[];
  readonly indexes: readonly string[];
}

/** Sequences are outside of snapshots: what is dumped lies between these two. Null: never called. */
export interface SequenceValues {
  readonly name: string;
  readonly atStart: string | null;
  readonly atEnd: string | null;
}

export const proofLevels = ["none", "checksums", "archive", "restored", "external"] as const;
export type ProofLevel = (typeof proofLevels)[number];

/** How far a backup was last proved. */
export interface ProofReached {
  readonly reached: ProofLevel;
  readonly time: string;
  /** What was found wrong with it, the last time that it was looked at; null: nothing. */
  readonly failed: string | null;
}

/** The manifest as its file holds it. */
export function writeManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Whether it can be restored from, as far as is known. */
export function isGood({ proof }: Manifest): boolean {
  return proof.failed === null && proof.reached !== "none";
}
