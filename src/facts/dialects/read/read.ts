import { opaque } from "../../opaque.ts";
import { isDone, isNext, peek, rest, take, takeName, takeTable, type Words } from "../words.ts";
import * as mysql from "./alter-mysql.ts";
import * as sqlite from "./alter-sqlite.ts";
import { readCreate, takeDefiner } from "./create.ts";
import { readDrop } from "./drop.ts";
import { readInsert, readLoad } from "./insert.ts";
import { changedRole, readGrant } from "./permissions.ts";
import { afterWith, calls, callsIn, readDelete, readSelect, readUpdate } from "./queries.ts";
import { notRead, type ReadContext, type Reader, type Reading } from "./reading.ts";
import * as session from "./session.ts";

/** What a statement does, by its words. What is not understood of them is an action of its own, opaque. */
export function readStatement(words: Words, context: ReadContext): readonly Reading[] {
  if (context.statement.clientCommand) return [clientCommand(context.statement.sql)];
  const readings = read(words, context);
  if (readings === null) return [opaque("unrecognised", `“${rest({ ...words, at: 0 })}”`)];
  return isDone(words) ? readings : [...readings, notRead(words)];
}

function read(words: Words, context: ReadContext): readonly Reading[] | null {
  const reader = (context.dialect === "sqlite" ? ofSqlite : ofMysql)[peek(words)] ?? both[peek(words)];
  return reader === undefined ? null : reader(words, context);
}

