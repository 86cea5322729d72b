import type { ActionWithEffects } from "../facts/facts.ts";
import { stronger } from "../facts/locks.ts";
import type { NeededRights, WantedLock } from "../plan/preflight.ts";
import { key, type Relation } from "../sql/names.ts";
import type { Work } from "./surroundings.ts";

/** The rights that the pending migrations need, as far as their SQL shows it. */
export function rightsFor(plan: Work, role: string | null): NeededRights {
  const owns = new Map<string, Relation>();
  const creates = new Set<string>();
  const writes = new Map<string, NeededRights["writes"][number]>();
  const made = new Set<string>();
  for (const action of actionsOf(plan)) {
    const privilege = rowPrivileges.get(action.kind);
    if (action.kind === "create-table") {
      if (!action.temporary) creates.add(schemaOf(action.table));
      made.add(key(action.table));
    } else if (action.kind === "create-view" || action.kind === "create-materialized-view") {
      creates.add(schemaOf(action.view));
      made.add(key(action.view));
    } else if (
      action.kind === "create-function" ||
      action.kind === "create-procedure" ||
      action.kind === "create-enum"
    ) {
      creates.add(schemaOf(action.name));
    } else if (action.kind === "create-schema") {
      made.add(`${action.name.name}\u0000`);
    } else if ("table" in action && action.table !== null && !made.has(key(action.table))) {
      const { table } = action;
      if (privilege !== undefined) writes.set(`${privilege} ${key(table)}`, { table, privilege });
      else if (!anybodys.has(action.kind)) owns.set(key(table), table);
    }
  }
  return {
    role,
    ledgers: [...new Set(plan.migrations.map(({ directory }) => ledgerOf(plan, directory)))],
    creates: [...creates].filter((schema) => !made.has(`${schema}\u0000`)),
    owns: [...owns.values()],
    writes: [...writes.values()],
  };
}

/** The strongest lock that the pending migrations ask for on each table that is there. */
export function locksFor(plan: Work): readonly WantedLock[] {
  const wanted = new Map<string, WantedLock>();
  for (const { script } of plan.migrations) {
    for (const { effects } of script.file.statements) {
      for (const effect of effects) {
        if (effect.kind !== "lock" || effect.relation === null) continue;
        const before = wanted.get(key(effect.relation));
        const mode = before === undefined ? effect.mode : stronger(before.mode, effect.mode);
        wanted.set(key(effect.relation), { table: effect.relation, mode });
      }
    }
  }
  return [...wanted.values()];
}

/** Whether something is built or dropped concurrently: it waits for every old transaction, whatever that holds. */
export function waitsForSnapshots(plan: Work): boolean {
  return actionsOf(plan).some((action) => "concurrently" in action && action.concurrently);
}

const rowPrivileges: ReadonlyMap<ActionWithEffects["kind"], "INSERT" | "UPDATE" | "DELETE"> = new Map([
  ["insert", "INSERT"],
  ["copy-from", "INSERT"],
  ["update", "UPDATE"],
  ["delete", "DELETE"],
] as const);

/** What can be done to a table without owning it, or takes rights that are not looked at here. */
const anybodys: ReadonlySet<ActionWithEffects["kind"]> = new Set(["merge", "truncate", "create-trigger"] as const);

function actionsOf(plan: Work): readonly ActionWithEffects[] {
  return plan.migrations.flatMap(({ script }) => script.file.statements.flatMap(({ actions }) => actions));
}

function schemaOf({ schema }: Relation): string {
  return schema ?? "public";
}

function ledgerOf(plan: Work, directory: string): string {
  return plan.directories.find((each) => each.directory === directory)?.ledger.table ?? "";
}
