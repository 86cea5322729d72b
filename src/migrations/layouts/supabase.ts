import { common, type Layout, numbered } from "./layout.ts";

/**
 * supabase/migrations/20260101120000_create_users.sql, sorted by the whole name. Statements are sent in batches, each a
 * transaction; one that cannot be in one is sent alone (docs/layouts.md has the run). The CLI before version 3 sent one batch for a file
 * (ExecBatch in pkg/migration/file.go).
 */
export const supabase: Layout = {
  ...common,
  id: "supabase",
  tool: "the Supabase CLI",
  example: "20260101120000_create_users.sql",
  read: (name) => numbered(name, /^(\d+)_(.*)\.sql$/s),
  isMine: (directory) => /(?:^|\/)supabase\/migrations$/.test(directory),
  order: (version) => version,
  sortsBy: "dictionary",
  runs: "batches",
};
