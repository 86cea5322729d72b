import { allOf, common, type Layout } from "./layout.ts";

const up = /^-- \+migrate[ \t]+Up(?=\s|$).*$/m;
const down = /^-- \+migrate[ \t]+Down(?=\s|$).*$/m;
const alone = /[ \t]notransaction(?=\s|$)/;

/**
 * 20260101120000-create_users.sql with -- +migrate Up and -- +migrate Down; any name that ends in .sql, which is what it records. Statement by
 * statement in one transaction (sql-migrate, migrate.go and sqlparse/sqlparse.go).
 */
export const sqlMigrate: Layout = {
  ...common,
  id: "sql-migrate",
  tool: "sql-migrate",
  example: "20260101120000-create_users.sql",
  read(fileName) {
    const [, version = "", number = ""] = /^((\d*).*)\.sql$/s.exec(fileName) ?? [];
    // Numbers above 64 bits end the tool in a panic (VersionInt).
    if (version === "" || BigInt(number) > 0x7fff_ffff_ffff_ffffn) return null;
    return { version, name: version.replace(/^\d+[-_. ]?/, ""), direction: "up" };
  },
  isMine: (_directory, text) => up.test(text),
  // Those with a number by it, then the rest; both by the whole name as bytes (Migration.Less).
  order(version) {
    const id = `${version.replace(/\.sql$/, "")}.sql`;
    const number = /^\d+/.exec(id)?.[0];
    return number === undefined ? `~${id}` : `${BigInt(number).toString().padStart(19, "0")} ${id}`;
  },
  knowsNames: true,
  versionsAreNames: true,
  parts(text) {
    const asks = (mark: RegExp): boolean =>
      [...text.matchAll(new RegExp(mark, "gm"))].some(([line]) => alone.test(line));
    return {
      up: allOf(text, { is: up, other: down }),
      down: allOf(text, { is: down, other: up }),
      withoutTransaction: { up: asks(up), down: asks(down) },
    };
  },
  hasDowns: true,
  runs: "wrapped-statements",
  withoutTransaction: { runs: "statements", ask: "-- +migrate Up notransaction" },
};
