import { isDone, peek, take, takeName, takeTable, type Words } from "../words.ts";
import { addColumn } from "./additions.ts";
import { readColumn } from "./columns.ts";
import type { Reading } from "./reading.ts";

/** ALTER TABLE of SQLite: one change a statement (https://sqlite.org/lang_altertable.html). */
export function readAlterTable(words: Words): readonly Reading[] | null {
  const table = takeTable(words);
  if (table === null) return null;
  if (take(words, "rename")) {
    if (take(words, "to")) {
      const to = takeTable(words);
      // The new name is one without a schema: the table stays where it is.
      return to === null ? null : [{ kind: "rename-table", table, to: { schema: table.schema, name: to.name } }];
    }
    if (peek(words, 1) !== "to") take(words, "column");
    const column = takeName(words);
    const to = take(words, "to") ? takeName(words) : null;
    return column === null || to === null ? null : [{ kind: "rename-column", table, column, to }];
  }
  if (take(words, "add")) {
    if (words.all.length - words.at > 1) take(words, "column");
    const column = readColumn(words);
    return column === null ? null : [addColumn(table, column, { ifNotExists: false })];
  }
  if (take(words, "drop")) {
    if (words.all.length - words.at > 1) take(words, "column");
    const column = takeName(words);
    return column === null || !isDone(words)
      ? null
      : [{ kind: "drop-column", table, column, cascade: false, ifExists: false }];
  }
  return null;
}
