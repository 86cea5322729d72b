import type { DialectScript, DialectStatement } from "../../../sql/dialects/script.ts";
import { type Relation, relation } from "../../../sql/names.ts";
import type { Place } from "../../facts.ts";
import {
  isDone,
  isNext,
  parts,
  peek,
  take,
  takeBrackets,
  takeIf,
  takeName,
  takeOne,
  takeTable,
  textOf,
  type Words,
} from "../words.ts";
import { addColumn, createIndex } from "./additions.ts";
import { readColumn } from "./columns.ts";
import { options, partitions, rebuilt } from "./options.ts";
import { type Algorithm, notRead, type ReadContext, type Reading } from "./reading.ts";
import { takeElement } from "./tables.ts";
import { changeColumn } from "./type-change.ts";

/** ALTER TABLE of MySQL and MariaDB, with its subcommands each as an action of its own. */
export function readAlterTable(words: Words, context: ReadContext): readonly Reading[] | null {
  takeIf(words, "exists");
  const table = takeTable(words);
  if (table === null) return null;
  // MariaDB's limits of how long it waits for the metadata lock.
  if (take(words, "wait")) words.at++;
  take(words, "nowait");
  const subcommands = parts(words);
  words.at = words.all.length;
  const algorithm = algorithmOf(subcommands);
  const readings: Reading[] = [];
  for (const part of subcommands) {
    const place = subcommands.length > 1 ? placeOf(part, context) : {};
    if (isAlgorithm(part)) continue;
    const own = subcommand(part, table, context);
    // What gave nothing was not understood, however far it was gone past.
    const left = own.length === 0 ? [notRead({ ...part, at: 0 })] : isDone(part) ? [] : [notRead(part)];
    for (const reading of [...own, ...left]) {
      const notes = algorithm === null ? reading.notes : { ...reading.notes, algorithm };
      readings.push({ ...reading, ...place, ...(notes === undefined ? {} : { notes }) });
    }
  }
  return readings.length > 0 ? readings : [{ kind: "set-table-options", table }];
}

function placeOf(part: Words, { statement, script }: { statement: DialectStatement; script: DialectScript }): Place {
  const first = part.all[0];
  const last = part.all.at(-1);
  const { start } = statement;
  if (first === undefined || last === undefined) return statement;
  return { span: script.lines.span(start + first.start, start + last.end), sql: textOf(part) };
}

const algorithms: readonly Algorithm[] = ["copy", "inplace", "nocopy", "instant", "default"];

function isAlgorithm(part: Words): boolean {
  return ["algorithm", "lock"].includes(peek(part)) && part.all.length - part.at <= 3;
}

function algorithmOf(subcommands: readonly Words[]): Algorithm | null {
  const part = subcommands.find((each) => peek(each) === "algorithm" && isAlgorithm(each));
  return algorithms.find((each) => each === part?.all.at(-1)?.is) ?? null;
}

/** One subcommand; it is gone past as far as it is understood. */
function subcommand(words: Words, table: Relation, context: ReadContext): readonly Reading[] {
  switch (peek(words)) {
    case "add":
      words.at++;
      return added(words, table, context);
    case "drop":
      words.at++;
      return dropped(words, table);
    case "modify":
    case "change":
      return changed(words, table, context);
    case "alter":
      words.at++;
      return altered(words, table);
    case "rename":
      words.at++;
      return renamed(words, table);
    default:
      return [...(partitions(words, table) ?? options(words, table))];
  }
}

function added(words: Words, table: Relation, { dialect }: ReadContext): readonly Reading[] {
  if (isNext(words, "partition")) {
    words.at = words.all.length;
    return [
      {
        kind: "attach-partition",
        table,
        partition: relation(table.schema, `${table.name} partition`),
        isDefault: false,
      },
    ];
  }
  if (take(words, "system", "versioning")) {
    return [rebuilt(table, "each row gets the time from which on it holds", { blocks: true })];
  }
  const isColumn = take(words, "column");
  const ifNotExists = takeIf(words, "not exists");
  const list = takeBrackets(words);
  if (list !== null) {
    return parts(list).flatMap((part) => {
      const own = element(part, table, dialect);
      if (own.length === 0) return [notRead({ ...part, at: 0 })];
      return isDone(part) ? own : [...own, notRead(part)];
    });
  }
  if (!isColumn) return element(words, table, dialect, { ifNotExists });
  const column = readColumn(words);
  return column === null ? [] : [addColumn(table, column, { ifNotExists })];
}

