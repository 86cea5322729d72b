import { display, same } from "../../sql/names.ts";
import type { ActionOf, ConstraintDefinition } from "../actions.ts";
import { checksValues, displayType, typeChange } from "../casts.ts";
import type { Table } from "../catalog.ts";
import type { Effect } from "../facts.ts";
import { constraintEffects } from "./constraints.ts";
import {
  asFarAsRead,
  type EffectContext,
  exclusive,
  fails,
  lock,
  referencedBy,
  rewrite,
  scan,
  withChildren,
} from "./parts.ts";

type AddColumn = ActionOf<"add-column">;

export function addColumn(action: AddColumn, context: EffectContext): Effect[] {
  const { catalog } = context;
  const { table, column, definition } = action;
  const known = catalog.table(table);
  const effects = withChildren(table, context, exclusive);
  if (known?.columns.has(column)) {
    if (action.ifNotExists) return effects;
    return [
      ...effects,
      fails(table, "42701", `${display(table)} already has a column ${column}`, asFarAsRead(catalog)),
    ];
  }
  const checks = checksValues(definition.type, catalog);
  const why = reasonToRewrite(action, checks);
  if (why !== null) effects.push(...withChildren(table, context, (each) => rewrite(each, why.text, why.certainty)));
  else {
    for (const constraint of action.constraints) effects.push(...constraintOnNewColumn(action, constraint, context));
  }
  if (definition.notNull && action.fill === "null" && definition.generated === null) {
    effects.push(
      fails(
        table,
        "23502",
        `rows that exist have no value for ${column}; it is refused unless ${display(table)} is empty`,
        "possible",
      ),
    );
  }
  return effects;
}

function reasonToRewrite(
  { definition, fill, type, column }: AddColumn,
  checks: boolean | null,
): { text: string; certainty: "certain" | "possible" } | null {
  if (definition.generated === "virtual") return null;
  if (definition.generated === "stored")
    return { text: `the stored value of ${column} is computed for every row`, certainty: "certain" };
  if (definition.identity || definition.serial)
    return { text: `every row gets its own number for ${column}`, certainty: "certain" };
  if (fill === "volatile") return { text: `the default of ${column} is different for every row`, certainty: "certain" };
  if (checks === true)
    return { text: `${displayType(type)} is a domain whose check is run on every row`, certainty: "certain" };
  if (fill === "unknown")
    return { text: `the default of ${column} calls a function that may be volatile`, certainty: "possible" };
  if (checks === null)
    return {
      text: `${displayType(type)} may be a domain with a check, which is run on every row`,
      certainty: "possible",
    };
  return null;
}

/** A new column without values satisfies a foreign key and holds no duplicate; with a default every row is looked at. */
function constraintOnNewColumn(
  { table, fill }: AddColumn,
  constraint: ConstraintDefinition,
  context: EffectContext,
): Effect[] {
  const empty = fill === "null";
  if (constraint.type === "foreign-key" && constraint.references !== null && empty) {
    return [lock(constraint.references.table, "SHARE ROW EXCLUSIVE")];
  }
  if (constraint.type === "primary-key" && empty) {
    return [
      fails(
        table,
        "23502",
        `a new primary key column without values is refused unless ${display(table)} is empty`,
        "possible",
      ),
    ];
  }
  return withChildren(table, context, (each) => constraintEffects(each, constraint, context)).filter(
    // Every row gets the default.
    (effect) => effect.kind !== "fails" || effect.sqlstate !== "23502",
  );
}

type DropColumn = ActionOf<"drop-column">;

export function dropColumn(action: DropColumn, context: EffectContext): Effect[] {
  const { catalog } = context;
  const { table, column } = action;
  const known = catalog.table(table);
  const isMissing = known?.complete === true && !known.columns.has(column);
  if (isMissing && action.ifExists && catalog.exact) return withChildren(table, context, exclusive);
  const effects: Effect[] = [
    ...withChildren(table, context, exclusive),
    { kind: "data-loss", relation: table, what: "column", certainty: "certain" },
    { kind: "breaks-clients", relation: table, what: "removed", certainty: "certain" },
  ];
  for (const other of referencedBy(known, [column])) effects.push(lock(other, "ACCESS EXCLUSIVE"));
  if (isMissing && !action.ifExists) {
    return [...effects, fails(table, "42703", `${display(table)} has no column ${column}`, asFarAsRead(catalog))];
  }
  const primary = [...(known?.constraints.values() ?? [])].find(({ type }) => type === "primary-key")?.columns ?? [];
  // A foreign key that names no columns refers to the primary key.
  const keyOf = ({ columns }: { readonly columns: readonly string[] }) => (columns.length > 0 ? columns : primary);
  for (const other of catalog.referencing(table)) {
    const uses = [...other.constraints.values()].some(
      ({ references }) => references !== null && same(references.table, table) && keyOf(references).includes(column),
    );
    if (!uses) continue;
    effects.push(lock(other.relation, "ACCESS EXCLUSIVE"));
    if (!action.cascade) {
      effects.push(
        fails(table, "2BP01", `a foreign key of ${display(other.relation)} refers to ${column}`, asFarAsRead(catalog)),
      );
    }
  }
  // A view may read other columns of the table: which ones it reads is not kept.
  for (const view of catalog.viewsOn(table)) {
    if (action.cascade) effects.push(lock(view.relation, "ACCESS EXCLUSIVE", "instant", "possible"));
    else effects.push(fails(table, "2BP01", `the view ${display(view.relation)} may read ${column}`, "possible"));
  }
  return effects;
}

