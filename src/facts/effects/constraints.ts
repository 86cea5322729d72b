import { display, type Relation } from "../../sql/names.ts";
import type { ActionOf, ConstraintDefinition } from "../actions.ts";
import type { Effect } from "../facts.ts";
import { hasTwin, leaningOn } from "../keys.ts";
import { asFarAsRead, type EffectContext, exclusive, fails, lock, scan, withChildren } from "./parts.ts";

/** ADD CONSTRAINT on one table. */
export function constraintEffects(table: Relation, constraint: ConstraintDefinition, context: EffectContext): Effect[] {
  switch (constraint.type) {
    case "check": {
      if (constraint.notValid || constraint.notEnforced) return exclusive(table);
      const why = "every row is checked";
      return [
        lock(table, "ACCESS EXCLUSIVE", "scan"),
        scan(table, why),
        fails(table, "23514", "it is refused when a row breaks the check", "possible"),
      ];
    }
    case "not-null": {
      if (constraint.notValid) return exclusive(table);
      return [lock(table, "ACCESS EXCLUSIVE", "scan"), scan(table, "every row is checked")];
    }
    case "foreign-key":
      return foreignKey(table, constraint, context);
    case "unique":
    case "primary-key":
    case "exclude":
      return uniqueness(table, constraint, context);
  }
}

/** Both tables are locked against writes, NOT VALID or not: that only leaves out the look at the rows. */
function foreignKey(
  table: Relation,
  { references, notValid, notEnforced }: ConstraintDefinition,
  { session, catalog, major }: EffectContext,
): Effect[] {
  const other = references?.table ?? table;
  if (notValid && major < 18 && catalog.table(table)?.kind === "partitioned") {
    const why = "a foreign key of a partitioned table cannot be NOT VALID before PostgreSQL 18";
    return [lock(table, "SHARE ROW EXCLUSIVE"), fails(table, "42809", why, asFarAsRead(catalog))];
  }
  // A table that the set made and put no rows into has none to look up.
  const made = session.createdHere.find(table);
  const lasts = made?.certain && !made.filled ? "instant" : "scan";
  if (notEnforced) return [lock(table, "SHARE ROW EXCLUSIVE"), lock(other, "SHARE ROW EXCLUSIVE")];
  if (notValid) return [lock(table, "SHARE ROW EXCLUSIVE"), lock(other, "SHARE ROW EXCLUSIVE")];
  return [
    lock(table, "SHARE ROW EXCLUSIVE", lasts),
    lock(other, "SHARE ROW EXCLUSIVE", lasts),
    scan(table, `every row is looked up in ${display(other)}`),
    scan(other, `its rows are looked up for ${display(table)}`, "possible"),
    fails(table, "23503", `it is refused when a row has no match in ${display(other)}`, "possible"),
  ];
}

function uniqueness(table: Relation, constraint: ConstraintDefinition, context: EffectContext): Effect[] {
  if (constraint.usingIndex === null) {
    return [
      ...withoutValue(table, constraint, context),
      lock(table, "ACCESS EXCLUSIVE", "index-build"),
      scan(table, "the index of the constraint is built"),
      fails(
        table,
        constraint.type === "exclude" ? "23P01" : "23505",
        "it is refused when two rows are in each other's way",
        "possible",
      ),
    ];
  }
  const known = context.catalog.table(table);
  const index = known?.indexes.get(constraint.usingIndex);
  if (index?.expressions === true) {
    const why = `the index ${constraint.usingIndex} has expressions, which a constraint cannot have`;
    return [...exclusive(table), fails(table, "42809", why, asFarAsRead(context.catalog))];
  }
  const columns = index?.columns ?? null;
  if (constraint.type !== "primary-key") return exclusive(table);
  // A primary key makes its columns NOT NULL, which reads the table where they are not yet.
  const notNull = columns?.every((column) => known?.columns.get(column)?.notNull === true) ?? null;
  if (notNull === true) return exclusive(table);
  const certainty = notNull === false ? "certain" : "possible";
  const why = "the key's columns are not NOT NULL yet: every row is read";
  return [...exclusive(table), lock(table, "ACCESS EXCLUSIVE", "scan", certainty), scan(table, why, certainty)];
}

/** A primary key makes its columns NOT NULL: it is refused where a row has none in one of them. */
function withoutValue(table: Relation, { type, columns }: ConstraintDefinition, { catalog }: EffectContext): Effect[] {
  if (type !== "primary-key") return [];
  const known = catalog.table(table);
  const open = columns.filter((column) => known?.columns.get(column)?.notNull !== true);
  return open.map((column) => ({
    kind: "fails",
    relation: table,
    sqlstate: "23502",
    why: `it is refused when a row has no ${column}`,
    certainty: "possible",
    column,
  }));
}

/** VALIDATE CONSTRAINT reads the table while it is read and written. */
export function validate(table: Relation, name: string, context: EffectContext): Effect[] {
  const known = context.catalog.table(table);
  const constraint = known?.constraints.get(name);
  const effects: Effect[] = withChildren(table, context, (each) => [
    lock(each, "SHARE UPDATE EXCLUSIVE", "scan"),
    scan(each, "every row is checked against the constraint"),
  ]);
  const references = constraint?.references?.table ?? null;
  if (references !== null)
    effects.push(lock(references, "ROW SHARE", "scan"), scan(references, "its rows are looked up", "possible"));
  if (known?.complete === true && constraint === undefined && known.constraints.size > 0) {
    effects.push(fails(table, "42704", `${display(table)} has no constraint ${name} that is known here`, "possible"));
  }
  return effects;
}

/** Dropping a foreign key locks the table it refers to as well; dropping a key that one refers to is refused. */
export function dropConstraint(action: ActionOf<"drop-constraint">, context: EffectContext): Effect[] {
  const { table, name, cascade } = action;
  const known = context.catalog.table(table);
  const constraint = known?.constraints.get(name);
  const effects = withChildren(table, context, exclusive);
  if (constraint?.references) effects.push(lock(constraint.references.table, "ACCESS EXCLUSIVE"));
  if (known === null || (constraint?.type !== "unique" && constraint?.type !== "primary-key")) return effects;
  const certainty = hasTwin(known, constraint) ? "possible" : asFarAsRead(context.catalog);
  for (const { table: other } of leaningOn(context.catalog, known, constraint)) {
    const at = display(other.relation);
    if (cascade) effects.push(lock(other.relation, "ACCESS EXCLUSIVE", "instant", certainty));
    else effects.push(fails(table, "2BP01", `a foreign key of ${at} needs it, and CASCADE is not written`, certainty));
  }
  return effects;
}

/** A domain's new check reads every table that has a column of the domain. */
export function domainEffects(domain: Relation, context: EffectContext, looks: boolean): Effect[] {
  if (!looks) return [];
  const effects: Effect[] = [];
  for (const table of context.catalog.tables()) {
    const uses = [...table.columns.values()].some(
      ({ type }) => type.name === domain.name && type.schema === domain.schema,
    );
    if (uses)
      effects.push(
        lock(table.relation, "SHARE", "scan"),
        scan(table.relation, `its columns of ${display(domain)} are checked`),
      );
  }
  if (effects.length === 0 && asFarAsRead(context.catalog) === "possible") {
    effects.push(scan(domain, "every table with a column of the domain is checked", "possible"));
  }
  return effects;
}
