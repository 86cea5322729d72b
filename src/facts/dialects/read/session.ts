import { relation } from "../../../sql/names.ts";
import { opaque } from "../../opaque.ts";
import {
  isDone,
  isNext,
  parts,
  peek,
  take,
  takeBrackets,
  takeName,
  takeOne,
  takeTable,
  textOf,
  type Words,
} from "../words.ts";
import { calls, callsIn } from "./queries.ts";
import type { ReadContext, Reading } from "./reading.ts";

/** BEGIN, COMMIT, ROLLBACK, SAVEPOINT and their kin; null where the words go on in another way. */
export function readTransaction(words: Words): readonly Reading[] | null {
  const verb = peek(words);
  words.at++;
  switch (verb) {
    case "begin":
      takeOne(words, "deferred", "immediate", "exclusive", "concurrent");
      takeOne(words, "transaction", "work");
      return [{ kind: "begin" }];
    case "start":
      if (!take(words, "transaction")) return null;
      words.at = words.all.length;
      return [{ kind: "begin" }];
    case "commit":
    case "end":
      takeOne(words, "transaction", "work");
      return [{ kind: "commit" }, ...chained(words)];
    case "rollback":
      takeOne(words, "transaction", "work");
      if (take(words, "to")) {
        take(words, "savepoint");
        return [{ kind: "rollback-to", name: takeName(words) ?? "" }];
      }
      return [{ kind: "rollback" }, ...chained(words)];
    case "savepoint":
      return [{ kind: "savepoint", name: takeName(words) ?? "" }];
    case "release":
      take(words, "savepoint");
      return [{ kind: "release", name: takeName(words) ?? "" }];
    default:
      return null;
  }
}

/** AND CHAIN begins the next transaction at once. */
function chained(words: Words): readonly Reading[] {
  const begins = take(words, "and", "chain");
  take(words, "and", "no", "chain");
  take(words, "no");
  take(words, "release");
  return begins ? [{ kind: "begin" }] : [];
}

/** PRAGMA of SQLite. */
export function readPragma(words: Words): readonly Reading[] | null {
  const name = takeTable(words)?.name.toLowerCase();
  if (name === undefined) return null;
  take(words, "=");
  const inner = takeBrackets(words) ?? { ...words, all: words.all.slice(words.at) };
  const value = textOf(inner);
  words.at = words.all.length;
  // With it the tables of the schema are written to as any others: DROP TABLE has other ways to be written then.
  if (name === "schema_version" && value !== "") return [opaque("unrecognised", "PRAGMA schema_version")];
  if (name === "writable_schema" && !/^(?:off|no|false|0)?$/i.test(value))
    return [opaque("unrecognised", "PRAGMA writable_schema")];
  return [{ kind: "set", name: `pragma ${name}`, value: value === "" ? null : value.toLowerCase(), local: false }];
}

/** SET of MySQL: of the session's variables, of the server's, of the user's own. */
export function readSet(words: Words, context: ReadContext): readonly Reading[] | null {
  if (take(words, "password") || isNext(words, "default", "role")) {
    words.at = words.all.length;
    return [{ kind: "alter-role", name: relation(null, "password"), on: [] }];
  }
  const called = calls(callsIn(words), context);
  // SET x = (SELECT …): what such a query calls is not known.
  const holdsQuery = words.all.some(({ is }) => is === "select" || is === "with");
  const unread =
    holdsQuery && called.length === 0 ? [opaque("unrecognised", "the query in SET", { keepsCatalog: true })] : [];
  const besides = [...called, ...(queryIsPlain(words) ? [] : unread)];
  const all = parts(words).map((part) => setting(part));
  words.at = words.all.length;
  return [...all, ...besides];
}

/** Only reads: SELECT in brackets whose calls are all known. */
function queryIsPlain({ all }: Words): boolean {
  return all.every(({ is }) => !["with", "into", "outfile", "dumpfile", "procedure"].includes(is));
}

