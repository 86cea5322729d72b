import { byNumber, common, type Layout } from "./layout.ts";

/** 1_create_users.sql, or .up.sql and .down.sql; one transaction a script unless its first line is -- no-transaction (sqlx-core, migrate). */
export const sqlx: Layout = {
  ...common,
  id: "sqlx",
  tool: "sqlx",
  example: "20260101120000_create_users.up.sql",
  read(fileName) {
    const match = /^(\d+)_(.*?)(\.up|\.down)?\.sql$/s.exec(fileName);
    if (match === null) return null;
    const [, version = "", name = "", direction] = match;
    return { version, name, direction: direction === ".down" ? "down" : "up" };
  },
  // The names are those of golang-migrate and of plain files: only the config or --layout says so.
  isMine: () => false,
  order: byNumber,
  parts(text) {
    const whole = { start: 0, end: text.length };
    const asks = text.startsWith("-- no-transaction");
    return { up: whole, down: whole, withoutTransaction: { up: asks, down: asks } };
  },
  runs: "wrapped",
  withoutTransaction: { runs: "one-string", ask: "-- no-transaction in its first line" },
};
