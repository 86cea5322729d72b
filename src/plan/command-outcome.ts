import type { LedgerState } from "../migrations/recorded.ts";
import type { CommandTask } from "./command.ts";
import type { Evidence } from "./evidence.ts";
import type { Failure, Outcome } from "./outcome.ts";
import { versionsIn } from "./program.ts";

/** What was seen of a command's work. */
export interface CommandSeen {
  readonly direction: "up" | "down";
  readonly tasks: readonly CommandTask[];
  readonly before: LedgerState;
  readonly after: LedgerState;
  /** Of each task, statement by statement. */
  readonly evidence: readonly { readonly before: readonly Evidence[]; readonly after: readonly Evidence[] }[];
  /** Whether it is proved that nothing was written at all. */
  readonly wroteNothing: boolean;
  /** Whether every row of the catalog is the one that it was. */
  readonly sameCatalog: boolean;
  /** Why it did not end well; null where it did. */
  readonly failure: Failure | null;
  readonly ms: number;
  /** How often it was run before. */
  readonly retries: number;
}

/** Says of each task what is in the database of it: a command's status is a word, the ledger and the catalog are looked at. */
export function outcomesOf(seen: CommandSeen): readonly Outcome[] {
  const { tasks, before, after } = seen;
  const ledger = { before: versionsIn(before), after: versionsIn(after) };
  const first = tasks.findIndex((task) => !isReached(task, seen));
  return tasks.map((task, i): Outcome => {
    const { version, name, path } = task;
    const base = { version: versionAfter(task, seen), name, path, ledger };
    if (isReached(task, seen)) {
      return {
        ...base,
        status: "applied",
        ms: seen.ms,
        rows: 0,
        retries: seen.retries,
        statements: task.statements.length,
      };
    }
    if (i > first && !isTouched(seen, i)) return { ...base, version, status: "not-run" };
    return { ...base, version, ...unreached(seen, i) };
  });
}

/** Whether the ledger has the task as done; where it cannot tell, whether it has moved after a command that ended well. */
function isReached({ isIn }: CommandTask, { direction, before, after, failure }: CommandSeen): boolean {
  if (isIn === null) return failure === null && hasMoved(before, after);
  return isIn(after) === (direction === "up");
}

function versionAfter({ version, isIn }: CommandTask, { direction, before, after, failure }: CommandSeen): string {
  if (isIn !== null || failure !== null || direction === "down" || !hasMoved(before, after)) return version;
  const had = new Set(versionsIn(before));
  const fresh = versionsIn(after).filter((each) => !had.has(each));
  return fresh.length === 0 ? version : fresh.join("+");
}

function hasMoved(before: LedgerState, after: LedgerState): boolean {
  const had = versionsIn(before);
  const has = versionsIn(after);
  return had.length !== has.length || before.upTo !== after.upTo || has.some((version) => !had.includes(version));
}

/** Whether the catalog shows of a statement what it did not show before. */
function isTouched({ evidence }: CommandSeen, i: number): boolean {
  const { before = [], after = [] } = evidence[i] ?? {};
  return after.some((each, at) => each !== before[at]);
}

type Unreached =
  | { readonly status: "undone" | "unknown"; readonly failure: Failure }
  | { readonly status: "partial"; readonly failure: Failure; readonly done: null };

function unreached(seen: CommandSeen, i: number): Unreached {
  const { tasks, before, after, wroteNothing, sameCatalog } = seen;
  const task = tasks[i];
  const failure = seen.failure ?? withoutEffect;
  const told = (...details: readonly string[]): Failure => ({ ...failure, details: [...failure.details, ...details] });
  if (wroteNothing)
    return {
      status: "undone",
      failure: told("Nothing was written: the server has committed no transaction meanwhile."),
    };
  if (after.dirty !== null && (task?.isIn == null || after.dirty !== before.dirty)) {
    return { status: "partial", done: null, failure: told(`The ledger has ${after.dirty} as begun and not finished.`) };
  }
  if (task?.isIn === null && hasMoved(before, after)) {
    return { status: "partial", done: null, failure: told("The ledger has moved: a part of it is done.") };
  }
  if (isTouched(seen, i)) return { status: "partial", done: null, failure: told(...shown(seen, i)) };
  const { after: now = [] } = seen.evidence[i] ?? {};
  const isTold =
    task !== undefined &&
    task.statements.length > 0 &&
    task.statements.every((each, at) => !leavesTrace(each) || now[at] !== "untold");
  if (isTold && (sameCatalog || tasks.length > 1)) {
    return {
      status: "undone",
      failure: told("The catalog is as it was, and what it was to run is all in the catalog."),
    };
  }
  const why = sameCatalog
    ? "The catalog is as it was. Whether rows were written cannot be told: others write to this server."
    : "Something in the catalog has changed, by the command or by somebody else.";
  return { status: "unknown", failure: told(why) };
}

/** Settings and transactions leave nothing; what moves Alembic's one row is told by the ledger. */
function leavesTrace({ actions }: CommandTask["statements"][number]): boolean {
  return !actions.every((action) => {
    if (traceless.has(action.kind)) return true;
    return "table" in action && action.table !== null && action.table.name === "alembic_version";
  });
}

const traceless: ReadonlySet<string> = new Set([
  ...["select", "set", "begin", "commit", "rollback", "session-other", "savepoint", "rollback-to", "release"],
]);

const mostShown = 10;

/** Statements of which the catalog shows something that it did not show before, and those of which it shows nothing. */
function shown({ tasks, evidence }: CommandSeen, i: number): readonly string[] {
  const { before = [], after = [] } = evidence[i] ?? {};
  const task = tasks[i];
  if (task === undefined) return [];
  const line = (at: number, what: string): string => {
    const { statement } = task.statements[at] ?? {};
    const sql =
      statement === undefined || !("sql" in statement) ? "" : `: ${statement.sql.replace(/\s+/g, " ").slice(0, 80)}`;
    return `${task.path}:${statement?.span.line ?? 1} ${what}${sql}`;
  };
  const lines = after.flatMap((each, at) => {
    if (each === before[at]) return each === "not-there" ? [line(at, "is not there")] : [];
    return [line(at, each === "broken" ? "is there, and INVALID" : "is there")];
  });
  const more = lines.length - mostShown;
  return more > 0 ? [...lines.slice(0, mostShown), `and ${more} more`] : lines;
}

const withoutEffect: Failure = {
  code: "command-without-effect",
  message: "The command has ended well, and the ledger does not have what it was to do.",
  details: [],
  hint: "look what it does, and that it works on the database that it is given.",
  sqlstate: null,
  at: null,
};