type AlterType = ActionOf<"alter-column-type">;

export function alterType(action: AlterType, context: EffectContext): Effect[] {
  const { catalog } = context;
  const { table, column } = action;
  const known = catalog.table(table);
  const before = known?.columns.get(column) ?? null;
  const change = typeChange(before?.type ?? null, action.type, {
    catalog,
    usingComputes: action.using === "computes",
    timeZone: context.session.timeZone,
    collationChanges: before !== null && before.collation !== action.collation,
  });
  const effects = withChildren(table, context, exclusive);
  if (change.work === "rewrite") {
    effects.push(...withChildren(table, context, (each) => rewrite(each, change.why, change.certainty)));
  } else {
    effects.push(...looksWithoutRewrite(table, known, column, change.work === "index-rebuild", change.why));
  }
  if (change.narrows) effects.push({ kind: "data-loss", relation: table, what: "precision", certainty: "possible" });
  // Foreign keys on the column, at either end, are checked again.
  for (const other of referencedBy(known, [column])) effects.push(lock(other, "ACCESS EXCLUSIVE", "scan"));
  for (const other of catalog.referencing(table)) {
    const uses = [...other.constraints.values()].some(({ references }) => {
      return (
        references !== null &&
        same(references.table, table) &&
        (references.columns.length === 0 || references.columns.includes(column))
      );
    });
    if (uses)
      effects.push(
        lock(other.relation, "ACCESS EXCLUSIVE", "scan"),
        scan(other.relation, "its foreign key is checked again", "possible"),
      );
  }
  for (const view of catalog.viewsOn(table)) {
    effects.push(
      fails(
        table,
        "0A000",
        `the view ${display(view.relation)} may read ${column}; PostgreSQL refuses it then`,
        "possible",
      ),
    );
  }
  return effects;
}

/** Without a rewrite, checks that read the column are still run on every row, and indexes that sort differently are built again. */
function looksWithoutRewrite(
  table: AlterType["table"],
  known: Table | null,
  column: string,
  sortsDifferently: boolean,
  why: string,
): Effect[] {
  const effects: Effect[] = [];
  const checked = [...(known?.constraints.values() ?? [])].some(({ type, columns, notValid }) => {
    return type === "check" && !notValid && columns.includes(column);
  });
  const indexed = [...(known?.indexes.values() ?? [])].some(({ columns }) => columns.includes(column));
  if (checked) {
    effects.push(
      lock(table, "ACCESS EXCLUSIVE", "scan"),
      scan(table, `a check on ${column} is run again on every row`),
    );
  }
  if (sortsDifferently && (indexed || known === null)) {
    const certainty = indexed ? "certain" : "possible";
    effects.push(
      lock(table, "ACCESS EXCLUSIVE", "index-build", certainty),
      { kind: "index-rebuild", relation: table, why, certainty },
      scan(table, why, certainty),
    );
  }
  return effects;
}

/** Identity needs a column that is NOT NULL already. */
export function addIdentity(table: AlterType["table"], column: string, context: EffectContext): Effect[] {
  const effects = withChildren(table, context, exclusive);
  if (context.catalog.table(table)?.columns.get(column)?.notNull !== false) return effects;
  return [
    ...effects,
    fails(table, "55000", `${column} must be NOT NULL before it can be an identity`, asFarAsRead(context.catalog)),
  ];
}

/** SET NOT NULL reads the whole table unless a valid CHECK (column IS NOT NULL) proves it (since 12), or it is so already. */
export function setNotNull(table: AlterType["table"], column: string, context: EffectContext): Effect[] {
  const known = context.catalog.table(table);
  const effects = withChildren(table, context, exclusive);
  if (known?.columns.get(column)?.notNull === true) return effects;
  effects.push({ kind: "breaks-clients", relation: table, what: "stricter", certainty: "certain" });
  const proven = [...(known?.constraints.values() ?? [])].some(({ provesNotNull, notValid, notEnforced }) => {
    return provesNotNull === column && !notValid && !notEnforced;
  });
  if (proven) return effects;
  const why = `every row is read to see that ${column} has a value`;
  return [
    ...effects,
    ...withChildren(table, context, (each) => [lock(each, "ACCESS EXCLUSIVE", "scan"), scan(each, why)]),
    fails(table, "23502", `it is refused when a row has no ${column}`, "possible"),
  ];
}
