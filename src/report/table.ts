import { databaseName } from "../sql/databases.ts";
import { count } from "../text.ts";
import { cellsOf, shown } from "./cells.ts";
import { lockWords } from "./lock-words.ts";
import type { Paint, Style } from "./paint.ts";
import type { ReportMigration } from "./report.ts";
import { doesWords, policyWords } from "./words.ts";

/** The table's lines, and whether there was room for what the policy asks. */
export interface Table {
  readonly lines: readonly string[];
  readonly saysPolicy: boolean;
}

interface Column {
  readonly title: string;
  readonly cells: readonly string[];
  /** Of its widest cell, in columns of the terminal. */
  readonly width: number;
}

const mostRows = 30;
const gap = 2;

/** One row for every migration: path, risk, what it does, its worst lock, what the policy asks. Columns that do not fit are left out. */
export function migrationTable(
  all: readonly ReportMigration[],
  { width, paint }: { width: number; paint: Paint },
): Table {
  const { listed, others } = listedOf(all);
  const rest = others === null ? [] : [paint("dim", others)];
  if (listed.length === 0) return { lines: rest, saysPolicy: false };

  const directory = sharedDirectory(listed.map((migration) => migration.path));
  const of = (title: string, cell: (migration: ReportMigration) => string): Column => column(title, listed.map(cell));
  const risk = of("Risk", riskWord);
  const policy = of("Policy asks", (migration) => policyWords(migration.policy));
  const columns = [
    of(shown(directory) || "Migration", (migration) => shown(migration.path.slice(directory.length))),
    risk,
  ];
  let used = columns.reduce((sum, { width }) => sum + width, gap);
  for (const optional of [
    of("Does", (migration) => shown(directed(migration))),
    of("Lock", (migration) => shown(lockWords(migration) ?? "")),
    policy,
  ]) {
    if (optional.cells.every((cell) => cell === "") || used + gap + optional.width > width) continue;
    columns.push(optional);
    used += gap + optional.width;
  }
  const title = columns
    .map((each) => padded(each, each.title))
    .join("")
    .trimEnd();
  const rows = listed.map((migration, at) => {
    const cells = columns.map((each) => {
      const text = padded(each, each.cells[at] ?? "");
      return each === risk ? text.replace(/^\S+/, (word) => paint(styleOf(migration), word)) : text;
    });
    return cells.join("").trimEnd();
  });
  return { lines: [paint("dim", title), ...rows, ...rest], saysPolicy: columns.includes(policy) };
}

/** The migrations that have a row, and a line that counts the others: where there are many, those of low risk that pass. */
export function listedOf(all: readonly ReportMigration[]): {
  readonly listed: readonly ReportMigration[];
  readonly others: string | null;
} {
  const listed = all.length > mostRows ? all.filter(worthListing) : all;
  const unlisted = all.length - listed.length;
  if (unlisted === 0) return { listed, others: null };
  return { listed, others: `${listed.length === 0 ? "" : "and "}${count(unlisted, "migration")} of low risk` };
}

function column(title: string, cells: readonly string[]): Column {
  const width = [title, ...cells].reduce((widest, text) => Math.max(widest, cellsOf(text)), 0);
  return { title, cells, width };
}

/** A cell with the spaces to the next column. */
function padded({ width }: Column, text: string): string {
  return text + " ".repeat(width - cellsOf(text) + gap);
}

function worthListing(migration: ReportMigration): boolean {
  return migration.risk !== "low" || migration.verdict !== "pass";
}

/** What a migration is in one word: "blocked", or its risk. */
export function riskWord(migration: ReportMigration): string {
  return migration.verdict === "blocked" ? "blocked" : migration.risk;
}

/** What a migration does; a way back says that it is one, and so does one for another database than PostgreSQL. */
export function directed(migration: ReportMigration): string {
  const { dialect, direction } = migration;
  const marks = [
    ...(dialect === "postgresql" ? [] : [databaseName(dialect)]),
    ...(direction === "down" ? ["down"] : []),
  ];
  return `${marks.length === 0 ? "" : `${marks.join(", ")}: `}${doesWords(migration)}`;
}

function styleOf(migration: ReportMigration): Style {
  return migration.verdict === "blocked" ? "blocked" : migration.risk;
}

/** The directory that all paths begin with, with its slash; empty where there is none. */
function sharedDirectory(paths: readonly string[]): string {
  const [first = "", ...others] = paths;
  let directory = first.slice(0, first.lastIndexOf("/") + 1);
  while (directory !== "" && !others.every((path) => path.startsWith(directory))) {
    directory = directory.slice(0, directory.lastIndexOf("/", directory.length - 2) + 1);
  }
  return directory;
}
