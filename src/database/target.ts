import { Refusal, UserError } from "../errors.ts";
import type { Attempt, RunContext } from "../plan/attempt.ts";
import type { LedgerChoice, PlanDatabase } from "../plan/database.ts";
import type { Failure, Outcome } from "../plan/outcome.ts";
import type { ApplySettings, Said } from "../plan/progress.ts";
import type { Job, Target } from "../plan/target.ts";
import type { Programs } from "../ports.ts";
import { type Address, display } from "./address.ts";
import { apply, type Order } from "./apply.ts";
import { brakeOf } from "./brake.ts";
import { runCommand } from "./command.ts";
import { connect, connectOrSay } from "./connect.ts";
import { cleanSession, type Desk, lockOrSay, noticeOurEnd, refuseReadOnly } from "./desk.ts";
import type { Notice } from "./dial.ts";
import { DatabaseError } from "./errors.ts";
import { evidenceOf } from "./evidence.ts";
import { invalidIndexes } from "./indexes.ts";
import { hasJournal, prepareJournal, readJournal, readPrepared } from "./journal.ts";
import { writesOf } from "./ledger-writes.ts";
import { openLedger } from "./ledgers/index.ts";
import type { Ledger } from "./ledgers/ledger.ts";
import { waitForLeftCommands } from "./left-commands.ts";
import { describeHolder, endBackend, releaseLock } from "./lock.ts";
import { countLosses } from "./losses.ts";
import { identityOf, reading } from "./reader.ts";
import { decide, settle } from "./resolve.ts";
import { roleOf } from "./rights.ts";
import type { ApplySession } from "./session.ts";
import { type Watch, watch } from "./watch.ts";

export interface TargetOptions {
  readonly address: Address;
  readonly settings: ApplySettings;
  readonly run: RunContext;
  /** The version of Lockkeeper. */
  readonly runner: string;
  readonly signal: AbortSignal;
  readonly say: (said: Said) => void;
  /** Runs commands that change the database. Left out: none is run from here. */
  readonly programs?: Programs;
}

/** Connects, takes the locks and begins to watch. Nothing is written yet. Throws UserError. */
export async function openTarget(options: TargetOptions): Promise<Target> {
  const { address, settings, signal, say } = options;
  const { answerMs } = settings;
  const onNotice = boundedNotices(say);
  let session = await connectOrSay(address, { name: "lockkeeper", answerMs, signal, onNotice });
  const opened: ApplySession[] = [session];
  try {
    await refuseStandby(session);
    await lockOrSay(session, { which: "apply", waitMs: settings.lockWaitMs, signal, say });
    await waitForLeftCommands(session, { waitMs: settings.lockWaitMs, signal, say });
    await refuseRole(session, settings.role);
    const openEyes = async (waitMs: number, isOpen: (eyes: ApplySession) => void): Promise<ApplySession> => {
      // The same of several servers: nowhere else can be seen what happens there.
      const eyes = await connect({ ...address, hosts: [session.at] }, { name: "lockkeeper watch", waitMs, answerMs });
      isOpen(eyes);
      await eyes.query("SET statement_timeout = '7s'; SET lock_timeout = '1s'");
      await noticeOurEnd(eyes);
      await lockOrSay(eyes, { which: "watch", waitMs: 15_000, signal, say });
      return eyes;
    };
    // Under our lock, and nothing is written yet: neither has to wait for the other.
    const [eyes] = await both(
      openEyes(10_000, (each) => opened.push(each)),
      cleanSession(session, settings),
    );
    refusePooler(session, eyes);
    const isJournaled = await hasJournal(session);
    const eye: Watch = watch({
      watched: () => session,
      session: eyes,
      reconnect: () => openEyes(3_000, () => undefined),
      signal,
      onWaiting: (blockers) => say({ kind: "waiting-for-lock", blockers: blockers.map(describeHolder) }),
      onLong: (long) => say({ kind: "long", ...long }),
      progressEveryMs: settings.progressMs,
    });
    const identity = await identityOf(session);
    const first = session.pid;
    const run = { ...options.run, systemIdentifier: identity.systemIdentifier };
    const desk: Desk = {
      ...{ watch: eye, settings, signal, say, run, runner: options.runner },
      session: () => session,
      async reopen() {
        const { pid } = session;
        session.abandon();
        session = await connect(address, { name: "lockkeeper", answerMs, onNotice });
        await endBackend(session, pid);
        // Had at the latest when the server has noticed that the connection before is gone.
        const waitMs = signal.aborted ? 1_500 : 60_000;
        await lockOrSay(session, { which: "apply", waitMs, signal: new AbortController().signal, say });
        await cleanSession(session, settings);
      },
    };
    // Another connection may have led to another server.
    const identified = async () => (session.pid === first ? identity : identityOf(session));
    return targetOf(desk, { programs: options.programs ?? noPrograms, identity: identified, isJournaled });
  } catch (thrown) {
    await Promise.all(opened.map((each) => each.close()));
    if (!(thrown instanceof DatabaseError)) throw thrown;
    throw new Refusal(
      "database-failed",
      `The database ${display(address)} could not be made ready: ${thrown.message}`,
      {
        hint: "nothing was begun. Run it again when the server can be reached.",
      },
    );
  }
}

