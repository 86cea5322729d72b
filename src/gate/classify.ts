import { type Risk, risks } from "../config/config.ts";
import type { ActionKind } from "../facts/actions.ts";
import type { ActionWithEffects, StatementFacts } from "../facts/facts.ts";
import { blocksWrites } from "../facts/locks.ts";

/** The kinds of change that the risk table knows, the least dangerous first. */
export const changeClasses = [
  "session",
  "add",
  "index",
  "constraint",
  "routine",
  "permission",
  "rename",
  "type-change",
  "maintenance",
  "opaque",
  "drop",
  "data",
] as const;
export type ChangeClass = (typeof changeClasses)[number];

/** The risk table: what a class of change is worth before its effects are looked at. */
export const riskOfClass: Readonly<Record<ChangeClass, Risk>> = {
  session: "low",
  add: "low",
  index: "medium",
  constraint: "medium",
  routine: "medium",
  permission: "medium",
  rename: "high",
  "type-change": "high",
  maintenance: "high",
  opaque: "high",
  drop: "critical",
  data: "critical",
};

/** Up to so many rows, INSERT … VALUES is the small change of reference data that a reviewer can read. */
export const fewRows = 100;

/** The class of each kind of action, where its effects do not decide. */
const classOfKind: Readonly<Record<ActionKind, ChangeClass>> = {
  "create-table": "add",
  "drop-table": "drop",
  truncate: "drop",
  "rename-table": "rename",
  "add-column": "add",
  "drop-column": "drop",
  "rename-column": "rename",
  "alter-column-type": "type-change",
  "set-default": "add",
  "drop-default": "add",
  "set-not-null": "constraint",
  "drop-not-null": "constraint",
  "set-expression": "type-change",
  "drop-expression": "constraint",
  "add-identity": "add",
  "set-identity": "add",
  "restart-identity": "data",
  "drop-identity": "constraint",
  "set-statistics": "add",
  "set-column-options": "add",
  "set-storage": "add",
  "set-compression": "add",
  "add-constraint": "constraint",
  "validate-constraint": "constraint",
  "drop-constraint": "constraint",
  "alter-constraint": "constraint",
  "rename-constraint": "constraint",
  "set-logged": "maintenance",
  "set-unlogged": "maintenance",
  "set-tablespace": "maintenance",
  "set-access-method": "maintenance",
  "set-table-options": "add",
  "cluster-on": "add",
  "replica-identity": "routine",
  "enable-row-security": "permission",
  "disable-row-security": "permission",
  "force-row-security": "permission",
  "unforce-row-security": "permission",
  "change-table-type": "maintenance",
  "enable-trigger": "routine",
  "disable-trigger": "routine",
  "enable-rule": "routine",
  "disable-rule": "routine",
  inherit: "constraint",
  "no-inherit": "constraint",
  "attach-partition": "add",
  "detach-partition": "maintenance",
  "create-index": "index",
  "drop-index": "index",
  "alter-index": "index",
  "rename-index": "index",
  reindex: "index",
  "create-view": "add",
  "create-materialized-view": "add",
  "drop-view": "routine",
  "drop-materialized-view": "routine",
  "alter-view": "routine",
  "rename-view": "rename",
  "refresh-materialized-view": "routine",
  "create-trigger": "routine",
  "create-policy": "routine",
  "alter-policy": "routine",
  "create-rule": "routine",
  "drop-trigger": "routine",
  "drop-policy": "routine",
  "drop-rule": "routine",
  "rename-trigger": "routine",
  "rename-policy": "routine",
  "rename-rule": "routine",
  "create-function": "routine",
  "create-procedure": "routine",
  "alter-function": "routine",
  "drop-function": "routine",
  "rename-function": "rename",
  "create-enum": "add",
  "add-enum-value": "add",
  "rename-enum-value": "rename",
  "create-domain": "add",
  "alter-domain": "constraint",
  "create-schema": "add",
  "create-sequence": "add",
  "create-type": "add",
  "create-extension": "add",
  "create-statistics": "add",
  "create-publication": "add",
  "create-subscription": "maintenance",
  "create-event-trigger": "routine",
  "create-role": "permission",
  "create-database": "maintenance",
  "create-tablespace": "maintenance",
  "create-foreign-data-wrapper": "routine",
  "create-foreign-server": "routine",
  "create-user-mapping": "permission",
  "create-language": "routine",
  "create-other-object": "routine",
  "alter-schema": "permission",
  "alter-sequence": "add",
  "alter-type": "type-change",
  "alter-extension": "maintenance",
  "alter-statistics": "add",
  "alter-publication": "maintenance",
  "alter-subscription": "maintenance",
  "alter-event-trigger": "routine",
  "alter-role": "permission",
  "alter-database": "maintenance",
  "alter-tablespace": "maintenance",
  "alter-foreign-data-wrapper": "routine",
  "alter-foreign-server": "routine",
  "alter-user-mapping": "permission",
  "alter-language": "routine",
  "alter-other-object": "routine",
  "rename-schema": "rename",
  "rename-sequence": "rename",
  "rename-type": "rename",
  "rename-extension": "rename",
  "rename-statistics": "routine",
  "rename-publication": "rename",
  "rename-subscription": "rename",
  "rename-event-trigger": "routine",
  "rename-role": "rename",
  "rename-database": "rename",
  "rename-tablespace": "rename",
  "rename-foreign-data-wrapper": "routine",
  "rename-foreign-server": "routine",
  "rename-user-mapping": "permission",
  "rename-language": "routine",
  "rename-other-object": "routine",
  "drop-schema": "drop",
  "drop-sequence": "drop",
  "drop-type": "drop",
  "drop-extension": "drop",
  "drop-statistics": "routine",
  "drop-publication": "drop",
  "drop-subscription": "drop",
  "drop-event-trigger": "routine",
  "drop-role": "permission",
  "drop-database": "drop",
  "drop-tablespace": "drop",
  "drop-foreign-data-wrapper": "drop",
  "drop-foreign-server": "drop",
  "drop-user-mapping": "permission",
  "drop-language": "drop",
  "drop-other-object": "routine",
  comment: "add",
  "change-owner": "permission",
  grant: "permission",
  revoke: "permission",
  "grant-role": "permission",
  "default-privileges": "permission",
  "reassign-owned": "permission",
  "drop-owned": "drop",
  "security-label": "permission",
  insert: "data",
  update: "data",
  delete: "data",
  merge: "data",
  "copy-from": "data",
  "copy-to": "session",
  select: "session",
  "set-sequence-value": "data",
  set: "session",
  begin: "session",
  commit: "session",
  rollback: "session",
  savepoint: "session",
  "rollback-to": "session",
  release: "session",
  "session-other": "session",
  "commit-inside": "session",
  "lock-table": "maintenance",
  vacuum: "maintenance",
  analyze: "session",
  cluster: "maintenance",
  "alter-system": "maintenance",
  checkpoint: "maintenance",
  "move-all-tables": "maintenance",
  "load-library": "maintenance",
  opaque: "opaque",
};