function element(
  words: Words,
  table: Relation,
  dialect: ReadContext["dialect"],
  { ifNotExists } = { ifNotExists: false },
): readonly Reading[] {
  const read = takeElement(words, dialect);
  switch (read?.kind) {
    case "column":
      return [addColumn(table, read.column, { ifNotExists })];
    case "constraint":
      return [{ kind: "add-constraint", table, constraint: read.constraint }];
    case "index":
      return [createIndex(table, read.name, read.columns, { unique: false, ifNotExists, special: read.special })];
    case "other":
      return [{ kind: "set-table-options", table }];
    default:
      return [];
  }
}

function dropped(words: Words, table: Relation): readonly Reading[] {
  if (take(words, "primary", "key")) {
    const notes = { rebuilds: { why: "the rows are kept in the order of the primary key", blocks: true } };
    return [{ kind: "drop-constraint", table, name: "PRIMARY", cascade: false, ifExists: false, notes }];
  }
  if (take(words, "foreign", "key") || takeOne(words, "constraint", "check") !== null) {
    const ifExists = takeIf(words, "exists");
    return [{ kind: "drop-constraint", table, name: takeName(words) ?? "", cascade: false, ifExists }];
  }
  if (takeOne(words, "index", "key") !== null) {
    const ifExists = takeIf(words, "exists");
    const name = takeName(words) ?? "";
    return [
      {
        kind: "drop-index",
        index: relation(table.schema, name),
        concurrently: false,
        ifExists,
        cascade: false,
        notes: { on: table },
      },
    ];
  }
  if (isNext(words, "partition") && words.all.length - words.at > 1) {
    words.at = words.all.length;
    return [{ kind: "delete", table, where: "some", atMost: null, reads: [] }];
  }
  if (take(words, "system", "versioning")) return [{ kind: "delete", table, where: "some", atMost: null, reads: [] }];
  take(words, "column");
  const ifExists = takeIf(words, "exists");
  const column = takeName(words);
  const cascade = takeOne(words, "cascade", "restrict") === "cascade";
  return column === null ? [] : [{ kind: "drop-column", table, column, cascade, ifExists }];
}

function changed(words: Words, table: Relation, context: ReadContext): readonly Reading[] {
  const isChange = peek(words) === "change";
  words.at++;
  take(words, "column");
  takeIf(words, "exists");
  const before = isChange ? takeName(words) : null;
  const read = readColumn(words);
  if (read === null) return [];
  const from = before ?? read.definition.name;
  return changeColumn(table, from, read, context.catalog);
}

function altered(words: Words, table: Relation): readonly Reading[] {
  if (takeOne(words, "index", "key") !== null) {
    const name = takeName(words) ?? "";
    take(words, "not");
    if (takeOne(words, "visible", "invisible", "ignored") === null) return [];
    return [
      {
        kind: "alter-index",
        index: relation(table.schema, name),
        what: "options",
        attached: null,
        notes: { on: table },
      },
    ];
  }
  if (takeOne(words, "constraint", "check") !== null) {
    const name = takeName(words) ?? "";
    take(words, "not");
    return take(words, "enforced") ? [{ kind: "alter-constraint", table, name }] : [];
  }
  take(words, "column");
  takeIf(words, "exists");
  const column = takeName(words);
  if (column === null) return [];
  if (take(words, "drop", "default")) return [{ kind: "drop-default", table, column }];
  if (take(words, "set", "default")) {
    words.at = words.all.length;
    return [{ kind: "set-default", table, column }];
  }
  return take(words, "set", "visible") || take(words, "set", "invisible")
    ? [{ kind: "set-column-options", table, column }]
    : [];
}

function renamed(words: Words, table: Relation): readonly Reading[] {
  if (take(words, "column")) {
    takeIf(words, "exists");
    const column = takeName(words);
    const to = take(words, "to") ? takeName(words) : null;
    return column === null || to === null ? [] : [{ kind: "rename-column", table, column, to }];
  }
  if ((isNext(words, "index") || isNext(words, "key")) && peek(words, 2) === "to") {
    words.at++;
    const index = relation(table.schema, takeName(words) ?? "");
    words.at++;
    return [{ kind: "rename-index", index, to: takeName(words) ?? "", notes: { on: table } }];
  }
  takeOne(words, "to", "as", "=");
  const to = takeTable(words);
  return to === null ? [] : [{ kind: "rename-table", table, to }];
}
