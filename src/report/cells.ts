import { printable } from "../text.ts";

/** What the terminal shows as one: a character with its accents, a tab as spaces, or a control character as its escape. */
export interface Glyph {
  readonly text: string;
  /** Columns on the terminal. */
  readonly cells: number;
  /** Offsets in the line it was made of, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

const tabCells = 4;

// East Asian Wide and Fullwidth of Unicode's EastAsianWidth.txt, in blocks; emoji have a property of their own.
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x3247],
  [0x3250, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18dff],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];

/** Marks that stand on the character before, and the vowels and finals of Korean letters written one by one. */
const zeroWidth = /^[\p{Mn}\p{Me}\u1160-\u11ff\ud7b0-\ud7ff]$/u;
const regionalIndicator = /^\p{Regional_Indicator}$/u;
// Characters that nobody sees, or that turn the direction of what follows, and halves of characters.
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const ascii = /^[\x20-\x7e]*$/;
const asItIs = /^[\x20-\x5a\x5c-\x7e]$/;
// "##[" anywhere in a line is an order to the GitHub runner that prints it (##[error], ##[group]); marks that nobody sees may stand
// between, because the runner compares as people read.
const runnerOrder = /(#[\p{Mn}\p{Default_Ignorable_Code_Point}]*#[\p{Mn}\p{Default_Ignorable_Code_Point}]*)\[/gu;
const beforeOrder = /#[\p{Mn}\p{Default_Ignorable_Code_Point}]*#[\p{Mn}\p{Default_Ignorable_Code_Point}]*$/u;
const lineOrder = /^([\s\p{Mn}\p{Default_Ignorable_Code_Point}]*):(?=[\p{Mn}\p{Default_Ignorable_Code_Point}]*:)/u;

/** Text from a file as one line that is safe on a terminal and in a log; a line end or a tab in it is shown as \n or \t. */
export function shown(text: string): string {
  if (ascii.test(text) && !text.includes("##[")) return text;
  return printable(text.replace(/\n/g, "\\n").replace(/\t/g, "\\t"))
    .replace(unseen, escaped)
    .replace(runnerOrder, `$1${escaped("[")}`);
}

/** A line that begins with :: is an order to the GitHub runner that prints it (::error::, ::add-mask::), whoever wrote it. */
export function noOrder(line: string): string {
  return line.replace(lineOrder, "$1\\u003a");
}

/** Columns that a line takes on the terminal, once it is safe to print. */
export function cellsOf(text: string): number {
  // The common case, and the only one in most files.
  if (ascii.test(text)) return text.length;
  return glyphs(text).reduce((sum, glyph) => sum + glyph.cells, 0);
}

/** A line of a file as what the terminal shows of it. */
export function glyphs(line: string): readonly Glyph[] {
  const result: Glyph[] = [];
  let start = 0;
  let column = 0;
  for (const character of line) {
    const end = start + character.length;
    if (asItIs.test(character)) {
      result.push({ text: character, cells: 1, start, end });
      column++;
      start = end;
      continue;
    }
    const base = result.at(-1);
    if (base !== undefined && joins(character, base)) {
      const cells = Math.max(base.cells, cellsWith(character, base));
      result[result.length - 1] = { text: base.text + character, cells, start: base.start, end };
      column += cells - base.cells;
    } else {
      const order = character === "[" && beforeOrder.test(line.slice(Math.max(0, start - 64), start));
      const tab = character === "\t" ? " ".repeat(tabCells - (column % tabCells)) : null;
      // A mark with nothing before it would sit on the frame's own space.
      const stray = base === undefined && zeroWidth.test(character);
      const text = order || stray ? escaped(character) : (tab ?? shown(character));
      const cells = text === character ? cellsOfPoint(character) : text.length;
      result.push({ text, cells, start, end });
      column += cells;
    }
    start = end;
  }
  return result;
}

function joins(character: string, base: Glyph): boolean {
  if (zeroWidth.test(character)) return true;
  if (regionalIndicator.test(character)) return regionalIndicator.test(base.text);
  return /^\p{Emoji_Modifier}$/u.test(character) && /^\p{Emoji_Modifier_Base}/u.test(base.text);
}

/** Columns of the base with this mark on it, where the mark makes it wider. */
function cellsWith(mark: string, base: Glyph): number {
  // Two regional indicators are a flag, or two letters where the terminal has no flags.
  if (regionalIndicator.test(mark)) return 2;
  // U+FE0F asks for the picture of a character, U+20E3 puts a key cap around a digit.
  if (mark === "\ufe0f" && /^\p{Extended_Pictographic}/u.test(base.text)) return 2;
  return mark === "\u20e3" && /^[0-9#*]\ufe0f$/.test(base.text) ? 2 : 0;
}

function cellsOfPoint(character: string): number {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x300) return 1;
  if (zeroWidth.test(character)) return 0;
  if (regionalIndicator.test(character)) return 1;
  if (/^\p{Emoji_Presentation}$/u.test(character)) return 2;
  return wideRanges.some(([from, to]) => from <= point && point <= to) ? 2 : 1;
}

function escaped(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length <= 4 ? `\\u${hex.padStart(4, "0")}` : `\\u{${hex}}`;
}
