import type { Keep } from "../config/backup.ts";
import { isGood, type Manifest } from "../report/manifest.ts";

/**
 * The ids of the backups that have had their time: those that are neither among the last ones nor of the last days. Each database is
 * counted by itself, only good backups count, and the last good one of each always stays.
 */
export function outdated(manifests: readonly Manifest[], keep: Keep, now: Date): readonly string[] {
  if (keep.days === null && keep.count === null) return [];
  const databases = new Map<string, Manifest[]>();
  for (const one of manifests) {
    const key = JSON.stringify([one.systemIdentifier, one.environment, one.database, one.contents]);
    databases.set(key, [...(databases.get(key) ?? []), one]);
  }
  return [...databases.values()].flatMap((backups) => {
    const newestFirst = backups.toSorted((a, b) => (a.time < b.time ? 1 : -1));
    const good = newestFirst.filter(isGood);
    return newestFirst
      .filter((backup) => {
        if (backup === good[0]) return false;
        const place = good.indexOf(backup);
        // One that is known to be damaged is no reason to keep fewer of the others; it goes by its age.
        const among = keep.count !== null && place !== -1 && place < keep.count;
        const young = keep.days !== null && now.getTime() - Date.parse(backup.time) < keep.days * 86_400_000;
        return !among && !young && good.length > 0;
      })
      .map(({ id }) => id);
  });
}
