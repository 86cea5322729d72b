import { linkedFile, type Source } from "./links.ts";
import { modeWords } from "./lock-words.ts";
import type { Piece } from "./markdown-fit.ts";
import { code, prose } from "./markdown-text.ts";
import type { ReportMigration } from "./report.ts";
import { cutShort, severity } from "./said.ts";
import { duringWords, type SeenLock, seenLocks } from "./seen-locks.ts";
import { directed, riskWord } from "./table.ts";
import { wayBackOf, wayBackWords } from "./way-back.ts";

/** The head of the comment's table. */
export const rowHead =
  "| Migration | Risk | Locks | Backup | Deploy | Rollback |\n| --- | --- | --- | --- | --- | --- |";

/** The colours of the guides, so that a table can be read from afar. */
export const riskMarks: Readonly<Record<string, string>> = {
  low: "🟢",
  medium: "🟡",
  high: "🟠",
  critical: "🔴",
  blocked: "⛔",
};

/** The rows of these migrations, each made when there is room for it. */
export function commentRows(migrations: readonly ReportMigration[], source: Source): readonly Piece[] {
  return migrations.map((migration) => ({
    severity: severity({ risk: migration.risk, blocks: migration.verdict === "blocked" }),
    text: () => rowOf(migration, source),
  }));
}

function rowOf(migration: ReportMigration, source: Source): string {
  const { path, policy, verdict } = migration;
  const risk = riskWord(migration);
  const cells = [
    `${linkedFile(cutShort(nameOf(path)), path, source)}<br>${prose(cutShort(directed(migration)))}`,
    `${riskMarks[risk] ?? ""}&nbsp;${risk}`,
    locksCell(seenLocks(migration)),
    policy.backup,
    // What is certain to fail is not deployed, whatever the policy says.
    verdict === "blocked" ? "not&nbsp;at&nbsp;all" : deployWords[policy.deploy],
    wayBackWords[wayBackOf(migration)].replaceAll(" ", "&nbsp;"),
  ];
  return `| ${cells.join(" | ")} |`;
}

const deployWords: Readonly<Record<ReportMigration["policy"]["deploy"], string>> = {
  automatic: "automatic",
  reviewed: "after&nbsp;review",
  manual: "by&nbsp;hand",
};

const mostLocks = 3;

function locksCell(locks: readonly SeenLock[]): string {
  const lines = locks.slice(0, mostLocks).map(({ relation, mode, lasts, certainty, dialect }) => {
    const on = relation === "" ? "a table that is not known" : cutShort(relation);
    return `${certainty === "possible" ? "perhaps " : ""}${code(on)}: ${modeWords(mode, dialect)} ${duringWords[lasts]}`;
  });
  if (locks.length > mostLocks) lines.push(`and on ${locks.length - mostLocks} more`);
  return lines.length === 0 ? "nobody waits" : lines.join("<br>");
}

/** The last part of a path without its ending: the rest is in the link, and in the sections below. */
function nameOf(path: string): string {
  const parts = path.split("/");
  const name = parts.at(-1) ?? "";
  // Some layouts have a directory for each migration, and the same file in each.
  const named = /^(?:up|down|migration)\.sql$/.test(name) ? (parts.at(-2) ?? name) : name;
  return named.replace(/(?:\.up)?\.sql$/, "") || name;
}
