import { key, type Relation } from "../sql/names.ts";
import type { Script, Statement, Unread } from "../sql/parse.ts";
import type { MutableCatalog } from "./catalog.ts";
import { change } from "./catalog-changes.ts";
import { hiddenBy } from "./differences.ts";
import { fails, withoutPrivate } from "./effects/parts.ts";
import { effectsOf } from "./effects.ts";
import { usesNewEnumValue } from "./enum-values.ts";
import type { Action, ActionWithEffects, Effect, Lasts, Session, StatementFacts, TransactionModel } from "./facts.ts";
import { servedBy } from "./keys.ts";
import { atLeast, type LockMode, stronger } from "./locks.ts";
import { notIn14 } from "./newer-syntax.ts";
import { opaque } from "./opaque.ts";
import { subcommandPlaces } from "./places.ts";
import type { ReadContext } from "./read/context.ts";
import { readNode } from "./read/read.ts";
import { type OwnTransactions, openSession, type SetState, transactionAround } from "./session.ts";
import { undoFor } from "./undo.ts";

export interface GatherOptions {
  /** As the earlier migrations left it; this script's changes are written into it. */
  readonly catalog: MutableCatalog;
  readonly set: SetState;
  readonly model: TransactionModel;
  /** The server's major version. */
  readonly major: number;
}

/** What every statement of a script does, in order: the session before it, its actions, what PostgreSQL does about them. */
export function gather(script: Script, { catalog, set, model, major }: GatherOptions): StatementFacts[] {
  const around = transactionAround(model, script.pieces.length, () => transactionsOf(script, catalog, major));
  const session = openSession(set, around);
  const undo = undoFor(script.text, catalog, session);
  const facts: StatementFacts[] = [];
  for (const piece of script.pieces) {
    const before = session.now();
    const done: ActionWithEffects[] = [];
    for (const action of inOrderOfWork(actionsOf(piece, script, catalog))) {
      const sure = withoutPrivate(effectsOf(action, { catalog, session: before, major }), before);
      const effects = action.conditional === true ? sure.map(possibly) : sure;
      const refused =
        piece.kind === "unread"
          ? refusedSyntax(piece)
          : (refusedBy14(piece, major) ??
            refusedInTransaction(action, effects, before, model) ??
            (done.length === 0 ? refusedValue(piece, catalog, before, major) : null));
      const all = refused === null ? effects : [...effects, refused];
      const differs = hiddenBy(action, catalog);
      // Added to the object that was just read: copying objects of two hundred shapes would cost as much as parsing.
      done.push(Object.assign(action, { effects: all, onlyNew: onlyNew(action, all, before, catalog) }));
      if (differs.length > 0) {
        const certainty = action.conditional === true || !catalog.exact ? "possible" : "certain";
        Object.assign(action, { differs: { certainty, what: differs } });
      }
      if (action.kind === "drop-index") Object.assign(action, { serves: servedBy(catalog, action.index) });
      const exists = makesNothing(action, catalog);
      undo.before(action);
      change(catalog, action);
      if (action.conditional === true && !keepsNames.has(action.kind)) catalog.exact = false;
      session.after(action, all, { exists });
    }
    session.endStatement();
    const actions = done.length > 1 ? underTheStrongestLock(asWritten(done)) : done;
    facts.push({ statement: piece, before, actions, effects: together(actions) });
  }
  // Whatever the file began ends with it; the next one of the set is another transaction.
  set.transaction++;
  // Temporary tables are gone with the session, which is the file's.
  catalog.temporary.clear();
  return facts;
}

function actionsOf(piece: Statement | Unread, script: Script, catalog: MutableCatalog): Action[] {
  if (piece.kind === "unread") return [{ ...opaque("unreadable", piece.why), span: piece.span, sql: piece.sql }];
  const context: ReadContext = {
    catalog,
    grammar: script.grammar,
    body: piece.body,
    depth: 0,
    readNode,
    subcommands: (count) => subcommandPlaces(piece, script, count),
  };
  return readNode(piece.node, context).map((read) => {
    return Object.assign(read, { span: read.span ?? piece.span, sql: read.sql ?? piece.sql });
  });
}

