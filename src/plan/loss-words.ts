import type { Loss } from "./losses.ts";

/** What one loss is, in a sentence. */
export function lossWords({ name, what, rows, orMore, why, path, line }: Loss): string {
  const place = `${path}:${line}`;
  const many =
    rows === null ? "" : `${orMore ? "more than " : ""}${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}`;
  const doubt = why === null ? "" : `: ${why}`;
  switch (what) {
    case "table":
      return `${name}: the table is dropped${rows === null ? doubt : ` with ${many}`} (${place}).`;
    case "column":
      return `${name}: the column is dropped${rows === null ? doubt : `, with values in ${many}`} (${place}).`;
    case "rows":
      return `${name}: rows are deleted or overwritten${rows === null ? doubt : `; it has ${many}`} (${place}).`;
    case "precision":
      return `${name}: values are changed to another type${rows === null ? doubt : `, in ${many}`} (${place}).`;
    case "untold":
      return `${name}: what this statement does to rows is not known${doubt}.`;
  }
}
