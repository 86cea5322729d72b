import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { inWords } from "../config/quantities.ts";
import type { Failure } from "../plan/outcome.ts";
import type { Desk } from "./desk.ts";
import { type Replica, replicasOf, writtenBy } from "./replicas.ts";
import type { Session } from "./session.ts";

/** Waits before a migration for replicas that what was written before has left behind. */
export interface Brake {
  /** Why the next migration is not to begin; null: it may. Throws DatabaseError. */
  release(): Promise<Failure | null>;
}

const pollMs = 500;
const nudgeMs = 1_000;

interface Mark {
  readonly written: number;
  readonly at: number;
}

/** Between two migrations only: one that has begun is not held up, because it may hold locks. */
export function brakeOf(desk: Desk): Brake {
  const { settings, signal, say } = desk;
  const { maxReplicaLagMs: limitMs, replicaWaitMs } = settings;
  /** How far we had written when: a replica that replays nothing at all may report no lag. */
  let marks: readonly Mark[] = [];
  const late = async (limit: number): Promise<readonly Replica[] | null> => {
    const replicas = await replicasOf(desk.session());
    if (replicas === null) return null;
    const least = Math.min(...replicas.map(({ replayed }) => replayed));
    marks = marks.filter(({ written }) => written > least);
    return replicas
      .map((replica) => {
        const since = marks.find(({ written }) => written > replica.replayed)?.at;
        return { ...replica, lagMs: Math.max(replica.lagMs, since === undefined ? 0 : performance.now() - since) };
      })
      .filter(({ lagMs }) => lagMs > limit);
  };
  /** What a replica has replayed it tells with the next write that it gets, or after ten seconds: one may only seem to be late. */
  const lateAfterAll = async (limit: number): Promise<readonly Replica[] | null> => {
    let behind = await late(limit);
    if (behind === null || behind.length === 0) return behind;
    await nudge(desk.session());
    for (let left = nudgeMs / 50; left > 0 && behind !== null && behind.length > 0 && !signal.aborted; left--) {
      await sleep(50);
      behind = await late(limit);
    }
    return behind;
  };
  return {
    async release() {
      if (limitMs === null) return null;
      marks = [...marks, { written: await writtenBy(desk.session()), at: performance.now() }];
      const deadline = performance.now() + replicaWaitMs;
      for (let told = false; ; told = true) {
        const behind = await lateAfterAll(limitMs);
        if (behind === null) return unseen;
        if (behind.length === 0) return null;
        if (!told) say({ kind: "waiting-for-replicas", replicas: behind.map(({ name }) => name), limitMs });
        if (performance.now() > deadline) return tooLate(behind, limitMs, replicaWaitMs);
        await sleep(pollMs, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return null;
      }
    },
  };
}

/** Writes something that means nothing, for the replicas to answer. */
async function nudge(session: Session): Promise<void> {
  await session.query("SELECT pg_catalog.pg_logical_emit_message(true, 'lockkeeper', '')").catch(() => undefined);
}

const base = { code: "replica-lag", sqlstate: null, at: null } as const;

const unseen: Failure = {
  ...base,
  message: "max-replica-lag cannot be measured: this role may not see pg_stat_replication.",
  details: [],
  hint: "GRANT pg_monitor to the role, or take max-replica-lag out of the config.",
};

function tooLate(behind: readonly Replica[], limitMs: number, waitedMs: number): Failure {
  return {
    ...base,
    message: `It was not begun: a replica is more than ${inWords(limitMs)} behind, after ${inWords(waitedMs)} of waiting.`,
    details: behind.map(
      ({ name, lagMs }) => `The replica ${name} is ${inWords(Math.round(lagMs / 100) * 100)} behind.`,
    ),
    hint: "look at the replica; when it has caught up, run lockkeeper migrate again: it goes on from here.",
  };
}
