/** The backup that stands behind a deploy. */
export interface TakenBackup {
  readonly id: string;
  /** Whether this run has made it; otherwise it was named. */
  readonly made: boolean;
  /** How far it is proved; null: it is in no store that could be asked. */
  readonly proof: string | null;
}
