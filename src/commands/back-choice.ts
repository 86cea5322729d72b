import { Refusal } from "../errors.ts";
import { layoutOf } from "../migrations/layouts/index.ts";
import type { HistoryEntry } from "../migrations/standing.ts";
import { type Attempt, wasRun } from "../plan/attempt.ts";
import type { SurveyedDirectory } from "../plan/directory.ts";
import { count, list } from "../text.ts";
import { isSame, meantBy } from "./survey.ts";

/** How far to go back. */
export type HowFar = Readonly<
  | { kind: "steps"; steps: number }
  /** Down to this one, which stays; 0: before the first. */
  | { kind: "version"; version: string }
  /** These, as this run has applied them. */
  | { kind: "versions"; versions: readonly string[] }
  /** What the last run has applied, by the journal. */
  | { kind: "last-run" }
>;

/** Whether an entry is one that can be taken back. */
export function isApplied({ standing, version }: HistoryEntry): boolean {
  // A repeatable one has no place in the order, and no way back.
  if (version.startsWith("R__")) return false;
  return standing !== "pending" && standing !== "out-of-order" && standing !== "missing";
}

/** Which of the applied ones are taken back, the newest first. Throws Refusal. */
export function choose(
  applied: readonly HistoryEntry[],
  directory: SurveyedDirectory,
  { howFar, attempts }: { readonly howFar: HowFar; readonly attempts: readonly Attempt[] },
): readonly HistoryEntry[] {
  const newestFirst = applied.toReversed();
  switch (howFar.kind) {
    case "steps":
      if (howFar.steps <= newestFirst.length) return newestFirst.slice(0, howFar.steps);
      throw new Refusal("steps-too-many", `There are no ${howFar.steps} migrations to take back.`, {
        details: [`${directory.ledger.table} has ${count(newestFirst.length, "migration")} of ${directory.directory}.`],
        hint: "lockkeeper status lists them.",
      });
    case "last-run":
      return newest(newestFirst, lastRun(attempts, directory.ledger.table));
    case "versions":
      return newest(newestFirst, howFar.versions);
    case "version":
      return above(howFar.version, applied, directory).toReversed();
  }
}

function newest(newestFirst: readonly HistoryEntry[], versions: readonly string[]): readonly HistoryEntry[] {
  const chosen = newestFirst.slice(0, versions.length);
  if (chosen.length > 0 && chosen.every(({ version }) => versions.includes(version))) return chosen;
  throw new Refusal("run-not-newest", "What the last run applied is not what is newest in the database now.", {
    details: [versions.length === 0 ? "The journal knows of no run." : `It applied ${list(versions)}.`],
    hint: "say how far to go: --steps N or --target-version V.",
  });
}

/** What was applied under the plan of the last attempt that succeeded. */
function lastRun(attempts: readonly Attempt[], ledger: string): readonly string[] {
  const ups = attempts.filter((each) => {
    return each.ledger === ledger && each.direction === "up" && each.status === "applied" && wasRun(each);
  });
  const last = ups.at(-1);
  if (last === undefined) return [];
  const same = ups.filter((each) => last.planDigest !== null && each.planDigest === last.planDigest);
  return (same.length === 0 ? [last] : same).map(({ version }) => version);
}

function above(
  asked: string,
  applied: readonly HistoryEntry[],
  { directory, layout, entries }: SurveyedDirectory,
): readonly HistoryEntry[] {
  const { order } = layoutOf(layout);
  const target = meantBy(asked, { layout, entries });
  const named = entries.find(({ version }) => isSame(order, version, target));
  // As golang-migrate says "before the first".
  if (named === undefined && target === "0" && applied.length > 0) return applied;
  if (named === undefined) {
    throw new Refusal("target-unknown", `There is no migration ${target} in ${directory}.`, {
      hint: "lockkeeper status lists the versions; 0 is before the first of them.",
    });
  }
  const at = applied.findIndex(({ version }) => isSame(order, version, target));
  const newest = applied.at(-1)?.version;
  if (at === -1) {
    throw new Refusal("target-not-applied", `Version ${target} is not applied: there is no way back to it.`, {
      details: [newest === undefined ? "Nothing is applied." : `The database is at version ${newest}.`],
      hint: "lockkeeper migrate goes on to a version.",
    });
  }
  if (at < applied.length - 1) return applied.slice(at + 1);
  throw new Refusal("target-not-below", `Version ${target} is not below the current version, which is ${newest}.`, {
    hint: "name one that is; lockkeeper migrate goes on to a version.",
  });
}

/** Refuses what is applied above the target and is not known as it was. */
export function refuseOthers(
  chosen: readonly HistoryEntry[],
  { entries, layout, ledger, program }: SurveyedDirectory,
): void {
  if (!ledger.writable && program === null) {
    throw new Refusal(
      "ledger-read-only",
      `${ledger.table} is a ledger that Lockkeeper reads and does not write: the tool would not know what was taken back.`,
      { hint: "go back with the tool itself, or name its commands in the config (apply-command, rollback-command)." },
    );
  }
  const { order } = layoutOf(layout);
  const lowest = chosen.at(-1);
  const missing = entries.find(({ standing, version }) => {
    return standing === "missing" && !(lowest !== undefined && isBelow(order, version, lowest.version));
  });
  if (missing !== undefined) {
    throw new Refusal("missing-migration", `Version ${missing.version} is applied, and there is no file for it.`, {
      hint: "go back from a commit that has it: its down script is needed.",
    });
  }
  const other = chosen.find(({ standing }) => standing === "edited" || standing === "unrecorded");
  if (other === undefined) return;
  if (other.standing === "edited") {
    throw new Refusal("edited-migration", `Migration ${other.version} is not what was applied.`, {
      hint: "go back from the commit that was deployed: its down script belongs to its up script.",
    });
  }
  throw new Refusal("unrecorded-migration", `Whether ${other.version} was applied is not known.`, {
    hint: "look whether what it makes is in the database, then say so with lockkeeper resolve.",
  });
}

function isBelow(order: (version: string) => bigint | string, one: string, other: string): boolean {
  try {
    return order(one) < order(other);
  } catch {
    return false;
  }
}