/** The class of an action. A constraint that looks at no row is an addition, as the risk table says; replacing a view is a routine. */
export function classOf(action: ActionWithEffects): ChangeClass {
  switch (action.kind) {
    case "add-constraint": {
      const looks = action.effects.some(
        (effect) => effect.kind === "scan" || (effect.kind === "lock" && effect.lasts === "scan"),
      );
      return looks ? "constraint" : "add";
    }
    case "create-view":
      return action.replace ? "routine" : "add";
    case "copy-to":
      return action.to === "stdout" ? "session" : "maintenance";
    default:
      return classOfKind[action.kind];
  }
}

/** The risk of an action: its class's row in the table, moved by what PostgreSQL does about it. */
export function riskOf(action: ActionWithEffects): Risk {
  const changeClass = classOf(action);
  // Who calls a function is not seen, so a new one is not private, and nothing is known of what is opaque.
  const reachesOut =
    changeClass === "opaque" ||
    // What a rule does is done to any table.
    action.kind === "create-rule" ||
    (action.kind === "copy-from" && action.from !== "stdin");
  if (action.onlyNew && !reachesOut) return "low";
  return worst([
    startingRisk(action, changeClass),
    ...(makesOthersWait(action) || willLikelyFail(action) ? ["high" as const] : []),
  ]);
}

