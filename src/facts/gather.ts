import { includes, key, type Relation } from "../sql/names.ts";
import type { Script, Statement, Unread } from "../sql/parse.ts";
import type { MutableCatalog } from "./catalog.ts";
import { change } from "./catalog-changes.ts";
import { fails, withoutPrivate } from "./effects/parts.ts";
import { effectsOf } from "./effects.ts";
import type { Action, ActionWithEffects, Effect, Lasts, Session, StatementFacts, TransactionModel } from "./facts.ts";
import { type LockMode, stronger } from "./locks.ts";
import { opaque } from "./opaque.ts";
import { subcommandPlaces } from "./places.ts";
import type { ReadContext } from "./read/context.ts";
import { readNode } from "./read/read.ts";
import { openSession, type SetState, transactionAround } from "./session.ts";

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
  const around = transactionAround(model, {
    statements: script.pieces.length,
    ...transactionsOf(script, catalog, major),
  });
  const session = openSession(set, around);
  const facts: StatementFacts[] = [];
  for (const piece of script.pieces) {
    const before = session.now();
    const done: ActionWithEffects[] = [];
    for (const action of actionsOf(piece, script, catalog)) {
      const effects = withoutPrivate(effectsOf(action, { catalog, session: before, major }), before);
      const refused = piece.kind === "unread" ? refusedSyntax(piece) : refusedInTransaction(effects, before, model);
      const all = refused === null ? effects : [...effects, refused];
      done.push({ ...action, effects: all, onlyNew: onlyNew(action, before, catalog) });
      change(catalog, action);
      session.after(action, all);
    }
    session.endStatement();
    const actions = done.length > 1 ? underTheStrongestLock(done) : done;
    facts.push({ statement: piece, before, actions, effects: together(actions) });
  }
  return facts;
}

function actionsOf(piece: Statement | Unread, script: Script, catalog: MutableCatalog): Action[] {
  if (piece.kind === "unread") return [{ ...opaque("unreadable", piece.why), span: piece.span, sql: piece.sql }];
  const context: ReadContext = { catalog, subcommands: (count) => subcommandPlaces(piece, script, count) };
  return readNode(piece.node, context).map((read) => ({ span: piece.span, sql: piece.sql, ...read }));
}

/** Whether everything an action works on is new in the set; false for what works on no relation. */
function onlyNew(action: Action, before: Session, catalog: MutableCatalog): boolean {
  const on = targets(action, catalog);
  return on.length > 0 && on.every((relation) => includes(before.createdHere, relation));
}

function targets(action: Action, catalog: MutableCatalog): readonly Relation[] {
  if ("table" in action) return action.table === null ? [] : [action.table];
  if ("view" in action) return [action.view];
  if ("index" in action) return [catalog.tableOfIndex(action.index)?.table.relation ?? action.index];
  if ("tables" in action) return action.tables;
  if ("on" in action) return action.on === null ? [] : "name" in action.on ? [action.on] : action.on;
  return [];
}

/** What can be seen of a file before it is gone through: whether it begins transactions itself, and whether anything in it cannot be in one. */
function transactionsOf(
  script: Script,
  catalog: MutableCatalog,
  major: number,
): { begins: boolean; hasUntransactional: boolean } {
  let begins = false;
  let hasUntransactional = false;
  // Most files hold none of these words, and then there is nothing to look for.
  if (!/\b(begin|start|concurrently|vacuum|reindex|system|database|tablespace|cluster|discard)\b/i.test(script.text)) {
    return { begins, hasUntransactional };
  }
  const session: Session = openSession({ created: new Map(), takenFrom: new Set(), transaction: 0 }, "none").now();
  for (const piece of script.pieces) {
    for (const action of actionsOf(piece, script, catalog)) {
      if (action.kind === "begin") begins = true;
      const effects = effectsOf(action, { catalog, session, major });
      if (effects.some(({ kind }) => kind === "no-transaction-block")) hasUntransactional = true;
    }
  }
  return { begins, hasUntransactional };
}

/** 25001, "cannot run inside a transaction block": said of every such statement that is in one, by whose doing it is. */
function refusedInTransaction(effects: readonly Effect[], before: Session, model: TransactionModel): Effect | null {
  const effect = effects.find(({ kind }) => kind === "no-transaction-block");
  if (effect === undefined || !before.inTransaction) return null;
  const why =
    before.transaction === "implicit" && model === "one-string"
      ? "the file is sent as one string, which PostgreSQL runs as one transaction"
      : "it stands between BEGIN and COMMIT";
  return fails(effect.relation, "25001", why);
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
  const only = actions[0];
  const merged = new Map<string, Effect>();
  for (const { effects } of only === undefined ? [] : actions) {
    for (const effect of effects) {
      const id = idOf(effect);
      const before = merged.get(id);
      if (before === undefined) merged.set(id, effect);
      else if (before.kind === "lock" && effect.kind === "lock") {
        const lasts = longest.indexOf(effect.lasts) > longest.indexOf(before.lasts) ? effect.lasts : before.lasts;
        merged.set(id, { ...before, mode: stronger(before.mode, effect.mode), lasts });
      }
    }
  }
  return [...merged.values()];
}

function idOf(effect: Effect): string {
  const relation: Relation | null = effect.relation;
  const detail =
    effect.kind === "fails"
      ? effect.sqlstate
      : effect.kind === "data-loss" || effect.kind === "breaks-clients"
        ? effect.what
        : "";
  return `${effect.kind} ${effect.certainty} ${detail} ${relation === null ? "" : key(relation)}`;
}
