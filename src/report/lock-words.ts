import { blocksReads, blocksWrites, stronger } from "../facts/locks.ts";
import type { ReportDialect, ReportEffect, ReportMigration } from "./report.ts";

type Lock = Extract<ReportEffect, { kind: "lock" }>;

/** How long a statement needs a lock, in words. */
export const during: Readonly<Record<Lock["lasts"], string>> = {
  instant: "for an instant",
  scan: "during a scan",
  "index-build": "during an index build",
  rewrite: "during a rewrite",
};

/**
 * The strongest lock of a migration that somebody would notice: it makes writes wait, for longer than an instant, in a statement
 * whose risk is above low (on a table that the same set creates nobody waits). Null where there is none.
 */
export function lockWords({ statements, dialect }: ReportMigration): string | null {
  const noticed = statements
    .filter((statement) => statement.risk !== "low")
    .flatMap((statement) => statement.effects)
    .flatMap((effect) => holdOf(effect, dialect) ?? [])
    .filter((lock) => lock.lasts !== "instant" && blocksWrites(lock.mode));
  const lock = worstOf(noticed, dialect);
  if (lock === null) return null;
  const perhaps = lock.certainty === "possible" ? "perhaps " : "";
  return `${perhaps}${named(lock, dialect)} ${during[lock.lasts]}`;
}

/** The worst lock of a statement that keeps others from writing, as a sentence; null where there is none. */
export function lockSentence(effects: readonly ReportEffect[], dialect: ReportDialect): string | null {
  const lock = worstOf(
    effects.flatMap((effect) => holdOf(effect, dialect) ?? []).filter(({ mode }) => blocksWrites(mode)),
    dialect,
  );
  if (lock === null) return null;
  const takes = lock.certainty === "possible" && dialect !== "postgresql" ? "may take" : "takes";
  const waits = blocksReads(lock.mode) ? "nobody else can read or write it" : "nobody else can write it";
  return `It ${takes} ${named(lock, dialect)} ${during[lock.lasts]}: ${waits} meanwhile.`;
}

/** What an effect holds. The other databases have no lock of their own for work: it says itself that others wait for it. */
export function holdOf(effect: ReportEffect, dialect: ReportDialect): Lock | null {
  if (effect.kind === "lock") return effect;
  const { kind, relation, certainty } = effect;
  switch (dialect) {
    case "postgresql":
      return null;
    case "mysql":
    case "mariadb":
      // Others read the table while it is copied.
      return kind === "rewrite" ? { kind: "lock", mode: "SHARE", lasts: "rewrite", relation, certainty } : null;
    case "sqlite": {
      if (kind !== "rewrite" && kind !== "scan" && kind !== "index-rebuild") return null;
      const lasts = kind === "index-rebuild" ? "index-build" : kind;
      return { kind: "lock", mode: "SHARE", lasts, relation: null, certainty };
    }
  }
}

/** PostgreSQL's modes by their names. MySQL has one metadata lock for a table, SQLite one lock for all. */
function named({ mode, relation }: Lock, dialect: ReportDialect): string {
  switch (dialect) {
    case "postgresql":
      return `${mode}${relation === null ? "" : ` on ${relation}`}`;
    case "mysql":
    case "mariadb":
      return `the metadata lock${relation === null ? "" : ` on ${relation}`}`;
    case "sqlite":
      return "the lock of the whole database";
  }
}

/** The kind of a lock alone, where its table stands beside it. */
export function modeWords(mode: Lock["mode"], dialect: ReportDialect): string {
  switch (dialect) {
    case "postgresql":
      return mode;
    case "mysql":
    case "mariadb":
      return "metadata lock";
    case "sqlite":
      return "lock";
  }
}

/** What a lock is on; SQLite has none for less than everything. Empty where it is not known. */
export function lockedName(relation: string | null, dialect: ReportDialect): string {
  return dialect === "sqlite" ? "the whole database" : (relation ?? "");
}

const longest: readonly Lock["lasts"][] = ["instant", "scan", "index-build", "rewrite"];

function worstOf([first, ...others]: readonly Lock[], dialect: ReportDialect): Lock | null {
  return first === undefined
    ? null
    : others.reduce((worst, other) => (worse(other, worst, dialect) ? other : worst), first);
}

function worse(a: Lock, b: Lock, dialect: ReportDialect): boolean {
  // Every change of a table needs the metadata lock for an instant, and says less by it.
  const isInstant = a.lasts === "instant";
  if (dialect !== "postgresql" && isInstant !== (b.lasts === "instant")) return !isInstant;
  if (a.mode !== b.mode) return stronger(a.mode, b.mode) === a.mode;
  if (a.lasts !== b.lasts) return longest.indexOf(a.lasts) > longest.indexOf(b.lasts);
  return a.certainty === "certain" && b.certainty === "possible";
}
