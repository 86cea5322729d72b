import { type Relation, relation } from "../names.ts";
import type { Dialect } from "./dialect.ts";

/** A table, index or view by its parts. SQLite's main is what a name without a schema means; MySQL's schemas are its databases. */
export function tableName(dialect: Dialect, schema: string | null, name: string): Relation {
  const isMain = dialect === "sqlite" && schema?.toLowerCase() === "main";
  return isMain ? { schema: null, name } : { ...relation(schema, name), schema };
}
