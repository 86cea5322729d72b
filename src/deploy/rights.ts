import type { ConstraintDefinition } from "../facts/actions.ts";
import type { ActionWithEffects } from "../facts/facts.ts";
import type { Need, NeededRights, Privilege } from "../plan/preflight.ts";
import { key, type Relation } from "../sql/names.ts";
import { actionsOf } from "./needs.ts";
import type { Work } from "./surroundings.ts";

/** The rights that the pending migrations need, as far as their SQL shows it. What they make themselves is theirs. */
export function rightsFor(plan: Work, role: string | null): NeededRights {
  const made = new Set<string>();
  const needs = new Map<string, Need>();
  for (const action of actionsOf(plan)) {
    for (const need of needsOf(action)) if (!made.has(thingOf(need))) needs.set(JSON.stringify(need), need);
    const thing = madeBy(action);
    if (thing !== null) made.add(thing);
  }
  const ledgers = plan.migrations.map(({ directory }) => {
    return plan.directories.find((each) => each.directory === directory)?.ledger.table ?? "";
  });
  return { role, ledgers: [...new Set(ledgers)], needs: [...needs.values()] };
}

/** What a need is about, in the words of madeBy. */
function thingOf(need: Need): string {
  switch (need.kind) {
    case "create-in":
      return `schema ${need.schema}`;
    case "own":
    case "drop":
    case "privilege":
      return `relation ${key(need.relation)}`;
    case "own-type":
      return `type ${key(need.name)}`;
    case "own-routine":
      return `routine ${key(need.name)}`;
    case "database":
      return `database ${need.right}`;
    case "extension":
      return `extension ${need.name}`;
  }
}

function madeBy(action: ActionWithEffects): string | null {
  switch (action.kind) {
    case "create-table":
      return `relation ${key(action.table)}`;
    case "create-view":
    case "create-materialized-view":
      return `relation ${key(action.view)}`;
    case "create-sequence":
      return `relation ${key(action.name)}`;
    case "rename-table":
      return `relation ${key(action.to)}`;
    case "create-index":
      return action.index === null ? null : `relation ${key({ schema: action.table.schema, name: action.index })}`;
    case "create-enum":
    case "create-domain":
    case "create-type":
      return `type ${key(action.name)}`;
    case "create-function":
    case "create-procedure":
      return `routine ${key(action.name)}`;
    case "create-schema":
      return `schema ${action.name.name}`;
    default:
      return null;
  }
}

