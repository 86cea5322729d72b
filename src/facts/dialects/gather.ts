import type { Dialect } from "../../sql/dialects/dialect.ts";
import type { DialectScript, DialectStatement } from "../../sql/dialects/script.ts";
import { key, type Relation } from "../../sql/names.ts";
import type { Unread } from "../../sql/script.ts";
import type { MutableCatalog } from "../catalog.ts";
import { change } from "../catalog-changes.ts";
import { withoutPrivate } from "../effects/parts.ts";
import type { ActionWithEffects, Effect, Session, StatementFacts } from "../facts.ts";
import { opaque } from "../opaque.ts";
import { openSession, type SetState } from "../session.ts";
import { type Undo, undoFor } from "../undo.ts";
import { inBatchesOf } from "./batches.ts";
import { autocommitOf, commitsByItself, isOn } from "./commits.ts";
import { mysqlEffects } from "./effects/mysql.ts";
import type { EffectContext } from "./effects/parts.ts";
import { sqliteEffects } from "./effects/sqlite.ts";
import { forgetKey } from "./keys.ts";
import { readStatement } from "./read/read.ts";
import type { Reading } from "./read/reading.ts";
import { isElsewhere } from "./read/session.ts";
import { spelledAs } from "./spelling.ts";
import { type Words, wordsOf } from "./words.ts";

export interface GatherDialectOptions {
  /** As the earlier migrations left it; this script's changes are written into it. */
  readonly catalog: MutableCatalog;
  readonly set: SetState;
  readonly dialect: Dialect;
}

/**
 * What every statement of a script of SQLite, MySQL or MariaDB does, in order: the same facts as of PostgreSQL's, but with effects
 * that are only possible. No transaction is around the file but its own: who sends it is not asked.
 */
export function gatherDialect(
  script: DialectScript,
  { catalog, set, dialect }: GatherDialectOptions,
): StatementFacts[] {
  const session = openSession(set, { start: "none", afterCommit: "none" });
  // Only SQLite's changes of tables can be rolled back.
  const undo: Undo = dialect === "sqlite" ? undoFor(script.text, catalog, session) : { before: () => undefined };
  const file: FileState = { checksForeignKeys: null, autocommit: true };
  const facts: StatementFacts[] = [];
  for (const piece of script.pieces) {
    const words = piece.kind === "unread" ? null : headOf(piece, dialect);
    const readings = readingsOf(piece, words, script, catalog);
    if (!file.autocommit && !session.now().inTransaction && readings.some(usesTables))
      session.after({ kind: "begin" }, [], { exists: false });
    const before = session.now();
    const ends = words !== null && before.inTransaction && commitsByItself(words, dialect, file);
    const done: ActionWithEffects[] = [];
    if (ends) session.after({ kind: "commit" }, [], { exists: false });
    for (const reading of readings) {
      const action = spelledAs(reading, catalog, dialect);
      const { notes, ...own } = action;
      const context = { dialect, catalog, session: before, checksForeignKeys: file.checksForeignKeys };
      const effects = effectsOf(action, context, { endsTransaction: ends && done.length === 0 });
      const place = { span: own.span ?? piece.span, sql: own.sql ?? piece.sql };
      const inBatches = words === null ? null : inBatchesOf(action, words, dialect);
      const batched = inBatches === null ? {} : { inBatches };
      done.push({ ...own, ...place, ...batched, effects, onlyNew: onlyNew(action, effects, before) });
      const exists = own.kind === "create-table" && own.ifNotExists && catalog.table(own.table) !== null;
      undo.before(own);
      change(catalog, own);
      if (dialect !== "sqlite") forgetKey(action, catalog);
      // Which of the tables without a schema were in it is not in the SQL.
      if (own.kind === "drop-schema") catalog.exact = false;
      session.after(own, effects, { exists });
      follow(action, file, before);
    }
    if (words !== null) {
      const autocommit = autocommitOf(words);
      if (autocommit !== null) file.autocommit = isOn(autocommit);
      // From here on a name may mean a table of another database.
      if (isElsewhere(words)) catalog.exact = false;
    }
    session.endStatement();
    facts.push({ statement: piece, before, actions: done, effects: together(done) });
  }
  catalog.temporary.clear();
  return facts;
}

