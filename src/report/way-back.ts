import type { ReportMigration } from "./report.ts";

/** Whether a migration can be rolled back, as far as its files say. */
export type WayBack = "is-one" | "none" | "fails" | "in-part" | "without-data" | "down-script";

export function wayBackOf(migration: ReportMigration): WayBack {
  const { direction, down, findings, statements } = migration;
  if (direction === "down") return "is-one";
  if (down === null) return "none";
  if (findings.some((finding) => finding.blocks && finding.path === down && down !== migration.path)) return "fails";
  if (findings.some(({ rule }) => rule === "incomplete-down")) return "in-part";
  // What an allowance accepts is lost all the same.
  const loses = statements.some(({ effects, actions }) => {
    return effects.some(({ kind }) => kind === "data-loss") || actions.some(({ kind }) => writes.has(kind));
  });
  return loses ? "without-data" : "down-script";
}

/** Values that were there before are gone for whoever runs the way back. */
const writes: ReadonlySet<string> = new Set(["update", "delete", "merge", "truncate"]);

/** Whether it can be rolled back, in the words of a table's cell. */
export const wayBackWords: Readonly<Record<WayBack, string>> = {
  "is-one": "is one",
  none: "no",
  fails: "fails",
  "in-part": "in part",
  "without-data": "schema only",
  "down-script": "yes",
};
