import type { Layout as LayoutId } from "../../config/config.ts";
import { golangMigrate } from "./golang-migrate.ts";
import type { Layout } from "./layout.ts";
import { plain } from "./plain.ts";

/** Every layout that is known, in the order in which they are tried. */
export const layouts: readonly Layout[] = [golangMigrate, plain];

export function layoutOf(id: LayoutId): Layout {
  return layouts.find((layout) => layout.id === id) ?? plain;
}

/** The layout that takes most of these file names, the earlier one where two take as many; null when none takes any. */
export function detectLayout(fileNames: readonly string[]): Layout | null {
  let best: Layout | null = null;
  let most = 0;
  for (const layout of layouts) {
    const taken = fileNames.filter((name) => layout.read(name) !== null).length;
    if (taken > most) {
      best = layout;
      most = taken;
    }
  }
  return best;
}
