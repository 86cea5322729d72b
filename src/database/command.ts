import { randomBytes } from "node:crypto";
import { UserError } from "../errors.ts";
import type { LedgerState } from "../migrations/recorded.ts";
import type { CommandJob, CommandTask } from "../plan/command.ts";
import { outcomesOf } from "../plan/command-outcome.ts";
import type { Evidence } from "../plan/evidence.ts";
import type { Failure, Outcome } from "../plan/outcome.ts";
import { variablesFor } from "../plan/program.ts";
import type { Programs } from "../ports.ts";
import { failureOf } from "./command-failure.ts";
import { type CommandRows, finishRows, startRows } from "./command-journal.ts";
import { type Desk, pause } from "./desk.ts";
import { evidenceOf } from "./evidence.ts";
import { type Footprint, footprintOf, nothingWrittenSince } from "./footprint.ts";
import { openLedger, readLedger } from "./ledgers/index.ts";
import { commandName } from "./left-commands.ts";
import { describeHolder } from "./lock.ts";
import type { ApplySession, Session } from "./session.ts";
import { supervise } from "./supervise.ts";

export interface CommandOptions {
  readonly desk: Desk;
  readonly programs: Programs;
  /** Asks over the connection that has the lock, over a new one where it is gone. Throws UserError. */
  ask<T>(work: (session: ApplySession) => Promise<T>): Promise<T>;
}

/** Runs a command under the lock and with our eyes on it, and says what is in the database afterwards. */
export async function runCommand(job: CommandJob, options: CommandOptions): Promise<readonly Outcome[]> {
  const { desk, ask } = options;
  desk.say({ kind: "applying", path: job.tasks[0]?.path ?? "", direction: job.direction, from: 0 });
  let start: Start;
  try {
    start = await ask((session) => begin(job, session, desk));
  } catch (thrown) {
    return job.tasks.map((task) => notBegun(task, thrown));
  }
  for (let retries = 0; ; retries++) {
    const { outcomes, failure } = await attempt(job, start, { ...options, retries });
    // Nothing of it is there, and somebody was in its way: the same may work later.
    const again =
      failure?.code === "lock-timeout" && outcomes.every(({ status }) => status === "undone" || status === "not-run");
    if (again && retries < desk.settings.retries && (await pause(desk, retries + 1, failure.message))) continue;
    return written(outcomes, start, options);
  }
}

/** One run of the command, and what is there after it. */
async function attempt(
  job: CommandJob,
  start: Start,
  { retries, ...options }: CommandOptions & { readonly retries: number },
): Promise<{ readonly outcomes: readonly Outcome[]; readonly failure: Failure | null }> {
  const begun = performance.now();
  const { isOver, failure } = await underWatch(job, start, options);
  try {
    const { now, untouched } = await options.ask((session) => whatIsThere(job, start, session));
    const outcomes = outcomesOf({
      ...{ direction: job.direction, tasks: job.tasks, failure, before: start.ledger, after: now.ledger },
      evidence: start.evidence.map((before, i) => ({ before, after: now.evidence[i] ?? [] })),
      wroteNothing: untouched && isOver,
      sameCatalog: now.catalog === start.footprint.catalog && isOver,
      ...{ ms: Math.round(performance.now() - begun), retries },
    });
    return { outcomes, failure };
  } catch (thrown) {
    return { outcomes: job.tasks.map((task) => unknown(task, failure, thrown)), failure };
  }
}

/** Puts the outcomes into the journal; what cannot be written there is told all the same. */
async function written(
  outcomes: readonly Outcome[],
  { rows }: Start,
  { ask, desk }: CommandOptions,
): Promise<readonly Outcome[]> {
  try {
    await ask((session) => finishRows(rows, outcomes, session));
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    desk.say({ kind: "notice", severity: "WARNING", message: `The journal could not be written: ${thrown.message}` });
  }
  return outcomes;
}

interface Start {
  readonly table: string;
  readonly ledger: LedgerState;
  readonly rows: CommandRows;
  readonly evidence: readonly (readonly Evidence[])[];
  readonly footprint: Footprint;
}

