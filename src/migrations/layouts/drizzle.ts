import { byNumber, common, type Layout, numbered } from "./layout.ts";

/**
 * 0000_create_users.sql, its statements divided by --> statement-breakpoint; the migrator runs all that is pending in one
 * transaction, part by part (drizzle-orm/src/pg-core/dialect.ts), in the order of its journal (drizzle-orm/src/migrator.ts).
 */
export const drizzle: Layout = {
  ...common,
  id: "drizzle",
  tool: "Drizzle",
  example: "0000_create_users.sql",
  read: (name) => numbered(name, /^(\d+)_(.*)\.sql$/s),
  isMine: (directory, text) => text.includes("--> statement-breakpoint") || /(?:^|\/)drizzle$/.test(directory),
  order: byNumber,
  knowsNames: true,
  journal: { path: "meta/_journal.json", files: filesIn },
  runs: "wrapped-statements",
};

function filesIn(journal: string): readonly string[] | null {
  let value: unknown;
  try {
    value = JSON.parse(journal);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("entries" in value) || !Array.isArray(value.entries))
    return null;
  return value.entries.flatMap((entry: unknown) =>
    typeof entry === "object" && entry !== null && "tag" in entry && typeof entry.tag === "string"
      ? [`${entry.tag}.sql`]
      : [],
  );
}
