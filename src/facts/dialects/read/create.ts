import { relation } from "../../../sql/names.ts";
import { opaque } from "../../opaque.ts";
import {
  isDone,
  isNext,
  namesIn,
  peek,
  take,
  takeBrackets,
  takeIf,
  takeName,
  takeOne,
  takeTable,
  type Words,
} from "../words.ts";
import { createIndex } from "./additions.ts";
import { besides, readsOf } from "./queries.ts";
import type { ReadContext, Reading } from "./reading.ts";
import { readCreateTable } from "./tables.ts";

/** CREATE …; the word CREATE is gone past. */
export function readCreate(words: Words, context: ReadContext): readonly Reading[] | null {
  const replace = take(words, "or", "replace");
  const temporary = takeOne(words, "temporary", "temp") !== null;
  takeDefiner(words);
  const special = peek(words) === "fulltext" || peek(words) === "spatial" ? peek(words) : null;
  const kind = takeOne(words, "unique", "fulltext", "spatial", "aggregate", "virtual", "online", "offline");
  const what = peek(words);
  words.at++;
  switch (what) {
    case "table":
      return kind === "virtual" ? virtualTable(words) : readCreateTable(words, context, { temporary, replace });
    case "index":
      return readCreateIndex(words, { unique: kind === "unique", special });
    case "view":
      return readCreateView(words, context, { temporary, replace });
    case "trigger":
      return readCreateTrigger(words, { temporary, replace });
    case "procedure":
    case "function":
      return readCreateRoutine(words, what, { replace });
    case "event":
      return readCreateEvent(words);
    case "server":
    case "package":
      return named(words, (name) => ({ kind: "create-other-object", name, ifNotExists: true, on: [] }));
    case "database":
    case "schema":
      return named(words, (name) => ({ kind: "create-schema", name, ifNotExists: true, on: [] }));
    case "sequence":
      return named(words, (name) => ({ kind: "create-sequence", name, ifNotExists: true, on: [] }));
    case "tablespace":
    case "logfile":
      return named(words, (name) => ({ kind: "create-tablespace", name, ifNotExists: false, on: [] }));
    case "user":
    case "role":
      return named(words, (name) => ({ kind: "create-role", name, ifNotExists: true, on: [] }));
    default:
      return null;
  }
}

/** Options that may stand before what is created: DEFINER = user@host, ALGORITHM = MERGE, SQL SECURITY INVOKER. */
export function takeDefiner(words: Words): void {
  for (;;) {
    if (take(words, "algorithm", "=")) words.at++;
    else if (take(words, "sql", "security")) words.at++;
    else if (take(words, "definer", "=")) {
      takeName(words);
      takeBrackets(words);
      if (take(words, "@")) takeName(words);
    } else return;
  }
}

/** An object that is made under a name, and whose options change nothing else. */
function named(words: Words, reading: (name: ReturnType<typeof relation>) => Reading): readonly Reading[] | null {
  takeIf(words, "not exists");
  const name = takeTable(words);
  words.at = words.all.length;
  return name === null ? null : [reading(name)];
}

/** The modules that come with SQLite; what another one does when a table is made is not known. */
const modules: ReadonlySet<string> = new Set([
  "fts3",
  "fts4",
  "fts5",
  "rtree",
  "rtree_i32",
  "geopoly",
  "dbstat",
  "fts5vocab",
]);

function virtualTable(words: Words): readonly Reading[] | null {
  const ifNotExists = takeIf(words, "not exists");
  const table = takeTable(words);
  const module = take(words, "using") ? takeName(words) : null;
  if (table === null || module === null) return null;
  words.at = words.all.length;
  const definition = {
    columns: [],
    constraints: [],
    like: [table],
    inherits: [],
    partitionOf: null,
    isDefaultPartition: false,
    partitioned: false,
  };
  const made: Reading = {
    kind: "create-table",
    table,
    definition,
    temporary: false,
    onCommitDrop: false,
    fromQuery: false,
    ifNotExists,
    reads: [],
  };
  return modules.has(module.toLowerCase()) ? [made] : [made, opaque("function-call", `the module ${module}`)];
}

function readCreateIndex(
  words: Words,
  { unique, special }: { readonly unique: boolean; readonly special: string | null },
): readonly Reading[] | null {
  const ifNotExists = takeIf(words, "not exists");
  const index = words.dialect === "sqlite" ? (takeTable(words)?.name ?? null) : takeName(words);
  if (take(words, "using")) words.at++;
  const table = take(words, "on") ? takeTable(words) : null;
  const list = takeBrackets(words);
  if (table === null || list === null) return null;
  // USING, COMMENT, ALGORITHM, LOCK; in SQLite the condition of a partial index.
  const behind = words.all.slice(words.at).map(({ is }) => is);
  if (words.dialect !== "sqlite" || isNext(words, "where")) words.at = words.all.length;
  const made = createIndex(table, index, namesIn(list), {
    unique,
    ifNotExists,
    special: special === "fulltext" || special === "spatial" ? special : null,
  });
  const isCopy = behind.includes("algorithm") && behind.includes("copy");
  return [isCopy ? { ...made, notes: { ...made.notes, algorithm: "copy" } } : made];
}

function readCreateView(
  words: Words,
  context: ReadContext,
  { temporary, replace }: { readonly temporary: boolean; readonly replace: boolean },
): readonly Reading[] | null {
  const ifNotExists = takeIf(words, "not exists");
  const view = takeTable(words);
  takeBrackets(words);
  if (view === null || !take(words, "as")) return null;
  words.at = words.all.length;
  const { query } = context.statement;
  const reads = readsOf(query);
  // A view of the session hides nothing that others use.
  if (temporary) return [{ kind: "session-other" }, ...besides(query, "CREATE VIEW", context)];
  return [{ kind: "create-view", view, replace, ifNotExists, reads }, ...besides(query, "CREATE VIEW", context)];
}

/** An event that stands at one moment may run as soon as it is there: what it does is not read. */
function readCreateEvent(words: Words): readonly Reading[] | null {
  const isOnce = words.all.some(({ is }, i) => is === "schedule" && words.all[i + 1]?.is === "at");
  const made = named(words, (name) => ({ kind: "create-other-object", name, ifNotExists: true, on: [] }));
  return made === null || !isOnce ? made : [...made, opaque("unrecognised", "an event that runs once")];
}

/** What a trigger does when it is fired is code: the body is not read. */
function readCreateTrigger(
  words: Words,
  { temporary, replace }: { readonly temporary: boolean; readonly replace: boolean },
): readonly Reading[] | null {
  takeIf(words, "not exists");
  const trigger = takeTable(words);
  const on = words.all.findIndex(({ is }, i) => i >= words.at && is === "on");
  if (trigger === null || on === -1) return null;
  words.at = on + 1;
  const table = takeTable(words);
  if (table === null || isDone(words)) return null;
  words.at = words.all.length;
  if (temporary) return [{ kind: "session-other" }];
  const name = trigger.name;
  return [{ kind: "create-trigger", table, name, function: relation(null, name), replace, notes: { on: table } }];
}

function readCreateRoutine(
  words: Words,
  what: "procedure" | "function",
  { replace }: { readonly replace: boolean },
): readonly Reading[] | null {
  takeIf(words, "not exists");
  const name = takeTable(words);
  // CREATE FUNCTION … SONAME loads a library into the server.
  const isLibrary = words.all.some(({ is }) => is === "soname");
  words.at = words.all.length;
  if (name === null) return null;
  if (isLibrary) return [{ kind: "load-library" }];
  return [{ kind: `create-${what}`, name, replace, language: "sql", volatility: "volatile", body: null }];
}
