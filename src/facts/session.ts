import { key, type Relation } from "../sql/names.ts";
import type { ActionBody } from "./actions.ts";
import { createdLog } from "./created.ts";
import type { CreatedRelation, Effect, NewEnumValue, Session, TransactionModel } from "./facts.ts";
import { type Held, heldLog, locksOf } from "./held.ts";
import { milliseconds } from "./read/session.ts";

/** What a set of migrations that are deployed together has made so far; one per set, carried from file to file. */
export interface SetState {
  /** Relations made in the set, by key. */
  readonly created: Map<string, Made>;
  /** Names that clients used when the set began and that the set took from their relation. */
  readonly takenFrom: Set<string>;
  transaction: number;
}

export function newSet(): SetState {
  return { created: new Map(), takenFrom: new Set(), transaction: 0 };
}

/** A relation that the set made, and the transaction in which it did. */
interface Made {
  readonly relation: Relation;
  readonly transaction: number;
  readonly takesOver: boolean;
  readonly certain: boolean;
  readonly filled: boolean;
}

interface Settings {
  readonly lockTimeoutMs: number | null;
  readonly statementTimeoutMs: number | null;
  readonly timeZone: string | null;
}

/** The session of one file, from statement to statement. */
export interface SessionState {
  /** What holds before the next statement. */
  now(): Session;
  /** Takes in an action that has run, with its effects; exists: what it would make was there already. */
  after(action: ActionBody, effects: readonly Effect[], more: { readonly exists: boolean }): void;
  /** Takes in the end of a statement: outside a transaction its locks are given back. */
  endStatement(): void;
  /** The settings, and what the set has made, as they are now: what ROLLBACK puts back. */
  keep(): KeptSession;
  restore(kept: KeptSession): void;
}

/** What a transaction undoes when it is rolled back. */
export interface KeptSession {
  readonly settings: Settings;
  readonly afterCommit: Settings;
  readonly created: ReadonlyMap<string, Made>;
  readonly takenFrom: ReadonlySet<string>;
}

/** One getter for all sessions: the list of the locks is put together for the few who ask. */
const withLocks: Pick<Session, "held"> & { readonly locks: Held } = {
  locks: null,
  get held() {
    return locksOf(this.locks);
  },
};

/** The session of a file that is sent so. */
export function openSession(set: SetState, around: Around): SessionState {
  let transaction: Session["transaction"] = around.start;
  const held = heldLog();
  let settings: Settings = { lockTimeoutMs: null, statementTimeoutMs: null, timeZone: null };
  let afterCommit = settings;
  let newEnumValues: readonly NewEnumValue[] = [];
  const ownEnums = new Set<string>();
  const created = createdLog();
  /** Those that are private only until the transaction commits. */
  let takingOver: string[] = [];
  let last: { readonly session: Session; readonly locks: Held; readonly settings: Settings } | null = null;

  const write = (name: string): void => {
    const made = set.created.get(name);
    created.write(name, made === undefined ? null : usable(made, set));
    if (made?.takesOver === true) takingOver.push(name);
  };
  for (const name of set.created.keys()) write(name);

  const commit = (): void => {
    held.giveBack();
    newEnumValues = [];
    ownEnums.clear();
    set.transaction++;
    settings = afterCommit;
    transaction = around.afterCommit;
    const before = takingOver;
    takingOver = [];
    for (const name of before) write(name);
  };

  return {
    now() {
      const createdHere = created.now();
      const locks = held.now();
      const isSame =
        last?.session.transaction === transaction &&
        last.locks === locks &&
        last.settings === settings &&
        last.session.createdHere === createdHere &&
        last.session.newEnumValues === newEnumValues;
      // Most statements of a long file meet what the one before them met.
      if (last !== null && isSame) return last.session;
      const inTransaction = transaction !== "none";
      const seen = { transaction, inTransaction, ...settings, createdHere, newEnumValues, locks };
      const session: Session = Object.assign(Object.create(withLocks), seen);
      last = { session, locks, settings };
      return session;
    },
    after(action, effects, { exists }) {
      switch (action.kind) {
        case "begin":
          transaction = "explicit";
          return;
        case "commit":
        case "rollback":
          commit();
          return;
        case "set": {
          const changed = setting(action.name, action.value);
          settings = { ...settings, ...changed };
          if (!action.local) afterCommit = { ...afterCommit, ...changed };
          return;
        }
        case "create-enum":
          ownEnums.add(key(action.name));
          return;
        case "add-enum-value": {
          const { type, value, ifNotExists } = action;
          if (!exists)
            newEnumValues = [...newEnumValues, { type, value, ifNotExists, ownType: ownEnums.has(key(type)) }];
          return;
        }
        default:
          if (!exists) for (const name of takeCreated(set, action)) write(name);
          for (const effect of effects) {
            if (effect.kind === "lock" && effect.relation !== null) held.take(effect.relation, effect.mode);
          }
      }
    },
    endStatement() {
      if (transaction === "none") commit();
    },
    keep: () => ({ settings, afterCommit, created: new Map(set.created), takenFrom: new Set(set.takenFrom) }),
    restore(kept) {
      settings = kept.settings;
      afterCommit = kept.afterCommit;
      const names = new Set([...set.created.keys(), ...kept.created.keys()]);
      set.created.clear();
      for (const [name, made] of kept.created) set.created.set(name, made);
      set.takenFrom.clear();
      for (const name of kept.takenFrom) set.takenFrom.add(name);
      for (const name of names) write(name);
    },
  };
}