function startingRisk(action: ActionWithEffects, changeClass: ChangeClass): Risk {
  switch (action.kind) {
    case "alter-column-type": {
      // A type that only widens changes the catalog and nothing else.
      const harmless = action.effects.every((effect) => effect.kind === "lock" && effect.lasts === "instant");
      return harmless ? "low" : riskOfClass["type-change"];
    }
    case "drop-column":
      // IF EXISTS for a column that is known not to be there.
      return action.effects.some(({ kind }) => kind === "data-loss") ? riskOfClass.drop : "low";
    case "insert":
      return action.rows !== null && action.rows <= fewRows ? "medium" : riskOfClass.data;
    case "update":
    case "delete":
      return action.atMost !== null && action.atMost <= fewRows ? "medium" : riskOfClass.data;
    case "restart-identity":
    case "set-sequence-value":
      return "medium";
    case "vacuum":
      // Without FULL it lets everybody read and write.
      return action.full ? riskOfClass.maintenance : "low";
    case "grant":
    case "grant-role":
    case "default-privileges":
      return action.widens ? "high" : riskOfClass.permission;
    default:
      return riskOfClass[changeClass];
  }
}

/** Whether writers wait for longer than a moment: what raises an index build without CONCURRENTLY or a validating constraint to high. */
function makesOthersWait(action: ActionWithEffects): boolean {
  // Nobody writes to a materialized view, and with CONCURRENTLY it can be read all the while.
  if (action.kind === "refresh-materialized-view" && action.concurrently) return false;
  return action.effects.some((effect) => {
    return (
      effect.kind === "rewrite" || (effect.kind === "lock" && effect.lasts !== "instant" && blocksWrites(effect.mode))
    );
  });
}

/** A new column that is NOT NULL and has nothing to put in existing rows. */
function willLikelyFail(action: ActionWithEffects): boolean {
  return action.kind === "add-column" && action.effects.some((effect) => effect.kind === "fails");
}

/** The worst of these risks, low when there is none. */
export function worst(of: Iterable<Risk>): Risk {
  let found: Risk = "low";
  for (const risk of of) if (risks.indexOf(risk) > risks.indexOf(found)) found = risk;
  return found;
}

/** The lesser of two risks. */
export function least(one: Risk, other: Risk): Risk {
  return atLeast(one, other) ? other : one;
}

/** Whether the first risk is at least the second. */
export function atLeast(risk: Risk, floor: Risk): boolean {
  return risks.indexOf(risk) >= risks.indexOf(floor);
}

type JudgedAction = JudgedStatement["actions"][number];

const judgedActions = new Map<string, JudgedAction>();

/** The same value for the same answer: a file can have a million statements, and there are a few hundred answers. */
function judgedAction(kind: ActionKind, changeClass: ChangeClass, risk: Risk): JudgedAction {
  const answer = `${kind} ${changeClass} ${risk}`;
  const known = judgedActions.get(answer);
  if (known !== undefined) return known;
  const judged = { kind, changeClass, risk };
  judgedActions.set(answer, judged);
  return judged;
}

/** A statement's class and risk: the worst of its actions', which follow one by one. */
export interface JudgedStatement {
  readonly facts: StatementFacts;
  readonly changeClass: ChangeClass;
  readonly risk: Risk;
  readonly actions: readonly { readonly kind: ActionKind; readonly changeClass: ChangeClass; readonly risk: Risk }[];
}

/** The class and the risk of a statement. */
export function judgeStatement(facts: StatementFacts): JudgedStatement {
  let changeClass: ChangeClass = "session";
  let risk: Risk = "low";
  const actions = facts.actions.map((action) => judgedAction(action.kind, classOf(action), riskOf(action)));
  for (const { changeClass: ownClass, risk: own } of actions) {
    const isWorse =
      own === risk ? changeClasses.indexOf(ownClass) > changeClasses.indexOf(changeClass) : atLeast(own, risk);
    if (isWorse) changeClass = ownClass;
    risk = worst([risk, own]);
  }
  return { facts, changeClass, risk, actions };
}