interface FileState {
  checksForeignKeys: boolean | null;
  autocommit: boolean;
}

/** With autocommit off it begins a transaction. */
function usesTables({ kind }: Reading): boolean {
  return ["insert", "update", "delete", "select", "copy-from", "copy-to", "opaque"].includes(kind);
}

/** An INSERT is read by its first words, because its rows may be many megabytes. */
const mostWordsOfInsert = 5000;

function headOf({ sql, clientCommand }: DialectStatement, dialect: Dialect): Words | null {
  if (clientCommand) return { dialect, sql, all: [], at: 0 };
  return wordsOf(sql, dialect, /^\s*(?:insert|replace)\b/i.test(sql) ? mostWordsOfInsert : null);
}

function readingsOf(
  piece: DialectStatement | Unread,
  words: Words | null,
  script: DialectScript,
  catalog: MutableCatalog,
): readonly Reading[] {
  if (piece.kind === "unread" || words === null) return [opaque("unreadable", piece.sql)];
  const { dialect } = script;
  return readStatement({ ...words }, { dialect, catalog, script, statement: piece });
}

function effectsOf(
  action: Reading,
  context: EffectContext,
  { endsTransaction }: { readonly endsTransaction: boolean },
): Effect[] {
  const { dialect, session } = context;
  const all = dialect === "sqlite" ? sqliteEffects(action, context) : mysqlEffects(action, context);
  const command = action.notes?.clientCommand;
  if (command !== undefined) {
    const sqlstate = dialect === "sqlite" ? "HY000" : "42000";
    const why = `${command} is a command of the database's own client: a tool that sends it to the database is refused`;
    all.push({ kind: "fails", relation: null, sqlstate, why, certainty: "possible" });
  }
  const effects = withoutPrivate(all, session);
  // What cannot be in a transaction ends the one that is open.
  if (endsTransaction) effects.push({ kind: "no-transaction-block", relation: null, certainty: "possible" });
  return effects;
}

/** What the statements behind an action depend on. */
function follow(action: Reading, file: FileState, before: Session): void {
  if (action.kind !== "set") return;
  const isOff = action.value !== null && /^(?:0|off|false|no)$/.test(action.value);
  if (action.name === "foreign_key_checks") file.checksForeignKeys = !isOff;
  // Inside a transaction the pragma does nothing (https://sqlite.org/pragma.html#pragma_foreign_keys).
  if (action.name === "pragma foreign_keys" && action.value !== null && !before.inTransaction)
    file.checksForeignKeys = !isOff;
}

/** Whether everything an action works on is new in the set, and nobody else loses or waits by it. */
function onlyNew(action: Reading, effects: readonly Effect[], before: Session): boolean {
  const on = targets(action);
  if (on.length === 0 || !on.every((relation) => before.createdHere.find(relation) !== null)) return false;
  return !effects.some(
    ({ kind }) => kind === "rewrite" || kind === "data-loss" || kind === "breaks-clients" || kind === "lock",
  );
}

function targets(action: Reading): readonly Relation[] {
  if (action.notes?.on !== undefined) return [action.notes.on];
  if ("table" in action) return action.table === null ? [] : [action.table];
  if ("view" in action) return [action.view];
  return "tables" in action ? action.tables : [];
}

/** The effects of all actions, nothing said twice. */
function together(actions: readonly ActionWithEffects[]): readonly Effect[] {
  const said = new Map<string, Effect>();
  for (const { effects } of actions) {
    for (const effect of effects) {
      const what = "what" in effect ? effect.what : "why" in effect ? effect.why : "";
      const id = [effect.kind, effect.certainty, effect.relation === null ? "" : key(effect.relation), what].join("\n");
      if (!said.has(id)) said.set(id, effect);
    }
  }
  return [...said.values()];
}
