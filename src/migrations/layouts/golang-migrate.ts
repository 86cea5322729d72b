import { byNumber, common, type Layout } from "./layout.ts";

/**
 * 000001_create_users.up.sql and .down.sql. The pattern is that of its source/parse.go: any ending will do (.up.SQL, .up.sql.bak), a
 * name over two lines will not, and the version is an unsigned 64-bit number.
 */
export const golangMigrate: Layout = {
  ...common,
  id: "golang-migrate",
  tool: "golang-migrate",
  example: "000001_create_users.up.sql",
  read(fileName) {
    const match = /^(\d+)_([^\n]*)\.(up|down)\.[^\n]*$/.exec(fileName);
    if (match === null) return null;
    const [, version = "", name = "", direction] = match;
    if (BigInt(version) > 0xffff_ffff_ffff_ffffn) return null;
    return { version, name, direction: direction === "down" ? "down" : "up" };
  },
  order: byNumber,
  hasDowns: true,
  runs: "one-string",
  sendsFileAsItIs: true,
};
