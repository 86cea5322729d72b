import type { Layout as LayoutId } from "../../config/config.ts";
import { dbmate } from "./dbmate.ts";
import { diesel } from "./diesel.ts";
import { drizzle } from "./drizzle.ts";
import { flyway } from "./flyway.ts";
import { golangMigrate } from "./golang-migrate.ts";
import { goose } from "./goose.ts";
import type { Layout } from "./layout.ts";
import { nodePgMigrate } from "./node-pg-migrate.ts";
import { plain } from "./plain.ts";
import { prisma } from "./prisma.ts";
import { sqlMigrate } from "./sql-migrate.ts";
import { sqlx } from "./sqlx.ts";
import { supabase } from "./supabase.ts";

/** Every layout that is known, in the order in which they are tried: those that a text tells apart before those of names alone. */
export const layouts: readonly Layout[] = [
  dbmate,
  goose,
  sqlMigrate,
  nodePgMigrate,
  supabase,
  drizzle,
  flyway,
  sqlx,
  golangMigrate,
  plain,
  diesel,
  prisma,
];

export function layoutOf(id: LayoutId): Layout {
  return layouts.find((layout) => layout.id === id) ?? plain;
}

/**
 * The layout of these file names: the first that takes at least half of those that any layout takes, so that one name that is not
 * golang-migrate's does not make a plain directory of it (plain takes all of golang-migrate's names), and that the text of a file
 * does not speak against. Null when none takes any.
 */
export function detectLayout(
  fileNames: readonly string[],
  directory: string,
  firstText: (fileName: string) => string,
): Layout | null {
  const ofFiles = layouts.filter(({ inside }) => inside === null);
  // Where a tool takes any name, those with a number speak for it as they do for others.
  const taken = (layout: Layout): number =>
    fileNames.filter((name) => layout.read(name) !== null && (!layout.versionsAreNames || /^\d/.test(name))).length;
  const most = Math.max(0, ...ofFiles.map(taken));
  if (most === 0) return ofNames(fileNames, directory, firstText);
  let text: string | null = null;
  for (const layout of ofFiles) {
    if (taken(layout) * 2 < most) continue;
    if (layout.isMine === null) return layout;
    text ??= firstText(fileNames.find((name) => layout.read(name) !== null) ?? "");
    if (layout.isMine(directory, text)) return layout;
  }
  return null;
}

/** The layout of names without a number: one that takes any, where the first file is marked as its own. */
function ofNames(
  fileNames: readonly string[],
  directory: string,
  firstText: (fileName: string) => string,
): Layout | null {
  const [first] = fileNames;
  if (first === undefined) return null;
  const text = firstText(first);
  return layouts.find((each) => each.versionsAreNames && each.isMine?.(directory, text) === true) ?? null;
}
