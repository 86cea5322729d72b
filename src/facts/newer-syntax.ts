import { asNode, type Node, walk } from "../sql/nodes.ts";

/**
 * What a statement needs of PostgreSQL 15 that a server 14 refuses (release notes 15, E.1.3): there is no grammar of 14 to read it
 * with, so that of 15 reads it and this says what 14 lacks. Null where a server 14 takes it.
 */
export function notIn14(node: Node): string | null {
  if (asNode(node, "MergeStmt") !== null) return "MERGE";
  if (asNode(node, "AlterDatabaseRefreshCollStmt") !== null) return "ALTER DATABASE … REFRESH COLLATION VERSION";
  if (asNode(node, "GrantStmt")?.objtype === "OBJECT_PARAMETER_ACL") return "GRANT … ON PARAMETER";
  let found: string | null = null;
  const say = (what: string, holds: boolean): boolean => {
    if (holds) found ??= what;
    return true;
  };
  walk(
    { node },
    {
      IndexStmt: (index) => say("NULLS NOT DISTINCT", index.nulls_not_distinct === true),
      Constraint: (constraint) =>
        say("NULLS NOT DISTINCT", constraint.nulls_not_distinct === true) &&
        say("ON DELETE SET with a list of columns", (constraint.fk_del_set_cols ?? []).length > 0),
      AlterTableCmd: (command) => say("SET ACCESS METHOD", command.subtype === "AT_SetAccessMethod"),
      PublicationObjSpec: (object) =>
        say("FOR TABLES IN SCHEMA", object.pubobjtype !== "PUBLICATIONOBJ_TABLE") &&
        say("a column list of a publication", (object.pubtable?.columns ?? []).length > 0) &&
        say("a row filter of a publication", object.pubtable?.whereClause !== undefined),
      MergeStmt: () => say("MERGE", true),
    },
  );
  return found;
}
