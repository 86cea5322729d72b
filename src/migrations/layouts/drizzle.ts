import { byNumber, common, type Layout, numbered } from "./layout.ts";

/**
 * 0000_create_users.sql, its statements divided by --> statement-breakpoint; the migrator runs all that is pending in one
 * transaction, statement by statement (drizzle-orm, pg-core/dialect).
 */
export const drizzle: Layout = {
  ...common,
  id: "drizzle",
  tool: "Drizzle",
  example: "0000_create_users.sql",
  read: (name) => numbered(name, /^(\d+)_(.*)\.sql$/s),
  isMine: (directory, text) => text.includes("--> statement-breakpoint") || /(?:^|\/)drizzle$/.test(directory),
  order: byNumber,
  runs: "wrapped-statements",
};
