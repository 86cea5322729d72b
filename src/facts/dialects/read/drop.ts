import { type Relation, relation } from "../../../sql/names.ts";
import { peek, take, takeIf, takeName, takeOne, takeTable, type Words } from "../words.ts";
import type { ReadContext, Reading } from "./reading.ts";

/** DROP …; the word DROP is gone past. */
export function readDrop(words: Words, { dialect }: ReadContext): readonly Reading[] | null {
  const temporary = take(words, "temporary");
  const what = peek(words);
  words.at++;
  const ifExists = takeIf(words, "exists");
  switch (what) {
    case "table":
    case "tables":
      return each(words, (table) => {
        // A table of the session is nobody else's.
        if (temporary) return { kind: "session-other" };
        return { kind: "drop-table", table, cascade: false, ifExists, foreign: false };
      });
    case "view":
      return each(words, (view) => ({ kind: "drop-view", view, cascade: false, ifExists }));
    case "index":
      return dropIndex(words, { ifExists, isSqlite: dialect === "sqlite" });
    case "trigger": {
      const trigger = takeTable(words);
      // It names no table; what it stood on is not looked for.
      return trigger === null ? null : [{ kind: "drop-other-object", name: trigger, cascade: false, ifExists }];
    }
    case "procedure":
    case "function": {
      const name = takeTable(words);
      return name === null ? null : [{ kind: "drop-function", name, cascade: false }];
    }
    case "event":
    case "server":
    case "package":
      return each(words, (name) => ({ kind: "drop-other-object", name, cascade: false, ifExists }));
    case "database":
    case "schema": {
      const name = takeName(words);
      return name === null ? null : [{ kind: "drop-schema", name: relation(null, name), cascade: false, ifExists }];
    }
    case "sequence":
      return each(words, (name) => ({ kind: "drop-sequence", name, cascade: false, ifExists }));
    case "tablespace": {
      const name = takeTable(words);
      words.at = words.all.length;
      return name === null ? null : [{ kind: "drop-tablespace", name, cascade: false, ifExists }];
    }
    case "user":
    case "role": {
      const name = takeName(words) ?? "";
      words.at = words.all.length;
      return [{ kind: "drop-role", name: relation(null, name), cascade: false, ifExists }];
    }
    case "prepare":
      takeName(words);
      return [{ kind: "session-other" }];
    default:
      return null;
  }
}

/** Names with commas between them, and then what means nothing to MySQL: RESTRICT and CASCADE. */
function each(words: Words, reading: (of: Relation) => Reading): readonly Reading[] | null {
  const readings: Reading[] = [];
  do {
    const of = takeTable(words);
    if (of === null) return null;
    readings.push(reading(of));
  } while (take(words, "comma"));
  takeOne(words, "restrict", "cascade");
  // MariaDB's limits of how long it waits.
  if (take(words, "wait")) words.at++;
  take(words, "nowait");
  return readings;
}

function dropIndex(
  words: Words,
  { ifExists, isSqlite }: { readonly ifExists: boolean; readonly isSqlite: boolean },
): readonly Reading[] | null {
  const index = isSqlite ? takeTable(words) : relation(null, takeName(words) ?? "");
  if (index === null) return null;
  const drop = { kind: "drop-index", index, concurrently: false, ifExists, cascade: false } as const;
  if (isSqlite) return [drop];
  const on = take(words, "on") ? takeTable(words) : null;
  if (on === null) return null;
  // ALGORITHM and LOCK.
  if (takeOne(words, "algorithm", "lock") !== null) words.at = words.all.length;
  return [{ ...drop, notes: { on } }];
}
