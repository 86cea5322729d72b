import type { ActionWithEffects, StatementFacts } from "../facts/facts.ts";
import type { Evidence } from "../plan/evidence.ts";
import { quoted, type Relation } from "../sql/names.ts";
import type { Session } from "./session.ts";

/** A question to the catalog that is answered with true where the work of an action is there. */
interface Question {
  readonly sql: string;
  readonly values: readonly string[];
}

/** What the catalog shows of each statement's work; a statement of several actions is there when all of it is. */
export async function evidenceOf(
  statements: readonly StatementFacts[],
  session: Session,
): Promise<readonly Evidence[]> {
  const found: Evidence[] = [];
  for (const { actions } of statements) {
    const each: Evidence[] = [];
    for (const action of actions) each.push(await evidence(action, session));
    found.push(together(each));
  }
  return found;
}

function together(each: readonly Evidence[]): Evidence {
  if (each.length === 0 || each.includes("untold")) return "untold";
  if (each.includes("broken")) return "broken";
  if (each.every((one) => one === "there")) return "there";
  return each.every((one) => one === "not-there") ? "not-there" : "untold";
}

async function evidence(action: ActionWithEffects, session: Session): Promise<Evidence> {
  const question = questionOf(action);
  if (question === null) return "untold";
  const { rows } = await session.query(`SELECT (${question.sql}) AS answer`, question.values);
  if (rows[0]?.answer !== true) return "not-there";
  if (action.kind !== "create-index" || action.index === null) return "there";
  const valid = await session.query(
    "SELECT indisvalid AS valid FROM pg_catalog.pg_index WHERE indexrelid = pg_catalog.to_regclass($1)",
    [quoted(indexOf(action.table, action.index))],
  );
  return valid.rows[0]?.valid === false ? "broken" : "there";
}

/** An index lives in the schema of its table. */
function indexOf(table: Relation, index: string): Relation {
  return { schema: table.schema, name: index };
}

function questionOf(action: ActionWithEffects): Question | null {
  switch (action.kind) {
    case "create-table":
      return exists(action.table);
    case "drop-table":
      return gone(action.table);
    case "create-view":
    case "create-materialized-view":
      // OR REPLACE may have changed one that was there.
      return action.kind === "create-view" && action.replace ? null : exists(action.view);
    case "drop-view":
    case "drop-materialized-view":
      return gone(action.view);
    case "create-index":
      return action.index === null ? null : exists(indexOf(action.table, action.index));
    case "drop-index":
      return gone(action.index);
    case "rename-table":
      return exists(action.to);
    case "create-sequence":
      return exists(action.name);
    case "drop-sequence":
      return gone(action.name);
    case "create-schema":
      return { sql: "pg_catalog.to_regnamespace($1) IS NOT NULL", values: [quoted(action.name)] };
    case "create-enum":
    case "create-domain":
    case "create-type":
      return { sql: "pg_catalog.to_regtype($1) IS NOT NULL", values: [quoted(action.name)] };
    case "add-column":
      return column(action.table, action.column, "true");
    case "drop-column":
      return not(column(action.table, action.column, "true"));
    case "rename-column":
      return column(action.table, action.to, "true");
    case "set-not-null":
      return column(action.table, action.column, "a.attnotnull");
    case "drop-not-null":
      return column(action.table, action.column, "NOT a.attnotnull");
    case "add-constraint":
      return action.constraint.name === null ? null : constraint(action.table, action.constraint.name, "true");
    case "drop-constraint":
      return not(constraint(action.table, action.name, "true"));
    case "validate-constraint":
      return constraint(action.table, action.name, "c.convalidated");
    case "add-enum-value":
      return {
        sql: "EXISTS (SELECT FROM pg_catalog.pg_enum WHERE enumtypid = pg_catalog.to_regtype($1) AND enumlabel = $2)",
        values: [quoted(action.type), action.value],
      };
    default:
      return null;
  }
}

function exists(relation: Relation): Question {
  return { sql: "pg_catalog.to_regclass($1) IS NOT NULL", values: [quoted(relation)] };
}

function gone(relation: Relation): Question {
  return not(exists(relation));
}

function not({ sql, values }: Question): Question {
  return { sql: `NOT (${sql})`, values };
}

function column(table: Relation, name: string, condition: string): Question {
  return {
    sql: `EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attname = $2
      AND NOT a.attisdropped AND ${condition})`,
    values: [quoted(table), name],
  };
}

function constraint(table: Relation, name: string, condition: string): Question {
  return {
    sql: `EXISTS (SELECT FROM pg_catalog.pg_constraint c WHERE c.conrelid = pg_catalog.to_regclass($1) AND c.conname = $2 AND ${condition})`,
    values: [quoted(table), name],
  };
}