function setting(name: string, value: string | null): Partial<Settings> {
  switch (name) {
    case "lock_timeout":
      return { lockTimeoutMs: milliseconds(value) };
    case "statement_timeout":
      return { statementTimeoutMs: milliseconds(value) };
    case "timezone":
      return { timeZone: value };
    case "all":
    case "discard all":
      return { lockTimeoutMs: null, statementTimeoutMs: null, timeZone: null };
    default:
      return {};
  }
}

/** Keeps the list of what the set has made; the keys of what changed in it. */
function takeCreated(set: SetState, action: ActionBody): readonly string[] {
  switch (action.kind) {
    case "create-table":
      return create(set, action.table, {
        certain: !action.ifNotExists,
        filled: action.reads.length > 0 || action.fromQuery,
      });
    case "create-view":
    case "create-materialized-view":
      // OR REPLACE may change a view that is in use.
      return action.replace ? [] : create(set, action.view, { certain: !action.ifNotExists, filled: true });
    case "insert":
    case "copy-from":
    case "merge":
      return fill(set, action.table);
    case "drop-table":
      return remove(set, action.table);
    case "drop-view":
    case "drop-materialized-view":
      return remove(set, action.view);
    case "rename-table":
      return rename(set, action.table, action.to);
    case "rename-view":
      return rename(set, action.view, action.to);
    default:
      return [];
  }
}

function create(set: SetState, relation: Relation, more: Pick<Made, "certain" | "filled">): readonly string[] {
  const name = key(relation);
  if (set.created.has(name)) return [];
  const takesOver = set.takenFrom.has(name);
  set.created.set(name, { relation, transaction: set.transaction, takesOver, ...more });
  return [name];
}

function fill(set: SetState, relation: Relation): readonly string[] {
  const name = key(relation);
  const made = set.created.get(name);
  if (made === undefined || made.filled) return [];
  set.created.set(name, { ...made, filled: true });
  return [name];
}

function remove(set: SetState, relation: Relation): readonly string[] {
  const name = key(relation);
  if (set.created.delete(name)) return [name];
  set.takenFrom.add(name);
  return [];
}

function rename(set: SetState, from: Relation, to: Relation): readonly string[] {
  const made = set.created.get(key(from));
  const removed = remove(set, from);
  if (made === undefined) return removed;
  set.created.set(key(to), { ...made, relation: to, takesOver: made.takesOver || set.takenFrom.has(key(to)) });
  return [...removed, key(to)];
}

/**
 * What nobody else uses yet: everything the set made, except what took the name of a relation that was in use, which is private
 * only until its transaction commits.
 */
function usable({ relation, transaction, takesOver, certain, filled }: Made, set: SetState): CreatedRelation | null {
  return takesOver && transaction !== set.transaction ? null : { ...relation, certain, filled };
}

/** What can be seen of a file before it is gone through. */
export interface OwnTransactions {
  readonly begins: boolean;
  /** Statements that cannot be in a transaction. */
  readonly untransactional: number;
}

/** The transaction that a file is in without having begun it: at its start, and after a COMMIT of its own. */
export interface Around {
  readonly start: "implicit" | "none";
  readonly afterCommit: "implicit" | "none";
}

/** What the sender of a file puts around it. */
export function transactionAround(model: TransactionModel, statements: number, own: () => OwnTransactions): Around {
  switch (model) {
    case "one-string":
      return statements > 1 ? { start: "implicit", afterCommit: "implicit" } : { start: "none", afterCommit: "none" };
    case "wrapped":
      return { start: "implicit", afterCommit: "implicit" };
    case "wrapped-statements":
      return { start: "implicit", afterCommit: "none" };
    case "statements":
      return { start: "none", afterCommit: "none" };
    case "batches":
      return { start: own().untransactional > 0 ? "none" : "implicit", afterCommit: "none" };
    case "flyway":
      return { start: own().untransactional === statements ? "none" : "implicit", afterCommit: "none" };
    case "lockkeeper": {
      const { begins, untransactional } = own();
      return begins || untransactional > 0
        ? { start: "none", afterCommit: "none" }
        : { start: "implicit", afterCommit: "implicit" };
    }
  }
}