function setting(words: Words): Reading {
  const scope = takeScope(words);
  const name = scope === "user" ? `@${takeName(words) ?? ""}` : (takeName(words) ?? "").toLowerCase();
  // SET global.x = 1 is another way to write it.
  const nested = take(words, "dot") ? (takeName(words) ?? "") : null;
  take(words, ":");
  const value = take(words, "=") ? textOf({ ...words, all: words.all.slice(words.at) }) : null;
  if (scope === "server" || ["global", "persist", "persist_only"].includes(nested === null ? "" : name))
    return { kind: "alter-system" };
  const full = nested === null ? name : nested.toLowerCase();
  // From there on the server reads SQL in another way than it was read here.
  if (full === "sql_mode" && /no_backslash_escapes|ansi|oracle|mssql|db2|postgresql|maxdb/i.test(value ?? ""))
    return opaque("unrecognised", "SQL behind this sql_mode, which changes how quotes are read,");
  return {
    kind: "set",
    name: full,
    value: value?.replace(/^'(.*)'$/, "$1").toLowerCase() ?? null,
    local: scope === "transaction",
  };
}

type Scope = "session" | "server" | "user" | "transaction";

function takeScope(words: Words): Scope {
  if (take(words, "@", "@")) {
    const scope = takeOne(words, "global", "persist", "persist_only", "session", "local");
    if (scope !== null) take(words, "dot");
    return scope === null || scope === "session" || scope === "local" ? "session" : "server";
  }
  if (take(words, "@")) return "user";
  if (isNext(words, "transaction") || isNext(words, "session", "transaction")) return "transaction";
  // SET session.x: the dot is looked at behind the name.
  if (peek(words, 1) === "dot") return "session";
  const scope = takeOne(words, "global", "persist", "persist_only", "session", "local");
  return scope === null || scope === "session" || scope === "local" ? "session" : "server";
}

/** LOCK TABLES a READ, b WRITE; MySQL's LOCK INSTANCE FOR BACKUP. */
export function readLock(words: Words): readonly Reading[] | null {
  take(words, "lock");
  if (takeOne(words, "tables", "table") === null) {
    if (!take(words, "instance", "for", "backup")) return null;
    return [{ kind: "lock-table", tables: [], mode: "SHARE" }];
  }
  const writes = words.all.some(({ is }) => is === "write");
  const tables = parts(words).flatMap((part) => takeTable(part) ?? []);
  words.at = words.all.length;
  return tables.length === 0 ? null : [{ kind: "lock-table", tables, mode: writes ? "ACCESS EXCLUSIVE" : "SHARE" }];
}

/** Statements about a list of tables: OPTIMIZE, REPAIR, ANALYZE, CHECK, CHECKSUM. */
export function readMaintenance(words: Words): readonly Reading[] | null {
  const verb = peek(words);
  words.at++;
  takeOne(words, "local", "no_write_to_binlog");
  if (takeOne(words, "table", "tables") === null) return null;
  const tables = parts(words).flatMap((part) => takeTable(part) ?? []);
  words.at = words.all.length;
  if (tables.length === 0) return null;
  switch (verb) {
    case "optimize":
    case "repair":
      return tables.map((table) => ({ kind: "cluster", table }));
    case "analyze":
      return [{ kind: "analyze", tables }];
    default:
      return [{ kind: "session-other" }];
  }
}

export function readFlush(words: Words): readonly Reading[] | null {
  take(words, "flush");
  takeOne(words, "local", "no_write_to_binlog");
  const what = peek(words);
  words.at = words.all.length;
  // It waits for every table that is in use, and with READ LOCK lets nobody write.
  return what === "tables" || what === "table"
    ? [{ kind: "lock-table", tables: [], mode: "SHARE" }]
    : [{ kind: "session-other" }];
}

/** SHOW, DESCRIBE, USE and others that only look, or that only the session notices. */
export function readOther(words: Words): readonly Reading[] {
  words.at = words.all.length;
  return [{ kind: "session-other" }];
}

/** ATTACH and DETACH; USE: from there on names may mean tables of another database. */
export function isElsewhere(words: Words): boolean {
  return ["use", "attach", "detach"].includes(words.all[0]?.is ?? "") && !isDone({ ...words, at: 0 });
}