/**
 * ALTER TABLE does not work in the order of its subcommands (tablecmds.c, AT_PASS_…): what is dropped goes first, then types change,
 * then columns and constraints come.
 */
function inOrderOfWork(actions: readonly Action[]): readonly Action[] {
  return actions.length < 2 ? actions : actions.toSorted((a, b) => passOf(a) - passOf(b));
}

function passOf({ kind }: Action): number {
  switch (kind) {
    case "drop-column":
    case "drop-constraint":
    case "drop-not-null":
      return 0;
    case "alter-column-type":
      return 1;
    case "add-column":
      return 2;
    case "add-constraint":
      return 3;
    case "set-not-null":
    case "set-default":
    case "drop-default":
      return 4;
    default:
      return 5;
  }
}

function asWritten(actions: readonly ActionWithEffects[]): readonly ActionWithEffects[] {
  return actions.toSorted((a, b) => a.span.line - b.span.line || a.span.column - b.span.column);
}

/** IF NOT EXISTS for what is there already. */
function makesNothing(action: Action, catalog: MutableCatalog): boolean {
  if (action.kind === "create-table") return action.ifNotExists && catalog.table(action.table) !== null;
  if (action.kind === "add-enum-value") return catalog.type(action.type)?.values?.includes(action.value) === true;
  return action.kind === "create-materialized-view" && action.ifNotExists && catalog.table(action.view) !== null;
}

/** Whether everything an action works on is new in the set, and nobody else waits or loses by it; false for what works on no relation. */
function onlyNew(action: Action, effects: readonly Effect[], before: Session, catalog: MutableCatalog): boolean {
  const on = targets(action, catalog);
  if (on.length === 0 || !on.every((relation) => before.createdHere.find(relation) !== null)) return false;
  return !effects.some((effect) => {
    if (effect.kind === "lock") return atLeast(effect.mode, "ROW EXCLUSIVE");
    return effect.kind === "rewrite" || effect.kind === "data-loss" || effect.kind === "breaks-clients";
  });
}

function targets(action: Action, catalog: MutableCatalog): readonly Relation[] {
  if ("table" in action) return action.table === null ? [] : [action.table];
  if ("view" in action) return [action.view];
  if ("index" in action) return [catalog.tableOfIndex(action.index)?.table.relation ?? action.index];
  if ("tables" in action) return action.tables;
  if ("on" in action) return action.on === null ? [] : "name" in action.on ? [action.on] : action.on;
  return [];
}

/** What can be seen of a file before it is gone through: whether it begins transactions itself, and what in it cannot be in one. */
function transactionsOf(script: Script, catalog: MutableCatalog, major: number): OwnTransactions {
  let begins = false;
  let untransactional = 0;
  // Most files hold none of these words, and then there is nothing to look for.
  if (!aboutTransactions.test(script.text)) return { begins, untransactional };
  const around = { start: "none", afterCommit: "none" } as const;
  const session = openSession({ created: new Map(), takenFrom: new Set(), transaction: 0 }, around).now();
  for (const piece of script.pieces) {
    if (!aboutTransactions.test(piece.sql)) continue;
    const actions = actionsOf(piece, script, catalog);
    if (actions.some(({ kind }) => kind === "begin")) begins = true;
    const effects = actions.flatMap((action) => effectsOf(action, { catalog, session, major }));
    if (effects.some(({ kind }) => kind === "no-transaction-block")) untransactional++;
  }
  return { begins, untransactional };
}

const aboutTransactions = /\b(?:begin|start|concurrently|vacuum|reindex|system|database|tablespace|cluster|discard)\b/i;

/** An effect of what may not be reached. */
function possibly(effect: Effect): Effect {
  return { ...effect, certainty: "possible" };
}