const noPrograms: Programs = {
  run: async () => ({ kind: "failed", why: "commands are not run from here" }),
};

/** Waits for both, also where one of them fails: what it has opened is to be closed. */
async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

interface Beside {
  readonly programs: Programs;
  /** Whether the journal is there, in the format of today. */
  readonly isJournaled: boolean;
  readonly identity: PlanDatabase["identity"];
}

function targetOf(desk: Desk, { programs, identity, isJournaled }: Beside): Target {
  // Looked for once: where a ledger is does not change while we have the lock.
  const ledgers = new Map<string, Ledger>();
  const brake = brakeOf(desk);
  const ledgerOf = async (choice: LedgerChoice): Promise<Ledger> => {
    const key = JSON.stringify([choice.layout, choice.appliedBy, choice.config]);
    const known = ledgers.get(key);
    if (known !== undefined) return known;
    const { ledger, exists } = await openLedger(desk.session(), choice);
    if (!exists) await createLedger(ledger, desk);
    ledgers.set(key, ledger);
    return ledger;
  };
  const orderOf = async (job: Job): Promise<Order> => {
    const ledger = await ledgerOf(job.ledger);
    return { script: job.script, ledger: ledger.table, writes: writesOf(ledger, job), resume: job.resume };
  };
  /** Reads, and once more over a new connection where the old one was lost meanwhile: nothing of ours was under way. */
  const asking = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof DatabaseError) || !thrown.lost) throw said(thrown);
      desk.say({ kind: "reconnecting", why: thrown.message });
    }
    try {
      await desk.reopen();
      await refuseReadOnly(desk.session());
      return await work();
    } catch (thrown) {
      throw said(thrown);
    }
  };
  const read = <T>(work: (database: PlanDatabase) => Promise<T>): Promise<T> =>
    asking(() => reading(desk.session(), work));
  let isReady = isJournaled;
  const attempts = (): Promise<readonly Attempt[]> =>
    asking(() => (isReady ? readPrepared : readJournal)(desk.session()));
  const begin = async (): Promise<void> => {
    if (!isReady) await asking(() => prepareJournal(desk.session()));
    isReady = true;
  };
  /** With the journal there. */
  const writing = async <T>(work: () => Promise<T>): Promise<T> => {
    await begin();
    return work();
  };
  return {
    database: {
      identity: () => asking(identity),
      ledger: (choice) => read((database) => database.ledger(choice)),
      journal: async (table) => (await attempts()).filter(({ ledger }) => ledger === table),
      isEmpty: () => read((database) => database.isEmpty()),
      catalog: (grammar) => read((database) => database.catalog(grammar)),
      sizes: () => read((database) => database.sizes()),
    },
    attempts,
    begin,
    async apply(job) {
      const order = await writing(() => asking(() => orderOf(job))).catch((thrown: unknown) => notBegun(job, thrown));
      if ("status" in order) return order;
      // The way back is not held up: what is wrong is to end soon.
      const held = job.script.direction === "up" ? await asking(() => brake.release()).catch(asFailure) : null;
      if (held !== null) return stoppedBefore(job, held);
      const { planDigest, backupId = desk.run.backupId } = job;
      return apply(order, { ...desk, run: { ...desk.run, planDigest, backupId } });
    },
    run: (job) => writing(() => runCommand(job, { desk, programs, ask: (work) => asking(() => work(desk.session())) })),
    decide: (job, decision) => writing(() => asking(async () => decide(await orderOf(job), decision, desk))),
    settle: (attempt, how) => writing(() => asking(() => settle(attempt, how, desk))),
    evidence: (statements) => asking(() => evidenceOf(statements, desk.session())),
    losses: (losable) => asking(() => countLosses(desk.session(), losable)),
    brokenIndexes: () => asking(async () => (await invalidIndexes(desk.session())).map(({ name }) => name)),
    async close() {
      await desk.watch.stop();
      await releaseLock(desk.session()).catch(() => undefined);
      await desk.session().close();
    },
  };
}

