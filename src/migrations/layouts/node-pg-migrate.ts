import { between, byNumber, common, type Layout, numbered } from "./layout.ts";

const up = /^--[ \t]*up migration\b.*$/im;
const down = /^--[ \t]*down migration\b.*$/im;

/** 1767225600000_create_users.sql with -- Up Migration and -- Down Migration; all that is pending in one transaction (node-pg-migrate, sqlMigration). */
export const nodePgMigrate: Layout = {
  ...common,
  id: "node-pg-migrate",
  tool: "node-pg-migrate",
  example: "1767225600000_create-users.sql",
  read: (name) => numbered(name, /^(\d+)[_-](.*)\.sql$/s),
  isMine: (_directory, text) => up.test(text),
  order: byNumber,
  parts: (text) => between(text, { up, down }, () => false),
  hasDowns: true,
  runs: "wrapped",
};
