import { common, type Layout } from "./layout.ts";

/**
 * V1__create_users.sql, U1__create_users.sql (undo), R__views.sql (repeatable, after all versions). Versions are numbers between
 * dots or underscores; a .conf beside a script may say executeInTransaction=false (Flyway's documentation, "Migrations").
 */
export const flyway: Layout = {
  ...common,
  id: "flyway",
  tool: "Flyway",
  example: "V1__create_users.sql",
  read(fileName) {
    // The ending may be in capitals, the letter before it may not (startsAndEndsWith in its StringUtils).
    const repeatable = /^R__(.*)\.[sS][qQ][lL]$/s.exec(fileName);
    if (repeatable !== null)
      return { version: `R__${repeatable[1] ?? ""}`, name: repeatable[1] ?? "", direction: "up" };
    const match = /^([VUB])([0-9]+(?:[._][0-9]+)*)__(.*)\.[sS][qQ][lL]$/s.exec(fileName);
    if (match === null) return null;
    const [, kind, version = "", name = ""] = match;
    return { version: version.replaceAll("_", "."), name, direction: kind === "U" ? "down" : "up" };
  },
  order(version) {
    // Repeatable ones come last, by their description.
    if (version.startsWith("R__")) return `~${version}`;
    const parts = version.split(".").map((part) => part.padStart(20, "0"));
    while (parts.length > 1 && /^0+$/.test(parts.at(-1) ?? "")) parts.pop();
    return parts.join(".");
  },
  // All that is below its locations (FileSystemScanner).
  looksBelow: true,
  runs: "flyway",
  withoutTransaction: { runs: "statements", ask: "executeInTransaction=false in a .conf file beside it" },
  beside: {
    path: (script) => `${script}.conf`,
    asks: (text) => /^\s*executeInTransaction\s*=\s*false\s*$/im.test(text),
  },
};
