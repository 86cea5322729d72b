import { byNumber, common, type Layout } from "./layout.ts";

/**
 * 001_create_users.sql, or a time stamp for the number: a number, then anything. No tool's own: Lockkeeper applies it, statement by
 * statement, as psql -f does.
 */
export const plain: Layout = {
  ...common,
  id: "plain",
  tool: null,
  example: "001_create_users.sql",
  read(fileName) {
    const match = /^(\d+)(?:[_\-. ](.*))?\.sql$/s.exec(fileName);
    if (match === null) return null;
    const [, version = "", name = ""] = match;
    if (/\.(up|down|undo)$/.test(name)) {
      const direction = name.endsWith(".up") ? "up" : "down";
      return { version, name: name.replace(/\.(up|down|undo)$/, ""), direction };
    }
    return { version, name, direction: "up" };
  },
  order: byNumber,
  runs: "lockkeeper",
};
