import type { ColumnDefinition, ConstraintDefinition, Fill, TypeName } from "../../actions.ts";
import {
  isDone,
  isNext,
  namesIn,
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

/** A column as CREATE TABLE, ADD COLUMN, MODIFY and CHANGE write it. */
export interface ReadColumn {
  readonly definition: ColumnDefinition;
  readonly constraints: readonly ConstraintDefinition[];
  /** FIRST or AFTER another column. */
  readonly moved: boolean;
  /** The default is a call or an expression, not a literal. */
  readonly computed: boolean;
}

/** Words that begin a clause behind a type; all before them is the type, in SQLite whatever it is. */
const clauses: ReadonlySet<string> = new Set(
  (
    "not null default on auto_increment autoincrement primary unique key comment collate character charset check references " +
    "constraint generated as visible invisible storage column_format srid first after with without virtual stored persistent " +
    "compressed engine_attribute secondary_engine_attribute ref_system_id"
  ).split(" "),
);

interface Clauses {
  notNull: boolean;
  fill: Fill;
  serial: boolean;
  generated: ColumnDefinition["generated"];
  collation: string | null;
  moved: boolean;
  computed: boolean;
  readonly constraints: ConstraintDefinition[];
}

/** Reads a column; what is left of the words is not understood. Null where no name comes next. */
export function readColumn(words: Words): ReadColumn | null {
  const name = takeName(words);
  if (name === null) return null;
  const type = takeType(words);
  const isSerial = type.name === "serial";
  const seen: Clauses = {
    notNull: isSerial,
    fill: "null",
    serial: isSerial,
    generated: null,
    collation: null,
    moved: false,
    computed: false,
    constraints: isSerial ? [constraint("unique", [name])] : [],
  };
  while (!isDone(words) && takeClause(words, name, seen));
  const { notNull, fill, serial, generated, collation, constraints, moved, computed } = seen;
  const definition = { name, type, notNull, fill, serial, identity: false, generated, collation };
  return { definition, constraints, moved, computed };
}

/** The words up to the first clause. Numbers in brackets are modifiers; other brackets, as those of enum, are part of the name. */
export function takeType(words: Words): TypeName {
  const names: string[] = [];
  let modifiers: readonly number[] = [];
  for (;;) {
    if (peek(words) === "open") {
      const inner = takeBrackets(words);
      if (inner === null) break;
      const values = parts(inner).map(textOf);
      if (values.every((value) => /^\d+$/.test(value))) modifiers = values.map(Number);
      else names.push(`(${values.join(",")})`);
      continue;
    }
    const next = words.all[words.at];
    // The types SET and CHARACTER begin as clauses do: CHARACTER SET is one.
    const isType = (names.length === 0 && next?.is === "set") || (next?.is === "character" && peek(words, 1) !== "set");
    if (next === undefined || (next.kind !== "word" && next.kind !== "name") || (clauses.has(next.is) && !isType))
      break;
    names.push(next.text.toLowerCase());
    words.at++;
  }
  return { schema: null, name: names.join(" ").replace(" (", "("), modifiers, array: false };
}

/** Goes past one clause; false where it is not known. */
function takeClause(words: Words, column: string, seen: Clauses): boolean {
  const name = take(words, "constraint") ? (clauses.has(peek(words)) ? null : takeName(words)) : null;
  if (take(words, "not", "null")) seen.notNull = true;
  else if (take(words, "null")) seen.notNull = false;
  else if (take(words, "default")) {
    const next = words.all[words.at];
    seen.computed =
      next?.kind === "open" ||
      (next?.kind === "word" && !literals.has(next.is) && words.all[words.at + 1]?.kind !== "string");
    seen.fill = takeDefault(words);
  } else if (take(words, "on", "update")) takeDefault(words);
  else if (take(words, "on", "conflict")) takeName(words);
  else if (takeOne(words, "auto_increment", "autoincrement") !== null) seen.serial = true;
  else if (take(words, "primary")) {
    take(words, "key");
    takeOne(words, "asc", "desc");
    seen.constraints.push(constraint("primary-key", [column], { name }));
  } else if (take(words, "unique")) {
    take(words, "key");
    seen.constraints.push(constraint("unique", [column], { name }));
  } else if (take(words, "key")) seen.constraints.push(constraint("primary-key", [column], { name }));
  else if (take(words, "check")) return takeCheck(words, name, seen.constraints);
  else if (isNext(words, "references")) return takeReferences(words, name, [column], seen.constraints);
  else if (isNext(words, "generated") || isNext(words, "as")) return takeGenerated(words, seen);
  else if (take(words, "collate")) seen.collation = takeName(words);
  else if (takeOne(words, "charset") !== null || take(words, "character", "set")) takeName(words);
  else if (takeOne(words, "first") !== null) seen.moved = true;
  else if (take(words, "after")) seen.moved = takeName(words) !== null;
  else return takeOption(words);
  return true;
}

const literals: ReadonlySet<string> = new Set(["null", "true", "false"]);

/** What changes nothing that matters here: comments, storage, visibility. */
function takeOption(words: Words): boolean {
  if (takeOne(words, "visible", "invisible", "compressed") !== null) return true;
  if (take(words, "with", "system", "versioning") || take(words, "without", "system", "versioning")) return true;
  const valued = takeOne(
    words,
    ..."comment storage column_format srid engine_attribute secondary_engine_attribute ref_system_id".split(" "),
  );
  if (valued === null) return false;
  take(words, "=");
  words.at++;
  return true;
}

/** The value of DEFAULT and ON UPDATE: a literal, a call, or an expression in brackets. */
function takeDefault(words: Words): Fill {
  takeOne(words, "+", "-");
  const inner = takeBrackets(words);
  if (inner !== null) return fillOf(inner);
  if (take(words, "null")) return "null";
  if (take(words, "next", "value", "for")) {
    takeTable(words);
    return "volatile";
  }
  const from = words.at;
  words.at++;
  // X'1f' and _utf8'…' are of two tokens; so are two texts that stand behind each other.
  while (words.all[words.at]?.kind === "string") words.at++;
  takeBrackets(words);
  return fillOf({ ...words, all: words.all.slice(from, words.at), at: 0 });
}

const volatile: ReadonlySet<string> = new Set([
  "uuid",
  "uuid_short",
  "uuid_v4",
  "uuid_v7",
  "sys_guid",
  "rand",
  "random",
  "randomblob",
  "nextval",
]);

/** What the rows that exist get: the moment of the statement is one for all of them. */
function fillOf({ all }: Words): Fill {
  const calls = all.filter(({ kind }, i) => kind === "word" && all[i + 1]?.is === "open").map(({ is }) => is);
  if (calls.some((call) => volatile.has(call))) return "volatile";
  return calls.every((call) => steady.has(call)) ? "constant" : "unknown";
}

const steady: ReadonlySet<string> = new Set(
  (
    "current_timestamp current_date current_time now localtime localtimestamp curdate curtime utc_timestamp utc_date utc_time " +
    "sysdate datetime date time strftime unixepoch julianday json_object json_array cast concat lower upper point"
  ).split(" "),
);

function takeGenerated(words: Words, seen: Clauses): boolean {
  take(words, "generated", "always");
  if (
    !take(words, "as") ||
    (takeBrackets(words) === null && !take(words, "row", "start") && !take(words, "row", "end"))
  )
    return false;
  const how = takeOne(words, "stored", "persistent", "virtual");
  seen.generated = how === "stored" || how === "persistent" ? "stored" : "virtual";
  return true;
}

/** CHECK (…) [NOT ENFORCED]. Which columns it reads does not matter to these databases' effects. */
export function takeCheck(words: Words, name: string | null, into: ConstraintDefinition[]): boolean {
  if (takeBrackets(words) === null) return false;
  const notEnforced = take(words, "not", "enforced");
  take(words, "enforced");
  into.push({ ...constraint("check", [], { name }), notEnforced });
  return true;
}

/** REFERENCES table (columns) with everything that may follow. */
export function takeReferences(
  words: Words,
  name: string | null,
  columns: readonly string[],
  into: ConstraintDefinition[],
): boolean {
  take(words, "references");
  const table = takeTable(words);
  if (table === null) return false;
  const list = takeBrackets(words);
  const theirs = list === null ? [] : namesIn(list).flatMap((each) => each ?? []);
  let onDelete: ConstraintDefinition["onDelete"] = "refuse";
  for (;;) {
    if (take(words, "match")) takeName(words);
    else if (isNext(words, "on", "delete") || isNext(words, "on", "update")) {
      const isDelete = peek(words, 1) === "delete";
      words.at += 2;
      const action = takeOne(words, "cascade", "restrict", "set", "no");
      if (action === "set" || action === "no") words.at++;
      if (isDelete && (action === "cascade" || action === "set")) onDelete = "change";
    } else if (take(words, "not", "deferrable") || take(words, "deferrable")) continue;
    else if (take(words, "initially")) takeName(words);
    else break;
  }
  into.push({ ...constraint("foreign-key", columns, { name }), references: { table, columns: theirs }, onDelete });
  return true;
}

/** A constraint of which nothing more is said. */
export function constraint(
  type: ConstraintDefinition["type"],
  columns: readonly string[],
  { name = null }: { readonly name?: string | null } = {},
): ConstraintDefinition {
  return {
    name,
    type,
    columns,
    references: null,
    notValid: false,
    notEnforced: false,
    usingIndex: null,
    provesNotNull: null,
    onDelete: null,
  };
}
