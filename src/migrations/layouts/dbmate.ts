import { between, common, type Layout, numbered } from "./layout.ts";

const up = /^--[ \t]*migrate:up\b.*$/m;
const down = /^--[ \t]*migrate:down\b.*$/m;

/** 20260101120000_create_users.sql with -- migrate:up and -- migrate:down; sorted by name, one transaction a script (dbmate's README). */
export const dbmate: Layout = {
  ...common,
  id: "dbmate",
  tool: "dbmate",
  example: "20260101120000_create_users.sql",
  read: (name) => numbered(name, /^(\d+)(.*)\.sql$/s),
  isMine: (_directory, text) => up.test(text),
  order: (version) => version,
  parts: (text) => between(text, { up, down }, (line) => /\btransaction:\s*false\b/.test(line)),
  hasDowns: true,
  runs: "wrapped",
  withoutTransaction: { runs: "one-string", ask: "-- migrate:up transaction:false" },
};
