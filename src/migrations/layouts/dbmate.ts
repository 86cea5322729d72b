import { allOf, between, common, type Layout, numbered } from "./layout.ts";

const up = /^--[ \t]*migrate:up(?:[ \t].*)?$/m;
const down = /^--[ \t]*migrate:down(?:[ \t].*)?$/m;
/** An option is one word: after "transaction: false" the transaction is there (parseMigrationOptions in pkg/dbmate/migration.go). */
const alone = /[ \t]transaction:false(?=\s|$)/;

/**
 * 20260101120000_create_users.sql with -- migrate:up and -- migrate:down; sorted by the whole name as text, one transaction a script
 * (FindMigrations and Migrate in pkg/dbmate/db.go).
 */
export const dbmate: Layout = {
  ...common,
  id: "dbmate",
  tool: "dbmate",
  example: "20260101120000_create_users.sql",
  read: (name) => numbered(name, /^(\d+)(.*)\.sql$/s),
  isMine: (_directory, text) => up.test(text),
  order: (version) => version,
  sortsBy: "bytes",
  parts(text) {
    const found = between(text, { up, down }, (line) => alone.test(line));
    // Several pairs in one file: all ways up run.
    return found.up === null ? found : { ...found, up: allOf(text, { is: up, other: down }) };
  },
  hasDowns: true,
  runs: "wrapped",
  withoutTransaction: { runs: "one-string", ask: "-- migrate:up transaction:false" },
};
