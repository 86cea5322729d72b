/** A backup that could not be made or proved, because of the database, a program or the disk. The database is as it was. */
export class BackupFailed extends Error {
  readonly code: string;
  /** Facts, one line each. */
  readonly details: readonly string[];
  /** What to do about it. */
  readonly hint: string | null;

  constructor(code: string, message: string, more: { details?: readonly string[]; hint?: string } = {}) {
    super(message);
    this.name = "BackupFailed";
    this.code = code;
    this.details = more.details ?? [];
    this.hint = more.hint ?? null;
  }
}
