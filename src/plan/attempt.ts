/** What is the same for every attempt of one run. */
export interface RunContext {
  readonly planDigest: string | null;
  readonly backupId: string | null;
  readonly commit: string | null;
  readonly runUrl: string | null;
  readonly actor: string | null;
  /** As --environment names it; left out or null where it is not named. */
  readonly environment?: string | null;
  /** The cluster's own number; left out or null where the server does not tell it. */
  readonly systemIdentifier?: string | null;
}

export type Direction = "up" | "down";

/**
 * started: a file that cannot be in one transaction is under way, or its runner died; applied; undone: nothing of it is in the
 * database; partial: its first statements are; resolved: a person has decided.
 */
export const attemptStatuses = ["started", "applied", "undone", "partial", "resolved"] as const;
export type AttemptStatus = (typeof attemptStatuses)[number];

/** In place of an error, on what `baseline` has recorded as applied. */
export const baselineRemark = "recorded by lockkeeper baseline; nothing was run";

/** Whether an attempt has run anything: what `baseline` records has not. */
export function wasRun({ error }: Pick<Attempt, "error">): boolean {
  return error !== baselineRemark;
}

/** One attempt at one migration, as the journal has it. */
export interface Attempt {
  /** Chosen by the runner, so that it can be looked for after an answer was lost. */
  readonly id: string;
  readonly ledger: string;
  readonly version: string;
  readonly name: string;
  readonly digest: string;
  readonly direction: Direction;
  readonly status: AttemptStatus;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** Statements of the script that are done, from its first. */
  readonly statement: number;
  readonly statements: number;
  /** Whether the statement after those may have run, in part or in full: the catalog has to be asked. */
  readonly inDoubt: boolean;
  /** Digest of the statements that are done; null for none. */
  readonly doneDigest: string | null;
  readonly rows: number;
  readonly transactionId: string | null;
  readonly error: string | null;
  readonly planDigest: string | null;
  readonly backupId: string | null;
  readonly commit: string | null;
  readonly runUrl: string | null;
  readonly actor: string | null;
}

/** 000012 and 12 are one version. */
export function sameNumber(a: string, b: string | null): boolean {
  if (b === null) return false;
  return a === b || (/^\d+$/.test(a) && /^\d+$/.test(b) && BigInt(a) === BigInt(b));
}
