import { blocksReads, blocksWrites, stronger } from "../facts/locks.ts";
import { count } from "../text.ts";
import { shown } from "./cells.ts";
import { holdOf, lockedName, modeWords } from "./lock-words.ts";
import type { LockModeName, Report } from "./report.ts";
import { duringWords, type Lasts, longer, weight } from "./seen-locks.ts";

/** A lock from the statement that takes it to the last one of its transaction, both counted from 1 over all migrations. */
export interface HeldLock {
  readonly relation: string;
  readonly mode: LockModeName;
  /** How the database calls it. */
  readonly words: string;
  readonly lasts: Lasts;
  readonly version: string;
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

const mostBars = 24;
const mostRelations = 10;
const mostTicks = 16;
const longestLabel = 60;

/** The locks of a report as a Mermaid chart with its legend, in Markdown; null where nobody would notice one. */
export function lockChart(report: Report): string | null {
  const locks = heldLocks(report);
  if (locks.length === 0) return null;
  const worst = new Set([...new Set(worstFirst(locks).map(({ relation }) => relation))].slice(0, mostRelations));
  const kept = new Set(
    worstFirst(locks)
      .filter(({ relation }) => worst.has(relation))
      .slice(0, mostBars),
  );
  // In the order in which they are locked first, so that time runs from the upper left to the lower right.
  const relations = [...new Set(locks.filter((lock) => kept.has(lock)).map(({ relation }) => relation))];
  const last = report.migrations.reduce((sum, { statements }) => sum + statements.length, 0);
  const sections = relations.flatMap((relation) => {
    const own = locks.filter((lock) => lock.relation === relation && kept.has(lock));
    return own.length === 0 ? [] : [`    section ${label(relation === "" ? "not known" : relation)}`, ...own.map(bar)];
  });
  const chart = [
    "```mermaid",
    // The names of tables stand left of the bars, and Mermaid does not make room for them by itself.
    `%%{init: {"gantt": {"leftPadding": ${padding(relations)}, "barHeight": 20, "fontSize": 12}}}%%`,
    "gantt",
    "    dateFormat x",
    "    axisFormat %Q",
    "    todayMarker off",
    `    tickInterval ${Math.max(1, Math.ceil(last / mostTicks))}millisecond`,
    ...sections,
    "```",
  ].join("\n");
  const more = locks.length - kept.size;
  const rest = more > 0 ? ` ${count(more, "more lock")} not drawn, the least of them.` : "";
  return `${chart}\n\n${legend}${rest}`;
}

const legend =
  "Across: the statements of all migrations, in their order. Red: nobody else reads or writes the table. Blue: nobody else writes it. A lock is held until its transaction ends.";

/** The locks for which somebody waits, in the order in which they are taken; one that the transaction has already is not taken again. */
export function heldLocks({ migrations }: Report): readonly HeldLock[] {
  const all: HeldLock[] = [];
  let before = 0;
  for (const { version, statements, dialect } of migrations) {
    const held = new Map<string, { mode: LockModeName; lasts: Lasts; at: number }>();
    const endOf = new Map<number, number>();
    statements.forEach(({ transaction }, i) => {
      if (transaction !== null) endOf.set(transaction, before + i + 1);
    });
    statements.forEach(({ transaction, effects, line }, i) => {
      const from = before + i + 1;
      for (const effect of effects) {
        const hold = holdOf(effect, dialect);
        if (hold === null || !blocksWrites(hold.mode)) continue;
        const relation = lockedName(hold.relation, dialect);
        const id = `${transaction ?? `own ${i}`} ${relation}`;
        const known = held.get(id);
        const grown = known === undefined ? hold.mode : stronger(known.mode, hold.mode);
        if (known !== undefined && grown === known.mode) {
          // The same lock, for longer work: the bar that is there says so.
          const bar = all[known.at];
          const lasts = longer(known.lasts, hold.lasts);
          if (bar !== undefined) all[known.at] = { ...bar, lasts };
          held.set(id, { ...known, lasts });
          continue;
        }
        held.set(id, { mode: grown, lasts: hold.lasts, at: all.length });
        const to = transaction === null ? from : (endOf.get(transaction) ?? from);
        all.push({
          relation,
          mode: grown,
          words: modeWords(grown, dialect),
          lasts: hold.lasts,
          version,
          line,
          from,
          to,
        });
      }
    });
    before += statements.length;
  }
  return all;
}

function worstFirst(locks: readonly HeldLock[]): readonly HeldLock[] {
  return locks.toSorted((a, b) => weight(b) - weight(a) || b.to - b.from - (a.to - a.from));
}

/** Ends one behind the last statement, so that one statement is as wide as the step from tick to tick. */
function bar({ mode, words: lock, lasts, version, line, from, to }: HeldLock): string {
  const work = lasts === "instant" ? "" : ` ${duringWords[lasts]}`;
  const words = label(`${version} line ${line}, ${lock}${work}`);
  return `    ${words} :${blocksReads(mode) ? "crit" : "active"}, ${from}, ${to + 1}`;
}

const plain = /[\p{L}\p{N} .(),…-]/u;

/** A text as Mermaid shows it: what means something to it, or to HTML, is written as a number. */
function label(text: string): string {
  return [...short(shown(text).trim())].map((mark) => (plain.test(mark) ? mark : `#${mark.codePointAt(0)};`)).join("");
}

function short(name: string): string {
  const marks = [...name];
  return marks.length > longestLabel ? `${marks.slice(0, longestLabel - 1).join("")}…` : name;
}

function padding(relations: readonly string[]): number {
  const widest = Math.max(...relations.map((relation) => [...short(shown(relation))].length));
  return Math.min(320, 40 + 8 * widest);
}
