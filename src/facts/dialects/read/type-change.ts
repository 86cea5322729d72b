import type { Relation } from "../../../sql/names.ts";
import type { TypeName } from "../../actions.ts";
import type { Catalog } from "../../catalog.ts";
import type { ReadColumn } from "./columns.ts";
import type { Reading } from "./reading.ts";

/**
 * MODIFY and CHANGE write a column out in whole. What of it is new can only be told where the catalog knows the column; where it
 * does not, the type may change.
 */
export function changeColumn(
  table: Relation,
  from: string,
  { definition, constraints, moved }: ReadColumn,
  catalog: Catalog,
): readonly Reading[] {
  const column = from;
  const known = catalog.exact ? (catalog.table(table)?.columns.get(from) ?? null) : null;
  const readings: Reading[] = [];
  const isSame = known !== null && typeText(known.type) === typeText(definition.type);
  if (!isSame || (known.collation !== definition.collation && definition.collation !== null)) {
    const widens = known !== null && known.notNull === definition.notNull && isWider(known.type, definition.type);
    readings.push({
      kind: "alter-column-type",
      table,
      column,
      type: definition.type,
      using: "none",
      collation: definition.collation,
      notes: { widens },
    });
  }
  if (known !== null && known.notNull !== definition.notNull)
    readings.push({ kind: definition.notNull ? "set-not-null" : "drop-not-null", table, column });
  if (from !== definition.name) readings.push({ kind: "rename-column", table, column, to: definition.name });
  for (const constraint of constraints) readings.push({ kind: "add-constraint", table, constraint });
  const why = "a column that is put elsewhere is moved in every row";
  if (moved) readings.push({ kind: "set-access-method", table, notes: { rebuilds: { why, blocks: false } } });
  // What is left is a default, a comment, a place that stays.
  return readings.length > 0 ? readings : [{ kind: "set-default", table, column }];
}

/** The type, written in one way: integer and int(11) are int. */
export function typeText({ name, modifiers }: TypeName): string {
  const plain = name
    .replace(/^(?:integer|int4|middleint)\b/, (found) => (found === "middleint" ? "mediumint" : "int"))
    .replace(/^(?:bool|boolean)\b/, "tinyint")
    .replace(/^(?:numeric|dec|fixed)\b/, "decimal")
    .replace(/^(?:character varying|national varchar|nvarchar)\b/, "varchar");
  const hasWidth = /^(?:tinyint|smallint|mediumint|int|bigint)\b/.test(plain);
  return hasWidth || modifiers.length === 0 ? plain : `${plain}(${modifiers.join(",")})`;
}

/**
 * Changes without a look at the rows (innodb-online-ddl-operations, “Extending VARCHAR column size” and “Modifying the definition of
 * an ENUM or SET column”): a longer varchar that needs as many bytes for its length as before, whatever a character takes, and an
 * enum with more members behind the others.
 */
export function isWider(before: TypeName, after: TypeName): boolean {
  const [from, to] = [typeText(before), typeText(after)];
  const lengths = [before.modifiers[0] ?? 0, after.modifiers[0] ?? 0] as const;
  if (before.name === after.name && after.name === "varchar") {
    const [short, long] = lengths;
    return long >= short && (long <= longestShortText || short > 255);
  }
  if (from.startsWith("enum(") && to.startsWith("enum("))
    return to.startsWith(from.slice(0, -1)) && to.length > from.length;
  return false;
}

/** 255 bytes, of characters of four bytes each. */
const longestShortText = 63;
