import type { Habits } from "./habits.ts";
import type { Layout } from "./layouts/layout.ts";
import type { FileProblem, Migration } from "./migration.ts";

/** The migrations of a commit and those of the files as they are now, of one directory. */
export interface Sides {
  readonly base: readonly Migration[];
  readonly head: readonly Migration[];
}

export interface CompareOptions {
  readonly layout: Layout;
  readonly habits: Habits;
  /** The commit, as it is named in messages. */
  readonly commit: string;
  /** What stands in a script, the same for line ends of every kind; null where it cannot be read. */
  digest(side: keyof Sides, path: string): string | null;
}

/** What the files as they are now add to a commit. */
export interface Compared {
  /** What has yet to run, in the order in which its tool runs it. */
  readonly pending: readonly Migration[];
  /** Migrations of the commit whose way back is new or another. */
  readonly waysBack: readonly Migration[];
  /** What was done to migrations that have run, or stands in the way of those that have not. */
  readonly problems: readonly FileProblem[];
}

/** Sets the migrations of a commit against the files as they are now. What the commit has counts as applied. */
export function compare({ base, head }: Sides, options: CompareOptions): Compared {
  const { layout, habits, digest } = options;
  const problems: FileProblem[] = [];
  const waysBack: Migration[] = [];
  const again = new Set<Migration>();
  const known = new Set(base.flatMap(({ up, down }) => [up, down]));
  const headByUp = new Map(head.flatMap((each) => (each.up === null ? [] : [[each.up, each] as const])));
  const fresh = new Set(head.filter(({ up, down }) => (up === null ? !known.has(down) : !known.has(up))));
  const newest = base.findLast(({ up, version }) => up !== null && habits.runsAgain?.(version) !== true);
  for (const old of base) {
    if (old.up === null) continue;
    const now = headByUp.get(old.up);
    if (now === undefined) {
      const moved = successor(old, fresh, options);
      if (moved !== null) fresh.delete(moved);
      problems.push(gone(old, { moved, isNewest: old === newest }, options));
      continue;
    }
    if (digest("base", old.up) !== digest("head", old.up) || digest("head", old.up) === null) {
      if (habits.runsAgain?.(old.version) === true) again.add(now);
      else problems.push(edited(old.up, options));
      continue;
    }
    if (now.down === now.up) continue;
    if (now.down === null) {
      if (old.down !== null) problems.push(lostWayBack(old.down, old.up));
    } else if (old.down !== now.down || digest("base", now.down) !== digest("head", now.down)) waysBack.push(now);
  }
  const pending = head.filter((each) => fresh.has(each) || again.has(each));
  if (newest !== undefined) {
    const next = head.findLast(({ up }) => up !== null);
    for (const each of pending) {
      if (each.up === null || again.has(each) || habits.runsAgain?.(each.version) === true) continue;
      if (layout.order(each.version) < layout.order(newest.version))
        problems.push(outOfOrder(each.up, { newest, last: next ?? newest }, options));
    }
  }
  return { pending, waysBack, problems };
}

/** The new migration that an old one has become: the same text, or else the same version. */
function successor(
  old: Migration,
  fresh: ReadonlySet<Migration>,
  { layout, digest }: CompareOptions,
): Migration | null {
  const before = old.up === null ? null : digest("base", old.up);
  const candidates = [...fresh].filter(({ up }) => up !== null);
  const same = candidates.find(({ up }) => up !== null && before !== null && digest("head", up) === before);
  return same ?? candidates.find(({ version }) => layout.order(version) === layout.order(old.version)) ?? null;
}

function gone(
  old: Migration,
  { moved, isNewest }: { readonly moved: Migration | null; readonly isNewest: boolean },
  options: CompareOptions,
): FileProblem {
  const { layout, habits, commit, digest } = options;
  const path = old.up ?? "";
  const tool = layout.tool ?? "Lockkeeper";
  if (moved?.up == null) {
    const refuses = habits.deleted === "refuses" || (habits.deleted === "refuses-newest" && isNewest);
    const what = refuses
      ? `${tool} refuses to run while a migration that it has applied is missing`
      : "a new database is made without it, and no longer equals those that have run it";
    return {
      kind: "deleted-migration",
      path,
      message: `was a migration at ${commit} and is gone: ${what}. Put it back (git checkout ${commit} -- ${path}).`,
      certainty: refuses ? "certain" : "possible",
    };
  }
  if (digest("head", moved.up) !== digest("base", path)) return edited(moved.up, options, path);
  const keepsVersion = layout.order(moved.version) === layout.order(old.version);
  const harmless = keepsVersion && habits.knows === "version";
  const what = harmless
    ? `${tool} knows it by its version, and runs nothing again`
    : keepsVersion
      ? `${tool} knows what has run by its whole name, and finds another one`
      : `${tool} takes version ${moved.version} for one that has not run, and runs the same SQL again`;
  return {
    kind: "renamed-migration",
    path: moved.up,
    message: `was ${path} at ${commit}: ${what}.${harmless ? "" : ` Give it its old name back (git mv ${moved.up} ${path}).`}`,
    certainty: harmless ? "possible" : "certain",
  };
}

function edited(path: string, { commit }: CompareOptions, before = path): FileProblem {
  const named = before === path ? "" : ` (as ${before})`;
  return {
    kind: "edited-migration",
    path,
    message: `was already there at ${commit}${named}, and now says something else: no database that has run it runs it again. Put it back (git checkout ${commit} -- ${before}), and write the change as a new migration.`,
  };
}

function lostWayBack(down: string, up: string): FileProblem {
  return {
    kind: "deleted-migration",
    path: down,
    message: `was the way back of ${up} and is gone: that migration can no longer be rolled back.`,
    certainty: "possible",
  };
}

function outOfOrder(
  path: string,
  { newest, last }: { readonly newest: Migration; readonly last: Migration },
  { layout, habits, commit }: CompareOptions,
): FileProblem {
  const tool = layout.tool ?? "Lockkeeper";
  const what = {
    refuses: `${tool} refuses it where ${newest.version} has run`,
    skips: `${tool} skips it without a word where ${newest.version} has run`,
    applies: `databases that have run ${newest.version} run it after that one, new ones before it`,
  }[habits.older];
  return {
    kind: "out-of-order-version",
    path,
    message: `has a version below ${newest.version}, the newest at ${commit}: ${what}. Give it a version above ${last.version}.`,
    certainty: habits.older === "applies" ? "possible" : "certain",
  };
}