async function begin(job: CommandJob, session: ApplySession, desk: Desk): Promise<Start> {
  const { table, ledger } = await ledgerOf(job, session);
  const rows = await startRows(job, table, session, desk);
  const evidence = await evidenceOfAll(job, session);
  // After our own rows: from here on we write nothing until it is over.
  return { table, ledger, rows, evidence, footprint: await footprintOf(session, table) };
}

async function ledgerOf(
  job: CommandJob,
  session: Session,
): Promise<{ readonly table: string; readonly ledger: LedgerState }> {
  const open = await openLedger(session, job.ledger);
  return { table: open.ledger.table, ledger: await readLedger(session, open) };
}

async function evidenceOfAll({ tasks }: CommandJob, session: Session): Promise<readonly (readonly Evidence[])[]> {
  const found: (readonly Evidence[])[] = [];
  for (const { statements } of tasks) found.push(await evidenceOf(statements, session));
  return found;
}

async function whatIsThere(job: CommandJob, { footprint, table }: Start, session: Session) {
  // Asked first: what is asked after it writes nothing either.
  const untouched = await nothingWrittenSince(footprint, session);
  const { ledger } = await ledgerOf(job, session);
  const evidence = await evidenceOfAll(job, session);
  const { catalog } = await footprintOf(session, table);
  return { untouched, now: { ledger, evidence, catalog } };
}

async function underWatch(job: CommandJob, { ledger }: Start, { desk, programs, ask }: CommandOptions) {
  const { settings, signal, say } = desk;
  const applicationName = `${commandName}${randomBytes(6).toString("hex")}`;
  const { applied } = ledger;
  const { targetVersion, steps, direction, maxBlockingMs } = job;
  const limits = { maxBlockingMs: maxBlockingMs ?? settings.maxBlockingMs, maxDurationMs: settings.maxDurationMs };
  const supervised = await supervise(
    {
      ...{ ask, applicationName, limits, signal },
      onWaiting: (blockers) => say({ kind: "waiting-for-lock", blockers: blockers.map(describeHolder) }),
      onLong: (long) => say({ kind: "long", ...long }),
    },
    (stop) =>
      programs.run(job.command, {
        variables: {
          ...variablesFor({ applied, targetVersion, steps }, desk.run.environment ?? null),
          LOCKKEEPER_COMMAND: direction === "up" ? "migrate" : "rollback",
          LOCKKEEPER_DIGEST: job.planDigest ?? "",
        },
        applicationName,
        settings: {
          lock_timeout: `${settings.lockTimeoutMs}ms`,
          ...(settings.role === null ? {} : { role: settings.role }),
        },
        signal: stop,
      }),
  );
  if (supervised.seen === "by-place") say({ kind: "notice", severity: "NOTE", message: unnamed });
  const failure = failureOf(supervised, { lockTimeoutMs: settings.lockTimeoutMs, ...limits });
  return { isOver: supervised.left !== "unseen" && supervised.left.length === 0, failure };
}

const unnamed =
  "the connections of the command do not bear the name in PGAPPNAME: they were looked after by where they come from, and lock_timeout (PGOPTIONS) may not hold for them.";

/** Of what nothing was begun. */
function notBegun({ version, name, path }: CommandTask, thrown: unknown): Outcome {
  if (!(thrown instanceof UserError)) throw thrown;
  const { message, details, hint } = thrown;
  const failure: Failure = { code: "connection-lost", message, details, hint, sqlstate: null, at: null };
  return { version, name, path, status: "undone", failure };
}

function unknown({ version, name, path }: CommandTask, failure: Failure | null, thrown: unknown): Outcome {
  if (!(thrown instanceof UserError)) throw thrown;
  const { message, details, hint } = thrown;
  const lost: Failure = { code: "connection-lost", message, details, hint, sqlstate: null, at: null };
  return {
    ...{ version, name, path, status: "unknown" },
    failure: failure === null ? lost : { ...failure, details: [...failure.details, message] },
  };
}
