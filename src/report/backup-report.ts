import type { Manifest } from "./manifest.ts";

/** What a backup command did. Public: schema 1. */
export type BackupReport = BackupMade | BackupList;

/** backup: one was made; backup verify: one was proved again. */
export interface BackupMade {
  readonly schema: 1;
  readonly command: "backup" | "backup verify";
  readonly outcome: "done" | "failed";
  /** Where the backups are. */
  readonly store: string;
  /** Null where none was made. */
  readonly backup: Manifest | null;
  /** Why it failed; null where it did not. */
  readonly failure: BackupFailure | null;
  readonly warnings: readonly string[];
  /** The ids of older backups that have had their time, and are gone. */
  readonly removed: readonly string[];
}

export interface BackupFailure {
  readonly code: string;
  readonly message: string;
  readonly details: readonly string[];
  readonly hint: string | null;
}

/** What a store holds, the newest first. */
export interface BackupList {
  readonly schema: 1;
  readonly command: "backup list";
  readonly store: string;
  readonly backups: readonly Manifest[];
  /** Directories that look like backups and have no manifest that can be read. */
  readonly unreadable: readonly { readonly id: string; readonly why: string }[];
}
