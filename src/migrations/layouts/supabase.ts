import { byNumber, common, type Layout, numbered } from "./layout.ts";

/** supabase/migrations/20260101120000_create_users.sql; a file and its row in the ledger are sent as one batch, which is one transaction. */
export const supabase: Layout = {
  ...common,
  id: "supabase",
  tool: "the Supabase CLI",
  example: "20260101120000_create_users.sql",
  read: (name) => numbered(name, /^(\d+)_(.*)\.sql$/s),
  isMine: (directory) => /(?:^|\/)supabase\/migrations$/.test(directory),
  order: byNumber,
  runs: "wrapped",
};
