import { key, type Relation } from "../sql/names.ts";
import type { CreatedRelation, CreatedRelations } from "./facts.ts";

/** The relations that a set has made, as they change: each moment of it can be kept, and costs nothing to keep. */
export interface CreatedLog {
  /** From now on this is what the relation of that key is; null: it is not there, or others use it. */
  write(of: string, made: CreatedRelation | null): void;
  now(): CreatedRelations;
}

interface Entry {
  readonly moment: number;
  readonly made: CreatedRelation | null;
}

/** A log that begins empty. A file can make ten thousand tables: a list of them for each statement would be the square of that. */
export function createdLog(): CreatedLog {
  const entries = new Map<string, Entry[]>();
  let moment = 0;
  let size = 0;
  let current: CreatedRelations | null = null;

  const at = (of: string, asked: number): CreatedRelation | null =>
    entries.get(of)?.findLast((entry) => entry.moment <= asked)?.made ?? null;

  const snapshot = (asked: number, count: number): CreatedRelations => ({
    size: count,
    find: (relation: Relation) => (count === 0 ? null : at(key(relation), asked)),
    list: () => [...entries.keys()].flatMap((of) => at(of, asked) ?? []),
  });

  return {
    write(of, made) {
      const before = at(of, moment);
      if (before === made) return;
      size += (made === null ? 0 : 1) - (before === null ? 0 : 1);
      moment++;
      const own = entries.get(of);
      if (own === undefined) entries.set(of, [{ moment, made }]);
      else own.push({ moment, made });
      current = null;
    },
    now() {
      current ??= snapshot(moment, size);
      return current;
    },
  };
}
