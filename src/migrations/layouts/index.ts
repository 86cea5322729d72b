import type { Layout as LayoutId } from "../../config/config.ts";
import { golangMigrate } from "./golang-migrate.ts";
import type { Layout } from "./layout.ts";
import { plain } from "./plain.ts";

/** Every layout that is known, in the order in which they are tried. */
export const layouts: readonly Layout[] = [golangMigrate, plain];

export function layoutOf(id: LayoutId): Layout {
  return layouts.find((layout) => layout.id === id) ?? plain;
}

/**
 * The layout of these file names: the first that takes at least half of those that any layout takes, so that one name that is not
 * golang-migrate's does not make a plain directory of it (plain takes all of golang-migrate's names). Null when none takes any.
 */
export function detectLayout(fileNames: readonly string[]): Layout | null {
  const taken = (layout: Layout): number => fileNames.filter((name) => layout.read(name) !== null).length;
  const most = Math.max(...layouts.map(taken));
  return most === 0 ? null : (layouts.find((layout) => taken(layout) * 2 >= most) ?? null);
}
