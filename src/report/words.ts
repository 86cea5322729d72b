import { count } from "../text.ts";
import { lockSentence } from "./lock-words.ts";
import type {
  ReportClass,
  ReportDialect,
  ReportMigration,
  ReportRisk,
  ReportStatement,
  ReportVerdict,
} from "./report.ts";

const risks: readonly ReportRisk[] = ["low", "medium", "high", "critical"];

/** What a kind of action does, said of a migration: "adds a column". A kind it has never heard of is said without its hyphens. */
export function actionWords(kind: string): string {
  const known = unlikeTheirKind[kind];
  if (known !== undefined) return known;
  const [first = "", ...rest] = kind.split("-");
  const verb = verbs[first];
  if (verb === undefined || rest.length === 0) return kind.replaceAll("-", " ");
  const noun = rest.join(" ");
  if (noun === "other object") return `${verb} another object`;
  return `${verb} ${/^[aeio]/.test(noun) ? "an" : "a"} ${noun}`;
}

const verbs: Readonly<Record<string, string>> = {
  add: "adds",
  alter: "changes",
  attach: "attaches",
  create: "adds",
  detach: "detaches",
  disable: "disables",
  drop: "drops",
  enable: "enables",
  lock: "locks",
  refresh: "refreshes",
  rename: "renames",
  validate: "validates",
};

const unlikeTheirKind: Readonly<Record<string, string>> = {
  "add-enum-value": "adds an enum value",
  "add-identity": "makes an identity column",
  "alter-column-type": "changes a column's type",
  "alter-system": "changes the server's settings",
  analyze: "collects statistics",
  begin: "opens a transaction",
  "change-owner": "changes an owner",
  checkpoint: "forces a checkpoint",
  cluster: "rewrites a table",
  "cluster-on": "names an index for CLUSTER",
  comment: "sets a comment",
  commit: "ends a transaction",
  "copy-from": "copies rows in",
  "copy-to": "copies rows out",
  "create-index": "builds an index",
  "create-statistics": "adds extended statistics",
  "default-privileges": "changes default rights",
  delete: "deletes rows",
  "disable-row-security": "turns row security off",
  "drop-default": "drops a default",
  "drop-identity": "drops an identity",
  "drop-not-null": "allows NULL",
  "drop-owned": "drops all that a role owns",
  "enable-row-security": "turns row security on",
  "force-row-security": "turns row security on for the owner",
  grant: "grants rights",
  "grant-role": "grants a role",
  inherit: "joins a parent table",
  insert: "inserts rows",
  "load-library": "loads a library",
  merge: "merges rows",
  "move-all-tables": "moves all tables to another disk",
  "no-inherit": "leaves a parent table",
  opaque: "does what cannot be read",
  "reassign-owned": "changes owners",
  reindex: "rebuilds an index",
  "replica-identity": "changes the replica identity",
  revoke: "revokes rights",
  rollback: "rolls back",
  savepoint: "sets a savepoint",
  "security-label": "sets a security label",
  select: "runs a query",
  "session-other": "changes the session",
  set: "changes a setting",
  "set-default": "sets a default",
  "set-logged": "makes a table logged",
  "set-not-null": "forbids NULL",
  "set-sequence-value": "sets a sequence",
  "set-tablespace": "moves a table to another disk",
  "set-unlogged": "makes a table unlogged",
  truncate: "empties a table",
  "unforce-row-security": "turns row security off for the owner",
  update: "updates rows",
  vacuum: "vacuums",
};

/** Rules about files that the base has, of which nothing is judged. */
const rewritesHistory: ReadonlySet<string> = new Set(["deleted-migration", "edited-migration", "renamed-migration"]);

const mostActions = 3;

/** What a migration does, its riskiest actions first, at most three of them; settings and BEGIN only where there is nothing else. */
export function doesWords(migration: ReportMigration): string {
  const all = migration.statements.flatMap((statement) => statement.actions);
  const work = all.filter((action) => action.class !== "session");
  const named = (work.length > 0 ? work : all).toSorted((a, b) => risks.indexOf(b.risk) - risks.indexOf(a.risk));
  const words = [...new Set(named.map((action) => actionWords(action.kind)))];
  const unread = migration.statements.some((statement) => statement.actions.length === 0);
  const blocking = migration.findings.filter((finding) => finding.blocks);
  if (words.length === 0 && blocking.some(({ rule }) => rewritesHistory.has(rule))) return "changes what has run";
  const refused = migration.statements.length === 0 && blocking.length > 0;
  if (words.length === 0) return unread || refused ? "cannot be read" : "nothing";
  if (words.length <= mostActions) return words.join(", ");
  return `${words.slice(0, mostActions).join(", ")}, ${words.length - mostActions} more`;
}

/** What a statement does and what of it asks for approval, for one that no rule has explained. */
export function statementWords({ actions, effects, risk }: ReportStatement, dialect: ReportDialect): string {
  const doing = [
    ...new Set(actions.filter((action) => action.risk === risk).map((action) => actionWords(action.kind))),
  ];
  const said = [`${capital(doing.join(", "))}.`];
  const lock = lockSentence(effects, dialect);
  if (lock !== null) said.push(lock);
  const broken = effects.some((effect) => effect.kind === "breaks-clients" && effect.what !== "stricter");
  if (broken) said.push("Programs that run now no longer find it by its name.");
  for (const effect of effects) {
    // SQLite has none: HY000 stands for any of its errors.
    const state = dialect === "sqlite" ? "" : ` (${effect.kind === "fails" ? effect.sqlstate : ""})`;
    if (effect.kind === "fails") said.push(`${capital(effect.why)}${state}.`);
  }
  return said.join(" ");
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

type Policy = ReportMigration["policy"];

const backups: readonly Policy["backup"][] = ["optional", "recommended", "required"];
const deploys: readonly Policy["deploy"][] = ["automatic", "reviewed", "manual"];

/** What a policy asks: "2 approvals, backup required, deployed by hand". */
export function policyWords({ approvals, backup, deploy }: Policy): string {
  const asked = [
    approvals > 0 ? count(approvals, "approval") : null,
    backup === "optional" ? null : `backup ${backup}`,
    deploy === "manual" ? "deployed by hand" : deploy === "reviewed" ? "deployed after review" : null,
  ].filter((word) => word !== null);
  return asked.length === 0 ? "nothing" : asked.join(", ");
}

/** The strictest of each that these policies ask. */
export function strictest(policies: readonly Policy[]): Policy {
  return {
    deploy: deploys.findLast((deploy) => policies.some((policy) => policy.deploy === deploy)) ?? "automatic",
    approvals: Math.max(0, ...policies.map((policy) => policy.approvals)),
    backup: backups.findLast((backup) => policies.some((policy) => policy.backup === backup)) ?? "optional",
  };
}

/** A change class as the reason of a verdict. */
export const classWords: Readonly<Record<ReportClass, string>> = {
  add: "something added",
  session: "a session setting",
  index: "an index",
  constraint: "a constraint",
  routine: "a function, trigger or view",
  permission: "a change of rights",
  rename: "a rename",
  "type-change": "a change of type",
  maintenance: "maintenance",
  opaque: "what cannot be read",
  drop: "a drop",
  data: "a change of data",
};

/** A verdict in words. */
export const outcomeWords: Readonly<Record<ReportVerdict["outcome"], string>> = {
  pass: "pass",
  "needs-approval": "needs approval",
  blocked: "blocked",
};
