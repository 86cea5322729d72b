/** How migrations are applied; times in milliseconds. */
export interface ApplySettings {
  /** How long a statement waits for a lock before it steps back. */
  readonly lockTimeoutMs: number;
  /** How often a part is tried again when somebody was in the way. */
  readonly retries: number;
  /** The first pause before another try; each is twice as long, at most `maxPauseMs`. */
  readonly pauseMs: number;
  readonly maxPauseMs: number;
  /** How long anybody may wait for us. */
  readonly maxBlockingMs: number;
  /** How long a part may run; null for as long as it needs. */
  readonly maxDurationMs: number | null;
  /** How long another runner is waited for. */
  readonly lockWaitMs: number;
  /** How long the server may take to answer what no migration has asked. */
  readonly answerMs: number;
  /** How often it is told how far a long statement is. */
  readonly progressMs: number;
  /** The role that owns what is created; null for the one that connects. */
  readonly role: string | null;
  /** How far a replica may be behind when the next migration begins; null: nobody looks. */
  readonly maxReplicaLagMs: number | null;
  /** How long such a replica is waited for. */
  readonly replicaWaitMs: number;
}

export const defaultSettings: ApplySettings = {
  lockTimeoutMs: 3_000,
  retries: 10,
  pauseMs: 1_000,
  maxPauseMs: 30_000,
  maxBlockingMs: 5_000,
  maxDurationMs: null,
  lockWaitMs: 600_000,
  answerMs: 60_000,
  progressMs: 5_000,
  role: null,
  maxReplicaLagMs: null,
  replicaWaitMs: 300_000,
};

/** What is told while it happens. */
export type Said = Readonly<
  | { kind: "waiting-for-runner"; by: string | null }
  | { kind: "applying"; path: string; direction: "up" | "down"; from: number }
  | { kind: "waiting-for-lock"; blockers: readonly string[] }
  | { kind: "waiting-for-replicas"; replicas: readonly string[]; limitMs: number }
  | { kind: "retry"; attempt: number; of: number; inMs: number; why: string }
  | { kind: "long"; phase: string; percent: number | null; elapsedMs: number; leftMs: number | null }
  | { kind: "notice"; severity: string; message: string }
  | { kind: "reconnecting"; why: string }
  | { kind: "cleaning-up"; index: string }
>;
