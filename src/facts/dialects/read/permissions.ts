import type { Relation } from "../../../sql/names.ts";
import { relation } from "../../../sql/names.ts";
import { isNext, take, takeOne, takeTable, type Words } from "../words.ts";
import type { Reading } from "./reading.ts";

/** GRANT and REVOKE of MySQL: privileges ON something, or roles. */
export function readGrant(words: Words): readonly Reading[] | null {
  const kind = takeOne(words, "grant", "revoke") === "revoke" ? "revoke" : "grant";
  const all = words.all.map(({ is }) => is);
  const at = onAt(all);
  // With GRANT OPTION the right can be handed on, SUPER is a right to nearly everything, and PUBLIC is everybody (MariaDB).
  const hasOption = all.some((is, i) => is === "with" && ["grant", "admin"].includes(all[i + 1] ?? ""));
  const toPublic = all.some((is, i) => is === "to" && all[i + 1] === "public");
  const isSuper = all.slice(0, at === -1 ? all.length : at).includes("super");
  if (at === -1) {
    words.at = words.all.length;
    return kind === "grant"
      ? [{ kind: "grant-role", widens: hasOption || toPublic }]
      : [{ kind: "revoke", on: [], widens: false }];
  }
  words.at = at + 1;
  takeOne(words, "table", "function", "procedure", "sequence", "package");
  const everywhere = isNext(words, "*", "dot", "*");
  const table: Relation | null = everywhere || isNext(words, "*") ? null : takeTable(words);
  words.at = words.all.length;
  const widens = kind === "grant" && (everywhere || hasOption || toPublic || isSuper);
  return [{ kind, on: table === null ? [] : [table], widens }];
}

/** The ON of the privileges: outside the brackets of their columns. */
function onAt(all: readonly string[]): number {
  let depth = 0;
  for (const [i, is] of all.entries()) {
    if (is === "open") depth++;
    if (is === "close") depth--;
    if (depth === 0 && is === "on") return i;
    if (is === "to" || is === "from") return -1;
  }
  return -1;
}

/** ALTER USER, RENAME USER, ALTER ROLE: accounts and their passwords. */
export function changedRole(words: Words): readonly Reading[] {
  take(words, "user");
  words.at = words.all.length;
  return [{ kind: "alter-role", name: relation(null, "user"), on: [] }];
}
