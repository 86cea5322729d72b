import { count } from "../text.ts";
import type { Manifest } from "./manifest.ts";
import { sizeInWords } from "./sizes.ts";

/** Of the files together. */
export function sizeOf({ files }: Manifest): string {
  return sizeInWords(files.reduce((sum, { bytes }) => sum + bytes, 0));
}

/** What a backup holds: "12 tables, 50,000 rows counted, 1 table estimated". */
export function contentsWords({ tables, contents, kind }: Manifest): string {
  if (kind === "external") return "made by the provider";
  const only = contents === "all" ? "" : contents === "data" ? " (data alone)" : " (schema alone)";
  if (contents === "schema") return `${count(tables.length, "table")}${only}`;
  const exact = tables.filter(({ counted }) => counted === "exact");
  const estimated = tables.filter(({ counted }) => counted === "estimated").length;
  const rows = exact.reduce((sum, table) => sum + (table.rows ?? 0), 0);
  const uncounted = estimated === 0 ? "" : `, ${count(estimated, "table")} estimated`;
  return `${count(tables.length, "table")}, ${count(rows, "row")} counted${uncounted}${only}`;
}

/** How far it is proved. */
export function proofWords({ proof, external }: Manifest): string {
  if (proof.failed !== null) return `damaged: ${proof.failed}`;
  switch (proof.reached) {
    case "none":
      return "not proved";
    case "checksums":
      return "checksums read again";
    case "archive":
      return "archive read to its end";
    case "restored":
      return "restored and compared";
    case "external":
      return `proved by the provider${external === null ? "" : ` (${external.id})`}`;
  }
}

/** Where the database stood: for a way back to this moment by the write-ahead log. */
export function positionWords({ position, time }: Manifest): string {
  if (position === null) return time;
  return `${time}, LSN ${position.lsn}${position.timeline === null ? "" : ` on timeline ${position.timeline}`}`;
}