/** Commands of the clients that only change what is shown. Others run a file, a program, or what is in another database. */
const shows =
  /^(?:delimiter\b|\\[RrehnqcCws#uU]|\.(?:bail|changes|echo|eqp|exit|explain|headers?|help|indexes|indices|mode|nullvalue|parameter|print|prompt|quit|schema|separator|show|stats|tables|timeout|timer|version|width)\b)/i;

function clientCommand(sql: string): Reading {
  if (!shows.test(sql)) return opaque("unrecognised", `“${sql}”, a command of the database's client,`);
  return { kind: "session-other", notes: { clientCommand: sql.split(/\s/, 1)[0] ?? "" } };
}

/** The rest of the words as a statement of its own, whose queries the parser has not seen. */
const inner: Reader = (words, context) => {
  const { statement } = context;
  const isWrite = ["select", "update", "delete", "with"].includes(peek(words));
  if (statement.query.kind !== "none" || !isWrite) return read(words, context);
  return read(words, {
    ...context,
    statement: { ...statement, query: { kind: "refused", why: "it stands inside another statement" } },
  });
};

const both: Readonly<Record<string, Reader>> = {
  create: (words, context) => {
    take(words, "create");
    return readCreate(words, context);
  },
  drop: (words, context) => {
    take(words, "drop");
    return readDrop(words, context);
  },
  insert: readInsert,
  replace: readInsert,
  update: readUpdate,
  delete: readDelete,
  select: readSelect,
  values: readSelect,
  open: readSelect,
  with: (words, context) => {
    afterWith(words);
    return inner(words, context);
  },
  begin: (words) => (isNext(words, "begin", "not") ? null : session.readTransaction(words)),
  start: session.readTransaction,
  commit: session.readTransaction,
  rollback: session.readTransaction,
  savepoint: session.readTransaction,
  release: session.readTransaction,
  explain: readExplain,
};

const ofSqlite: Readonly<Record<string, Reader>> = {
  alter: (words) => (take(words, "alter", "table") ? sqlite.readAlterTable(words) : null),
  end: session.readTransaction,
  pragma: (words) => {
    take(words, "pragma");
    return session.readPragma(words);
  },
  vacuum: (words) => {
    words.at = words.all.length;
    // VACUUM INTO writes another file and leaves this one as it is.
    const isCopy = words.all.some(({ is }) => is === "into");
    return isCopy ? [{ kind: "copy-to", reads: [], to: "file" }] : [{ kind: "vacuum", tables: [], full: true }];
  },
  reindex: (words) => {
    take(words, "reindex");
    const relation = takeTable(words);
    const what = relation === null ? "database" : "index";
    return [{ kind: "reindex", what, relation, schema: null, concurrently: false }];
  },
  analyze: (words) => {
    take(words, "analyze");
    const table = takeTable(words);
    return [{ kind: "analyze", tables: table === null ? [] : [table] }];
  },
  attach: session.readOther,
  detach: session.readOther,
};

/** It runs on the server, or for the server: nothing of it is in a table. */
const server: Reader = (words) => {
  words.at = words.all.length;
  return [{ kind: "alter-system" }];
};

const ofMysql: Readonly<Record<string, Reader>> = {
  alter: readAlter,
  rename: readRename,
  truncate: (words) => {
    take(words, "truncate");
    take(words, "table");
    const table = takeTable(words);
    if (take(words, "wait")) words.at++;
    take(words, "nowait");
    return table === null ? null : [{ kind: "truncate", table, cascade: false, only: false, together: [table] }];
  },
  load: (words) => (isNext(words, "load", "index") ? session.readOther(words) : readLoad(words)),
  table: readSelect,
  set: (words, context) => {
    take(words, "set");
    // MariaDB: SET STATEMENT max_statement_time = 1 FOR another statement.
    if (take(words, "statement")) {
      const at = words.all.findIndex(({ is }) => is === "for");
      words.at = at === -1 ? words.all.length : at + 1;
      return inner(words, context);
    }
    return session.readSet(words, context);
  },
  use: (words) => {
    take(words, "use");
    takeName(words);
    return [{ kind: "session-other" }];
  },
  lock: session.readLock,
  unlock: session.readOther,
  flush: session.readFlush,
  optimize: session.readMaintenance,
  repair: session.readMaintenance,
  checksum: session.readMaintenance,
  check: session.readMaintenance,
  analyze: (words, context) => {
    if (["table", "tables", "local", "no_write_to_binlog"].includes(peek(words, 1)))
      return session.readMaintenance(words);
    // MariaDB runs the statement that it analyses.
    take(words, "analyze");
    if (take(words, "format", "=")) words.at++;
    return inner(words, context);
  },
  grant: readGrant,
  revoke: readGrant,
  show: session.readOther,
  describe: readExplain,
  desc: readExplain,
  help: session.readOther,
  cache: session.readOther,
  prepare: session.readOther,
  deallocate: session.readOther,
  execute: (words) => {
    const what = rest(words);
    words.at = words.all.length;
    return [opaque("dynamic-sql", what)];
  },
  call: (words) => {
    take(words, "call");
    const name = takeTable(words);
    words.at = words.all.length;
    return name === null ? null : [opaque("function-call", `CALL ${name.name}()`)];
  },
  do: (words, context) => {
    const called = calls(callsIn(words), context);
    words.at = words.all.length;
    return [{ kind: "session-other" }, ...called];
  },
  install: (words) => {
    words.at = words.all.length;
    return [{ kind: "load-library" }];
  },
  uninstall: server,
  reset: server,
  purge: server,
  change: server,
  stop: server,
  shutdown: server,
  restart: server,
  kill: server,
};

/** EXPLAIN ANALYZE runs what it explains; DESCRIBE and DESC are other words for it. */
function readExplain(words: Words, context: ReadContext): readonly Reading[] | null {
  words.at++;
  if (!take(words, "analyze")) return session.readOther(words);
  if (take(words, "format", "=")) words.at++;
  return inner(words, context);
}

function readAlter(words: Words, context: ReadContext): readonly Reading[] | null {
  take(words, "alter");
  if (take(words, "online") || take(words, "ignore")) return alterTable(words, context);
  takeDefiner(words);
  const what = peek(words);
  switch (what) {
    case "table":
      return alterTable(words, context);
    case "view": {
      words.at++;
      const view = takeTable(words);
      words.at = words.all.length;
      return view === null ? null : [{ kind: "alter-view", view }];
    }
    case "procedure":
    case "function": {
      words.at++;
      const name = takeTable(words);
      words.at = words.all.length;
      return name === null ? null : [{ kind: "alter-function", name, cascade: false }];
    }
    case "event":
    case "server":
    case "sequence": {
      words.at++;
      const name = takeTable(words);
      words.at = words.all.length;
      const kind = what === "sequence" ? "alter-sequence" : "alter-other-object";
      return name === null ? null : [{ kind, name, on: [] }];
    }
    case "database":
    case "schema": {
      words.at++;
      const name = takeTable(words);
      words.at = words.all.length;
      return [{ kind: "alter-schema", name: name ?? { schema: null, name: "" }, on: [] }];
    }
    case "user":
    case "role":
      return changedRole(words);
    case "instance":
    case "tablespace":
    case "logfile":
    case "resource":
      return server(words, context);
    default:
      return null;
  }
}

function alterTable(words: Words, context: ReadContext): readonly Reading[] | null {
  take(words, "ignore");
  return take(words, "table") ? mysql.readAlterTable(words, context) : null;
}

function readRename(words: Words): readonly Reading[] | null {
  take(words, "rename");
  if (isNext(words, "user")) return changedRole(words);
  if (!take(words, "table") && !take(words, "tables")) return null;
  const readings: Reading[] = [];
  do {
    const table = takeTable(words);
    if (take(words, "wait")) words.at++;
    take(words, "nowait");
    const to = take(words, "to") ? takeTable(words) : null;
    if (table === null || to === null) return null;
    readings.push({ kind: "rename-table", table, to });
  } while (take(words, "comma"));
  return readings;
}