/** A failure of the server, as an error that is told to the user. */
function said(thrown: unknown): unknown {
  if (!(thrown instanceof DatabaseError)) return thrown;
  return new Refusal("database-failed", `The database could not be asked: ${thrown.message}`, {
    hint: "run it again when the server can be reached.",
  });
}

/** A job of which nothing has been sent. */
function notBegun(job: Job, thrown: unknown): Outcome {
  return stoppedBefore(job, asFailure(thrown));
}

function asFailure(thrown: unknown): Failure {
  if (!(thrown instanceof UserError)) throw thrown;
  const { message, details, hint } = thrown;
  return { code: "connection-lost", message, details, hint, sqlstate: null, at: null };
}

function stoppedBefore({ script, resume }: Job, failure: Failure): Outcome {
  const { version, name, path } = script;
  if (resume !== null) return { version, name, path, status: "partial", done: resume.statement, failure };
  return { version, name, path, status: "undone", failure };
}

async function createLedger(ledger: Ledger, desk: Desk): Promise<void> {
  const answer = await desk.session().send([{ sql: "BEGIN" }, ...ledger.create(), { sql: "COMMIT" }]);
  if (answer.kind === "done") return;
  await desk
    .session()
    .query("ROLLBACK")
    .catch(() => undefined);
  throw new Refusal("ledger-denied", `The ledger ${ledger.table} cannot be made.`, {
    details: [answer.error.message],
    hint: "grant CREATE on its schema to this user, or make the table with the tool itself.",
  });
}

async function refuseStandby(session: ApplySession): Promise<void> {
  try {
    await refuseReadOnly(session);
  } catch (thrown) {
    if (!(thrown instanceof DatabaseError)) throw thrown;
    throw new Refusal("database-read-only", thrown.message, { hint: "connect to the primary." });
  }
}

/** The role that is to own what is made, before anything is asked in its name. */
async function refuseRole(session: ApplySession, role: string | null): Promise<void> {
  const { problem } = await roleOf(session, role);
  if (problem === null) return;
  throw new Refusal("role-denied", problem, { hint: "grant it, or name another role in the config (role)." });
}

/** Two connections that the server takes for one: a pooler hands its own on between transactions, and every lock with it. */
function refusePooler(session: ApplySession, eyes: ApplySession): void {
  if (session.pid !== eyes.pid) return;
  throw new Refusal("pooler-in-transaction-mode", "A pooler in transaction mode stands before the database.", {
    details: [
      "Two connections of ours have reached one and the same of the server: locks and settings would be anybody's.",
    ],
    hint: "give the URL of the server itself, or of a pool in session mode.",
  });
}

const mostNotices = 100;
const longestNotice = 500;

/** Hands the first notices on, cut to a line; how many more there were is said once for every thousand. */
function boundedNotices(say: (said: Said) => void): (notice: Notice) => void {
  let count = 0;
  return ({ severity, message }) => {
    count++;
    if (count <= mostNotices) say({ kind: "notice", severity, message: message.slice(0, longestNotice) });
    else if ((count - mostNotices) % 1_000 === 1) {
      say({ kind: "notice", severity: "NOTICE", message: `More than ${count - 1} messages; the rest is not shown.` });
    }
  };
}
