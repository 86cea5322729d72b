import type { Manifest } from "./manifest.ts";

/** How the database comes back from a backup, where its down scripts are no way: what a person would do, never done by itself. */
export function otherWay(backup: Manifest): readonly string[] {
  const { id, time, external, position } = backup;
  const lost = "what was written since is not in it";
  if (external === null) {
    return [
      `The backup ${id} holds the database as it was at ${time}; ${lost}.`,
      `Prove it (lockkeeper backup verify ${id}), and restore it into a new database: pg_restore --exit-on-error --no-owner.`,
    ];
  }
  return [
    `The provider's backup ${external.id} is of ${external.time}, the database of ${time}; ${lost}.`,
    "Ask the provider to restore it into a new instance, to a point in time:",
    ...(position === null ? [] : [`  recovery_target_lsn = '${position.lsn}'${timelineWords(position)}, or`]),
    `  recovery_target_time = '${time}'`,
    "Look at what is there, then let the application connect to it.",
  ];
}

function timelineWords({ timeline }: NonNullable<Manifest["position"]>): string {
  return timeline === null ? "" : `, recovery_target_timeline = '${timeline}'`;
}
