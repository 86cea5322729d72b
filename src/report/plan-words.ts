import { inWords } from "../config/quantities.ts";
import { count, list } from "../text.ts";
import type { PlanReport, ReportLedger, ReportPlan, ReportPlanned, ReportTable } from "./plan-report.ts";

/** "2 pending", "nothing pending"; the first thing that is said. */
export function pendingWords({ ledgers, plan }: PlanReport): string {
  const pending = ledgers.reduce((sum, each) => sum + each.pending, 0);
  if (pending === 0) return "nothing pending";
  const later = plan?.later ?? 0;
  return later === 0 ? `${pending} pending` : `${pending - later} of ${pending} pending, up to the target version`;
}

/** Where it is: the database, its server and the environment. */
export function whereWords({ server, environment }: PlanReport): string {
  const named = environment === null ? "" : `${environment}: `;
  return `${named}database ${server.database}, PostgreSQL ${server.version}`;
}

export function ledgerWords(ledger: ReportLedger): string {
  const { directory, tool, table, exists, besides, applyCommand, applied, pending } = ledger;
  const by = applyCommand === null ? "" : `; applied by ${shortCommand(applyCommand)}`;
  const beside = besides === null ? "" : `, beside ${besides}`;
  const there = exists ? "" : ", which is not there yet";
  return `${directory}: ${applied} applied, ${pending} pending; ledger ${table} (${tool})${beside}${there}${by}`;
}

const longestCommand = 80;

function shortCommand(command: string): string {
  const line = command.trim().replace(/\s+/g, " ");
  return line.length > longestCommand ? `${line.slice(0, longestCommand)}…` : line;
}

/** How it is deployed. */
export function deployWords({ mode, approvals, backup }: ReportPlan): string {
  const how = { automatic: "automatic", reviewed: "after a review", manual: "by hand" }[mode];
  const asked = [
    ...(approvals === 0 ? [] : [count(approvals, "approval")]),
    ...(backup === "optional" ? [] : [`backup ${backup}`]),
  ];
  return asked.length === 0 ? how : `${how}, ${list(asked)}`;
}

/** For how long others wait for a migration; null where it matters to nobody. */
export function waitWords({ lockMs, tables }: ReportPlanned): string | null {
  if (lockMs === null) return "others may wait for its locks, for a time that cannot be told from the sizes";
  if (lockMs >= 1000) return `others wait for its locks about ${inWords(lockMs)}, by the sizes of the tables`;
  return tables.length === 0 ? null : "others wait for its locks for a moment";
}

export function tableWords({ table, rows, totalBytes, writes }: ReportTable): string {
  const facts = [
    ...(rows === null && totalBytes === null ? ["never analysed, so its size is not known"] : []),
    ...(rows === null ? [] : [`about ${count(rows, "row")}`]),
    ...(totalBytes === null ? [] : [bytesWords(totalBytes)]),
    ...(writes === null || writes === 0 ? [] : [`${count(writes, "row")} written since the statistics were reset`]),
  ];
  return `${table}: ${facts.join(", ")}`;
}

/** 1536 → 1.5 kB, as PostgreSQL counts. */
export function bytesWords(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`;
}