function* needsOf(action: ActionWithEffects): Generator<Need> {
  switch (action.kind) {
    case "create-table": {
      const { constraints, inherits, partitionOf, like } = action.definition;
      if (!action.temporary) yield createIn(action.table);
      yield* references(constraints);
      for (const parent of [...inherits, ...(partitionOf === null ? [] : [partitionOf])]) yield own(parent);
      yield* each(like, "SELECT");
      if (action.fromQuery) yield* each(action.reads, "SELECT");
      return;
    }
    case "create-materialized-view":
      yield createIn(action.view);
      yield* each(action.reads, "SELECT");
      return;
    case "create-view":
      yield createIn(action.view);
      if (action.replace) yield own(action.view);
      return;
    case "create-function":
    case "create-procedure":
      yield createIn(action.name);
      if (action.replace) yield { kind: "own-routine", name: action.name };
      return;
    case "alter-function":
    case "drop-function":
    case "rename-function":
      yield { kind: "own-routine", name: action.name };
      return;
    case "create-enum":
    case "create-domain":
    case "create-type":
    case "create-sequence":
      yield createIn(action.name);
      return;
    case "create-statistics":
      for (const table of action.on) yield own(table);
      return;
    case "add-enum-value":
    case "rename-enum-value":
      yield { kind: "own-type", name: action.type };
      return;
    case "alter-domain":
    case "alter-type":
    case "drop-type":
    case "rename-type":
      yield { kind: "own-type", name: action.name };
      return;
    case "alter-sequence":
    case "rename-sequence":
      yield own(action.name);
      return;
    case "drop-sequence":
      yield { kind: "drop", relation: action.name };
      return;
    case "create-schema":
    case "create-publication":
      yield { kind: "database", right: "CREATE" };
      return;
    case "create-extension":
      yield { kind: "extension", name: action.name.name };
      return;
    case "create-role":
    case "alter-role":
    case "drop-role":
      yield { kind: "database", right: "CREATEROLE" };
      return;
    case "create-database":
      yield { kind: "database", right: "CREATEDB" };
      return;
    case "alter-system":
    case "create-event-trigger":
      yield { kind: "database", right: "SUPERUSER" };
      return;
    case "drop-table":
      yield { kind: "drop", relation: action.table };
      return;
    case "drop-view":
    case "drop-materialized-view":
      yield { kind: "drop", relation: action.view };
      return;
    case "alter-view":
      yield own(action.view);
      return;
    case "rename-view":
      yield own(action.view);
      yield createIn(action.to);
      return;
    case "rename-table":
      yield own(action.table);
      yield createIn(action.to);
      return;
    case "drop-index":
      yield { kind: "drop", relation: action.index };
      return;
    case "alter-index":
      yield own(action.index);
      return;
    case "rename-index":
      yield own(action.index);
      yield createIn(action.index);
      return;
    case "create-index":
      yield own(action.table);
      yield createIn(action.table);
      return;
    case "add-constraint":
      yield own(action.table);
      yield* references([action.constraint]);
      if (["unique", "primary-key", "exclude"].includes(action.constraint.type)) yield createIn(action.table);
      return;
    case "add-column":
      yield own(action.table);
      yield* references(action.constraints);
      return;
    case "inherit":
      yield own(action.table);
      yield own(action.parent);
      return;
    case "attach-partition":
    case "detach-partition":
      yield own(action.table);
      yield own(action.partition);
      return;
    case "create-trigger":
      yield privilege(action.table, "TRIGGER");
      return;
    case "truncate":
      yield* each([action.table, ...action.together], "TRUNCATE");
      return;
    case "insert":
      yield privilege(action.table, "INSERT");
      yield* each(action.reads, "SELECT");
      return;
    case "copy-from":
      yield privilege(action.table, "INSERT");
      return;
    case "update":
    case "delete":
      yield privilege(action.table, action.kind === "update" ? "UPDATE" : "DELETE");
      yield* each(readBy(action), "SELECT");
      return;
    case "merge":
      for (const one of action.does) yield privilege(action.table, one);
      yield* each([action.table, ...action.reads], "SELECT");
      return;
    case "select":
    case "copy-to":
      yield* each(action.reads, "SELECT");
      return;
    case "lock-table":
      yield* each(action.tables, action.mode === "ACCESS SHARE" ? "SELECT" : "LOCK");
      return;
    case "vacuum":
    case "analyze":
      yield* each(action.tables, "MAINTAIN");
      return;
    case "cluster":
      if (action.table !== null) yield privilege(action.table, "MAINTAIN");
      return;
    case "refresh-materialized-view":
      yield privilege(action.view, "MAINTAIN");
      return;
    case "reindex":
      if (action.relation !== null && action.what === "table") yield privilege(action.relation, "MAINTAIN");
      if (action.relation !== null && action.what === "index") yield own(action.relation);
      return;
    case "grant":
    case "revoke":
      yield* each(action.on, "GRANT");
      return;
    case "comment":
    case "change-owner":
      if (action.on !== null) yield own(action.on);
      return;
    default:
      // Everything else that is done to a table takes its owner.
      if ("table" in action && action.table !== null) yield own(action.table);
  }
}

/** A condition reads the table itself. */
function readBy({ table, where, reads }: Extract<ActionWithEffects, { kind: "update" | "delete" }>): Relation[] {
  const others = reads.filter((one) => key(one) !== key(table));
  return where === "some" ? [table, ...others] : others;
}

/** A foreign key takes a right on the table that it leads to. */
function* references(constraints: readonly ConstraintDefinition[]): Generator<Need> {
  for (const { references: to } of constraints) if (to !== null) yield privilege(to.table, "REFERENCES");
}

function* each(relations: readonly Relation[], wanted: Privilege): Generator<Need> {
  for (const relation of relations) yield privilege(relation, wanted);
}

function privilege(relation: Relation, wanted: Privilege): Need {
  return { kind: "privilege", relation, privilege: wanted };
}

function own(relation: Relation): Need {
  return { kind: "own", relation };
}

function createIn({ schema }: Relation): Need {
  return { kind: "create-in", schema: schema ?? "public" };
}
