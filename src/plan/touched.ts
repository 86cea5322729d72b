import type { StatementFacts } from "../facts/facts.ts";
import { includes, type Relation, relation } from "../sql/names.ts";

/** Whether the number of rows of a table, named as SQL names it with its schema, may have been changed by these statements. */
export function touchedBy(statements: readonly StatementFacts[]): (table: string) => boolean {
  const tables: Relation[] = [];
  for (const { statement, actions } of statements) {
    if (statement.kind === "unread") return () => true;
    for (const action of actions) {
      switch (action.kind) {
        case "insert":
        case "update":
        case "copy-from":
        case "drop-table":
        case "create-table":
          tables.push(action.table);
          break;
        case "rename-table":
          tables.push(action.table, action.to);
          break;
        case "truncate":
          if (action.cascade) return () => true;
          tables.push(action.table, ...action.together);
          break;
        // Foreign keys pass deletes on, and code may do anything.
        case "delete":
        case "merge":
        case "select":
        case "opaque":
        case "drop-schema":
        case "drop-owned":
        case "drop-extension":
          return () => true;
        default:
          break;
      }
    }
  }
  // A name without a schema may be found in another one than public.
  const anywhere = new Set(tables.filter(({ schema }) => schema === null).map(({ name }) => name));
  return (table) => {
    const named = relationNamed(table);
    return named === null || anywhere.has(named.name) || includes(tables, named);
  };
}

/** The relation that SQL writes like this; null where it is none. */
function relationNamed(text: string): Relation | null {
  const match = /^(?:"((?:[^"]|"")+)"|([^".]+))\.(?:"((?:[^"]|"")+)"|([^".]+))$/.exec(text);
  if (match === null) return null;
  const [, quotedSchema, schema, quotedName, name] = match;
  return relation(unquoted(quotedSchema) ?? schema, unquoted(quotedName) ?? name);
}

function unquoted(text: string | undefined): string | undefined {
  return text?.replaceAll('""', '"');
}
