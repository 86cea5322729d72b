import type { Dialect } from "../../../sql/dialects/dialect.ts";
import type { Relation } from "../../../sql/names.ts";
import type { ColumnDefinition, ConstraintDefinition, TableDefinition } from "../../actions.ts";
import {
  isDone,
  isNext,
  namesIn,
  parts,
  peek,
  take,
  takeBrackets,
  takeIf,
  takeName,
  takeOne,
  takeTable,
  type Words,
} from "../words.ts";
import { constraint, type ReadColumn, readColumn, takeCheck, takeReferences } from "./columns.ts";
import { besides, readsOf } from "./queries.ts";
import { notRead, type ReadContext, type Reading } from "./reading.ts";

/** CREATE TABLE; the words CREATE … TABLE are gone past. */
export function readCreateTable(
  words: Words,
  context: ReadContext,
  { temporary, replace }: { readonly temporary: boolean; readonly replace: boolean },
): readonly Reading[] | null {
  const ifNotExists = takeIf(words, "not exists");
  const table = takeTable(words);
  if (table === null) return null;
  const unknown: Reading[] = [];
  const definition = takeDefinition(words, context.dialect, unknown);
  takeOptions(words, context);
  const { query } = context.statement;
  const fromQuery = query.kind !== "none";
  return [
    ...(replace ? [{ kind: "drop-table", table, cascade: false, ifExists: true, foreign: false } as const] : []),
    {
      kind: "create-table",
      table,
      definition,
      temporary,
      onCommitDrop: false,
      fromQuery,
      ifNotExists,
      reads: readsOf(query),
    },
    ...unknown,
    ...besides(query, "CREATE TABLE", context),
  ];
}

function takeDefinition(words: Words, dialect: Dialect, unknown: Reading[]): TableDefinition {
  const columns: ColumnDefinition[] = [];
  const constraints: ConstraintDefinition[] = [];
  const like: Relation[] = [];
  const isModel = take(words, "like");
  const list = isModel || peek(words, 1) === "select" || peek(words, 1) === "with" ? null : takeBrackets(words);
  const model = isModel ? takeTable(words) : list !== null && take(list, "like") ? takeTable(list) : null;
  if (model !== null) like.push(model);
  else {
    for (const part of list === null ? [] : parts(list)) {
      const element = takeElement(part, dialect);
      if (element?.kind === "column") {
        columns.push(element.column.definition);
        constraints.push(...element.column.constraints);
      } else if (element?.kind === "constraint") constraints.push(element.constraint);
      if (element === null) unknown.push(notRead({ ...part, at: 0 }));
      else if (!isDone(part)) unknown.push(notRead(part));
    }
  }
  return { columns, constraints, like, inherits: [], partitionOf: null, isDefaultPartition: false, partitioned: false };
}

/** What stands behind the brackets: options, partitions, and the query of a table that has rows at once, which the parser has read. */
function takeOptions(words: Words, { dialect }: ReadContext): void {
  while (!isDone(words)) {
    if (dialect === "sqlite") {
      if (take(words, "without", "rowid") || take(words, "strict") || take(words, "comma")) continue;
      if (isNext(words, "as")) words.at = words.all.length;
      return;
    }
    words.at++;
  }
}

/** An element of a table's definition, or what stands behind ADD. */
export type Element =
  | { readonly kind: "column"; readonly column: ReadColumn }
  | { readonly kind: "constraint"; readonly constraint: ConstraintDefinition }
  | {
      readonly kind: "index";
      readonly name: string | null;
      readonly columns: readonly (string | null)[];
      readonly special: "fulltext" | "spatial" | null;
    }
  | { readonly kind: "other" };

/** Goes past one element; null where it is none. What is left of the words is not understood. */
export function takeElement(words: Words, dialect: Dialect): Element | null {
  const isNamed = take(words, "constraint");
  const isUnnamed = ["primary", "unique", "foreign", "check"].includes(peek(words));
  const name = isNamed && !isUnnamed ? takeName(words) : null;
  if (take(words, "primary", "key")) return keyOf("primary-key", name, words);
  if (isNext(words, "unique") && (isNamed || isKey(words, dialect))) {
    words.at++;
    takeOne(words, "key", "index");
    takeIf(words, "not exists");
    return keyOf("unique", name, words);
  }
  if (take(words, "foreign", "key")) return foreignKey(words, name);
  if (isNext(words, "check") && peek(words, 1) === "open") {
    words.at++;
    const found: ConstraintDefinition[] = [];
    takeCheck(words, name, found);
    return found[0] === undefined ? null : { kind: "constraint", constraint: found[0] };
  }
  if (dialect !== "sqlite") {
    if (isNext(words, "period", "for")) return toEnd(words, { kind: "other" });
    const special = peek(words) === "fulltext" || peek(words) === "spatial" ? peek(words) : null;
    if (special !== null || peek(words) === "index" || peek(words) === "key") return indexOf(words, special);
  }
  const column = isNamed ? null : readColumn(words);
  return column === null ? null : { kind: "column", column };
}

/** UNIQUE (a), UNIQUE KEY name (a), UNIQUE name (a): a column cannot be called so in either database. */
function isKey(words: Words, dialect: Dialect): boolean {
  return dialect !== "sqlite" || peek(words, 1) === "open";
}

function keyOf(type: "primary-key" | "unique", symbol: string | null, words: Words): Element | null {
  const name = peek(words) === "open" || peek(words) === "using" ? symbol : (takeName(words) ?? symbol);
  if (take(words, "using")) takeName(words);
  const list = takeBrackets(words);
  if (list === null) return null;
  const columns = namesIn(list).flatMap((each) => each ?? []);
  return toEnd(words, { kind: "constraint", constraint: constraint(type, columns, { name }) });
}

function foreignKey(words: Words, symbol: string | null): Element | null {
  takeIf(words, "not exists");
  const name = peek(words) === "open" ? symbol : (symbol ?? takeName(words));
  if (peek(words) !== "open") takeName(words);
  const list = takeBrackets(words);
  const columns = list === null ? [] : namesIn(list).flatMap((each) => each ?? []);
  const found: ConstraintDefinition[] = [];
  if (!isNext(words, "references") || !takeReferences(words, name, columns, found)) return null;
  return found[0] === undefined ? null : { kind: "constraint", constraint: found[0] };
}

function indexOf(words: Words, special: string | null): Element | null {
  if (special !== null) words.at++;
  takeOne(words, "index", "key");
  takeIf(words, "not exists");
  const name = peek(words) === "open" || peek(words) === "using" ? null : takeName(words);
  if (take(words, "using")) takeName(words);
  const list = takeBrackets(words);
  if (list === null) return null;
  const kind = special === "fulltext" || special === "spatial" ? special : null;
  return toEnd(words, { kind: "index", name, columns: namesIn(list), special: kind });
}

/** Options of a key or an index: its type, its comment, its block size. */
function toEnd(words: Words, element: Element): Element {
  words.at = words.all.length;
  return element;
}
