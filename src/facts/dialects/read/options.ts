import type { Relation } from "../../../sql/names.ts";
import { isDone, peek, take, takeBrackets, takeTable, type Words } from "../words.ts";
import type { Reading } from "./reading.ts";

/** Partitions that lose their rows, or whose rows are put elsewhere. */
export function partitions(words: Words, table: Relation): readonly Reading[] | null {
  const next = [peek(words), peek(words, 1)].join(" ");
  const all = (): void => {
    words.at = words.all.length;
  };
  switch (next) {
    case "truncate partition":
      all();
      return [{ kind: "delete", table, where: "some", atMost: null, reads: [] }];
    case "exchange partition": {
      const at = words.all.findIndex(({ is }, i) => is === "with" && words.all[i + 1]?.is === "table");
      words.at = at === -1 ? words.all.length : at + 2;
      const other = takeTable(words);
      all();
      return [
        { kind: "change-table-type", table },
        ...(other === null ? [] : [{ kind: "change-table-type", table: other } as const]),
      ];
    }
    case "reorganize partition":
    case "coalesce partition":
    case "rebuild partition":
    case "optimize partition":
    case "repair partition":
    case "partition by":
    case "remove partitioning":
      all();
      return [rebuilt(table, "rows are put into other partitions", { blocks: true })];
    case "analyze partition":
    case "check partition":
      all();
      return [{ kind: "analyze", tables: [table] }];
    default:
      return null;
  }
}

/** Each table option, and whether the rows are written anew for it. Options may stand behind each other without commas. */
export function options(words: Words, table: Relation): readonly Reading[] {
  if (take(words, "force")) return [rebuilt(table, "FORCE asks for it", { blocks: false })];
  if (take(words, "convert", "to")) {
    words.at = words.all.length;
    return [rebuilt(table, "every text is converted to the other character set", { blocks: true })];
  }
  if (take(words, "disable", "keys") || take(words, "enable", "keys")) return [{ kind: "set-table-options", table }];
  if (take(words, "discard", "tablespace") || take(words, "import", "tablespace"))
    return [{ kind: "change-table-type", table }];
  if (take(words, "order", "by")) {
    words.at = words.all.length;
    return [rebuilt(table, "the rows are put into another order", { blocks: true })];
  }
  const readings: Reading[] = [];
  while (!isDone(words)) {
    const why = option(words);
    if (why === null) break;
    readings.push(
      why === "" ? { kind: "set-table-options", table } : rebuilt(table, why, { blocks: why === otherEngine }),
    );
  }
  return readings;
}

const otherEngine =
  "a table of another engine is filled row by row, and so is one of its own engine when it is named again";

/** Goes past one option: why the table is written anew for it, empty where it is not; null where it is none that is known. */
function option(words: Words): string | null {
  take(words, "default");
  const name = peek(words) === "character" && peek(words, 1) === "set" ? "charset" : peek(words);
  const why = optionWork[name];
  if (why === undefined) return null;
  words.at += name === "charset" && peek(words) === "character" ? 2 : 1;
  take(words, "=");
  if (takeBrackets(words) === null) words.at++;
  return why;
}

const optionWork: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    (
      "auto_increment avg_row_length charset checksum collate comment connection delay_key_write insert_method max_rows min_rows " +
      "pack_keys password stats_auto_recalc stats_persistent stats_sample_pages secondary_engine engine_attribute union"
    )
      .split(" ")
      .map((name) => [name, ""]),
  ),
  engine: otherEngine,
  row_format: "the rows are stored in another format",
  key_block_size: "the rows are stored in pages of another size",
  encryption: "every page is written encrypted, or decrypted",
  compression: "the setting holds for pages that are written from now on; OPTIMIZE TABLE writes the others",
  page_compressed: "the setting holds for pages that are written from now on",
  tablespace: "the table is copied to the other tablespace",
};

/** The whole table is written anew, for a reason. */
export function rebuilt(table: Relation, why: string, { blocks }: { readonly blocks: boolean }): Reading {
  return { kind: "set-access-method", table, notes: { rebuilds: { why, blocks } } };
}
