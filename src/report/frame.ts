import { count } from "../text.ts";
import { type Glyph, glyphs } from "./cells.ts";
import type { Paint, Style } from "./paint.ts";
import type { ReportSpan } from "./report.ts";

export interface FrameOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly paint: Paint;
  /** The style of what is reported. */
  readonly style: Style;
}

/** The lines of a file as spans count them: they end at \n, and the \r before it belongs to the end. */
export function linesOfSource(source: string): readonly string[] {
  return source.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

const mostLines = 4;

/**
 * The reported lines as they stand in the file, one line before them, and a rule under what is reported. A report over several
 * lines has a heavy bar at its side, closed under its end. Empty when the file has no such line.
 */
export function frame(lines: readonly string[], span: ReportSpan, { width, paint, style }: FrameOptions): string[] {
  const first = span.line;
  const { line: last, column: endColumn } = endWithin(lines, span);
  const firstText = lines[first - 1];
  if (firstText === undefined) return [];

  const lastShown = Math.min(last, first + mostLines - 1);
  const digits = String(lastShown).length;
  const room = Math.max(10, width - digits - 5);
  const row = (number: number | null, bar: string, text: string): string => {
    const label = (number === null ? "" : String(number)).padStart(digits);
    const body = text.trimEnd() === "" ? "" : ` ${text.trimEnd()}`;
    return `  ${paint("dim", label)} ${bar}${body}`;
  };
  const light = paint("dim", "│");
  const rule = (cells: number): string => paint(style, "━".repeat(Math.max(1, cells)));

  const out: string[] = [];
  const before = lines[first - 2];
  if (before !== undefined && before.trim() !== "") out.push(row(first - 1, light, cut(before, null, room).text));

  if (last === first) {
    const view = cut(firstText, { start: span.column - 1, end: endColumn - 1 }, room);
    out.push(row(first, light, view.text), row(null, light, " ".repeat(view.before) + rule(view.marked)));
    return out;
  }

  const heavy = paint(style, "┃");
  for (let number = first; number <= lastShown; number++) {
    const text = lines[number - 1] ?? "";
    const startsLate = number === first && text.slice(0, span.column - 1).trim() !== "";
    const view = cut(text, startsLate ? { start: span.column - 1, end: text.trimEnd().length } : null, room);
    out.push(row(number, heavy, view.text));
    if (startsLate) out.push(row(null, heavy, " ".repeat(view.before) + rule(view.marked)));
  }
  if (last > lastShown) {
    out.push(row(null, paint(style, "┗"), paint("dim", `… ${count(last - lastShown, "more line")}`)));
  } else {
    const view = cut(lines[last - 1] ?? "", { start: 0, end: endColumn - 1 }, room);
    out.push(row(null, paint(style, `┗${"━".repeat(1 + view.marked)}`), ""));
  }
  return out;
}

/** Where the span ends in this text. One that ends before the first character of a line ends with the line before. */
function endWithin(lines: readonly string[], span: ReportSpan): { line: number; column: number } {
  let line = Math.min(span.endLine, lines.length);
  let column = line === span.endLine ? span.endColumn : Number.POSITIVE_INFINITY;
  while (line > span.line && (lines[line - 1] ?? "").slice(0, column - 1).trim() === "") {
    line--;
    column = Number.POSITIVE_INFINITY;
  }
  return { line, column: Math.min(column, (lines[line - 1] ?? "").length + 1) };
}

/** What is seen of a line, and where the rule goes under it, in cells. */
interface View {
  readonly text: string;
  readonly before: number;
  readonly marked: number;
}

/** A stretch of a line in UTF-16 units. */
interface Mark {
  readonly start: number;
  readonly end: number;
}

/** The line within the room, cut around the mark where it is longer. */
function cut(line: string, mark: Mark | null, room: number): View {
  const start = Math.min(mark?.start ?? 0, line.length);
  const near = nearby(line, start, room);
  const all: Glyph[] = [...glyphs(near.text)];
  if (mark === null) return seen(all, { ...near, room, skipped: 0, inside: () => false });

  const from = start - near.offset;
  // An empty mark is shown on the character that it stands before, or one cell after the line.
  const to = Math.max(mark.end - near.offset, from + 1);
  if (start === line.length) all.push({ text: " ", cells: 1, start: from, end: from + 1 });
  const inside = (glyph: Mark): boolean => glyph.end > from && glyph.start < to;
  const lead = cellsIn(all.slice(0, all.findIndex(inside)));
  const marked = cellsIn(all.filter(inside));
  // What cannot be seen from the line's beginning is shown with some of what stands before it, and the room is used to its end.
  const fits = near.offset === 0 && lead + marked < room;
  const context = Math.max(0, Math.min(lead, Math.floor(room / 4), room - 2 - marked));
  const skipped = fits ? 0 : Math.min(lead - context, Math.max(0, cellsIn(all) - room + 1));
  return seen(all, { ...near, room, skipped, inside });
}

/** The glyphs from `skipped` cells on that the room has place for, with … where something is left out. */
function seen(
  all: readonly Glyph[],
  options: {
    readonly offset: number;
    readonly more: boolean;
    readonly room: number;
    readonly skipped: number;
    readonly inside: (glyph: Mark) => boolean;
  },
): View {
  const { offset, more, room, inside } = options;
  if (offset === 0 && !more && cellsIn(all) <= room) return view("", all, "", inside);

  let first = 0;
  for (let passed = 0; passed < options.skipped; first++) passed += all[first]?.cells ?? 1;
  const left = first > 0 || offset > 0 ? "…" : "";
  const fitsToEnd = !more && cellsIn(all.slice(first)) + left.length <= room;
  let free = room - left.length - (fitsToEnd ? 0 : 1);
  let next = first;
  for (let glyph = all[next]; glyph !== undefined && glyph.cells <= free; glyph = all[next]) {
    free -= glyph.cells;
    next++;
  }
  const shown = all.slice(first, next);
  if (fitsToEnd) return view(left, shown, "", inside);
  const { text, before, marked } = view(left, shown, "…", inside);
  // The rule goes on under the … when what is reported does.
  const rest = all[next] ?? { start: shown.at(-1)?.end ?? 0, end: Number.POSITIVE_INFINITY };
  return { text, before, marked: marked + (inside(rest) ? 1 : 0) };
}

function view(left: string, shown: readonly Glyph[], right: string, inside: (glyph: Mark) => boolean): View {
  const text = left + shown.map((glyph) => glyph.text).join("") + right;
  const lead = shown.findIndex(inside);
  const before = left.length + cellsIn(shown.slice(0, Math.max(0, lead)));
  return { text, before, marked: cellsIn(shown.filter(inside)) };
}

/** The part of a very long line that could be seen, so that a file of one line costs no more than another. */
function nearby(line: string, start: number, room: number): { text: string; offset: number; more: boolean } {
  const reach = 2 * room;
  let offset = Math.max(0, start - reach);
  let end = Math.min(line.length, start + reach);
  // Never between the two halves of one character.
  if (isLowHalf(line, offset)) offset--;
  if (isLowHalf(line, end)) end++;
  return { text: line.slice(offset, end), offset, more: end < line.length };
}

function isLowHalf(line: string, offset: number): boolean {
  const unit = line.charCodeAt(offset);
  return offset > 0 && unit >= 0xdc00 && unit <= 0xdfff;
}

function cellsIn(row: readonly Glyph[]): number {
  return row.reduce((cells, glyph) => cells + glyph.cells, 0);
}