/** Changes that leave what is known of tables as it is, whether they happen or not. */
const keepsNames: ReadonlySet<Action["kind"]> = new Set([
  ...([
    "create-enum",
    "create-type",
    "create-domain",
    "create-extension",
    "add-enum-value",
    "select",
    "insert",
  ] as const),
  ...(["update", "delete", "merge", "session-other", "commit-inside", "set", "grant", "revoke", "comment"] as const),
]);

/** 25001, "cannot run inside a transaction block": said of every such statement that is in one, by whose doing it is. */
function refusedInTransaction(
  action: Action,
  effects: readonly Effect[],
  before: Session,
  model: TransactionModel,
): Effect | null {
  if (!before.inTransaction) return null;
  if (action.kind === "commit-inside") {
    const certainty = action.conditional === true ? "possible" : "certain";
    return fails(null, "2D000", "a routine may COMMIT only where no transaction is open around it", certainty);
  }
  const effect = effects.find(({ kind }) => kind === "no-transaction-block");
  if (effect === undefined) return null;
  const sent =
    model === "one-string"
      ? "the file is sent as one string, which PostgreSQL runs as one transaction"
      : "the tool runs the file in a transaction";
  return fails(
    effect.relation,
    "25001",
    before.transaction === "implicit" ? sent : "it stands between BEGIN and COMMIT",
  );
}

function refusedBy14({ node }: Statement, major: number): Effect | null {
  const what = major >= 15 ? null : notIn14(node);
  return what === null ? null : fails(null, "42601", `${what} works from PostgreSQL 15 on`);
}

/** 55P04, said once of a statement, whichever of its parts uses the value. */
function refusedValue(piece: Statement, catalog: MutableCatalog, session: Session, major: number): Effect | null {
  return session.newEnumValues.length === 0 ? null : usesNewEnumValue(piece.node, { catalog, session, major });
}

function refusedSyntax(piece: Unread): Effect | null {
  return piece.why === "gave-up" ? null : fails(null, "42601", piece.message);
}

/**
 * ALTER TABLE takes the strongest lock that one of its subcommands needs before it starts, and holds it for all of them: a scan
 * that would let others write does not beside one that takes ACCESS EXCLUSIVE.
 */
function underTheStrongestLock(actions: readonly ActionWithEffects[]): ActionWithEffects[] {
  const strongest = new Map<string, LockMode>();
  for (const { effects } of actions) {
    for (const effect of effects) {
      if (effect.kind !== "lock" || effect.relation === null) continue;
      const before = strongest.get(key(effect.relation));
      strongest.set(key(effect.relation), before === undefined ? effect.mode : stronger(before, effect.mode));
    }
  }
  return actions.map((action) => ({
    ...action,
    effects: action.effects.map((effect) => {
      if (effect.kind !== "lock" || effect.relation === null) return effect;
      return { ...effect, mode: strongest.get(key(effect.relation)) ?? effect.mode };
    }),
  }));
}

const longest: readonly Lasts[] = ["instant", "scan", "index-build", "rewrite"];

/** The effects of all actions as the statement's: one lock a relation and certainty, nothing said twice. */
function together(actions: readonly ActionWithEffects[]): readonly Effect[] {
  const [only] = actions;
  if (actions.length < 2 && (only?.effects.length ?? 0) < 2) return only?.effects ?? [];
  const merged = new Map<string, Effect>();
  for (const { effects } of actions) {
    for (const effect of effects) {
      const thing = thingOf(effect);
      const before = merged.get(thing);
      if (before === undefined) merged.set(thing, effect);
      else if (before.kind === "lock" && effect.kind === "lock") {
        const lasts = longest.indexOf(effect.lasts) > longest.indexOf(before.lasts) ? effect.lasts : before.lasts;
        merged.set(thing, { ...before, mode: stronger(before.mode, effect.mode), lasts });
      }
    }
  }
  return [...merged.values()];
}

/** A key that two effects share when they are one thing to be said. */
function thingOf(effect: Effect): string {
  const { kind, certainty, relation } = effect;
  const what = effect.kind === "fails" ? effect.sqlstate : "what" in effect ? effect.what : "";
  return `${kind} ${certainty} ${what} ${relation === null ? "" : ` ${key(relation)}`}`;
}
