import { display } from "../sql/names.ts";
import type { FileFacts } from "./file.ts";
import { goesWith, type NetChange, netChange, type Thing } from "./made.ts";
import { doesWork } from "./work.ts";

/** How what a down script does differs from what its up script did, as far as both could be read. */
export interface Undone {
  /** What the up script makes and the down script leaves. */
  readonly kept: readonly Thing[];
  /** What the down script drops and the up script did not make. */
  readonly more: readonly Thing[];
}

/** Null for what is no down script of a readable up script, and for one that does nothing: that is meant so. */
export function undoneBy({ direction, up, statements }: FileFacts): Undone | null {
  if (direction !== "down" || up === null || up.unreadable !== null || !statements.some(doesWork)) return null;
  const forth = netChange(up.statements);
  const back = netChange(statements);
  return { kept: back.isWhole ? keptOf(forth, back) : [], more: forth.isWhole ? moreOf(forth, back) : [] };
}

function keptOf({ made }: NetChange, { dropped }: NetChange): readonly Thing[] {
  const gone = new Set(dropped.map(named));
  const rest = made.filter((each) => each.name === null || !gone.has(named(each)));
  return rest.filter((each) => !dropped.some((drop) => goesWith(each, drop)));
}

function moreOf({ made }: NetChange, { made: renamed, dropped }: NetChange): readonly Thing[] {
  const own = new Set(made.map(named));
  const rest = dropped.filter((each) => !own.has(named(each)) && !isOnRenamed(each, renamed));
  return rest.filter((drop) => !made.some((each) => goesWith(each, drop) || goesWith(drop, each)));
}

/** What is dropped from a table after it was given its old name back was made under the new one. */
function isOnRenamed({ table }: Thing, renamed: readonly Thing[]): boolean {
  return table !== null && renamed.some(({ what, name }) => what === "table" && name === display(table));
}

/** A thing by its kind and its name. */
export function named({ what, name, table, columns }: Thing): string {
  return name === null ? `${what} on ${table?.name ?? ""} (${columns.join(", ")})` : `${what} ${name}`;
}
